// A stroke may begin anywhere on the canvas, is drawn by one pointer, a pen before all, and is sent as it is lifted.
// Why, and what the canvas would do by itself, says __init__.py.

const PEN_MS = 3000; // a touch so soon after the pen was seen is the hand that holds it
const HAND = 100; // px, 2.6 cm: no finger touches as wide
const DOT = 12; // of the 280 units of a canvas: what has not moved as far is a dot
const DOT_MS = 300; // a finger's dot waits so long for a pen: the edge of the hand comes down first
// In the same units: a longer way between two points gets two more points, so near to its ends.
const LONG = 8;
const NEAR = 2;

const sheet = new CSSStyleSheet();
// As large as the box that it lies in; it finds the pointer's place by its size on the screen.
sheet.replaceSync(
  ".dc-toolbar:not(:focus-within) {pointer-events: none}" +
    " .dc-container, .canvas-container, canvas {width: 100cqi !important; height: 100cqi !important}",
);
const prepared = new WeakSet();
let sendButton = ""; // what the canvas calls its button that sends at once

let active = null; // what draws now: {id, kind, canvas, unit, x, y, start, far, lifted}
let penSeen = -Infinity;
const dropped = new WeakSet(); // canvases that hold a stroke which was taken back, and must not hear of a mouse

const canvasOf = (event) => {
  const [touched] = event.composedPath();
  return touched instanceof HTMLCanvasElement && touched.getRootNode() instanceof ShadowRoot ? touched : null;
};

// The canvas hears the mouse by itself no more, but for hovering, nor any touch.
const withhold = (event) => {
  if (!event.isTrusted || !canvasOf(event)) return;
  if (event.type === "mousemove" && !active && !dropped.has(canvasOf(event))) return;
  if (event.type !== "mousemove" && event.button > 0 && !active) return;
  event.stopPropagation();
  if (event.type === "touchstart") event.preventDefault(); // no scrolling, and no mouse after it
};
const prepare = () => {
  for (const host of document.querySelectorAll("[data-testid=stBidiComponentIsolated]")) {
    const root = host.shadowRoot;
    if (!root || prepared.has(root)) continue;
    prepared.add(root);
    root.adoptedStyleSheets.push(sheet);
    for (const name of ["mousedown", "mousemove", "mouseup", "touchstart"]) {
      root.addEventListener(name, withhold, { capture: true, passive: false });
    }
  }
};

// A mouse's event has whole pixels only; the canvas may be shown smaller than it is.
const send = (what, canvas, x, y, more) =>
  canvas.dispatchEvent(
    new PointerEvent(what, {
      clientX: x,
      clientY: y,
      isPrimary: true,
      bubbles: true,
      composed: true,
      cancelable: true,
      view: window,
      ...more,
    }),
  );

const begin = (event, canvas) => {
  const { pointerId: id, pointerType: kind, clientX: x, clientY: y } = event;
  active = { id, kind, canvas, unit: canvas.getBoundingClientRect().width / 280, x, y, start: [x, y], far: 0 };
  try {
    canvas.setPointerCapture(id);
  } catch {
    /* it is gone already */
  }
  dropped.delete(canvas);
  send("mousedown", canvas, x, y);
};
const draw = (x, y) => {
  const { canvas, unit } = active;
  const way = Math.hypot(x - active.x, y - active.y);
  if (!way) return;
  if (way > LONG * unit) {
    const [across, down] = [x - active.x, y - active.y].map((part) => (part / way) * NEAR * unit);
    send("mousemove", canvas, active.x + across, active.y + down);
    send("mousemove", canvas, x - across, y - down);
  }
  send("mousemove", canvas, x, y);
  [active.x, active.y] = [x, y];
  active.far = Math.max(active.far, Math.hypot(x - active.start[0], y - active.start[1]));
};
const end = () => {
  const { canvas, x, y, lifted } = active;
  active = null;
  clearTimeout(lifted);
  if (!canvas.isConnected) return;
  send("mouseup", canvas, x, y);
  // Later, for the canvas takes the stroke in when all of this is over.
  setTimeout(() => canvas.getRootNode().querySelector(`button[aria-label="${sendButton}"]`)?.click());
  window.dispatchEvent(new Event("siamese:drawn")); // to the component `waiting`
};
// The canvas knows no taking back. It goes on to think that it draws, until the next stroke begins it anew;
// the button is not the left one, so that it keeps nothing, but listens to the page no more.
const drop = () => {
  const { canvas, x, y, lifted } = active;
  active = null;
  clearTimeout(lifted);
  dropped.add(canvas);
  send("mousedown", canvas, x, y);
  send("mouseup", canvas, x, y, { button: 1 });
  const ink = canvas.getContext("2d");
  ink.save();
  ink.resetTransform();
  ink.clearRect(0, 0, canvas.width, canvas.height);
  ink.restore();
};
const isDot = () => active.far < DOT * active.unit;

const down = (event) => {
  if (event.pointerType === "pen") penSeen = event.timeStamp;
  const canvas = canvasOf(event);
  if (!event.isTrusted || event.button !== 0) return;
  if (active?.kind === "touch" && event.pointerType === "pen") drop(); // wherever the hand lies
  if (!canvas) return;
  if (event.pointerType === "touch") {
    if (event.timeStamp - penSeen < PEN_MS || Math.max(event.width, event.height) > HAND) return;
  }
  if (active?.lifted || active?.canvas.isConnected === false) end(); // of that one no end is heard any more
  if (!active) begin(event, canvas);
};
const move = (event) => {
  if (event.pointerType === "pen") penSeen = event.timeStamp;
  if (active?.id !== event.pointerId || active.lifted) return;
  const all = event.getCoalescedEvents?.() ?? [];
  for (const one of all.length ? all : [event]) draw(one.clientX, one.clientY);
};
const up = (event) => {
  if (event.pointerType === "pen") penSeen = event.timeStamp;
  if (active?.id !== event.pointerId || active.lifted) return;
  draw(event.clientX, event.clientY);
  if (active.kind !== "touch" || !isDot()) return end();
  // A pen was here: then this is the hand that held it. Else a pen may yet come.
  if (penSeen > -Infinity) return drop();
  active.lifted = setTimeout(end, DOT_MS);
};
// What the system takes from a finger was the palm, or went to another app.
const cancel = (event) => {
  if (active?.id !== event.pointerId || active.lifted) return;
  if (active.kind === "touch") drop();
  else end();
};

// Once for as long as the page is open: Streamlit calls this again with every run, maybe in the middle of a stroke.
let listens = false;
export default function ({ data }) {
  sendButton = data.sendButton;
  if (listens) return;
  listens = true;
  // A canvas gets its shadow root a moment after its place on the page.
  const watch = new MutationObserver(() => {
    prepare();
    requestAnimationFrame(prepare);
  });
  watch.observe(document.body, { childList: true, subtree: true });
  prepare();
  const listeners = { pointerdown: down, pointermove: move, pointerup: up, pointercancel: cancel };
  for (const [name, listener] of Object.entries(listeners)) window.addEventListener(name, listener, true);
}
