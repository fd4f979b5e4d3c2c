// Makes elements. Whatever is text goes in as text: names and reasons come from outside.

const SVG = "http://www.w3.org/2000/svg";

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) {
      node.addEventListener(name.slice(2), value);
    } else if (value === true) {
      node.setAttribute(name, "");
    } else if (value !== false) {
      node.setAttribute(name, value);
    }
  }
  node.append(...children);
  return node;
}

export function el(name, attributes = {}, ...children) {
  return fill(document.createElement(name), attributes, children);
}

export function svg(name, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, name), attributes, children);
}

// Changes nothing that is the same already: what somebody has marked, or has read aloud, stays.
export function setText(node, text) {
  if (node.textContent !== text) {
    node.textContent = text;
  }
}

export function setRows(body, rows) {
  const wanted = JSON.stringify(rows);
  if (body.rowsShown !== wanted) {
    body.rowsShown = wanted;
    body.replaceChildren(...rows.map((cells) => el("tr", {}, ...cells.map((cell) => el("td", {}, String(cell))))));
  }
}

export function table(caption, ...headings) {
  const body = el("tbody");
  const head = el("tr", {}, ...headings.map((heading) => el("th", { scope: "col" }, heading)));
  const element = el("table", {}, el("caption", {}, caption), el("thead", {}, head), body);
  return { element: el("div", { class: "wide" }, element), body };
}

// Keeps one view for each item that there is, in order.
export function keep(parent, views, items, key, make) {
  const gone = new Set(views.keys());
  let before = null;
  for (const item of items) {
    const id = key(item);
    gone.delete(id);
    if (!views.has(id)) {
      views.set(id, make(item));
    }
    const view = views.get(id);
    const next = before === null ? parent.querySelector(":scope > .kept") : before.nextElementSibling;
    view.element.classList.add("kept");
    if (next !== view.element) {
      if (before === null && next === null) {
        parent.append(view.element);
      } else if (before === null) {
        next.before(view.element);
      } else {
        before.after(view.element);
      }
    }
    before = view.element;
    view.update(item);
  }
  for (const id of gone) {
    views.get(id).element.remove();
    views.delete(id);
  }
}

export function clock(epochMillis) {
  const time = new Date(epochMillis);
  const today = new Date().toDateString() === time.toDateString();
  return today ? time.toLocaleTimeString() : time.toLocaleString();
}

export function duration(millis) {
  const seconds = Math.floor(millis / 1000);
  if (seconds < 120) {
    return `${seconds} s`;
  }
  const minutes = Math.floor(seconds / 60);
  return minutes < 120 ? `${minutes} min` : `${Math.floor(minutes / 60)} h`;
}

export function bytes(number) {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let unit = 0;
  let value = number;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${value >= 100 || unit === 0 ? Math.round(value) : value.toPrecision(3)} ${units[unit]}`;
}
