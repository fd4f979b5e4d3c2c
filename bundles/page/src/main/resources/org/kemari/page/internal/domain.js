import { Chart } from "./chart.js";
import { bytes, clock, duration, el, setText } from "./dom.js";
import { History } from "./history.js";
import { Buttons, OF_DOMAIN } from "./operations.js";
import { history } from "./server.js";

const GOOD = ["PROTECTED", "READY"];
const BAD = ["FAILED", "HOLDING", "CLAIMING", "FENCING"];

function look(state) {
  if (state === "STOPPED") {
    return "idle";
  }
  return GOOD.includes(state) ? "good" : BAD.includes(state) ? "bad" : "busy";
}

const millis = (value) => `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;

function facts(d) {
  const parts = [`generation ${d.Generation}`, `since ${clock(d.SinceEpochMillis)}`, `memory ${bytes(d.MemoryBytes)}`];
  parts.push(d.Vcpus === 1 ? "1 virtual CPU" : `${d.Vcpus} virtual CPUs`);
  if (d.UnprotectedMillis > 0) {
    parts.push(`not protected for ${duration(d.UnprotectedMillis)}`);
  }
  return parts.join(" · ");
}

// One domain, with its charts and buttons.
export class DomainCard {
  #state = el("strong", { class: "state" });
  #role = el("span");
  #reason = el("p", { class: "reason" });
  #facts = el("p", { class: "quiet" });
  #devices = el("ul", { class: "devices" });
  #progress = el("progress", { max: "100" });
  #sync = el("p", { hidden: true });
  #syncText = el("span");
  #charts = {
    pause: new Chart("Pauses", ["p50", "p99"], millis),
    hold: new Chart("Outputs held", ["p50", "p99"], millis),
    dirty: new Chart("Dirty pages per checkpoint", ["pages"], (value) => String(Math.round(value))),
    bandwidth: new Chart("Bandwidth", ["sent"], (value) => `${bytes(value)}/s`),
  };
  #history;
  #buttons;
  #before = null;

  constructor({ attributes }, tell) {
    const name = attributes.Name;
    this.#history = new History(name, history);
    this.#buttons = new Buttons(OF_DOMAIN, tell);
    this.#progress.setAttribute("aria-label", `First copy of ${name}`);
    this.#sync.append(this.#progress, " ", this.#syncText);
    const heading = el("h3", {}, name, " ", this.#state, " ", this.#role);
    const charts = Object.values(this.#charts).map((chart) => chart.element);
    this.element = el(
      "article",
      { "aria-label": name },
      heading,
      this.#reason,
      this.#sync,
      this.#facts,
      this.#buttons.element,
      el("div", { class: "charts" }, ...charts),
      this.#devices,
      this.#history.element,
    );
    this.element.dataset.domain = name;
  }

  update({ bean, taps, transfer, peers, time }) {
    const d = bean.attributes;
    setText(this.#state, d.State);
    this.#state.className = `state ${look(d.State)}`;
    this.element.dataset.state = d.State;
    const peer = d.Peer ? (d.Role === "STANDBY" ? `, primary is ${d.Peer}` : `, standby is ${d.Peer}`) : "";
    setText(this.#role, d.Role === "NONE" ? "" : `${d.Role.toLowerCase()}${d.Role === "PRIMARY" ? `, ${d.Protected ? "protected" : "not protected"}` : ""}${peer}`);
    setText(this.#reason, d.Reason);
    setText(this.#facts, facts(d));
    this.#showSync(d);
    this.#showDevices(taps);
    this.#draw(time, taps, transfer);
    this.#buttons.update(bean, d.Name, { peers });
    this.#history.update(`${d.State} ${d.SinceEpochMillis} ${d.TakeoverCount} ${d.Generation}`);
  }

  #showSync(d) {
    const syncing = ["SYNCING", "RECEIVING"].includes(d.State);
    this.#sync.hidden = !syncing;
    if (syncing) {
      this.#progress.value = d.SyncPercent;
      const left = d.SyncEstimatedMillis >= 0 ? `, about ${duration(d.SyncEstimatedMillis)} left` : "";
      setText(this.#syncText, `${d.SyncPhase} ${d.SyncPercent} %, ${bytes(d.SyncBytesPerSecond)}/s${left}`);
    }
  }

  #showDevices(taps) {
    const texts = taps.map((t) => {
      const held = t.Holding ? `, holds outputs, ${t.HeldOutputs} now` : "";
      const errors = t.Errors > 0 ? `, ${t.Errors} errors` : "";
      return `${t.Device} (${t.Kind.toLowerCase()}): ${t.State}${held}${errors}`;
    });
    const wanted = JSON.stringify(texts);
    if (this.#devices.dataset.shown !== wanted) {
      this.#devices.dataset.shown = wanted;
      this.#devices.replaceChildren(...texts.map((text) => el("li", {}, text)));
    }
  }

  #draw(time, taps, transfer) {
    const latency = (summary) => [summary.p50Micros / 1000, summary.p99Micros / 1000];
    const holding = taps.filter((tap) => tap.HoldLatency?.count > 0);
    const worst = holding.sort((a, b) => b.HoldLatency.p99Micros - a.HoldLatency.p99Micros)[0];
    this.#charts.hold.add(time, worst ? latency(worst.HoldLatency) : null);
    this.#charts.pause.add(time, transfer?.Pause?.count > 0 ? latency(transfer.Pause) : null);
    const before = this.#before;
    const follows = transfer && before && before.Session === transfer.Session && before.Bytes <= transfer.Bytes;
    const checkpoints = follows ? transfer.Checkpoints - before.Checkpoints : 0;
    this.#charts.dirty.add(time, checkpoints > 0 ? [(transfer.Pages - before.Pages) / checkpoints] : null);
    const seconds = follows ? (time - before.time) / 1000 : 0;
    this.#charts.bandwidth.add(time, seconds > 0 ? [(transfer.Bytes - before.Bytes) / seconds] : null);
    this.#before = transfer ? { ...transfer, time } : null;
  }
}
