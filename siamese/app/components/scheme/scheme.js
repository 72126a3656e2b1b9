// Tells the app when the page's theme has become light or dark, and Dark Reader that the page has a dark theme.

const AGAIN_MS = 2500; // the page is asked for once more where it has not followed by then
const TRIES = 5;

let shown; // what Streamlit called this with last: the colours that the last run drew, and the way to the app
let watched; // the element whose class says which theme there is: Streamlit gives it another one with another theme
let again;
let tries = 0; // since the theme changed

// What the theme says of itself: the background may be ours, by the projector's style sheet.
const follows = () => (getComputedStyle(watched).colorScheme === "dark") === shown.data.dark;
const compare = () => {
  clearTimeout(again);
  if (follows() || tries >= TRIES) return;
  tries += 1;
  again = setTimeout(compare, AGAIN_MS);
  shown.setTriggerValue("changed", true);
};

export default function (component) {
  shown = component;
  const app = document.querySelector("[data-testid=stApp]");
  if (watched !== app) {
    watched = app;
    const change = new MutationObserver(() => {
      tries = 0;
      compare();
    });
    change.observe(app, { attributeFilter: ["class"] });
  }
  if (!document.querySelector("meta[name=darkreader-lock]")) {
    const lock = document.createElement("meta");
    lock.name = "darkreader-lock";
    document.head.append(lock);
  }
  clearTimeout(again);
  if (follows()) tries = 0;
  else again = setTimeout(compare, tries ? AGAIN_MS : 0);
}
