"""A verdict that is two seconds late is marked as waiting, until the answer has come.

Where a network stalls, the connection stays open: a stroke is on the paper, the verdict beside it is that of the
drawing before, and Streamlit says nothing for a minute. The browser alone can know of it. So it notes when
it asks the server to run something, and when a run has ended after that; the server does nothing for it.

On quick steps back through the browser's history Streamlit asks for a page at each, and when one arrives whose entry
has been left meanwhile, it adds an entry for it: six quick steps ended elsewhere than six slow ones, and the way on was
cut off. So nothing is added while a step is not answered; and if something was to be, the page is asked for once more.

Where the connection is lost, the line of `style` says so, in its own words. Streamlit's dialog, which tells the reader
to start the server with a command, is closed as it opens.
"""

from __future__ import annotations

from collections.abc import Iterable

import streamlit as st

LATE_MS = 2000
BACK_MS = 30_000  # no step waits longer for its page: entries are added again then
TRIES = 4  # how often a page is asked for once more
#: How a message that asks for a run begins: the number of `BackMsg.rerun_script`, and that a message follows.
ASKS = 11 << 3 | 2
#: What the window hears when a stroke is drawn, sent or not.
DRAWN = "siamese:drawn"

_HTML = '<span class="waiting" role="status" aria-live="polite"></span>'
_CSS = ".waiting {position:absolute; width:1px; height:1px; overflow:hidden; clip-path:inset(50%); white-space:nowrap}"
_JS = """
let asked = [];        // when each thing was asked that is not answered yet
let heard = -Infinity; // when the server last said something
let late;
const known = new WeakSet();  // sockets that are listened to

const app = () => document.querySelector("[data-testid=stApp]");
const show = () => {
  clearTimeout(late);
  const left = asked.length ? LATE_MS - (performance.now() - asked[0]) : Infinity;
  const waits = left <= 0, root = document.documentElement;
  if (left > 0 && left < Infinity) late = setTimeout(show, left);
  if (waits === root.hasAttribute("data-waiting")) return;
  root.toggleAttribute("data-waiting", waits);
  const said = document.querySelector(".waiting");
  if (said) said.textContent = waits ? "Waiting for the answer." : "";
};
const ask = () => { asked.push(performance.now()); if (asked.length === 1) show(); };
// What was asked before the server last spoke is answered, once nothing runs any more.
const settle = () => {
  const {testScriptState: state, testConnectionState: connection} = app()?.dataset ?? {};
  if (!asked.length || state === "running" || connection !== "CONNECTED") return;
  asked = asked.filter((when) => when > heard);
  show();
  if (!asked.length) arrive();
};
const listen = (socket) => {
  if (known.has(socket)) return;
  known.add(socket);
  socket.addEventListener("message", () => {
    heard = performance.now();
    setTimeout(settle, 100);  // by then it is on the page; a page in the background has no frames to wait for
  });
};
let away = false, missed = false, patience;  // on the way through the history; whether a page came too late for it
let shown, tries = 0;  // the page that is shown, and all there are, by their paths
const astray = () => {
  const end = location.pathname.replace(/[/]$/, '').split('/').pop();
  return shown && (shown.paths.split(' ').includes(end) ? end : '') !== shown.path;
};
const arrive = () => {
  if (!away) return;
  // The page that is shown may be that of an entry which was left: ask for that of this one.
  if ((missed || astray()) && tries++ < TRIES) {
    missed = false;
    window.dispatchEvent(new PopStateEvent("popstate", {state: history.state}));
    return;
  }
  away = missed = false;
  tries = 0;
  clearTimeout(patience);
};
const stepped = (event) => {
  if (!event.isTrusted) return;  // ours
  if (!away) patience = setTimeout(arrive, BACK_MS);
  away = true;
  if (!asked.length) arrive();
};
const chosen = (event) => { if (event.target.closest?.("a")) away = missed = false; };
const close = () => {
  if (app()?.dataset.testConnectionState === "CONNECTED") return;
  document.querySelector("[data-testid=stDialog] button[aria-label=Close]")?.click();
};

// Once for as long as the page is open: Streamlit calls this again with every run.
let listens = false;
export default function ({ data }) {
  shown = data;
  if (listens) return;
  listens = true;
  const {send} = WebSocket.prototype;
  WebSocket.prototype.send = function (content) {
    try {
      listen(this);
      if (new Uint8Array(content.buffer ?? content, content.byteOffset ?? 0, 1)[0] === ASKS) ask();
    } catch { /* not one of Streamlit's messages */ }
    return send.call(this, content);
  };
  history.pushState = function (...told) {
    if (away) missed = true; else History.prototype.pushState.apply(this, told);
  };
  new MutationObserver(() => { settle(); close(); }).observe(
    document.body, {subtree: true, attributeFilter: ["data-test-script-state", "data-test-connection-state"]});
  new MutationObserver(close).observe(document.body, {childList: true});  // where dialogs open
  window.addEventListener("DRAWN", ask);
  window.addEventListener("popstate", stepped);
  window.addEventListener("click", chosen, true);
}
"""
for _name, _value in {"LATE_MS": LATE_MS, "BACK_MS": BACK_MS, "ASKS": ASKS, "TRIES": TRIES, "DRAWN": DRAWN}.items():
    _JS = _JS.replace(_name, str(_value))
_mount = st.components.v2.component("siamese.waiting", html=_HTML, css=_CSS, js=_JS, isolate_styles=False)


def watch(path: str, paths: Iterable[str]) -> None:
    """Marks what the page says while it is not the answer to what was done; takes no room.

    Args:
        path: of the page that this run shows, among `paths` of all but the default one, whose path is empty.
    """
    _mount(key="waiting", width="content", height="content", data={"path": path, "paths": " ".join(sorted(set(paths)))})
