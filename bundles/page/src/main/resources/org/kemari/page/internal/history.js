import { clock, el, setRows, svg, table } from "./dom.js";

const STEPS = [
  ["decided", "the arbiter has agreed"],
  ["fenced", "the old primary is fenced"],
  ["sealed", "the image is the last commit"],
  ["restored", "the rings are restored"],
  ["loaded", "the device state is loaded"],
  ["resumed", "the guest runs"],
  ["announced", "the network is told"],
];

const millis = (micros) => `${(micros / 1000).toFixed(1)} ms`;

function timeline(takeover) {
  const total = Math.max(1, ...STEPS.map(([step]) => takeover[`${step}Micros`]));
  const bar = svg("svg", { viewBox: "0 0 600 14", preserveAspectRatio: "none", role: "img", class: "timeline" });
  bar.setAttribute("aria-label", `Takeover: the guest ran after ${millis(takeover.resumedMicros)}`);
  let from = 0;
  STEPS.forEach(([step, text], i) => {
    const to = Math.max(from, takeover[`${step}Micros`]);
    const width = (600 * (to - from)) / total;
    const box = svg("rect", { x: (600 * from) / total, y: 0, width, height: 14, class: `step step${i % 2}` });
    box.append(svg("title", {}, `${text}: ${millis(to)}`));
    bar.append(box);
    from = to;
  });
  const steps = STEPS.map(([step, text]) =>
    el("li", {}, el("b", {}, millis(takeover[`${step}Micros`])), ` ${text}`));
  return el(
    "li",
    {},
    el("p", {}, el("b", {}, clock(takeover.detectedEpochMillis)), ` ${takeover.reason}`),
    bar,
    el("ol", { class: "steps" }, ...steps),
    el(
      "p",
      { class: "quiet" },
      `Generation ${takeover.generation}, from checkpoint ${takeover.epoch}, ` +
        `${takeover.pendingRequests} requests were pending`,
    ),
  );
}

// What has become of a domain here: it is asked for when something has changed, and only while somebody looks.
export class History {
  #domain;
  #load;
  #shown = "";
  #stamp = "";
  #none = el("p", { class: "quiet" }, "No takeovers here since Kemari was started.");
  #takeovers = el("ol", { class: "takeovers" });
  #changes = table("Changes of state, the latest first", "Since", "Role", "State", "Generation", "Reason");
  #details;

  constructor(domain, load) {
    this.#domain = domain;
    this.#load = load;
    this.#details = el(
      "details",
      { ontoggle: () => this.#refresh() },
      el("summary", {}, "Takeovers and changes of state"),
      this.#none,
      this.#takeovers,
      this.#changes.element,
    );
    this.element = this.#details;
  }

  update(stamp) {
    this.#stamp = stamp;
    this.#refresh();
  }

  async #refresh() {
    if (!this.#details.open || this.#shown === this.#stamp) {
      return;
    }
    const stamp = this.#stamp;
    this.#shown = stamp;
    const past = await this.#load(this.#domain).catch(() => null);
    if (past === null) {
      this.#shown = "";
      return;
    }
    const takeovers = past.Takeovers ?? [];
    this.#none.hidden = takeovers.length > 0;
    this.#takeovers.replaceChildren(...takeovers.map(timeline));
    setRows(
      this.#changes.body,
      (past.StateChanges ?? []).map((c) => [clock(c.sinceEpochMillis), c.role, c.state, c.generation, c.reason]),
    );
  }
}
