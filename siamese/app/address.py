"""Every page's state is in its address: opened elsewhere, the address shows the same.

The address follows what the page shows, in place, without a rerun and without a new entry in the
browser's history. A session reads it once, when it starts: so a reloaded page, or one whose server was
restarted, comes back as it was.
"""

from __future__ import annotations

import html
from collections.abc import Callable

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from siamese.app import links, projector, resources, state
from siamese.app.pages.compare import sides
from siamese.app.pages.how import diagram as how_diagram
from siamese.app.words import clean_name
from siamese.data.pairs import PAIR_KINDS
from siamese.data.splits import ALL_DIGITS, SPLITS
from siamese.errors import InvalidDrawing, MnistUnavailable
from siamese.evaluation import few_shot
from siamese.imaging import strokes
from siamese.imaging.framing import from_drawing
from siamese.live.settings import EMBEDDINGS, LOSSES, MARGINS, MAX_EPOCHS

#: Part of a page -> how the page's address ends, as app.py says; the others are Compare's, which is at the root.
PATHS = {"map": "map", "teach": "teach", "accuracy": "accuracy", "hardest": "accuracy", "how": "how", "live": "live"}

_CSS = """
.copy-link:not([hidden]) {display: block}
.copy-link {position: relative; color: var(--st-text-color)}
.copy-link button {font: inherit; font-size: .875rem; color: inherit; background: var(--st-background-color);
  padding: .25rem .75rem; min-height: 2.5rem; border: 1px solid var(--st-border-color); cursor: pointer;
  border-radius: var(--st-button-radius); white-space: nowrap}
.copy-link .short {display: none}
.copy-link button:hover {border-color: var(--st-primary-color); color: var(--st-primary-color)}
.copy-link button:focus-visible {outline: 2px solid var(--st-primary-color); outline-offset: 2px}
/* what is said lies over the page, so that nothing moves */
.copy-link .said {position: absolute; top: calc(100% + .25rem); right: 0; z-index: 100; box-sizing: border-box;
  width: max-content; max-width: min(22rem, 80vw); padding: .4rem .7rem; font-size: .9rem;
  background: var(--st-background-color); border: 1px solid var(--st-border-color); border-radius: .4rem}
.copy-link .said:not(:has(input:not([hidden]), [role=status]:not(:empty))) {visibility: hidden}
@media (max-width: 640px) {.copy-link .said {right: auto; left: 0}}
.copy-link input {font: inherit; width: 20rem; max-width: 100%; padding: .3rem .5rem;
  color: inherit; background: var(--st-secondary-background-color);
  border: 1px solid var(--st-border-color); border-radius: .4rem}
.copy-link input:not([hidden]) {display: block}
"""
_HTML = """<div class="copy-link"><button type="button" aria-label="Copy link"><span class="long">Copy
link</span><span class="short">Link</span></button>
<div class="said"><input readonly hidden aria-label="The link to this page">
<span role="status" aria-live="polite"></span></div></div>"""
_JS = """
export default function ({ data, parentElement }) {
  const box = parentElement.querySelector('.copy-link');
  const [button, field, said] = ['button', 'input', '[role=status]'].map((name) => box.querySelector(name));
  // What the page shows: as told, or, where a part of it changes by itself, by the mark in that part.
  const told = () => {
    const mark = data.marked && document.querySelector('[data-address]');
    return mark ? { query: mark.dataset.address, missing: mark.dataset.missing } : data;
  };
  const follow = () => {
    // Streamlit looks here, at any time, whether it is embedded, and how; a link to the page does not say so.
    const embedded = [...new URLSearchParams(location.search)].filter(([key]) => /^embed(_options)?$/i.test(key));
    const query = [told().query, new URLSearchParams(embedded).toString()].filter(Boolean).join('&');
    // Who goes on quickly is on another page's entry by the time that this page arrives.
    const end = location.pathname.replace(/[/]$/, '').split('/').pop();
    const here = (data.paths.split(' ').includes(end) ? end : '') === data.path;
    if (here && location.search.replace(/^[?]/, '') !== query) {
      history.replaceState(history.state, '', location.pathname + (query ? `?${query}` : ''));
    }
  };
  // On Community Cloud the app lives in a frame below /~/+/; its outer address takes the same parameters.
  const address = () => {
    const url = new URL(location.href);
    url.pathname = url.pathname.replace('/~/+', '');
    url.search = told().query;
    url.hash = '';
    return url.href;
  };
  follow();
  box.hidden = !data.button;
  field.hidden = true;
  button.onclick = async () => {
    let copied = await navigator.clipboard?.writeText(address()).then(() => true, () => false);
    if (!copied) {
      field.value = address();
      field.hidden = false;
      field.focus();
      field.select();
      // No secure connection, as in a classroom's network: the old way. It says that it has copied even where the
      // browser's policy for a frame forbids it; who has been refused, or may not ask, copies by hand.
      const may = document.featurePolicy?.allowsFeature('clipboard-write') ?? self === top;
      copied = copied === undefined && may && document.execCommand('copy');
      field.hidden = copied;
      if (copied) button.focus();
    }
    said.textContent = (copied ? 'Copied' : 'Copy this line') + (told().missing || '.');
    clearTimeout(box.forget);
    box.forget = setTimeout(() => { said.textContent = ''; }, 6000);
  };
  if (!data.marked) return undefined;
  const watch = new MutationObserver(follow);
  watch.observe(document.body, { childList: true, subtree: true, attributeFilter: ['data-address'] });
  return () => watch.disconnect();
}
"""
_mount = st.components.v2.component("siamese.copy_link", html=_HTML, css=_CSS, js=_JS, isolate_styles=False)

