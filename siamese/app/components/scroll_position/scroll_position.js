// Restores the scroll position of a page that someone goes back to; another page begins at its top.

const here = () => location.pathname.replace(/[/]$/, "");
const main = () => document.querySelector("[data-testid=stMain]");

function install() {
  const state = { places: {}, last: here(), wanted: null };
  const done = () => {
    state.wanted = null;
  };
  document.addEventListener(
    "scroll",
    (event) => {
      const part = event.target;
      if (part !== main() || state.wanted !== null) return;
      // Nobody has scrolled where the page has only become too short: on leaving it goes away under its own address.
      if (part.scrollHeight - part.clientHeight < (state.places[here()] ?? 0) - 1) return;
      state.places[here()] = part.scrollTop;
    },
    true,
  );
  // Whoever scrolls or presses something has a will of their own.
  for (const kind of ["wheel", "touchstart", "pointerdown", "keydown"]) {
    addEventListener(kind, done, { capture: true, passive: true });
  }
  addEventListener("popstate", () => {
    if (here() === state.last) return; // to another part of the same page
    state.last = here();
    const wanted = (state.wanted = { top: state.places[here()] ?? 0 });
    const until = performance.now() + 10000;
    let since;
    const step = (now) => {
      if (state.wanted !== wanted) return;
      if (now > until) return done();
      const part = main();
      const app = document.querySelector("[data-testid=stApp]");
      const whole =
        app.dataset.testScriptState === "notRunning" &&
        document.querySelector("h1") &&
        !document.querySelector("[data-stale=true], [data-testid=stSkeleton], .live-chart:not([data-drawn])");
      if (part && Math.abs(part.scrollTop - wanted.top) > 1) part.scrollTop = wanted.top;
      since = whole && part && Math.abs(part.scrollTop - wanted.top) <= 1 ? (since ?? now) : undefined;
      if (since !== undefined && now - since > 500) return done();
      requestAnimationFrame(step);
    };
    requestAnimationFrame(step);
  });
  return state;
}

export default function () {
  const state = (window.siamesePlaces ??= install());
  if (state.last === here()) return;
  state.last = here();
  main().scrollTop = 0; // another page, and not by going back: from its beginning
}
