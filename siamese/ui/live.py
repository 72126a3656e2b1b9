"""The page *Train live*: choose, predict, press start, watch a network learn, then try it."""

from __future__ import annotations

import time
from collections.abc import Callable

import streamlit as st
from streamlit import runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

from siamese import links
from siamese.data import ALL_DIGITS
from siamese.errors import InvalidSettings, QueueFull
from siamese.live_figure import training
from siamese.live_model import LiveModel
from siamese.live_queue import Job, Status
from siamese.live_settings import EMBEDDINGS, LOSSES, MARGINS, MAX_EPOCHS, LiveSettings, digits_in_words
from siamese.ui import address, live_words, resources, state
from siamese.ui.live_chart import live_chart

_DEFAULT = LiveSettings()
DEFAULTS = {
    "digits": list(_DEFAULT.digits),
    "loss": _DEFAULT.loss,
    "margin": _DEFAULT.margin,
    "embedding": _DEFAULT.embedding,
    "augment": _DEFAULT.augment,
    "epochs": _DEFAULT.epochs,
    "seen": 90,
    "unseen": 80,
}
_CLAIMS = {"seen": "Digits it learned from", "unseen": "Digits it never met"}
_EVERY = 1.0  # seconds between two looks at a training that runs
_PENS = (
    "MNIST is not on this machine, so the network learns from digits that this app draws with a pen of its own, and is "
    "tested on others of them. With people's handwriting the accuracies would be others."
)
_MNIST = (
    "It learns from 1,500 images of each chosen digit, from MNIST's training file. Accuracies are of all pairs of "
    "2,000 images from its test file, which only measure: nothing is chosen by them."
)
_JS = """
export default function ({ data }) {
  // Once for each training: whoever pressed Start further down must see what begins.
  if (window.siameseShown === data.name) return;
  window.siameseShown = data.name;
  document.querySelector('.st-key-live-stage')?.scrollIntoView({ block: 'nearest', behavior: 'instant' });
}
"""
_into_view = st.components.v2.component("siamese.into_view", html="<span></span>", js=_JS, isolate_styles=False)


def page() -> None:
    """Draws the page."""
    state.page_style()
    st.html(live_words.STYLE)
    state.entered("live")
    st.title("Train it live")
    st.markdown(
        "Choose which digits a new network may learn from, predict how well it will do on digits that it "
        "**never met**, and press **Start**. It then learns before your eyes, in about a minute."
    )
    job, status = _job()
    if status is not None and status.model is not None:
        _take(status.model)
    busy = status is not None and not status.over
    kind = "busy" if busy else "over" if job else "new"
    with st.container(horizontal=True, gap="medium", key=f"live-{kind}"):
        with st.container(width=384, key="live-side"):
            if job is not None and busy:
                _running(job)
                _into_view(key="live.into-view", data={"name": job.name})
            else:
                _choices()
        with st.container(key="live-stage"):
            # Only while something changes by itself does the page look again by itself.
            st.fragment(_stage, run_every=_EVERY if busy else None)(busy)


def _kept(name: str):
    return st.session_state.setdefault(f"kept.live.{name}", DEFAULTS[name])


def _job() -> tuple[Job | None, Status | None]:
    """This session's training, the latest, and how it stands."""
    job = st.session_state.get("kept.live.job")
    return (job, resources.live_queue().status(job)) if job else (None, None)


def _settings() -> LiveSettings:
    """The settings chosen.

    Raises:
        InvalidSettings: what is chosen does not go together, in a sentence.
    """
    return LiveSettings(
        digits=tuple(sorted(_kept("digits"))),
        loss=_kept("loss"),
        margin=round(float(_kept("margin")), 2),
        embedding=_kept("embedding"),
        augment=_kept("augment"),
        epochs=_kept("epochs"),
        source=resources.sample_digits().source,
    )


def _predicted() -> dict[str, float]:
    return {split: _kept(split) / 100 for split in ("seen", "unseen")}


def _start() -> None:
    """Put this session's training into the line."""
    try:
        job = resources.live_queue().submit(_settings(), _presence())
    except (QueueFull, InvalidSettings) as error:
        st.session_state["kept.live.refused"] = str(error)
        return
    st.session_state["kept.live.job"] = job
    st.session_state["kept.live.predicted"] = _predicted()


def _presence() -> Callable[[], bool]:
    """Tells, from any thread, whether a browser shows this session."""
    context = get_script_run_ctx()
    if not runtime.exists() or context is None:
        return lambda: True
    session = context.session_id
    return lambda: runtime.exists() and runtime.get_instance().is_active_session(session)


def _widget(name: str, **options) -> dict:
    """What makes a widget keep its value, under `name`, while other pages are shown."""
    widget = f"live.{name}"
    state.offer(widget, _kept(name))
    return {"key": widget, "on_change": state.keep, "args": (widget, widget), **options}


