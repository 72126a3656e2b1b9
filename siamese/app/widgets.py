"""Widgets and the session in step, in one place; and the widgets that several pages have.

Streamlit forgets a widget's value when another page is shown. So a widget is told what to show before it is drawn
(*sync*), and what it is changed to goes into the session (*persist*).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from siamese.app import choices, resources, terms
from siamese.data.splits import SPLITS
from siamese.live.settings import digits_in_words


def sync(widget: str, value: object) -> None:
    """Let the widget with this key show `value`; before it is drawn."""
    # Only where it differs: a value that is set anew each run would pull a slider back while it is dragged.
    if widget not in st.session_state or st.session_state[widget] != value:
        st.session_state[widget] = value


def bind(widget: str, value: object, persist: Callable[[Any], None]) -> dict[str, Any]:
    """The arguments that bind a widget to the session: its key, and what to do on a change.

    Args:
        value: what it shows. persist: takes what it is changed to into the session.
    """
    sync(widget, value)
    return {"key": widget, "on_change": persist_now, "args": (widget, persist)}


def bind_field(widget: str, state: object, name: str) -> dict[str, Any]:
    """The arguments that bind a widget to the field `name` of an object that the session holds."""
    return bind(widget, getattr(state, name), lambda value: setattr(state, name, value))


def persist_now(widget: str, persist: Callable[[Any], None]) -> None:
    """Take what a widget shows into the session, if it is on the page."""
    if widget in st.session_state:
        persist(st.session_state[widget])


def persist_pickers(page: str) -> None:
    """Persist what the page's pickers show, for a callback that may run before theirs in a burst of clicks."""
    persist_now(f"{page}.split", choices.set_split)
    persist_now(f"{page}.kind", choices.set_pair_kind)


def model_picker(page: str, *, trained: bool = True, persist: Callable[[str], None] = choices.set_model) -> str:
    """Draws the picker of the model; the chosen name.

    Args:
        trained: whether the network that was trained live in this session is offered, too.
        persist: takes what is chosen into the session.
    """
    st.selectbox(
        "Model",
        choices.models(trained=trained),
        format_func=lambda name: resources.verifier(name).card.title,
        help="Networks that this project trained; how well each does is on the Accuracy page.",
        **bind(f"{page}.model", choices.model_name(trained=trained), persist),
    )
    return choices.model_name(trained=trained)


def threshold_slider(page: str, name: str) -> float:
    """Draws the slider of the threshold and its reset; the threshold in use."""
    default = resources.verifier(name).threshold
    grid = resources.histograms(name)
    step = grid.upper / grid.bins
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.markdown(
            "**Threshold**: up to here a pair is called “same”", width="content", help=terms.DISTANCE_AND_THRESHOLD
        )
        st.button(
            "Reset",
            key=f"{page}.reset",
            icon=":material/restart_alt:",
            type="tertiary",
            help=f"Back to the model's own threshold, {default:.3f}",
            disabled=abs(choices.threshold(name) - default) < step / 2,
            on_click=choices.set_threshold,
            args=(name, default),
        )
    st.slider(
        "Threshold",
        min_value=0.0,
        max_value=resources.axis_maximum(name),
        step=step,
        format="%.3f",
        label_visibility="collapsed",
        **bind(f"{page}.threshold.{name}", choices.threshold(name), lambda to: choices.set_threshold(name, to)),
    )
    return choices.threshold(name)


def split_picker(page: str, *, trained: bool = True, persist: Callable[[str], None] = choices.set_split) -> str:
    """Draws the choice of the pair split; its name.

    Args:
        trained: whether the digits are those of the network that was trained live, where that is the chosen model.
        persist: takes what is chosen into the session.
    """
    words = split_words(resources.verifier(choices.model_name(trained=trained)).card.splits)
    st.segmented_control(
        "Digits",
        list(SPLITS),
        format_func=words.__getitem__,
        required=True,
        help="*Seen* digits were trained on. The network never met an *unseen* one. *Mixed* takes all ten.",
        **bind(f"{page}.split", choices.split(), persist),
    )
    return choices.split()


def split_words(splits: Mapping[str, tuple[int, ...]]) -> dict[str, str]:
    """Each split with its digits, such as "seen: 2–7"."""
    return {name: f"{name}: {digits_in_words(digits)}" for name, digits in splits.items()}
