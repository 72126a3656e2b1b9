"""The page *Train live*: choose, predict, press start, watch a network learn, then try it."""

from __future__ import annotations

import time
from collections.abc import Sequence

import streamlit as st

from siamese.app import address, choices, page_frame, projector, resources, session, style, terms
from siamese.app.components import into_view
from siamese.app.components.plot import live_chart
from siamese.app.pages.compare import sides
from siamese.app.pages.live import controls, words
from siamese.app.pages.live.choices import ADDRESS, Outcome, current, training
from siamese.charts import live as charts
from siamese.live.model import LiveModel
from siamese.live.protocol import EpochResult
from siamese.live.queue import Job, Status

_EVERY = 1.0  # seconds between two looks at a training that runs


def render() -> None:
    """Draws the page."""
    page_frame.start("live")
    st.html(style.element("live"))
    st.title("Train live")
    st.markdown(
        "Choose which digits a new network may learn from, predict how well it will do on digits that it "
        "**never met**, and press **Start**. It then learns before your eyes, in about a minute."
    )
    job, status = _job()
    if status is not None:
        _take(status)
    controls.visit()
    busy = status is not None and not status.over
    kind = "busy" if busy else "over" if job else "new"
    with st.container(horizontal=True, gap="medium", key=f"live-{kind}"):
        with st.container(width=384, key="live-side"):
            if job is not None and busy:
                _running(job)
                # Whoever pressed Start further down must see what begins.
                into_view.show("live.into-view", ".st-key-live-stage", job.name)
            else:
                controls.render()
        with st.container(key="live-stage"):
            # Only while something changes by itself does the page look again by itself.
            st.fragment(_stage, run_every=_EVERY if busy else None)(busy)


def _job() -> tuple[Job | None, Status | None]:
    """This session's training, the latest, and how it stands."""
    job = training().job
    return (job, resources.live_queue().status(job)) if job else (None, None)


def _running(job: Job) -> None:
    """What the present training was given, and the button that ends it."""
    with st.container(border=True, key="live-given"):
        st.html(words.summary(job.settings))
        st.button("Stop", icon=":material/stop:", key="live.stop", on_click=job.stop, width="stretch")
        st.caption("You may look at other pages meanwhile. Closing or reloading this one ends the training.")
    address.bar(ADDRESS)


def _stage(busy: bool) -> None:
    """The chart, with what happens above it; looked at anew each second while something does."""
    job, status = _job()
    if status is not None and status.over and busy:
        st.rerun()  # the whole page: the controls come back, and it stops looking by itself
    # A training that was stopped, or failed, takes nothing from the one before it.
    outcome = None if busy else training().outcome
    with st.container(key="live-now"):
        if status is not None:
            _now(status)
    with st.container(key="live-outcome"):  # always there: without it the chart would change its place, and blink
        if outcome is not None:
            _result(outcome, earlier=status is None or status.model is not outcome.model)
    results: Sequence[EpochResult] = ()
    epochs, predicted = current().epochs, controls.predicted()
    if job is not None and status is not None and (busy or status.progress.results):
        results, epochs = status.progress.results, job.settings.epochs
        predicted = training().predicted
    elif outcome is not None:
        results, epochs, predicted = outcome.epochs, len(outcome.epochs), outcome.predicted
    live_chart(
        charts.training(results, epochs, predicted, projector.palette()),
        key="live.chart",
        alt=words.alt(results, predicted),
        on_point=lambda row: None,
        toolbar=False,
    )
    if not results and not busy:
        levels = "The dashed levels are your prediction. " if predicted else ""
        st.caption(
            f"{levels}The lines will grow here, a point for each epoch: one round through all images. "
            "Below them the *loss*: a number for how far off it still is, which training makes small."
        )


def _now(status: Status) -> None:
    """How the training stands."""
    if status.state == "waiting":
        st.info(words.waiting(status.ahead), icon=":material/hourglass_top:")
    elif status.state == "running":
        now = time.monotonic()
        st.progress(status.progress.share(now), text=words.doing(status.progress, now))
    elif status.state == "failed":
        st.warning(status.problem, icon=":material/warning:")
    elif status.state == "stopped":
        text = status.problem or "Stopped. Change something, or start again."
        st.info(text, icon=":material/stop_circle:")
    if status.state in ("running", "done"):
        st.html(words.spoken(status))


def _take(status: Status) -> None:
    """Let a finished network be this session's own, in the place of the one before."""
    model, before = status.model, session.current().trained_network
    if model is None or model is before:
        return
    session.current().trained_network = model
    training().outcome = Outcome(model, training().predicted, status.progress.results)
    if before is not None and session.of(choices.Choices).model == before.name:
        sides.use_model(model.name)


def _result(outcome: Outcome, earlier: bool) -> None:
    """The network's accuracies beside the prediction, and what can be done with it.

    Args:
        earlier: whether another training was begun after it.
    """
    model = outcome.model
    with st.container(border=True, key="live-result"):
        if earlier:
            st.html(words.earlier(model))
        st.html(
            f'<p class="live-conclusion">{words.conclusion(model)}</p>'
            + words.results(model, outcome.predicted, projector.palette().splits)
        )
        with st.container(horizontal=True):
            if st.button("Try it on Compare", icon=":material/compare_arrows:", type="primary", key="live.try"):
                _show_on_compare(model.name)
            _downloads(model)
        st.caption(
            "Map and Teach can use it, too. It is yours alone and ends with this page: nobody else can see it, and "
            "nothing of it stays on the server.",
            help=terms.INTERVAL,
        )


def _downloads(model: LiveModel) -> None:
    st.download_button(
        "Network (.keras)",
        model.keras,
        file_name="siamese-encoder.keras",
        mime="application/octet-stream",
        icon=":material/download:",
        on_click="ignore",
        key="live.keras",
        help="For Keras 3: `from siamese.training.encoder import load_encoder` reads it.",
    )
    st.download_button(
        "Card (.json)",
        model.card,
        file_name="siamese-card.json",
        mime="application/json",
        icon=":material/download:",
        on_click="ignore",
        key="live.card",
        help="How it was trained, its threshold, how sure it may be, and the checksums of its files.",
    )


def _show_on_compare(name: str) -> None:
    sides.use_model(name)
    page_frame.go_to("")
