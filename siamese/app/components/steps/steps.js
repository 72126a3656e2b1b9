// The buttons Undo, Redo and Clear of a canvas, and their keys.

const typing = (target) => target?.closest?.("input, textarea, select, [contenteditable=true]");

export default function ({ data, parentElement, setTriggerValue }) {
  const box = parentElement.querySelector(".steps");
  box.setAttribute("aria-label", data.words);
  const buttons = [...box.children];
  const mark = () => document.querySelector("[data-steps]");
  const look = () => {
    const found = mark();
    const can = found ? (JSON.parse(found.dataset.steps)[data.name] ?? []) : [];
    for (const button of buttons) button.disabled = !can.includes(button.name);
  };
  const press = (event) => setTriggerValue("step", event.currentTarget.name);
  const key = (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || typing(event.composedPath()[0])) return;
    const letter = event.key.toLowerCase();
    const step = letter === "z" ? (event.shiftKey ? "redo" : "undo") : letter === "y" && !event.shiftKey ? "redo" : "";
    if (!step || mark()?.dataset.last !== data.name) return;
    event.preventDefault();
    const button = buttons.find((one) => one.name === step);
    if (!button.disabled) setTriggerValue("step", step);
  };
  for (const button of buttons) button.onclick = press;
  const watch = new MutationObserver(look);
  watch.observe(document.body, { childList: true, subtree: true, attributeFilter: ["data-steps"] });
  window.addEventListener("keydown", key);
  look();
  return () => {
    watch.disconnect();
    window.removeEventListener("keydown", key);
  };
}
