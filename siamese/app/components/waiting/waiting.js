// Marks a verdict that is late as waiting, holds the browser's history together on quick steps through it, has a lost
// connection come back to the address as it is, and closes Streamlit's dialog on it.

const BACK_MS = 30_000; // no step waits longer for its page: entries are added again then
const TRIES = 4; // how often a page is asked for once more
const REST_MS = 400; // nothing runs for so long once all is answered; between two runs it is shorter

let lateMs; // these two as __init__.py says
let runMessage;
let asked = []; // when each thing was asked that is not answered yet
let heard = -Infinity; // when the server last sent something
let late;
const known = new WeakSet(); // sockets that are listened to

const app = () => document.querySelector("[data-testid=stApp]");
const show = () => {
  clearTimeout(late);
  const left = asked.length ? lateMs - (performance.now() - asked[0]) : Infinity;
  const waits = left <= 0;
  const root = document.documentElement;
  if (left > 0 && left < Infinity) late = setTimeout(show, left);
  if (waits === root.hasAttribute("data-waiting")) return;
  root.toggleAttribute("data-waiting", waits);
  const status = document.querySelector(".waiting");
  if (status) status.textContent = waits ? "Waiting for the answer." : "";
};
const ask = () => {
  asked.push(performance.now());
  if (asked.length === 1) show();
};
// What was asked before the server last spoke is answered, once nothing runs any more.
const settle = () => {
  const { testScriptState: state, testConnectionState: connection } = app()?.dataset ?? {};
  if (!asked.length || state === "running" || connection !== "CONNECTED") return;
  asked = asked.filter((when) => when > heard);
  show();
  if (!asked.length) rest();
};
const listen = (socket) => {
  if (known.has(socket)) return;
  known.add(socket);
  socket.addEventListener("message", () => {
    heard = performance.now();
    setTimeout(settle, 100); // by then it is on the page; a page in the background has no frames to wait for
  });
};
let away = false; // on the way through the history
let missed = false; // a page came too late for its entry
let patience;
let resting;
let shown; // the page that is shown, and all there are, by their paths
let tries = 0;
const astray = () => {
  const end = location.pathname.replace(/[/]$/, "").split("/").pop();
  return shown && (shown.paths.split(" ").includes(end) ? end : "") !== shown.path;
};
const arrive = () => {
  if (!away) return;
  // The page that is shown may be that of an entry which was left: ask for that of this one.
  if ((missed || astray()) && tries++ < TRIES) {
    missed = false;
    window.dispatchEvent(new PopStateEvent("popstate", { state: history.state }));
    return;
  }
  away = missed = false;
  tries = 0;
  clearTimeout(patience);
  clearTimeout(resting);
};
const rest = () => {
  clearTimeout(resting);
  resting = setTimeout(() => {
    if (asked.length) return; // whatever answers it comes back here
    if (app()?.dataset.testScriptState === "running") rest();
    else arrive();
  }, REST_MS);
};
const stepped = (event) => {
  if (!event.isTrusted) return; // ours
  if (!away) patience = setTimeout(arrive, BACK_MS);
  away = true;
  if (!asked.length) rest();
};
const chosen = (event) => {
  if (event.target.closest?.("a")) away = missed = false;
};
// Streamlit tells a new session the address that it last heard of, not the one that has followed the page since: a
// page that was opened by a link would come back as that link had it. While nothing is connected it hears of this one.
let connected = false;
const sync = () => {
  const now = app()?.dataset.testConnectionState === "CONNECTED";
  if (connected && !now) window.dispatchEvent(new PopStateEvent("popstate", { state: history.state }));
  connected = now;
};
const close = () => {
  if (app()?.dataset.testConnectionState === "CONNECTED") return;
  document.querySelector("[data-testid=stDialog] button[aria-label=Close]")?.click();
};

// Once for as long as the page is open: Streamlit calls this again with every run.
let listens = false;
export default function ({ data }) {
  shown = data;
  ({ lateMs, runMessage } = data);
  if (listens) return;
  listens = true;
  const { send } = WebSocket.prototype;
  WebSocket.prototype.send = function (content) {
    try {
      listen(this);
      if (new Uint8Array(content.buffer ?? content, content.byteOffset ?? 0, 1)[0] === runMessage) ask();
    } catch {
      /* not one of Streamlit's messages */
    }
    return send.call(this, content);
  };
  history.pushState = function (...entry) {
    if (away) missed = true;
    else History.prototype.pushState.apply(this, entry);
  };
  new MutationObserver(() => {
    settle();
    sync();
    close();
  }).observe(document.body, {
    subtree: true,
    attributeFilter: ["data-test-script-state", "data-test-connection-state"],
  });
  new MutationObserver(close).observe(document.body, { childList: true }); // where dialogs open
  window.addEventListener("siamese:drawn", ask); // from the component `pen`: a stroke is drawn, sent or not
  window.addEventListener("popstate", stepped);
  window.addEventListener("click", chosen, true);
}
