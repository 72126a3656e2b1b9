// Tells the app at intervals that time has passed: not while the pen is down, the app is running, or the line is cut.

const SOON = 150; // ms: how long something else has the right of way before it is asked again
// Phones of a class that joined, or came back, in one moment must not ask in step for the whole lesson.
const spread = () => 0.9 + 0.2 * Math.random();
const due = new WeakMap(); // element -> when it is its turn
let pressed = 0;
let listens = false;

// Without a connection nobody would hear of it.
const busy = () => {
  const app = document.querySelector("[data-testid=stApp]")?.dataset;
  return pressed > 0 || app?.testScriptState === "running" || app?.testConnectionState !== "CONNECTED";
};

export default function ({ data, parentElement, setTriggerValue }) {
  if (!listens) {
    listens = true;
    const up = () => {
      pressed = 0;
    };
    addEventListener(
      "pointerdown",
      () => {
        pressed = 1;
      },
      true,
    );
    for (const name of ["pointerup", "pointercancel", "blur"]) addEventListener(name, up, true);
  }
  let timer;
  const wait = (ms) => {
    timer = setTimeout(tick, ms);
  };
  const tick = () => {
    if (!parentElement.isConnected) return;
    if (busy()) return wait(SOON);
    const pause = data.every * spread();
    due.set(parentElement, performance.now() + pause);
    wait(pause);
    setTriggerValue("tick", Date.now());
  };
  // Streamlit calls this again with every run: the time that has passed counts.
  if (!due.has(parentElement)) due.set(parentElement, performance.now() + data.every * spread());
  wait(Math.max(0, due.get(parentElement) - performance.now()));
  return () => clearTimeout(timer);
}