Own = Callable[[], tuple[dict[str, str], str]]  # a page's own parameters, and in plain words what a link cannot hold


def bar(page: str, own: Own, button: bool = True, own_network: bool = True, marked: bool = False) -> None:
    """Lets the address follow the page, and draws *Copy link*.

    Args:
        own: the page's own parameters, and what of it a link cannot hold, in words that go on from "Copied", or "".
        button: whether there is a button; a page whose parts are redrawn apart calls this in each of them.
        own_network: whether the page shows the network that this session trained live, where that is chosen.
        marked: whether a part of the page that is redrawn apart holds a `mark`, which the address then follows.
    """
    query, missing = _told(own, own_network)
    _mount(
        key=f"{page}.link",
        data={
            "path": PATHS.get(page, ""),
            # As text: Streamlit imports pandas to see whether a list is a table, see `canvas`.
            "paths": " ".join(sorted(set(PATHS.values()))),
            "query": query,
            "missing": missing,
            "button": button,
            "marked": marked,
        },
        width="content",
    )


def mark(own: Own) -> str:
    """What the page shows now, as HTML that is not seen: cheaper in what is redrawn at each stroke than a `bar`."""
    query, missing = _told(own, own_network=True)
    return f'<div hidden data-address="{html.escape(query)}" data-missing="{html.escape(missing)}"></div>'


def _told(own: Own, own_network: bool) -> tuple[str, str]:
    parameters, missing = _model(own_network)
    if projector.is_on():
        parameters[projector.PARAMETER] = "1"
    more, more_missing = own()
    return links.query_text(parameters | more), missing or more_missing


def _model(own_network: bool) -> tuple[dict[str, str], str]:
    """The parameters of the chosen model and its threshold, and what is missing of them."""
    name = state.model_name(own_network)
    if name not in resources.models():
        return {}, ", but your own network lives in this page alone: the link shows another one."
    parameters = {"model": name if name != resources.models()[0] else ""}
    threshold = state.threshold(name)
    if abs(threshold - resources.verifier(name).threshold) > 1e-9:
        parameters["t"] = f"{threshold:.4f}"
    return parameters, ""


def pair() -> tuple[dict[str, str], str]:
    """The parameters of the two digits of this session, how they are sampled, and what is missing of them."""
    parameters = {
        "split": state.split() if state.split() != "mixed" else "",
        "pair": state.pair_kind() if state.pair_kind() != "any" else "",
        "guess": links.ON if state.guess_first() else "",
        "why": links.ON if state.is_open("why") else "",
        "journey": links.ON if state.is_open("journey") else "",
    }
    missing = ""
    for name, side in sides.sides().items():
        try:
            if side.mode == "upload":
                raise InvalidDrawing("An uploaded picture cannot be in a link.")
            sample = side.shown_sample
            parameters[name] = links.side_text(
                links.Sample(sample.source, sample.index) if sample else side.drawing.strokes
            )
        except InvalidDrawing as error:
            missing = f", but: {error}"
    return parameters, missing


def chosen_pair() -> tuple[dict[str, str], str]:
    """The parameters of the two digits alone, for pages that only show them."""
    parameters, missing = pair()
    return {side: parameters[side] for side in sides.SIDES if side in parameters}, missing


def apply() -> None:
    """At the start of a session: make its state what the address says. Then tell what could not be read.

    It is told on the page that the link leads to, until that is left.
    """
    context = get_script_run_ctx()
    page = context.page_script_hash if context else ""
    if "kept.link" not in st.session_state:
        st.session_state["kept.link"] = []
        resources.look_again()
        query = {key: st.query_params.get_all(key) for key in st.query_params}
        if query and resources.models():
            st.session_state["kept.link"] = _apply(links.Reader(query))
    if "kept.page" not in st.session_state:  # none was shown yet; /compare leads on to another one
        st.session_state["kept.link-page"] = page
    elif page != st.session_state["kept.link-page"]:
        st.session_state["kept.link"].clear()
    if notices := st.session_state["kept.link"]:
        with st.container(horizontal=True, vertical_alignment="center", key="link-notice"):
            st.info(" ".join(notices), icon=":material/link:", width="stretch")
            st.button("Close", key="link.close", on_click=notices.clear)


