"""The style sheet of the pages."""

from __future__ import annotations

from siamese.charts.palette import Palette


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
    rules = _SHEET + _ROOM + _STAGE + _PHOTO + _CONNECTION + _WAITING + _PAPER + more + _FORCED
    return f"<style>.stApp{{{variables}}}{rules}</style>"


# In rem, so that a projector's larger letters get the room that they need.
_ROOM = """
/* choices that do not fit go on in another row; each is whole, wherever the row ends */
[data-testid=stButtonGroup] > [role] {flex-wrap:wrap; overflow:visible; gap:.25rem}
[data-testid=stButtonGroup] > [role] button:not([data-variant=pills]) {border-radius:.6rem; margin:0}
[data-testid=stButtonGroup] > [role] button:not([data-variant=pills], [data-selected=true], :hover) {
  border-inline-color:var(--edge, color-mix(in srgb, currentcolor 20%, transparent)) !important}
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

# Streamlit's own words on that are for whoever started the server.
_CONNECTION += """
body:has(.stApp:not([data-test-connection-state=CONNECTED])) :is([data-testid=stDialog], :has(> [data-testid=stDialog]))
  {display:none !important}
"""

# What `waiting` marks: the verdict belongs to what was on the paper before. Nothing moves.
_WAITING = """
.verdict {position:relative}
:root[data-waiting] .verdict {border-style:dashed; border-color:var(--muted)}
:root[data-waiting] :is(.verdict > *, .scale .mark.pair, .saw, .ranking) {opacity:.3}
:root[data-waiting] .verdict::after {content:"Waiting for the answer …"; position:absolute; right:.6rem; bottom:.5rem;
  padding:.2rem .6rem; border-radius:.4rem; font-weight:600; font-size:1rem; line-height:1.4;
  color:var(--ground); background:var(--text)}
"""

# A photograph as large as a sheet to draw on, a box around each of its digits; the digits as buttons below it.
_PHOTO = """
.photo {width:min(100%, var(--side)); margin:0; display:flex; flex-direction:column; gap:.3rem}
.photo .sheet {position:relative; aspect-ratio:var(--ratio); margin:0 auto;
  width:min(100%, calc(var(--side) * var(--ratio))); border-radius:.4rem; overflow:clip;
  box-shadow:0 0 0 1px var(--muted)}
.photo img {display:block; width:100%; height:100%}
.photo .box {position:absolute; box-sizing:border-box; border:2px solid rgb(11 92 173 / 70%); border-radius:.2rem}
.photo .box.chosen {border:3px solid rgb(11 92 173); background:rgb(11 92 173 / 14%)}
.photo figcaption {font-size:.8rem; line-height:1.3; color:var(--muted)}
:is(.st-key-left-digits, .st-key-right-digits) {max-height:10.5rem; overflow-y:auto; padding:3px}
.st-key-stage :is([class*=st-key-left-digit-], [class*=st-key-right-digit-]) button {
  width:2.75rem; height:2.75rem; min-height:0; padding:0; position:relative; background-color:#000;
  background-size:cover; image-rendering:pixelated; border-radius:.4rem; border:1px solid var(--muted)}
