"""What a person chooses on *Train live*: the settings, the prediction, and the button that starts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st
from streamlit import runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

from siamese.app import address, links, resources, state
from siamese.app.pages.live import words as live_words
from siamese.data.splits import ALL_DIGITS
from siamese.errors import InvalidSettings, QueueFull
from siamese.live.data import PER_DIGIT
from siamese.live.settings import EMBEDDINGS, LOSSES, MARGINS, MAX_EPOCHS, LiveSettings, digits_in_words

_DEFAULT = LiveSettings()
DEFAULTS: dict[str, Any] = {
    "digits": list(_DEFAULT.digits),
    "loss": _DEFAULT.loss,
    "margin": _DEFAULT.margin,
    "embedding": _DEFAULT.embedding,
    "augment": _DEFAULT.augment,
    "epochs": _DEFAULT.epochs,
    "seen": None,  # a prediction is the visitor's own: there is none until one was made
    "unseen": None,
}
_CLAIMS = {"seen": "Digits it learned from", "unseen": "Digits it never met"}
_LEAST, _MOST = 50, 100  # per cent that can be predicted
_VISIT = "kept.live.visit"
_ASKED = "kept.live.asked"  # whether Start has asked for the predictions
_PENS = (
    "MNIST is not on this machine, so the network learns from digits that this app draws with a pen of its own, and is "
    "tested on others of them. With people's handwriting the accuracies would be others."
)
_MNIST = (
    f"It learns from {PER_DIGIT['mnist'][0]:,} images of each chosen digit, from MNIST's training file. Accuracies are "
    f"of all pairs of {len(ALL_DIGITS) * PER_DIGIT['mnist'][1]:,} images from its test file, which only measure: "
    "nothing is chosen by them."
)


def render() -> None:
    """Draws the settings, the prediction, and the button that starts."""
    with st.container(border=True, key="live-choices"):
        problem = _controls()
    with st.container(border=True, key="live-prediction"):
        asking = _prediction()
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            "Start",
            icon=":material/play_arrow:",
            type="primary",
            key="live.start",
            on_click=_start,
            disabled=bool(problem),
        )
        if asking:
            st.button("Start without", key="live.without", on_click=_start, args=(False,), disabled=bool(problem))
        address.bar("live", address_parameters, own_network=False)
    if refused := st.session_state.pop("kept.live.refused", ""):
        st.warning(refused, icon=":material/groups:")
    st.caption(_PENS if resources.sample_digits().source == "pens" else _MNIST)


def _controls() -> str:
    """Draws the settings; what is wrong with them in a sentence, or ""."""
    problem = ""
    st.pills("Digits it learns from", ALL_DIGITS, selection_mode="multi", **_widget("digits"))
    try:
        st.caption(f"Never met: {digits_in_words(_settings().splits['unseen'])}")
    except InvalidSettings as error:
        problem = str(error)
        st.caption(f":material/error: {problem}")
    _loss_controls()
    # No slider of words: Streamlit itself stumbles over a forged value of one.
    st.segmented_control(
        "Embedding size",
        EMBEDDINGS,
        required=True,
        help="Every image becomes so many numbers. With two, there is little room to keep digits apart.",
        **_widget("embedding"),
    )
    st.slider("Epochs", 1, MAX_EPOCHS, help="How often it sees each image.", **_widget("epochs"))
    st.toggle(
        "Vary the images",
        help="Each time an image is shown it is moved, bent and thickened a little, as other writers would.",
        **_widget("augment"),
    )
    return problem


def _loss_controls() -> None:
    st.segmented_control(
        "Loss",
        LOSSES,
        format_func=live_words.LOSSES.__getitem__,
        required=True,
        help=live_words.LOSS_HELP,
        **_widget("loss"),
    )
    if kept("loss") == "contrastive":
        st.slider(
            "Margin",
            *MARGINS,
            step=0.1,
            format="%.1f",
            help="How far apart different pairs are pushed. No distance is above 2.",
            **_widget("margin"),
        )


def _prediction() -> bool:
    """Draws the fields for the predictions; whether Start has asked for one that is still missing."""
    st.markdown("**What do you predict?** Of 100 pairs, how many will it judge right? Tossing a coin gives 50.")
    for column, (split, words) in zip(st.columns(2, gap="medium"), _CLAIMS.items()):
        column.number_input(
            words, _LEAST, _MOST, value=None, step=1, placeholder=f"{_LEAST} to {_MOST}", **_widget(split)
        )
    asking = bool(st.session_state.get(_ASKED) and _missing())
    if asking:
        st.html(_asking())
    return asking


def kept(name: str) -> Any:
    """The value last chosen under `name`, a key of `DEFAULTS`."""
    return st.session_state.setdefault(f"kept.live.{name}", DEFAULTS[name])


def _settings() -> LiveSettings:
    """The settings chosen.

    Raises:
        InvalidSettings: what is chosen does not go together, in a sentence.
    """
    return LiveSettings(
        digits=tuple(sorted(kept("digits"))),
        loss=kept("loss"),
        margin=round(float(kept("margin")), 2),
        embedding=kept("embedding"),
        augment=kept("augment"),
        epochs=kept("epochs"),
        source=resources.sample_digits().source,
    )


def predicted() -> dict[str, float]:
    """Split -> the accuracy that is predicted; without those that nobody has predicted yet."""
    return {split: kept(split) / 100 for split in _CLAIMS if kept(split) is not None}


def _missing() -> list[str]:
    """The predictions still to be made."""
    return [split for split in _CLAIMS if kept(split) is None]


def _asking() -> str:
    """What Start says while a prediction is missing, as HTML."""
    both = len(_missing()) == len(_CLAIMS)
    which = "two numbers" if both else f"a number for “{_CLAIMS[_missing()[0]].lower()}”"
    return (
        '<p class="live-ask" role="status" data-testid="live-ask"><b>First say what you expect:</b> put in '
        f"{which}, then press Start. Whoever has guessed is surprised more, and a wild guess is fine.</p>"
    )


def _start(ask: bool = True) -> None:
    """Put this session's training into the line; a session has one at a time, so that its *Stop* is about that one.

    Args:
        ask: whether to ask for the predictions first, where one is missing.
    """
    job = st.session_state.get("kept.live.job")
    # A second press may come before the page has taken the button away.
    if job is not None and not resources.live_queue().status(job).over:
        return
    for split in _CLAIMS:  # a number typed just before the click may come with it
        if f"live.{split}" in st.session_state:
            state.keep(f"live.{split}", f"live.{split}")
    st.session_state[_ASKED] = ask and bool(_missing())
    if st.session_state[_ASKED]:
        return
    try:
        job = resources.live_queue().submit(_settings(), _presence())
    except (QueueFull, InvalidSettings) as error:
        st.session_state["kept.live.refused"] = str(error)
        return
    st.session_state["kept.live.job"] = job
    st.session_state["kept.live.predicted"] = predicted()


def visit() -> None:
    """Lets a training process get ready: the visitor of this page may press Start."""
    context = get_script_run_ctx()
    session = context.session_id if context else ""
    resources.live_queue().visit(session, _presence())
    st.session_state[_VISIT] = session


def leave() -> None:
    """On any other page: no process need wait for this visitor."""
    if session := st.session_state.pop(_VISIT, None):
        resources.live_queue().leave(session)


def _presence() -> Callable[[], bool]:
    """Tells, from any thread, whether a browser shows this session."""
    context = get_script_run_ctx()
    if not runtime.exists() or context is None:
        return lambda: True
    session = context.session_id
    return lambda: runtime.exists() and runtime.get_instance().is_active_session(session)


def _widget(name: str, **options: Any) -> dict[str, Any]:
    """The arguments with which a widget keeps its value, under `name`, while other pages are shown."""
    widget = f"live.{name}"
    state.offer(widget, kept(name))
    return {"key": widget, "on_change": state.keep, "args": (widget, widget), **options}


def address_parameters() -> tuple[dict[str, str], str]:
    """The settings, for the page's address; those that are the default ones are left out."""
    values = {
        "learn": links.digits_text(kept("digits")),
        "loss": kept("loss"),
        "push": f"{kept('margin'):.1f}",
        "size": str(kept("embedding")),
        "vary": str(int(kept("augment"))),
        "epochs": str(kept("epochs")),
        "sayseen": str(kept("seen")),  # left out while there is none: that is the default
        "sayunseen": str(kept("unseen")),
    }
    names = ("digits", "loss", "margin", "embedding", "augment", "epochs", "seen", "unseen")
    return {key: "" if kept(name) == DEFAULTS[name] else text for (key, text), name in zip(values.items(), names)}, ""