def _apply(reader: links.Reader) -> list[str]:
    """Sets the session's choices; the notices."""
    _keep("projector", reader.get(projector.PARAMETER, "projector switch", links.one_of("1")))
    _keep("model", reader.get("model", "model", links.one_of(resources.models())))
    name = state.model_name()
    _keep(f"threshold.{name}", reader.get("t", "threshold", links.number(0, resources.reach(name))))
    _keep("split", reader.get("split", "kind of digits", links.one_of(SPLITS)))
    _keep("kind", reader.get("pair", "kind of pair", links.one_of(PAIR_KINDS)))
    _keep("guess", reader.get("guess", "guessing", links.flag))
    _keep("why-open", reader.get("why", "explanation", links.flag))
    _keep("journey-open", reader.get("journey", "journey", links.flag))
    _keep("own", reader.get("own", "set of digits", links.digits))
    _keep("map.digits", reader.get("digits", "digits to show", links.digits))
    _keep("map.dimensions", reader.get("dim", "picture", links.whole(2, 3)))
    _keep("map.source", reader.get("points", "points", links.one_of(links.SOURCES.values())))
    _keep("map.chosen", reader.get("chosen", "point", links.whole(0, links.MAX_INDEX)))
    for which in ("first", "second"):
        _keep(f"hardest.{which}", reader.get(which, "digit", links.one_of([*map(str, ALL_DIGITS)])))
    _keep("how.pair", reader.get("example", "example", links.one_of(how_diagram.PAIRS)))
    _keep("how.step", reader.get("step", "step", links.whole(1, len(how_diagram.STEPS))))
    _keep("how.margin", reader.get("margin", "margin", links.number(0.2, 2.0)))
    _lesson(reader)
    _live(reader)
    for side in sides.SIDES:
        found = reader.get(side, f"digit on the {side}", links.side)
        if found is not None:
            _put(side, found, reader.notices)
    return reader.notices


def _live(reader: links.Reader) -> None:
    """Keep the settings of a live training; it is never started by a link."""
    _keep("live.digits", reader.get("learn", "digits to learn from", links.digits))
    _keep("live.loss", reader.get("loss", "loss", links.one_of(LOSSES)))
    _keep("live.margin", reader.get("push", "margin", links.number(*MARGINS)))
    sizes = dict(zip(map(str, EMBEDDINGS), EMBEDDINGS))
    size = reader.get("size", "embedding size", links.one_of(sizes))
    _keep("live.embedding", None if size is None else sizes[size])
    vary = reader.get("vary", "choice to vary the images", links.whole(0, 1))
    _keep("live.augment", None if vary is None else bool(vary))
    _keep("live.epochs", reader.get("epochs", "number of epochs", links.whole(1, MAX_EPOCHS)))
    for split in ("seen", "unseen"):
        _keep(f"live.{split}", reader.get(f"say{split}", "prediction", links.whole(50, 100)))


def _lesson(reader: links.Reader) -> None:
    """Keep the symbols of a link, as (name, examples), and the drawing asked about, for the page that teaches them."""

    @links.allowing(links.symbol.allowed)
    def symbol(text):
        name, examples = links.symbol(text)
        for example in examples:
            from_drawing(strokes.render(example))
        return clean_name(name), examples[: few_shot.MAX_EXAMPLES]

    found = [reader.get(f"s{place}", f"symbol {place}", symbol) for place in range(1, few_shot.MAX_SYMBOLS + 1)]
    drawing = links.allowing(f"what {links.COPIED}")(lambda text: strokes.decode(text))
    asked = reader.get("ask", "drawing", drawing)
    if any(found):
        st.session_state["kept.linked-lesson"] = [symbol for symbol in found if symbol], asked or []


def _keep(key: str, value) -> None:
    if value is not None:
        st.session_state[f"kept.{key}"] = value


def _put(name: str, found: links.Sample | list, notices: list[str]) -> None:
    """Put what a link holds for one side there."""
    side = sides.sides()[name]
    if not isinstance(found, links.Sample):
        side.mode = "draw"
        side.drawing.restart(found)
        return
    try:
        sides.put_sample(name, found.index, found.source)
    except MnistUnavailable:
        notices.append(f"The link's digit on the {name} is MNIST's, which is not on this machine; here is another one.")
    except IndexError:
        last = len(resources.digits_of(found.source).digits) - 1
        notices.append(
            f"The link's digit on the {name} does not exist: they go from 0 to {last:,}. Here is another one."
        )
