// All that goes to the host and comes from it.

export class NotLoggedIn extends Error {}
export class Refused extends Error {}

const PATIENCE_MILLIS = 10000;

async function ask(path, options = {}) {
  const response = await fetch(path, {
    ...options,
    cache: "no-store",
    credentials: "same-origin",
    redirect: "error",
    signal: AbortSignal.timeout(PATIENCE_MILLIS),
  });
  const body = await response.json();
  if (response.ok) {
    return body;
  }
  throw new (response.status === 401 ? NotLoggedIn : Refused)(String(body.error));
}

function send(path, body) {
  // no other page can set this header
  const headers = { "Content-Type": "application/json", "X-Kemari": "page" };
  return ask(path, { method: "POST", headers, body: JSON.stringify(body) });
}

export const logIn = (user, password) => send("api/login", { user, password });
export const logOut = () => send("api/logout", {});
export const state = () => ask("api/state");
export const history = (domain) => ask(`api/history?domain=${encodeURIComponent(domain)}`);
export const operate = (name, operation, args) => send("api/operation", { name, operation, arguments: args });
