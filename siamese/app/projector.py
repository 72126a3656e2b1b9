"""The *Projector* switch: larger type, stronger contrast, fewer controls, for the last row of a classroom.

Controls are hidden by the style sheet alone, so what they hold stays as it was when the switch is turned off.
"""

from __future__ import annotations

import streamlit as st

from siamese.app import links, session, widgets
from siamese.app.components import scheme
from siamese.app.parameters import Parameter
from siamese.charts.palette import DARK, LIGHT, PROJECTED_DARK, PROJECTED_LIGHT, Palette

# What a lesson does without; the keys of widgets as Streamlit writes them into the page.
_SECONDARY = (
    *("compare-kind", "compare-model", "left-mode", "right-mode"),
    *("map-model", "map-source"),
    *(
        "teach-model",
        "teach-empty",
        "teach-ready",
        "teach-before",
        "teach-remove-which",
        "teach-remove-example",
        "teach-remove",
    ),
    *("accuracy-overlay", "how-model", "live-embedding", "live-epochs", "live-augment"),
)


def is_on() -> bool:
    """Whether this session is shown by a projector."""
    return session.current().projector


def turn(on: bool) -> None:
    """Say whether this session is shown by a projector."""
    session.current().projector = on


def switch() -> None:
    """Draws the switch."""
    st.toggle("Projector", width="content", **widgets.bind("projector.switch", is_on(), turn))


def palette() -> Palette:
    """The palette of the theme that this browser shows, the stronger one for a projector."""
    light, dark = (PROJECTED_LIGHT, PROJECTED_DARK) if is_on() else (LIGHT, DARK)
    return dark if scheme.is_dark() else light


def sheet() -> str:
    """The rules that come after those of every page; none while the switch is off."""
    return _HIDDEN + _SHEET if is_on() else ""


PARAMETER = Parameter(
    "projector", "projector switch", links.one_of("1"), is_on, lambda text: turn(True), False, lambda on: links.ON
)

_HIDDEN = ", ".join(
    [*(f".st-key-{key}" for key in _SECONDARY), ".copy-link", "[data-testid=stTooltipIcon]:not(:has(button[kind]))"]
)
_HIDDEN += " {display:none !important}\n"
_SHEET = """
.stApp {background:var(--ground); color:var(--text); --edge:var(--muted)}
.stApp :is(p, li, label, h1, h2, h3, td, th) {color:var(--text)}
.stApp :is(.verdict.same .words, .key.same) {color:var(--same)}
.stApp [data-testid=stCaptionContainer], .stApp [data-testid=stCaptionContainer] * {
  color:var(--muted); font-size:1rem; opacity:1}
.stApp :is([data-testid=stButton], [data-testid=stButtonGroup]) button:not([kind*=rimary]) {border-color:var(--muted)}
.stApp :is(.legend, .saw, .verdict .sure, .scale .mark span, .known .count) {font-size:1rem}
.stApp .verdict {border-width:4px}
.stApp [data-testid=stButtonGroup] button[data-selected=true], .stApp button[data-selected=true] :is(p, span) {
  color:var(--ground); background:var(--text) !important}
/* what can't be pressed now must not look as if it could: the strong colours are for what can */
.stApp button:is(:disabled, [data-disabled=true]):not([kind=tertiary]) {
  opacity:.55; border-style:dashed !important; background:none !important; cursor:not-allowed}
.stApp button:is(:disabled, [data-disabled=true]) :is(p, span) {color:var(--muted) !important}

/* Streamlit measures in rem: one number enlarges all. A phone has no last row */
@media (min-width: 900px) {
  html {font-size:clamp(20px, 1.55vw, 32px) !important}
  .stApp {--pad:2rem}
  .stMainBlockContainer {max-width:none; padding:1rem var(--pad) 2rem}
  .stApp .verdict .words {font-size:2rem} .stApp .verdict .symbol {font-size:4rem}
  .stApp .verdict .sure {font-size:1.15rem}
  /* digits, verdict and what the network saw fill the screen */
  .st-key-compare-intro {display:none}
  .stApp .st-key-stage {--answer:22rem; --most:100vw; --rest:19.2rem; --width:calc(100vw - 2 * var(--pad));
    row-gap:.4rem}
  .stApp .st-key-teach-paper {--side:17rem}
  .st-key-teach-side, [data-testid=stLayoutWrapper]:has(> .st-key-teach-side) {
    width:17rem !important; flex-basis:auto !important}
  .stApp .digit.small {width:4rem; height:4rem}
  .stApp .steps button {font-size:1rem}
}
@media (min-width: 900px) and (min-aspect-ratio: 1/1) {.stApp .st-key-stage {grid-template-rows:0 auto auto 1fr auto}}
/* the whole map is in sight, its key below it too */
@media (min-width: 900px) {
  .st-key-map-intro {display:none}
  .st-key-map-chart .live-chart {height:max(300px, calc(100vh - 16rem))}
}
"""
