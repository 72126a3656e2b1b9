// Restores the scroll position of a page that someone goes back to; another page begins at its top.

const here = () => location.pathname.replace(/[/]$/, "");
const main = () => document.querySelector("[data-testid=stMain]");

function install() {
  const kept = { places: {}, last: here(), wanted: null };
  const done = () => {
    kept.wanted = null;
  };
  document.addEventListener(
    "scroll",
    (event) => {
      const part = event.target;
      if (part !== main() || kept.wanted !== null) return;
      // Nobody has scrolled where the page has only become too short: on leaving it goes away under its own address.
      if (part.scrollHeight - part.clientHeight < (kept.places[here()] ?? 0) - 1) return;
      kept.places[here()] = part.scrollTop;
    },
    true,
  );
  // Whoever scrolls or presses something has a will of their own.
  for (const kind of ["wheel", "touchstart", "pointerdown", "keydown"]) {
    addEventListener(kind, done, { capture: true, passive: true });
  }
  addEventListener("popstate", () => {
    if (here() === kept.last) return; // to another part of the same page
    kept.last = here();
    const wanted = (kept.wanted = { top: kept.places[here()] ?? 0 });
    const until = performance.now() + 10000;
    let since;
    const step = (now) => {
      if (kept.wanted !== wanted) return;
      if (now > until) return done();
      const part = main(),
        app = document.querySelector("[data-testid=stApp]");
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
  return kept;
}

export default function () {
  const kept = (window.siamesePlaces ??= install());
  if (kept.last === here()) return;
  kept.last = here();
  main().scrollTop = 0; // another page, and not by going back: from its beginning
}
