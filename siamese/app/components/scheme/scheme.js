// Tells the app when the page's theme has become light or dark, and Dark Reader that the page has a dark theme.

export default function ({ data, setTriggerValue }) {
  const app = document.querySelector("[data-testid=stApp]");
  if (!document.querySelector("meta[name=darkreader-lock]")) {
    const lock = document.createElement("meta");
    lock.name = "darkreader-lock";
    document.head.append(lock);
  }
  // What the theme says of itself: the background may be ours, by the projector's style sheet.
  const dark = () => getComputedStyle(app).colorScheme === "dark";
  // Streamlit gives the app another class with another theme.
  const watch = new MutationObserver(() => {
    if (dark() !== data.dark) setTriggerValue("changed", true);
  });
  watch.observe(app, { attributeFilter: ["class"] });
  return () => watch.disconnect();
}
