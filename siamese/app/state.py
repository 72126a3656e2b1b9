"""What one session has chosen, shared by its pages: model, threshold, split, the two digits.

Streamlit forgets a widget's value when another page is shown, so the choices live under keys of
our own, and widgets write them back when they change.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from siamese.app import projector, resources, style, terms
from siamese.app.components import scheme, scroll_position
from siamese.charts.palette import Palette
from siamese.data.pairs import PAIR_KINDS
from siamese.data.splits import SPLITS
from siamese.live.settings import digits_in_words

# Keys of the fragments of Compare: the page, the pair that a stroke changes, and what may be opened below it.
PANEL, PAIR = "compare", "pair"
BELOW = ("why", "journey")
DOUBLE_PRESS = 0.4  # seconds between two presses that are meant as one


def _kept(key: str, default):
    return st.session_state.setdefault(f"kept.{key}", default)


def keep(key: str, widget: str) -> None:
    """Remember a widget's value under our own key."""
    st.session_state[f"kept.{key}"] = st.session_state[widget]


def catch_up(page: str) -> None:
    """Keep what the page's pickers show, for a callback that may run before theirs in a burst of clicks."""
    for key in ("split", "kind"):
        if f"{page}.{key}" in st.session_state:
            keep(key, f"{page}.{key}")


def pressed_twice(button: str) -> bool:
    """Whether this is the second half of a double press: for what would undo, or do once more, what the first did."""
    now, key = time.monotonic(), f"kept.pressed.{button}"
    before = st.session_state.get(key, -DOUBLE_PRESS)
    st.session_state[key] = now
    return now - before < DOUBLE_PRESS


def offer(widget: str, value) -> None:
    """Let the widget with this key show `value`; before it is drawn."""
    # Only where it differs: a value that is set anew each run would pull a slider back while it is dragged.
    if widget not in st.session_state or st.session_state[widget] != value:
        st.session_state[widget] = value


def palette() -> Palette:
    """The palette of what this browser shows: theme and projector."""
    return projector.palette()


def page_style() -> None:
    """Starts a page: its style, light or dark, and in plain words what is wrong with the models.

    Ends the run here when there is no model to show.
    """
    st.html(style.sheet(palette(), projector.sheet()))
    scheme.follow()
    scroll_position.restore()
    for problem in resources.damaged():
        st.warning(f"A model is left out: {problem}.", icon=":material/warning:")
    if not resources.models():
        st.error("There is no trained model to show. Put one into assets/models or train one; the README says how.")
        st.stop()


def entered(page: str) -> bool:
    """Whether this run shows `page` after another one (or for the first time)."""
    before = st.session_state.get("kept.page")
    st.session_state["kept.page"] = page
    return before != page


def models(own: bool = True) -> list[str]:
    """Names of the models that this session can use, the default first; with its own, if it has trained one."""
    mine = resources.own() if own else None
    return [*resources.models(), *([mine.name] if mine else [])]


def model_name(own: bool = True) -> str:
    """The chosen model's name.

    Args:
        own: whether the session's own network counts; where it does not, the default stands for it.
    """
    names = models(own)
    name = _kept("model", names[0])
    return name if name in names else names[0]


def set_model(name: str) -> None:
    """Choose a model by name."""
    st.session_state["kept.model"] = name


def threshold(name: str) -> float:
    """The threshold that this session uses with model `name`: its own until the slider was moved."""
    return float(_kept(f"threshold.{name}", resources.verifier(name).threshold))


def set_threshold(name: str, value: float) -> None:
    """Use another threshold with model `name`."""
    st.session_state[f"kept.threshold.{name}"] = value


def split() -> str:
    """The chosen pair split's name."""
    return _kept("split", "mixed") if _kept("split", "mixed") in SPLITS else "mixed"


def guess_first() -> bool:
    """Whether the person is to say same or different before the network does."""
    return bool(_kept("guess", False))


def is_open(part: str) -> bool:
    """Whether a part below Compare's pair, one of `BELOW`, is open."""
    return bool(_kept(f"{part}-open", False))