.st-key-stage :is([class*=st-key-left-digit-], [class*=st-key-right-digit-]) button p {
  position:absolute; left:.2rem; top:0; font-size:.7rem; font-weight:700; color:#fff !important;
  text-shadow:0 0 3px #000, 0 0 3px #000}
.st-key-stage :is([class*=st-key-left-digit-], [class*=st-key-right-digit-]) p span {
  position:absolute; width:1px; height:1px; overflow:hidden; clip-path:inset(50%)}
.st-key-stage :is([class*=st-key-left-digit-], [class*=st-key-right-digit-]) [kind=primary] {
  box-shadow:0 0 0 3px var(--same); border-color:var(--ground)}
:is(.st-key-left-file, .st-key-right-file) [data-testid=stCameraInput] {max-width:var(--side)}
"""

# Extensions and browsers that darken pages leave the paper as it is: white, as its ink is dark.
_PAPER = """
:is(.st-key-left-paper, .st-key-right-paper, .st-key-teach-paper) {color-scheme:only light; forced-color-adjust:none}
"""

# Where the system sets all colours, backgrounds and shadows are gone: what they told is told by lines, the system's own
# colour of what is selected, and hatching. After all other rules, since those of pages and of the projector are
# older than this.
_FORCED = """
@media (forced-colors: active) {
  :focus-visible, label:has(:focus-visible) > span + div, .stSlider div:has(> div > :focus-visible) {
    outline:3px solid Highlight !important; outline-offset:2px !important}
  /* the chosen segment or pill */
  .stApp [data-testid=stButtonGroup] button:is([aria-checked=true], [aria-pressed=true], [data-selected=true]) {
    forced-color-adjust:none; background:Highlight !important; border-color:Highlight !important;
    color:HighlightText !important}
  .stApp [data-testid=stButtonGroup] button:is([aria-checked=true], [aria-pressed=true], [data-selected=true]) * {
    color:HighlightText !important; background:none !important}
  .stSlider [role=group] > div > div:first-child {outline:1px solid CanvasText}
  .stSlider div:has(> div > input[type=range]) {forced-color-adjust:none; background:Highlight;
    box-shadow:0 0 0 2px CanvasText}
  .stSlider div:has(> div > input[type=range]) > [data-testid=stSliderThumbValue] {color:CanvasText}
  [data-testid=stCheckbox] label > span + div {forced-color-adjust:none; background:Canvas;
    box-shadow:0 0 0 2px CanvasText}
  [data-testid=stCheckbox] label > span + div > div {background:CanvasText; box-shadow:none}
  [data-testid=stCheckbox] label:has(:checked) > span + div {background:Highlight}
  [data-testid=stCheckbox] label:has(:checked) > span + div > div {background:HighlightText}
  /* same is the selected colour, different is hatched */
  .scale .ridge, .key, .rank .bar, .live-fill, .strips .bars {forced-color-adjust:none}
  .scale .ridge.same, .stApp .rank.within .bar {background:Highlight; opacity:1}
  .scale .ridge.different, .stApp .rank:not(.within) .bar {opacity:1;
    background:repeating-linear-gradient(45deg, CanvasText 0 1.5px, transparent 1.5px 6px)}
  .key.same {color:Highlight} .key.different {color:CanvasText}
  .scale .mark.pair::after, .rank .tick {forced-color-adjust:none; background:CanvasText; border-color:Canvas}
  .rank .track, .live-track {outline:1px solid CanvasText}
  .live-fill {background:Highlight !important} .strips .bars {background:CanvasText}
  .photo .box {border-color:CanvasText} .photo .box.chosen {border:4px solid Highlight}
  .st-key-stage :is([class*=st-key-left-digit-], [class*=st-key-right-digit-]) button {forced-color-adjust:none}
  .st-key-stage :is([class*=st-key-left-digit-], [class*=st-key-right-digit-]) [kind=primary] {
    outline:3px solid Highlight; outline-offset:1px}
  .why .ramp, .map-legend [style*=color], .digit {forced-color-adjust:none}
  .journey button[aria-current=true] {border:3px solid Highlight; padding:3px}
  .stApp::after, :root[data-waiting] .verdict::after {border:2px solid CanvasText}
  :is(.st-key-left-paper, .st-key-right-paper, .st-key-teach-paper), .digit.small, .digit.tiny {
    outline:1px solid CanvasText}
  .digit:is(.large, .thumb), .hard .digit {outline:1px solid Canvas} /* it is inverted with its picture */
}
"""

_SHEET = """
.stApp {--pad:2.5rem}
.stMainBlockContainer {padding:1.2rem var(--pad) 2rem; max-width:1240px}
/* Streamlit's header is empty here; it must not catch the clicks meant for our navigation */
[data-testid="stHeader"] {pointer-events:none; background:none}
[data-testid="stHeader"] * {pointer-events:auto}
/* they show nothing, and take no room while the browser fetches their code either */
.st-key-pen, .st-key-scheme, .st-key-waiting, .st-key-place, .st-key-hardest-into-view, .st-key-likeness {
  position:absolute}
h1 {padding:0 !important; font-size:2.1rem !important; letter-spacing:-.02em}
/* the parts of a page are the second level of its outline, whatever their size */
.stMain h2 {font-size:1.75rem; font-weight:600; padding:.5rem 0}
[data-testid="stBaseButton-primary"]:not(:disabled), [data-testid="stBaseButton-primary"]:not(:disabled) p {
  color:var(--on-primary) !important}

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
.digit.large {width:min(100%, var(--side)); aspect-ratio:1; border-radius:.6rem; filter:invert(1);
  box-shadow:0 0 0 1px var(--muted)}
.digit.small {width:84px; height:84px; flex:none; border-radius:.4rem; box-shadow:0 0 0 1px var(--muted)}

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
.scale {position:relative; min-height:7.9rem; margin:.6rem 6px 0; border-bottom:2px solid var(--muted)}
.scale .ridge {position:absolute; left:0; right:0; bottom:0; top:1.9rem}
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
.legend.truth.likeness {min-height:4.2rem} .likeness a {color:inherit; font-weight:700}
.st-key-live-badge a {background:color-mix(in srgb, var(--same) 14%, var(--ground))}
.key.same {color:var(--same)} .key.different {color:var(--different)}
.saw {display:flex; gap:.7rem; align-items:center; color:var(--muted); font-size:.85rem; line-height:1.35}
.saw {justify-content:center} .saw span {flex:0 1 19rem; min-width:0; text-align:center}
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

@media (max-width: 640px) {
  .stApp {--pad:.75rem}
  .stMainBlockContainer {padding:.6rem var(--pad) 2rem}
  h1 {font-size:1.35rem !important}
  .st-key-projector-switch:not(:has(:checked)) {display:none} /* a phone is no projector; one that is can be undone */
  .stMainBlockContainer > [data-testid=stVerticalBlock] {gap:.5rem}
  .verdict {min-height:5.5rem; padding:.4rem .8rem} .verdict .words {font-size:1.4rem}
  .verdict .symbol {font-size:2.6rem; min-width:2rem} .verdict .sure {font-size:.9rem}
  .verdict.prompt .words {font-size:1rem}
  .st-key-guess-row button p {font-size:1.1rem}
}
"""

# Compare: both digits and the verdict are in sight at every size, the digits as large as they fit.
_STAGE = """
/* a sheet to draw on; the canvas in it is told its size by its shadow root's style, see `pen` */
:is(.st-key-left-paper, .st-key-right-paper, .st-key-teach-paper) {width:min(100%, var(--side)); aspect-ratio:1;
  padding:1px; border-radius:.6rem; background:#fff; touch-action:none; overflow:clip; container-type:inline-size;
  box-shadow:0 0 0 1px var(--muted); cursor:crosshair}
/* the canvas draws an outline and, on hover, a toolbar of its own; ours are below it. A keyboard's focus shows it */
:is(.st-key-left-paper, .st-key-right-paper, .st-key-teach-paper):not(:focus-within) > * {clip-path:inset(1px)}
:is(.st-key-left-paper, .st-key-right-paper, .st-key-teach-paper):focus-within {overflow:visible}
.st-key-teach-paper {--side:282px}

.stApp .st-key-stage {
  --gap:1rem; --answer:24rem; --most:22rem; --rest:20rem;
  --width:calc(min(100vw, 1240px) - 2 * var(--pad));
  --side:max(140px, min(var(--most), 100dvh - var(--rest), (var(--width) - 2 * var(--gap) - var(--answer)) / 2));
  display:grid; gap:.5rem var(--gap); align-items:start;
  grid-template:"left-head right-head answer" 2rem "left right answer" auto "left-below right-below answer" auto
    "saws saws answer" 1fr ". . choices" auto / var(--side) var(--side) minmax(0, 1fr)}
/* beside the digits the hills are as high as there is room, so that the slider follows them */
@media (min-aspect-ratio: 1/1) and (min-width: 541px) {
  .stApp .st-key-stage {
    :is([data-testid=stElementContainer]:has(.answer), [data-testid=stLayoutWrapper]:has(> .st-key-answer)) {
      align-self:stretch; display:flex; flex-direction:column}
    .st-key-answer, .st-key-answer > [data-testid=stElementContainer], [data-testid=stHtml]:has(> .answer) {
      flex:1; display:flex; flex-direction:column}
    .answer {flex:1; display:flex; flex-direction:column}
    .scale {flex:1; max-height:22rem}
  }
}
/* what a stroke redraws lies in a block of its own, without a name; here its parts stand in one grid with the others */
.stApp .st-key-stage > [data-testid=stLayoutWrapper]:not(:has(> [class*=st-key-])),
.stApp .st-key-stage > [data-testid=stLayoutWrapper]:not(:has(> [class*=st-key-])) > [data-testid=stVerticalBlock] {
  display:contents}
.st-key-stage [data-testid=stLayoutWrapper] {min-width:0}
.st-key-stage {
  [data-testid=stLayoutWrapper]:has(> .st-key-left-head) {grid-area:left-head}
  [data-testid=stLayoutWrapper]:has(> .st-key-right-head) {grid-area:right-head}
  [data-testid=stLayoutWrapper]:has(> :is(.st-key-left-paper, .st-key-left-side)) {grid-area:left}
  [data-testid=stLayoutWrapper]:has(> :is(.st-key-right-paper, .st-key-right-side)) {grid-area:right}
  [data-testid=stLayoutWrapper]:has(> .st-key-left-below) {grid-area:left-below}
  [data-testid=stLayoutWrapper]:has(> .st-key-right-below) {grid-area:right-below}
  [data-testid=stLayoutWrapper]:has(> .st-key-choices) {grid-area:choices}
  [data-testid=stElementContainer]:has(.answer), [data-testid=stLayoutWrapper]:has(> .st-key-answer) {grid-area:answer}
  [data-testid=stElementContainer]:has(.saw) {grid-area:saws}
}
:is(.st-key-left-side, .st-key-right-side, .st-key-left-head, .st-key-right-head) button {
  padding:.25rem .4rem; min-width:0}

/* upright: the digits beside one another, the verdict below */
@media (max-aspect-ratio: 1/1), (max-width: 540px) {
  .stApp .st-key-stage {
    --side:max(140px, min(var(--most), 100dvh - var(--rest), (100vw - 2 * var(--pad) - var(--gap)) / 2));
    grid-template:"left-head right-head" auto "left right" auto "left-below right-below" auto "answer answer" auto
      "saws saws" auto "choices choices" auto / minmax(0, 1fr) minmax(0, 1fr)}
  .st-key-stage [data-testid=stLayoutWrapper]:has(> :is([class*=st-key-left-], [class*=st-key-right-])) {
    width:var(--side) !important; max-width:100%; justify-self:center}
}
/* narrow: words give way to pictures of what is done */
@media (max-width: 960px), (max-height: 540px) {
  .stApp {--pad:1.25rem}
  .stApp .st-key-stage {--gap:.75rem; --answer:16rem}
  .verdict {min-height:6.6rem; padding:.4rem .7rem; gap:.5rem} .verdict .symbol {font-size:2.4rem; min-width:1.9rem}
  .verdict .words {font-size:1.35rem} .verdict .sure {font-size:.9rem; line-height:1.3}
  .verdict.prompt .words {font-size:1rem} .verdict.prompt .symbol {font-size:2rem}
  .st-key-guess-row button {padding:.25rem .2rem; min-height:3rem} .st-key-guess-row button p {font-size:1rem}
  .st-key-guess-row kbd {display:none}
}
@media (max-width: 640px), (max-height: 540px) {
  .stApp {--pad:.5rem}
  .stApp .st-key-stage {--gap:.5rem; --rest:11rem; gap:.3rem var(--gap)}
  .stMainBlockContainer {padding-top:.4rem}
  .stMainBlockContainer > [data-testid=stVerticalBlock], .stMainBlockContainer [data-testid=stVerticalBlock]:has(> * >
    .st-key-stage) {gap:.3rem}
  /* the page's links: small, in as few lines as they take */
  .st-key-navigation {gap:0 .1rem} .st-key-navigation a {padding:.1rem .35rem; min-height:0}
  .st-key-navigation a > span:first-child:has([data-testid=stIconMaterial]) {display:none}
  .st-key-navigation a p {font-size:.8rem} .stHeading [data-testid=stMarkdownContainer] {margin-bottom:-.2rem}
  .st-key-controls {gap:.3rem; flex-wrap:nowrap}
  .st-key-controls button, .copy-link button {padding:.15rem .45rem; min-height:2.1rem}
  .st-key-controls button p, .copy-link button {font-size:.8rem}
  .st-key-settings button p {position:absolute; width:1px; height:1px; overflow:hidden; clip-path:inset(50%)}
  .st-key-settings button [aria-hidden]:last-child:not([data-testid]), .copy-link .long {display:none}
  .copy-link .short {display:inline}
  .st-key-stage button {min-height:2rem; padding:.1rem .2rem}
  .st-key-stage button p {font-size:.75rem}
  .st-key-stage .st-key-guess-row button {min-height:3rem} .st-key-stage .st-key-guess-row button p {font-size:1rem}
  .digit.small {width:60px; height:60px} .saw {font-size:.8rem}
}
@media (max-width: 640px) {
  /* what is said first to whoever has time to read stands below what is done */
  [data-testid=stVerticalBlock]:has(> * > .st-key-compare-intro) > [data-testid=stLayoutWrapper]:has(>
    .st-key-compare-intro) {order:1}
}
@media (max-height: 540px) and (min-width: 541px) {
  .stApp .st-key-stage {--answer:14.5rem}
  [data-testid=stVerticalBlock]:has(> * > .st-key-compare-intro) > [data-testid=stLayoutWrapper]:has(>
    .st-key-compare-intro) {order:1}
  .stMainBlockContainer:has(.st-key-stage) h1 {position:absolute !important; width:1px; height:1px; overflow:hidden;
    clip-path:inset(50%)}
}
"""
