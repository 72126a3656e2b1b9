"""The style sheet of the pages."""

from __future__ import annotations

from siamese.palette import Palette


def sheet(colours: Palette, more: str = "") -> str:
    """The <style> element, in the colours of the theme; `more` rules come last."""
    variables = "".join(
        f"--{name.replace('_', '-')}:{getattr(colours, name)};"
        for name in (
            "same",
            "different",
            "same_soft",
            "different_soft",
            "text",
            "muted",
            "grid",
            "ground",
            "on_primary",
        )
    )
    return f"<style>.stApp{{{variables}}}{_SHEET}{_ROOM}{_CONNECTION}{more}</style>"


# In rem, so that a projector's larger letters get the room that they need.
_ROOM = """
/* choices that do not fit go on in another row; each is whole, wherever the row ends */
[data-testid=stButtonGroup] > [role] {flex-wrap:wrap; overflow:visible; gap:.25rem}
[data-testid=stButtonGroup] > [role] button:not([data-variant=pills]) {border-radius:.6rem; margin:0}
[data-testid=stButtonGroup] > [role] button:not([data-variant=pills], [data-selected=true], :hover) {
  border-left-color:var(--edge, color-mix(in srgb, var(--text) 20%, transparent)) !important}
/* what stands beside a chart goes below it where the chart would be too narrow to be read */
[data-testid=stColumn]:has(.live-chart, [data-testid=diagram]) {min-width:min(100%, 28.5rem)}
[data-testid=stLayoutWrapper]:has(> :is(.st-key-map-chart, .st-key-live-stage)) {
  flex:1000 1 26.5rem; min-width:min(100%, 26.5rem)}
[data-testid=stLayoutWrapper]:has(> .st-key-teach-answer) {flex:1000 1 22rem; min-width:min(100%, 22rem)}
[data-testid=stLayoutWrapper]:has(> :is(.st-key-map-side, .st-key-live-side)) {
  flex:1 1 24rem; min-width:min(100%, 20rem)}
.st-key-map-side, .st-key-live-side {width:100%}
[data-testid=stColumn]:has([data-testid=stSelectbox]) {min-width:min(100%, 18.5rem)}
.st-key-chart-epochs {display:grid; grid-template-columns:repeat(auto-fit, minmax(min(100%, 21rem), 1fr))}
.st-key-chart-epochs > * {width:auto; min-width:0}
[data-testid=stColumn]:has(> * > .st-key-accuracy-figures, .st-key-accuracy-figures) {min-width:min(100%, 15.5rem)}
.st-key-accuracy-figures > * {min-width:min(100%, 15rem)}
@media (max-width: 640px) {
  [data-testid=stMarkdownContainer] table {font-size:.875rem}
  [data-testid=stMarkdownContainer] :is(td, th) {padding:.3rem .35rem}
}
@media (max-width: 640px) {
  .figures :is(td, th) {padding:.35rem .3rem} .figures td:nth-last-child(6) {white-space:normal; min-width:6.2rem}
}
@media (max-width: 400px) {[data-testid=stSelectbox] input {font-size:.78rem}}
"""

# Streamlit greys the page out while its server is away, and says nothing; a short pause is not worth a word.
_CONNECTION = """
.stApp:not([data-test-connection-state=CONNECTED])::after {
  content:"The connection is lost. Your drawing is kept: go on when this line is gone.";
  position:fixed; left:50%; top:.5rem;
  transform:translateX(-50%); z-index:999; width:max-content; max-width:min(92vw, 40rem); padding:.6rem 1rem;
  box-sizing:border-box; border-radius:.6rem; font-weight:600; color:var(--ground); background:var(--text);
  animation:lost .2s 1.5s both}
@keyframes lost {from {visibility:hidden; opacity:0} to {visibility:visible; opacity:1}}
"""

