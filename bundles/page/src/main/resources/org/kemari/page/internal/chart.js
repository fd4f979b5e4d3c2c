import { duration, el, setText, svg } from "./dom.js";

const WINDOW_MILLIS = 5 * 60 * 1000;
const SHORTEST_MILLIS = 30 * 1000;
const WIDTH = 300;
const HEIGHT = 72;

function roof(value) {
  if (value <= 0) {
    return 1;
  }
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].map((step) => step * power).find((step) => step >= value);
}

// The last minutes of a figure or two. Lines differ by their dashes, too, not by colour alone.
export class Chart {
  #points = [];
  #lines;
  #names;
  #format;
  #title;
  #now = el("output");
  #top = el("span", { class: "top", "aria-hidden": "true" });
  #span = el("span");
  #svg;

  constructor(title, names, format) {
    this.#title = title;
    this.#names = names;
    this.#format = format;
    this.#lines = names.map((name, i) => svg("path", { class: `line line${i}` }));
    this.#svg = svg(
      "svg",
      { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", role: "img" },
      ...this.#lines,
    );
    const legend = names.map((name, i) => el("span", { class: `key key${i}` }, name));
    this.element = el(
      "figure",
      {},
      el("figcaption", {}, el("b", {}, title), " ", this.#now),
      el("div", { class: "plot" }, this.#top, this.#svg),
      el("p", { class: "legend", "aria-hidden": "true" }, ...legend, this.#span),
    );
  }

  // values: as many numbers as there are names, or null where there is nothing to show
  add(millis, values) {
    this.#points.push({ millis, values });
    while (millis - this.#points[0].millis > WINDOW_MILLIS) {
      this.#points.shift();
    }
    const text = values === null ? "–" : values.map((value, i) => `${this.#names[i]} ${this.#format(value)}`).join(", ");
    setText(this.#now, text);
    this.#svg.setAttribute("aria-label", `${this.#title}: ${text}`);
    this.#draw(millis);
  }

  #draw(now) {
    const top = roof(Math.max(0, ...this.#points.flatMap((point) => point.values ?? [])));
    const span = Math.min(WINDOW_MILLIS, Math.max(SHORTEST_MILLIS, now - this.#points[0].millis));
    setText(this.#top, this.#format(top));
    setText(this.#span, `last ${duration(span)}`);
    this.#lines.forEach((line, i) => {
      let path = "";
      let pen = "M";
      for (const { millis, values } of this.#points) {
        if (values === null) {
          pen = "M";
          continue;
        }
        const x = WIDTH * (1 - (now - millis) / span);
        const y = HEIGHT - 1 - (HEIGHT - 2) * (values[i] / top);
        path += `${pen}${x.toFixed(1)} ${y.toFixed(1)}`;
        pen = "L";
      }
      line.setAttribute("d", path);
    });
  }
}
