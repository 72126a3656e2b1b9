// Scrolls a part of the page into sight.

// What stands above the part takes its height only as it is drawn: follow the part until it stands still. Whoever
// scrolls or presses something is left alone.
function settle({ part, block }) {
  const until = performance.now() + 3000;
  let theirs = false;
  let top;
  let still = 0;
  for (const act of ["wheel", "touchstart", "pointerdown", "keydown"]) {
    addEventListener(
      act,
      () => {
        theirs = true;
      },
      { once: true, passive: true },
    );
  }
  const look = () => {
    const element = document.querySelector(part);
    const now = element?.offsetParent ? element.getBoundingClientRect().top : undefined;
    still = now !== undefined && now === top ? still + 1 : 0;
    if (theirs || still > 40 || performance.now() > until) return;
    element?.scrollIntoView({ block, behavior: "instant" });
    top = element?.getBoundingClientRect().top;
    requestAnimationFrame(look);
  };
  look();
}

function once({ part, event, block, motion }) {
  window.siameseShown ??= {};
  if (!event || window.siameseShown[part] === event) return;
  window.siameseShown[part] = event;
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  document.querySelector(part)?.scrollIntoView({ block, behavior: still ? "instant" : motion });
}

export default function ({ data }) {
  if (data.settle) settle(data);
  else once(data);
}
