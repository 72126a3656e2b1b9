"""What a person chooses on *Train live*: the settings, the prediction, and the button that starts."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import streamlit as st
from streamlit import runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

from siamese.app import address, resources, samples, widgets
from siamese.app.pages.live import words as live_words
from siamese.app.pages.live.choices import ADDRESS, LEAST, MOST, current, training
from siamese.data.splits import ALL_DIGITS
from siamese.errors import InvalidSettings, QueueFull
from siamese.live.data import PER_DIGIT
from siamese.live.settings import EMBEDDINGS, LOSSES, MARGINS, MAX_EPOCHS, LiveSettings, digits_in_words

_CLAIMS = {"seen": "Digits it learned from", "unseen": "Digits it never met"}
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
    """The settings, the prediction, and the button that starts."""
    with st.container(border=True, key="live-choices"):
        problem = _digits()
        _kind_of_training()
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
        address.bar(ADDRESS)
    if training().refused:
        st.warning(training().refused, icon=":material/groups:")
        training().refused = ""
    st.caption(_PENS if samples.sample_digits().source == "pens" else _MNIST)


def _digits() -> str:
    """Draws the choice of digits; why nothing can learn from them, or ""."""
    st.pills("Digits it learns from", ALL_DIGITS, selection_mode="multi", **_bound("digits"))
    try:
        st.caption(f"Never met: {digits_in_words(_settings().splits['unseen'])}")
    except InvalidSettings as error:
        st.caption(f":material/error: {error}")
        return str(error)
    return ""


def _kind_of_training() -> None:
    """Draws the other settings."""
    st.segmented_control(
        "Loss",
        LOSSES,
        format_func=live_words.LOSSES.__getitem__,
        required=True,
        help=live_words.LOSS_HELP,
        **_bound("loss"),
    )
    if current().loss == "contrastive":
        st.slider(
            "Margin",
            *MARGINS,
            step=0.1,
            format="%.1f",
            help="How far apart different pairs are pushed. No distance is above 2.",
            **_bound("margin"),
        )
    # No slider of words: Streamlit itself stumbles over a forged value of one.
    st.segmented_control(
        "Embedding size",
        EMBEDDINGS,
        required=True,
        help="Every image becomes so many numbers. With two, there is little room to keep digits apart.",
        **_bound("embedding"),
    )
    st.slider("Epochs", 1, MAX_EPOCHS, help="How often it sees each image.", **_bound("epochs"))
    st.toggle(
        "Vary the images",
        help="Each time an image is shown it is moved, bent and thickened a little, as other writers would.",
        **_bound("augment"),
    )


def _prediction() -> bool:
    """Draws the prediction; whether it is asked for."""
    st.markdown("**What do you predict?** Of 100 pairs, how many will it judge right? Tossing a coin gives 50.")
    for column, (split, words) in zip(st.columns(2, gap="medium"), _CLAIMS.items()):
        column.number_input(words, LEAST, MOST, value=None, step=1, placeholder=f"{LEAST} to {MOST}", **_bound(split))
    asking = training().asks and bool(_missing())
    if asking:
        st.html(_asking())
    return asking


def _settings() -> LiveSettings:
    """The settings chosen.

    Raises:
        InvalidSettings: what is chosen does not go together, in a sentence.
    """
    now = current()
    return LiveSettings(
        digits=tuple(sorted(now.digits)),
        loss=now.loss,
        margin=round(float(now.margin), 2),
        embedding=now.embedding,
        augment=now.augment,
        epochs=now.epochs,
        source=samples.sample_digits().source,
    )


def _predictions() -> dict[str, int | None]:
    """Split -> what is predicted, in per cent."""
    return {"seen": current().seen, "unseen": current().unseen}


def predicted() -> dict[str, float]:
    """Split -> the accuracy that is predicted; without those that nobody has predicted yet."""
    return {split: share / 100 for split, share in _predictions().items() if share is not None}


def _missing() -> list[str]:
    """The predictions still to be made."""
    return [split for split, share in _predictions().items() if share is None]


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
    now = training()
    # A second press may come before the page has taken the button away.
    if now.job is not None and not resources.live_queue().status(now.job).over:
        return
    for split in _CLAIMS:  # a number typed just before the click may come with it
        widgets.persist_now(f"live.{split}", partial(setattr, current(), split))
    now.asks = ask and bool(_missing())
    if now.asks:
        return
    try:
        now.job = resources.live_queue().submit(_settings(), _presence())
    except (QueueFull, InvalidSettings) as error:
        now.refused = str(error)
        return
    now.predicted = predicted()


def visit() -> None:
    """Lets a training process get ready: the visitor of this page may press Start."""
    context = get_script_run_ctx()
    visitor = context.session_id if context else ""
    resources.live_queue().visit(visitor, _presence())
    training().visitor = visitor


def leave() -> None:
    """On any other page: no process need wait for this visitor."""
    now = training()
    if now.visitor:
        resources.live_queue().leave(now.visitor)
        now.visitor = ""


def _presence() -> Callable[[], bool]:
    """Tells, from any thread, whether a browser shows this session."""
    context = get_script_run_ctx()
    if not runtime.exists() or context is None:
        return lambda: True
    session = context.session_id
    return lambda: runtime.exists() and runtime.get_instance().is_active_session(session)


def _bound(name: str) -> dict[str, Any]:
    """The arguments that bind a widget to the choice `name`."""
    return widgets.bind_field(f"live.{name}", current(), name)
