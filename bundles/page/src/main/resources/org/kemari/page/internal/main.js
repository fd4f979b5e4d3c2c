import { clock, keep, setText } from "./dom.js";
import { DomainCard } from "./domain.js";
import { HostPanel } from "./host.js";
import { NotLoggedIn, Refused, logIn, logOut, state } from "./server.js";

const LOOK_MILLIS = 2000;

const at = (id) => document.getElementById(id);
const cards = new Map();
const host = new HostPanel(at("host"), tell);

let next = 0;
let lastAnswer = 0;

function showLogin(show) {
  at("login").hidden = !show;
  at("content").hidden = show;
  at("account").hidden = show;
  if (show) {
    setText(at("connection"), "");
    setText(at("host-name"), "");
    for (const card of cards.values()) {
      card.element.remove();
    }
    cards.clear();
    at("login-user").focus();
  }
}

// Does something that a user has asked for, and says what came of it.
async function tell(what, doIt) {
  try {
    await doIt();
    setText(at("notice"), `${what}: accepted.`);
    at("notice").className = "";
  } catch (e) {
    setText(at("notice"), `${what}: ${e instanceof Refused ? e.message : "the host does not answer."}`);
    at("notice").className = "bad";
  }
  look();
}

function show({ user, millis, beans }) {
  const of = (type) => beans.filter((bean) => bean.type === type);
  const health = of("HealthMonitor");
  const peers = health.map((bean) => bean.attributes.Peer);
  const self = of("Host")[0];
  setText(at("user"), user);
  at("nothing").hidden = Boolean(self);
  at("host").hidden = !self;
  if (self) {
    const name = self.attributes.Name;
    setText(at("host-name"), ` on ${name}`);
    document.title = `${name} – Kemari`;
    host.update(self, of("Arbiter")[0], health, of("Thresholds")[0]);
  }
  const within = (type, domain) =>
    of(type).map((bean) => bean.attributes).filter((attributes) => attributes.Domain === domain);
  const items = of("Domain").map((bean) => ({
    bean,
    attributes: bean.attributes,
    taps: within("EventTap", bean.attributes.Name),
    transfer: within("StateTransfer", bean.attributes.Name)[0],
    peers,
    time: millis,
  }));
  keep(at("domains"), cards, items, (item) => item.bean.name, (item) => new DomainCard(item, tell));
}

async function look() {
  clearTimeout(next);
  if (document.hidden) {
    return;
  }
  try {
    const answer = await state();
    if (!at("login").hidden || at("content").hidden) {
      showLogin(false);
    }
    show(answer);
    lastAnswer = Date.now();
    setText(at("connection"), "");
    document.body.classList.remove("stale");
  } catch (e) {
    if (e instanceof NotLoggedIn) {
      showLogin(true);
      return;
    }
    document.body.classList.add("stale");
    const since = lastAnswer > 0 ? ` since ${clock(lastAnswer)}` : "";
    setText(at("connection"), `The host does not answer${since}; what is shown is old.`);
  }
  clearTimeout(next);
  next = setTimeout(look, LOOK_MILLIS);
}

at("login").addEventListener("submit", async (event) => {
  event.preventDefault();
  setText(at("login-error"), "");
  try {
    await logIn(at("login-user").value, at("login-password").value);
    at("login-password").value = "";
    look();
  } catch (e) {
    const known = e instanceof NotLoggedIn || e instanceof Refused;
    setText(at("login-error"), known ? e.message : "The host does not answer.");
  }
});
at("logout").addEventListener("click", async () => {
  await logOut().catch(() => null);
  look();
});
document.addEventListener("visibilitychange", look);
look();
