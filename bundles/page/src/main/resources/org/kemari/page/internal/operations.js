import { el } from "./dom.js";
import { operate } from "./server.js";

const PRIMARY = ["PRIMARY"];
const STANDBY = ["STANDBY"];

// What there is to do with a domain. Whether a user may, says the server; roles are those that a domain must have here.
export const OF_DOMAIN = [
  { operation: "start", label: "Start", roles: ["NONE"], ask: (n) => `Start ${n} on this host?` },
  {
    operation: "protect",
    label: "Protect",
    roles: PRIMARY,
    ask: (n) => `Protect ${n} on a standby host? The guest runs on while its memory is copied.`,
    argument: "standby",
  },
  {
    operation: "unprotect",
    label: "Unprotect",
    roles: PRIMARY,
    ask: (n) => `End the protection of ${n}? The guest runs on; it would not survive the death of this host.`,
  },
  {
    operation: "switchover",
    label: "Switch over",
    roles: PRIMARY,
    ask: (n) => `Move ${n} to its standby? Nothing is lost, and this host becomes the standby.`,
  },
  {
    operation: "takeover",
    label: "Take over",
    roles: STANDBY,
    danger: true,
    ask: (n) => `Take ${n} over from its primary, whether or not that seems to be there?`,
  },
  {
    operation: "stop",
    label: "Stop",
    roles: PRIMARY,
    danger: true,
    ask: (n) => `Stop ${n}, on its standby too? The guest is asked to power itself off, and ended after the grace period.`,
    argument: "grace",
  },
];

export const OF_HOST = [
  {
    operation: "evacuate",
    label: "Evacuate",
    ask: (n) => `Move all domains that run on ${n} to their standbys? None is started here until the evacuation ends.`,
  },
  { operation: "endEvacuation", label: "End evacuation", ask: (n) => `Let domains run on ${n} again?` },
  {
    operation: "reloadConfiguration",
    label: "Read definitions",
    ask: (n) => `Read the definitions of ${n}'s domains again now?`,
  },
];

const ARGUMENTS = {
  standby(context) {
    const options = ["", ...context.peers].map((peer) =>
      el("option", { value: peer }, peer === "" ? "as the definition says" : peer));
    const input = el("select", { id: "argument" }, ...options);
    return { label: "Standby", input, value: () => input.value };
  },
  grace() {
    const input = el("input", { id: "argument", type: "number", min: "0", max: "86400", step: "1", value: "60", required: true });
    return { label: "Grace period in seconds; 0 ends it at once", input, value: () => input.valueAsNumber };
  },
};

// Asks, and does it if the answer is yes. Without an answer nothing is done.
export function confirm({ label, ask, danger = false, argument }, subject, context) {
  return new Promise((resolve) => {
    const field = argument ? ARGUMENTS[argument](context) : null;
    const cancel = el("button", { type: "button", autofocus: true }, "Cancel");
    const yes = el("button", { type: "submit", class: danger ? "danger" : "primary" }, label);
    const form = el("form", {}, el("p", { id: "question" }, ask(subject)));
    if (field) {
      form.append(el("p", {}, el("label", { for: "argument" }, field.label), " ", field.input));
    }
    form.append(el("p", { class: "buttons" }, cancel, yes));
    const dialog = el("dialog", { "aria-labelledby": "question" }, form);
    let answer = null;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      answer = field ? [field.value()] : [];
      dialog.close();
    });
    cancel.addEventListener("click", () => dialog.close());
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(answer);
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}

// One button for each of the operations.
export class Buttons {
  #buttons;
  #bean;
  #subject = "";
  #context = { peers: [] };

  constructor(operations, tell) {
    this.#buttons = operations.map((operation) => {
      const go = async () => {
        const args = await confirm(operation, this.#subject, this.#context);
        if (args !== null) {
          await tell(`${operation.label}: ${this.#subject}`, () => operate(this.#bean.name, operation.operation, args));
        }
      };
      const button = el("button", { type: "button", disabled: true, onclick: go }, operation.label);
      button.dataset.operation = operation.operation;
      return { operation, button };
    });
    this.element = el("p", { class: "buttons" }, ...this.#buttons.map(({ button }) => button));
  }

  update(bean, subject, context) {
    this.#bean = bean;
    this.#subject = subject;
    this.#context = context;
    for (const { operation, button } of this.#buttons) {
      const may = bean.may.includes(operation.operation);
      const { Role, State } = bean.attributes;
      const fits = !operation.roles || operation.roles.includes(Role) || State === "FAILED";
      button.disabled = !may || !fits;
      button.title = !may ? "Your roles do not allow this." : fits ? "" : "Not in the role that this host has here.";
    }
  }
}
