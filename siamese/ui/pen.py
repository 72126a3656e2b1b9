"""A stroke may begin anywhere on the paper, and is sent as soon as the pen is lifted.

The canvas hides a toolbar behind its upper right corner until a mouse hovers: a finger, or a quick
mouse, would press on that instead of drawing. Here it takes no pen, only the keyboard.

The canvas waits a fifth of a second after each stroke before it sends anything, in case another
follows. Its toolbar has a button that sends at once, and this presses it. Should a later canvas have no
such button, or another name for it, nothing is lost: the canvas then sends by itself, after its wait.
"""

from __future__ import annotations

import streamlit as st

SEND = "Update the app with this drawing"  # what streamlit-drawable-canvas calls its button

_JS = """
const shy = new CSSStyleSheet();
// As large as the sheet that it lies on; it finds the pointer's place by its size on the screen.
shy.replaceSync(".dc-toolbar:not(:focus-within) {pointer-events: none}"
  + " .dc-container, .canvas-container, canvas {width: 100cqi !important; height: 100cqi !important}");
const hide = () => {
  for (const host of document.querySelectorAll("[data-testid=stBidiComponentIsolated]")) {
    const sheets = host.shadowRoot?.adoptedStyleSheets;
    if (sheets && !sheets.includes(shy)) sheets.push(shy);
  }
};

export default function () {
  // A canvas gets its shadow root a moment after its place on the page.
  const watch = new MutationObserver(() => { hide(); requestAnimationFrame(hide); });
  watch.observe(document.body, {childList: true, subtree: true});
  hide();
  let paper = null;  // the shadow root of the canvas that the pen is on
  const began = (event) => {
    const [touched] = event.composedPath();
    const root = touched instanceof HTMLCanvasElement ? touched.getRootNode() : null;
    paper = root instanceof ShadowRoot ? root : null;
  };
  const ended = (event) => {
    if (!paper || event.touches?.length) return;  // another finger is still down
    const drawn = paper;
    paper = null;
    // Later, because the canvas hears of this event after us and must have taken the stroke in.
    setTimeout(() => drawn.querySelector('button[aria-label="SEND"]')?.click());
  };
  const listeners = {pointerdown: began, mouseup: ended, touchend: ended};
  for (const [name, listener] of Object.entries(listeners)) window.addEventListener(name, listener, true);
  return () => {
    watch.disconnect();
    for (const [name, listener] of Object.entries(listeners)) window.removeEventListener(name, listener, true);
  };
}
"""
_mount = st.components.v2.component("siamese.pen", js=_JS.replace("SEND", SEND), isolate_styles=False)


def quicken() -> None:
    """Lets every canvas of the page take strokes everywhere and send them at once; takes no room."""
    _mount(key="pen", width="content", height="content")
