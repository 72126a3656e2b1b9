// Tells the app when the page's theme has become light or dark, and Dark Reader that the page has a dark theme.

const AGAIN_MS = 1000; // until the page has followed, it is asked for this often
const TRIES = 5;
let tries = 0; // since the theme changed

export default function ({ data, setTriggerValue }) {
  const app = document.querySelector("[data-testid=stApp]");
  if (!document.querySelector("meta[name=darkreader-lock]")) {
    const lock = document.createElement("meta");
    lock.name = "darkreader-lock";
    document.head.append(lock);
  }
  // What the theme says of itself: the background may be ours, by the projector's style sheet.
  const dark = () => getComputedStyle(app).colorScheme === "dark";
  let again;
  const compare = () => {
    clearTimeout(again);
    if (dark() === data.dark || tries >= TRIES) return;
    tries += 1;
    again = setTimeout(compare, AGAIN_MS);
    setTriggerValue("changed", true);
  };
  // Streamlit gives the app another class with another theme.
  const watch = new MutationObserver(() => {
    tries = 0;
    compare();
  });
  watch.observe(app, { attributeFilter: ["class"] });
  // Streamlit calls this again with every run: with the colours that this run drew.
  if (dark() === data.dark) tries = 0;
  else again = setTimeout(compare, tries ? AGAIN_MS : 0);
  return () => {
    clearTimeout(again);
    watch.disconnect();
  };
}
