"""*Turn it* on Compare: the right digit seen from elsewhere, the distance that comes of it, and where *same* ends."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import streamlit as st

from siamese.app import projector, samples, session, style, widgets
from siamese.app.components.plot import live_chart
from siamese.app.components.turntable import turntable
from siamese.app.pages.compare import fragments, nearest_digit, sides
from siamese.app.pages.compare.view_choices import chosen
from siamese.app.verdict import picture
from siamese.app.view_words import WORDS, axis_title, in_words, view_in_words
from siamese.app.words import decision
from siamese.charts import views as charts
from siamese.errors import EmptyDrawing, NotADigit
from siamese.evaluation.view_curve import ViewCurve, distance_curve, same_spans
from siamese.imaging.data_urls import png_url
from siamese.imaging.framing import as_image
from siamese.imaging.views import RANGES, View, canvas, transform
from siamese.serving.verifier import Verification, Verifier

UPSIDE_DOWN = 180.0
_METHOD = (
    "The turned picture is framed as a drawing is: cut out and centred at one size. So a shift or another scale "
    "changes next to nothing, as long as the digit stays in the picture; slant, height and pen width are evened out "
    "for most models, too. What is left of a turn, a tilt or a blur the network has to bear, or not."
)
_STAR_WORDS = (
    "**Should it bear every turn?** A 6 turned upside down is a 9. A network to which every turn is the same could not "
    "tell the two apart: where *same* ends, it has to end."
)


@dataclass
class Turning:
    """What there is to turn, as `set_pair` was told, and the session's last curve with what it is of."""

    verifier: Verifier | None = None
    images: tuple[np.ndarray, np.ndarray] | None = None
    threshold: float = 0.0
    hidden: bool = False
    key: tuple[Verifier, bytes, bytes, View, str] | None = None
    curve: ViewCurve | None = None


def set_pair(verifier: Verifier, images: Sequence[np.ndarray | None], threshold: float, hidden: bool) -> None:
    """Set what `render` turns; nothing is computed for it here.

    Args:
        images: left and right (28, 28), as far as they are on the screen.
        hidden: whether the person is to guess first.
    """
    held, (left, right) = session.of(Turning), images
    held.verifier, held.threshold, held.hidden = verifier, threshold, hidden
    held.images = None if left is None or right is None else (left, right)


@st.fragment(key="turn")
def render() -> None:
    """Draws the part: closed at first; nothing is computed, and no chart's library fetched, while it is closed."""
    opened = fragments.expander("turn", "**Turn it**: where does *same* end?", ":material/360:")
    if fragments.is_open("turn"):
        held = session.of(Turning)
        if held.verifier is not None:
            with opened, st.container(key="turn", gap="small"):
                _content(held.verifier, held)


def _content(verifier: Verifier, held: Turning) -> None:
    if held.images is None or held.hidden:
        words = "Guess first: this comes with the verdict." if held.hidden else "It comes with the verdict."
        st.html(f'<p data-testid="turned">{words}</p>')
        _buttons()
        return
    left, right = map(as_image, held.images)
    view = chosen().view()
    result, problem = _compare(verifier, left, right, view, held.threshold)
    _pictures(verifier, left, right, view, result, problem)
    _buttons()
    _sliders()
    _chart(curve(verifier, left, right, view, chosen().last), result, held.threshold)
    st.markdown(f"{_STAR_WORDS}\n\n{_METHOD}")


def _compare(
    verifier: Verifier, left: np.ndarray, right: np.ndarray, view: View, threshold: float
) -> tuple[Verification | None, str]:
    """The verification of the pair seen so and "", or None and in plain words why there is none."""
    try:
        return verifier.compare(left, transform(right, view), threshold=threshold), ""
    except EmptyDrawing:
        return None, "Seen so, nothing of the digit is left in the picture."
    except NotADigit:
        return None, "Seen so, what is left of it is no digit."


def curve(verifier: Verifier, left: np.ndarray, right: np.ndarray, view: View, name: str) -> ViewCurve:
    """The curve of one slider; the last one is held, so that the slider itself and the threshold compute nothing anew.

    Args:
        left, right: (28, 28) float32. name: the slider's value of the view.
    """
    held, others = session.of(Turning), view.at(name, RANGES[name].identity)
    key = (verifier, left.tobytes(), right.tobytes(), others, name)
    if held.curve is None or held.key != key:
        held.curve, held.key = distance_curve(verifier, left, right, view, name), key
    return held.curve