def _choices() -> None:
    """The settings, the prediction, and the button that starts."""
    with st.container(border=True, key="live-choices"):
        st.pills("Digits it learns from", ALL_DIGITS, selection_mode="multi", **_widget("digits"))
        try:
            settings = _settings()
            st.caption(f"Never met: {digits_in_words(settings.splits['unseen'])}")
            problem = ""
        except InvalidSettings as error:
            problem = str(error)
            st.caption(f":material/error: {problem}")
        st.segmented_control(
            "Loss",
            LOSSES,
            format_func=live_words.LOSSES.__getitem__,
            required=True,
            help=live_words.LOSS_HELP,
            **_widget("loss"),
        )
        if _kept("loss") == "contrastive":
            st.slider(
                "Margin",
                *MARGINS,
                step=0.1,
                format="%.1f",
                help="How far apart different pairs are pushed. No distance is above 2.",
                **_widget("margin"),
            )
        size, epochs = st.columns(2, gap="medium")
        size.select_slider(
            "Embedding size",
            EMBEDDINGS,
            help="Every image becomes so many numbers. With two, there is little room to keep digits apart.",
            **_widget("embedding"),
        )
        epochs.slider("Epochs", 1, MAX_EPOCHS, help="How often it sees each image.", **_widget("epochs"))
        st.toggle(
            "Vary the images",
            help="Each time an image is shown it is moved, bent and thickened a little, as other writers would.",
            **_widget("augment"),
        )
    with st.container(border=True, key="live-prediction"):
        st.markdown("**What do you predict?** Share of pairs judged right; guessing gives 50%.")
        for column, (split, words) in zip(st.columns(2, gap="medium"), _CLAIMS.items()):
            column.slider(words, 50, 100, format="%d%%", **_widget(split))
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            "Start",
            icon=":material/play_arrow:",
            type="primary",
            key="live.start",
            on_click=_start,
            disabled=bool(problem),
        )
        address.bar("live", _address, own_network=False)
    if refused := st.session_state.pop("kept.live.refused", ""):
        st.warning(refused, icon=":material/groups:")
    st.caption(_PENS if resources.sample_digits().source == "pens" else _MNIST)


def _running(job: Job) -> None:
    """What the present training was given, and the button that ends it."""
    with st.container(border=True, key="live-given"):
        st.html(live_words.summary(job.settings))
        st.button("Stop", icon=":material/stop:", key="live.stop", on_click=job.stop, width="stretch")
        st.caption("You may look at other pages meanwhile. Closing or reloading this one ends the training.")
    address.bar("live", _address, own_network=False)


def _stage(busy: bool) -> None:
    """The chart, with what happens above it; looked at anew each second while something does."""
    job, status = _job()
    if status is not None and status.over and busy:
        st.rerun()  # the whole page: the controls come back, and it stops looking by itself
    model = None if status is None else status.model
    with st.container(key="live-now"):
        if status is not None:
            _now(status)
    predicted = st.session_state["kept.live.predicted"] if busy or model else _predicted()
    with st.container(key="live-outcome"):  # always there: without it the chart would change its place, and blink
        if model is not None:
            _result(model, predicted)
    results = () if status is None else status.progress.results
    epochs = job.settings.epochs if job is not None and (results or busy) else _kept("epochs")
    live_chart(
        training(results, epochs, predicted, state.palette()),
        key="live.chart",
        alt=live_words.alt(status, predicted),
        on_point=lambda row: None,
        toolbar=False,
    )
    if not results and not busy:
        st.caption("The dashed levels are your prediction. The lines will grow here, a point for each epoch.")


def _now(status: Status) -> None:
    """How the training stands."""
    if status.state == "waiting":
        st.info(live_words.waiting(status.ahead), icon=":material/hourglass_top:")
    elif status.state == "running":
        now = time.monotonic()
        st.progress(status.progress.share(now), text=live_words.doing(status.progress, now))
    elif status.state == "failed":
        st.warning(status.problem, icon=":material/warning:")
    elif status.state == "stopped":
        text = status.problem or "Stopped. Change something, or start again."
        st.info(text, icon=":material/stop_circle:")
    if status.state in ("running", "done"):
        st.html(live_words.said(status))


def _take(model: LiveModel) -> None:
    """Let the finished network be this session's own, in the place of the one before."""
    before = resources.own()
    if model is before:
        return
    resources.set_own(model)
    if before is not None and st.session_state.get("kept.model") == before.name:
        state.set_model(model.name)


def _result(model: LiveModel, predicted: dict[str, float]) -> None:
    """The network's accuracies beside the prediction, and what can be done with it."""
    with st.container(border=True, key="live-result"):
        st.html(
            f'<p class="live-lesson">{live_words.lesson(model)}</p>'
            + live_words.results(model, predicted, state.palette().splits)
        )
        with st.container(horizontal=True):
            if st.button("Try it on Compare", icon=":material/compare_arrows:", type="primary", key="live.try"):
                _show_on_compare(model.name)
            st.download_button(
                "Network (.keras)",
                model.keras,
                file_name="siamese-encoder.keras",
                mime="application/octet-stream",
                icon=":material/download:",
                on_click="ignore",
                key="live.keras",
                help="For Keras 3: `from siamese.encoder_layers import load_encoder` reads it.",
            )
            st.download_button(
                "Card (.json)",
                model.card,
                file_name="siamese-card.json",
                mime="application/json",
                icon=":material/download:",
                on_click="ignore",
                key="live.card",
                help="How it was trained, its threshold and calibration, and the SHA-256 of its files.",
            )
        st.caption(
            "Map and Teach can use it, too. It is yours alone and ends with this page: nobody else can see it, and "
            "nothing of it stays on the server."
        )


def _show_on_compare(name: str) -> None:
    from siamese.ui import compare

    state.set_model(name)
    # The same address as in app.py, by which Streamlit knows the page.
    st.switch_page(st.Page(compare.page, title="Compare", url_path="compare", default=True))


def _address() -> tuple[dict[str, str], str]:
    """The settings, for the page's address; the usual ones are left out."""
    values = {
        "learn": links.digits_text(_kept("digits")),
        "loss": _kept("loss"),
        "push": f"{_kept('margin'):.1f}",
        "size": str(_kept("embedding")),
        "vary": str(int(_kept("augment"))),
        "epochs": str(_kept("epochs")),
        "sayseen": str(_kept("seen")),
        "sayunseen": str(_kept("unseen")),
    }
    usual = ("digits", "loss", "margin", "embedding", "augment", "epochs", "seen", "unseen")
    return {key: "" if _kept(name) == DEFAULTS[name] else text for (key, text), name in zip(values.items(), usual)}, ""