_SHEET = """
.stMainBlockContainer {padding:1.6rem 2.5rem 2rem; max-width:1240px}
/* Streamlit's header is empty here; it must not catch the clicks meant for our navigation */
[data-testid="stHeader"] {pointer-events:none; background:none}
[data-testid="stHeader"] * {pointer-events:auto}
/* they show nothing, and take no room while the browser fetches their code either */
.st-key-pen, .st-key-scheme, .st-key-place, .st-key-hardest-into-view {position:absolute}
h1 {padding:0 !important; font-size:2.1rem !important; letter-spacing:-.02em}
/* the parts of a page are the second level of its outline, whatever their size */
.stMain h2 {font-size:1.75rem; font-weight:600; padding:.5rem 0}
[data-testid="stBaseButton-primary"]:not(:disabled), [data-testid="stBaseButton-primary"]:not(:disabled) p {
  color:var(--on-primary) !important}

/* a side: its square, drawn on, sampled or uploaded, has the same place and size */
.st-key-left-paper, .st-key-right-paper {width:282px; height:282px; padding:1px; border-radius:.6rem; background:#fff;
  touch-action:none; overflow:clip; box-shadow:0 0 0 1px var(--muted); cursor:crosshair}
/* the canvas draws an outline and, on hover, a toolbar of its own; ours are below it. A keyboard's focus shows it */
:is(.st-key-left-paper, .st-key-right-paper):not(:focus-within) > * {
  clip-path:polygon(1px 1px, 279px 1px, 279px 279px, 1px 279px)}
:is(.st-key-left-paper, .st-key-right-paper):focus-within {overflow:visible}
/* a table wider than a phone scrolls by itself, not with the page; its cells stay on one line */
.figures {overflow-x:auto; font-size:1rem}
.figures table {border-collapse:collapse; width:100%}
.figures :is(td, th) {white-space:nowrap; padding:.35rem .6rem; text-align:right; font-weight:400;
  border-bottom:1px solid color-mix(in srgb, var(--muted) 35%, transparent)}
.figures thead th {color:var(--muted); font-size:.875rem}
.figures :is(thead th:nth-child(-n+2), tbody th, th + td, tr:not(:has(th)) td:first-child) {text-align:left}
.figures tbody th {vertical-align:top; position:sticky; left:0; background:var(--ground)}
.figures .chosen :is(th, td:nth-last-child(5)) {font-weight:700}
.digit {image-rendering:pixelated; display:block; background:#000}
.digit.large {width:282px; height:282px; border-radius:.6rem; filter:invert(1); box-shadow:0 0 0 1px var(--muted)}
.digit.small {width:84px; height:84px; flex:none; border-radius:.4rem; box-shadow:0 0 0 1px var(--muted)}
.st-key-answer {min-width:min(100%, 25rem)}

/* the verdict: the same height whatever it says, so that nothing below it moves */
.verdict {display:flex; gap:1rem; align-items:center; padding:.7rem 1.2rem; border-radius:.8rem; min-height:7rem;
  box-sizing:border-box; border:2px solid currentColor; background:var(--ground)}
.verdict .symbol {font-size:3.6rem; font-weight:800; line-height:1; min-width:2.8rem; text-align:center}
.verdict .words {font-size:1.9rem; font-weight:750; line-height:1.15; letter-spacing:-.01em}
.verdict .sure {font-size:1rem; line-height:1.45; color:var(--text)}
.verdict.same {color:var(--same); background:color-mix(in srgb, var(--same) 8%, var(--ground))}
.verdict.different {color:var(--different); background:color-mix(in srgb, var(--different) 8%, var(--ground))}
.verdict.prompt {color:var(--muted); border-style:dashed}
.verdict.prompt .words {font-size:1.2rem; font-weight:600; color:var(--text)}
.verdict.prompt .symbol {font-size:2.6rem}

/* the scale lies over the slider and shares its ends */
.scale {position:relative; height:7.9rem; margin:.6rem 6px 0; border-bottom:2px solid var(--muted)}
.scale .ridge {position:absolute; left:0; right:0; bottom:0; height:6rem}
.scale .ridge.same {background:var(--same); opacity:.5}
.scale .ridge.different {background:var(--different); opacity:.45}
.scale .mark {position:absolute; top:1.4rem; bottom:0; width:0; color:var(--text)}
.scale .mark::before {content:""; position:absolute; left:-1px; top:0; bottom:0; border-left:2px dashed var(--text)}
.scale .mark span {position:absolute; top:-1.5rem; white-space:nowrap; font-size:.85rem; line-height:1.3;
  font-weight:600; transform:translateX(-50%); padding:0 .2rem; background:var(--ground)}
.scale .mark.start span {transform:translateX(-6px)} .scale .mark.end span {transform:translateX(calc(-100% + 6px))}
.scale .mark.pair {top:3rem} .scale .mark.pair::before {border-left:3px solid currentColor; left:-1.5px}
.scale .mark.pair::after {content:""; position:absolute; left:-8px; bottom:-8px; width:16px; height:16px;
  border-radius:50%; background:currentColor; border:2px solid var(--ground); box-sizing:border-box}
.scale .mark.pair span {border-radius:.3rem; top:-1.4rem; padding:0 .35rem; border:1px solid currentColor}
.scale .mark.same {color:var(--same)} .scale .mark.different {color:var(--different)}
.legend {font-size:.85rem; line-height:1.4; color:var(--muted); margin:.5rem 0 0}
.legend.truth {color:var(--text); font-size:.95rem; line-height:1.375rem; min-height:1.375rem; margin:.4rem 0 0}
.key.same {color:var(--same)} .key.different {color:var(--different)}
.saw {display:flex; gap:.7rem; align-items:center; color:var(--muted); font-size:.85rem; line-height:1.35}
.saw b {color:var(--text)}
.digit.none {border:1px dashed var(--muted); background:none; box-shadow:none !important; box-sizing:border-box}

/* guess first: large buttons for a class that votes */
.st-key-guess-row {flex-wrap:nowrap} .st-key-guess-row > * {min-width:0}
.st-key-guess-row button {min-height:3.6rem; padding:.25rem .5rem}
.st-key-guess-row button p {font-size:1.25rem; font-weight:700}
.st-key-guess-row kbd {color:inherit; opacity:1}
@media (pointer: coarse) {.st-key-guess-row kbd {display:none}}
.said {margin:0; min-height:1.4em; font-size:1rem; line-height:1.4; color:var(--text)}
.tally {margin:0; display:flex; flex-wrap:wrap; gap:0 1rem; font-size:.9rem; line-height:1.4; color:var(--text)}
.round {padding:.7rem 1.2rem; border-radius:.8rem; border:2px solid var(--muted); background:var(--ground);
  color:var(--text)}
.round .words {font-size:1.5rem; font-weight:750} .round p {margin:.4rem 0 0; font-size:.9rem; line-height:1.4}
.round table {border-collapse:collapse; width:100%; margin:.3rem 0; font-size:.95rem}
.round :is(td, th) {padding:.2rem .4rem; border:0; border-bottom:1px solid var(--grid); text-align:right}
.round th:first-child {text-align:left}

@media (min-width: 641px) and (max-width: 1150px) {.verdict {min-height:9.4rem} .st-key-answer {min-width:18rem}}
@media (max-width: 640px) {
  .stMainBlockContainer {padding:1.2rem 1rem 7.5rem}
  h1 {font-size:1.5rem !important}
  .st-key-projector-switch:not(:has(:checked)) {display:none} /* a phone is no projector; one that is can be undone */
  .stMainBlockContainer > [data-testid=stVerticalBlock] {gap:.75rem}
  .st-key-controls {gap:.5rem}
  /* what these choose says itself; the digits and the verdict shall fit on the first screen */
  .st-key-controls [data-testid=stButtonGroup] [data-testid=stWidgetLabel] {position:absolute; width:1px; height:1px;
    overflow:hidden; clip-path:inset(50%)}
  .st-key-controls [data-testid=stWidgetLabel] [data-testid=stTooltipIcon] {display:none}
  [data-testid=stLayoutWrapper]:has(> :is(.st-key-left-side, .st-key-right-side)) {margin:0 auto}
  /* always in sight while a finger draws further up */
  .st-key-banner {position:fixed; left:0; right:0; bottom:0; z-index:90; padding:.5rem .6rem; width:auto !important;
    background:var(--ground); box-shadow:0 -2px 12px rgb(0 0 0 / 25%)}
  .verdict {min-height:5.5rem; padding:.4rem .8rem} .verdict .words {font-size:1.4rem}
  .verdict .symbol {font-size:2.6rem; min-width:2rem} .verdict .sure {font-size:.9rem}
  .verdict.prompt .words {font-size:1rem}
  .stMainBlockContainer:has(.st-key-guess-row, .st-key-guess-again) {padding-bottom:17rem}
  .st-key-guess-row button p {font-size:1.1rem}
  /* a sampled pair: both digits are in sight */
  .st-key-stage:not(:has(.st-key-left-paper, .st-key-right-paper, [data-testid=stFileUploader])) {
    gap:.75rem;
    [data-testid=stLayoutWrapper]:has(> :is(.st-key-left-side, .st-key-right-side)) {
      flex-basis:calc(50% - .375rem) !important; min-width:0 !important; margin:0}
    :is(.st-key-left-side, .st-key-right-side) {width:100% !important; min-width:0 !important}
    .digit.large {width:100%; height:auto; aspect-ratio:1}
    [data-testid=stButtonGroup] button {padding:.25rem .3rem; min-width:0}
    [data-testid=stButtonGroup] button p {font-size:.78rem}
    [data-testid=stButton] button {padding:.25rem .4rem} .saw span {display:none}
  }
  .st-key-banner {max-height:80vh; overflow-y:auto; gap:.4rem}
}
"""