def _pictures(
    verifier: Verifier, left: np.ndarray, right: np.ndarray, view: View, result: Verification | None, problem: str
) -> None:
    """Draws the left digit, the right one as it is seen and as it is framed, and the verdict on them."""
    st.html(style.element("turn"))
    with st.container(key="turn-pictures"):
        st.html(_figure(picture(left, "The left digit", "large"), "Left"))
        with st.container(key="turn-right", gap=None):
            turntable(
                "turn.table",
                png_url(canvas(right, view)),
                f"The right digit, {view_in_words(view)}",
                view.angle,
                _dragged,
            )
            st.html('<div class="turn-caption">Right, seen so: drag it round</div>')
        shown = '<div class="none"></div>'
        if result is not None:
            shown = picture(result.right, "The right digit as the network saw it", "large")
        st.html(_figure(shown, "Right, framed: what the network saw"))
        st.html(_answer(verifier, right, result, problem))


def _figure(image: str, caption: str) -> str:
    return f'<figure class="turn-figure">{image}<div class="turn-caption">{caption}</div></figure>'


def _answer(verifier: Verifier, right: np.ndarray, result: Verification | None, problem: str) -> str:
    """The verdict on the turned pair in words, and which digit the right one looks like, where that has changed."""
    if result is None:
        return f'<div class="turn-answer" role="status" data-testid="turned"><p>{html.escape(problem)}</p></div>'
    found = decision(result.is_same)
    before, now = (
        nearest_digit.vote(verifier, each) for each in (verifier.embed(right[None])[0], result.embeddings[1])
    )
    another = ""
    if None not in (before, now) and before != now:
        another = f"<p>By a vote of the known digits nearest to it, the right one looks like a <b>{now}</b> now.</p>"
    return (
        f'<div class="turn-answer {found.word}" role="status" data-testid="turned" '
        f'data-distance="{result.distance:.6f}"><p><b class="turn-word">{found.sign} {found.title}</b></p>'
        f"<p>Distance <b>{result.distance:.3f}</b>, {found.relation} the threshold of {result.threshold:.3f}</p>"
        f"{another}</div>"
    )


def _buttons() -> None:
    with st.container(horizontal=True, gap="small"):
        st.button("Try a 6 and its turned self", icon=":material/star:", key="turn.star", on_click=_star)
        st.button(
            "Reset",
            icon=":material/restart_alt:",
            key="turn.reset",
            type="tertiary",
            disabled=chosen().view() == View(),
            on_click=_reset,
        )


def _sliders() -> None:
    with st.container(key="turn-sliders"):
        for name, words in WORDS.items():
            limits = RANGES[name]
            apart = "" if words.unit in "°×" else f" ({limits.unit})"  # a short unit stands behind the number itself
            st.slider(
                f"{words.slider}{apart}",
                min_value=limits.low,
                max_value=limits.high,
                step=limits.step,
                format=f"%{'.0f' if limits.step >= 1 else '.2f'}{words.unit if words.unit in '°×' else ''}",
                **widgets.bind(f"turn.{name}", float(getattr(chosen(), name)), partial(_moved, name)),
            )


def _chart(found: ViewCurve, result: Verification | None, threshold: float) -> None:
    """Draws the curve of the slider that was moved last, and says where *same* ends."""
    name = chosen().last
    at = float(getattr(chosen(), name))
    ends = ends_in_words(found, name, threshold)
    live_chart(
        charts.distance_by_view(
            found,
            threshold,
            at,
            None if result is None else result.distance,
            axis_title(name),
            RANGES[name].identity,
            projector.palette(),
        ),
        key="chart-turn",
        alt=f"Distance against {WORDS[name].slider.lower()}. {ends}",
        toolbar=False,
    )
    st.html(f'<p class="legend finding" data-testid="ends">{ends}</p>')


def ends_in_words(found: ViewCurve, name: str, threshold: float) -> str:
    """From where to where the verdict is *same* along a curve, as a sentence."""
    spans = same_spans(found, threshold)
    low, high = RANGES[name].low, RANGES[name].high
    if not spans:
        return "The verdict is <i>different</i> all along this slider."
    if spans == [(low, high)]:
        return "The verdict is <i>same</i> all along this slider."
    texts = [f"from {in_words(name, round(start, 2))} to {in_words(name, round(end, 2))}" for start, end in spans]
    joined = texts[0] if len(texts) == 1 else f"{', '.join(texts[:-1])} and {texts[-1]}"
    return f"The verdict is <i>same</i> {joined}, else <i>different</i>."


def _moved(name: str, value: float) -> None:
    chosen().move(name, value)
    _redraw()


def _dragged(angle: float) -> None:
    _moved("angle", angle)


def _reset() -> None:
    chosen().reset()
    _redraw()


def _redraw() -> None:
    st.rerun([fragments.PAIR, "turn"])  # the pair holds the address, which says how the digit is seen, too


def _star() -> None:
    """Put a 6 on both sides, and turn the right one upside down."""
    for name in sides.SIDES:
        sides.put_sample(name, samples.SIX, "pens")
    chosen().reset()
    chosen().move("angle", UPSIDE_DOWN)
    fragments.rerun_panel()
