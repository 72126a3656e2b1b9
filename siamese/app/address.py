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
from siamese.app.components.copy_link import copy_link
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
    copy_link(
        key=f"{page}.link",
        path=PATHS.get(page, ""),
        paths=PATHS.values(),
        query=query,
        missing=missing,
        button=button,
        marked=marked,
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