def rerun_pair(*parts: str) -> None:
    """From a callback that has changed the pair alone: draws it again, and what is open below it.

    Args:
        parts: `PAIR`, where the callback is not the pair's own, so that no more than this is drawn again.
    """
    if keys := [*parts, *(part for part in BELOW if is_open(part))]:
        st.rerun(list(dict.fromkeys([PAIR, *keys])))


def expander(part: str, label: str, icon: str) -> DeltaGenerator:
    """Draws what opens and closes a part below Compare's pair, one of `BELOW`; its container."""
    # Its own key for what was chosen: Streamlit forgets a widget's when another page is shown.
    offer(f"{part}.open", is_open(part))
    return st.expander(label, icon=icon, key=f"{part}.open", on_change=toggled, args=(part,))


def toggled(part: str) -> None:
    """Keep whether a part below Compare's pair is open; the pair holds the address, which says so, too."""
    keep(f"{part}-open", f"{part}.open")
    st.rerun([PAIR, part])


def rerun_panel() -> None:
    """From a callback of the pair that has changed more than it: draws all of Compare again."""
    st.rerun(PANEL)


def split_words(splits: Mapping[str, tuple[int, ...]]) -> dict[str, str]:
    """Each split with its digits, such as "seen: 2–7"."""
    return {name: f"{name}: {digits_in_words(digits)}" for name, digits in splits.items()}


def pair_kind() -> str:
    """The chosen kind of pair to sample: any, same or different; any while it is to be guessed."""
    if guess_first():
        return "any"
    kind = _kept("kind", "any")
    return kind if kind in PAIR_KINDS else "any"


def members() -> tuple[int, ...]:
    """The digits of the chosen split: what is seen and unseen depends on what the chosen model learned from."""
    return resources.verifier(model_name()).card.splits[split()]


def model_picker(page: str, own: bool = True, on_change: Callable[[str, str], None] = keep) -> str:
    """Draws the picker of the model; the chosen name.

    Args:
        own: whether the session's own network is offered, too.
        on_change: keeps what was chosen, as `keep` does.
    """
    widget = f"{page}.model"
    offer(widget, model_name(own))
    st.selectbox(
        "Model",
        models(own),
        format_func=lambda name: resources.verifier(name).card.title,
        key=widget,
        on_change=on_change,
        args=("model", widget),
        help="Networks that this project trained; how well each does is on the Accuracy page.",
    )
    return model_name(own)


def threshold_slider(page: str, name: str) -> float:
    """Draws the slider of the threshold and its reset; the threshold in use."""
    own = resources.verifier(name).threshold
    grid = resources.histograms(name)
    step = grid.upper / grid.bins
    widget = f"{page}.threshold.{name}"
    offer(widget, threshold(name))
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.markdown(
            "**Threshold**: up to here a pair is called *same*", width="content", help=terms.DISTANCE_AND_THRESHOLD
        )
        st.button(
            "Reset",
            key=f"{page}.reset",
            icon=":material/restart_alt:",
            type="tertiary",
            help=f"Back to the model's own threshold, {own:.3f}",
            disabled=abs(threshold(name) - own) < step / 2,
            on_click=set_threshold,
            args=(name, own),
        )
    st.slider(
        "Threshold",
        min_value=0.0,
        max_value=resources.reach(name),
        step=step,
        format="%.3f",
        key=widget,
        on_change=keep,
        args=(f"threshold.{name}", widget),
        label_visibility="collapsed",
    )
    return threshold(name)


def split_picker(page: str, own: bool = True, on_change: Callable[[str, str], None] = keep) -> str:
    """Draws the choice of the pair split; its name.

    Args:
        own: whether the digits are those of the session's own network, where that is the chosen model.
        on_change: keeps what was chosen, as `keep` does.
    """
    widget = f"{page}.split"
    words = split_words(resources.verifier(model_name(own)).card.splits)
    offer(widget, split())
    st.segmented_control(
        "Digits",
        list(SPLITS),
        format_func=words.__getitem__,
        key=widget,
        on_change=on_change,
        args=("split", widget),
        required=True,
        help="*Seen* digits were trained on. The network never met an *unseen* one. *Mixed* takes all ten.",
    )
    return split()
