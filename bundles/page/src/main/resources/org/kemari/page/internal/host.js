import { clock, el, setRows, setText, table } from "./dom.js";
import { Buttons, OF_HOST, confirm } from "./operations.js";
import { operate } from "./server.js";

const micros = (value) => `${(value / 1000).toFixed(1)} ms`;

// This host, its peers and its arbiter; what is wrong comes first.
export class HostPanel {
  #summary = el("p");
  #checks = table("What this host has found when it looked at itself", "Subject", "Level", "Reason");
  #checkSummary = el("summary");
  #checkDetails = el("details", {}, this.#checkSummary, this.#checks.element);
  #checkLevel = "OK";
  #peers = table("Peers", "Host", "State", "Since", "Round trip", "Reason", "Ways");
  #problems = el("ul", { class: "problems" });
  #decisions = el("div");
  #buttons;
  #tell;

  constructor(parent, tell) {
    this.#tell = tell;
    this.#buttons = new Buttons(OF_HOST, tell);
    parent.append(
      this.#summary,
      this.#decisions,
      this.#problems,
      this.#buttons.element,
      this.#peers.element,
      this.#checkDetails,
    );
  }

  update(host, arbiter, health, thresholds) {
    const h = host.attributes;
    const a = arbiter?.attributes;
    const evacuating = h.Evacuating ? " It is being evacuated: no domain is started here." : "";
    const decider = a ? ` Arbiter ${a.Engine}: ${a.Reachable ? "reachable" : "NOT REACHABLE"}, ${a.Reason}.` : "";
    setText(this.#summary, `Kemari ${h.Version}.${evacuating}${decider}`);
    this.#buttons.update(host, h.Name, { peers: [] });
    this.#showProblems(h, thresholds?.attributes);
    this.#showDecisions(arbiter);
    setRows(
      this.#peers.body,
      health.map(({ attributes: p }) => [
        p.Peer,
        p.State,
        clock(p.SinceEpochMillis),
        p.RoundTrip?.count > 0 ? micros(p.RoundTrip.p50Micros) : "–",
        p.Reason,
        (p.PathTable ?? []).map((path) => `${path.address} ${path.state}`).join(", "),
      ]),
    );
    setText(this.#checkSummary, `Checks: ${h.CheckLevel}`);
    this.#checkSummary.className = h.CheckLevel === "OK" ? "" : h.CheckLevel === "CRITICAL" ? "bad" : "busy";
    if (this.#checkLevel !== h.CheckLevel) {
      // what is wrong opens by itself; whoever closes it then is not asked again until it is worse, or better
      this.#checkDetails.open = h.CheckLevel !== "OK";
      this.#checkLevel = h.CheckLevel;
    }
    const checks = (h.CheckTable ?? []).map((check) => [check.subject, check.level, check.reason]);
    setRows(this.#checks.body, checks);
    [...this.#checks.body.rows].forEach((row, i) => {
      row.className = checks[i][1] === "OK" ? "" : checks[i][1] === "CRITICAL" ? "bad" : "busy";
    });
  }

  #showProblems(h, t) {
    const violations = (t?.Violations ?? []).map(
      (v) => `${v.subject}: ${v.quantity} is ${v.valueMillis} ms, the limit is ${v.limitMillis} ms`);
    const texts = [...(h.ConfigurationProblems ?? []), ...violations];
    if (this.#problems.dataset.shown !== JSON.stringify(texts)) {
      this.#problems.dataset.shown = JSON.stringify(texts);
      this.#problems.replaceChildren(...texts.map((text) => el("li", {}, text)));
    }
  }

  #showDecisions(arbiter) {
    const pending = Object.entries(arbiter?.attributes.PendingDecisions ?? {});
    const may = arbiter?.may.includes("decide") ?? false;
    const wanted = JSON.stringify([pending, may]);
    if (this.#decisions.dataset.shown === wanted) {
      return;
    }
    this.#decisions.dataset.shown = wanted;
    this.#decisions.replaceChildren(...pending.map(([domain, text]) => {
      const decide = (allow) => async () => {
        const label = allow ? "Allow" : "Refuse";
        const ask = () => allow
          ? `Allow the change of ownership of ${domain}? Be sure that the other host is dead: two owners destroy its disks.`
          : `Refuse the change of ownership of ${domain}?`;
        if ((await confirm({ label, ask, danger: allow }, domain, {})) !== null) {
          await this.#tell(`${label}: ${domain}`, () => operate(arbiter.name, "decide", [domain, allow]));
        }
      };
      return el(
        "p",
        { class: "decision", role: "alert" },
        `${domain} waits for a decision: ${text} `,
        el("button", { type: "button", disabled: !may, onclick: decide(true) }, "Allow"),
        " ",
        el("button", { type: "button", disabled: !may, onclick: decide(false) }, "Refuse"),
      );
    }));
  }
}
