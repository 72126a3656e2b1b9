"""*Why* on Compare: which ink made the difference, and how the two embeddings differ."""

from __future__ import annotations

import html
from dataclasses import dataclass

import numpy as np
import streamlit as st

from siamese.app import projector, session, style
from siamese.app.pages.compare import fragments, sides
from siamese.app.words import place_words
from siamese.charts.palette import Palette, diverging, rgb
from siamese.evaluation.occlusion import Explanation, explain
from siamese.imaging.data_urls import png_url
from siamese.serving.verifier import Verification, Verifier

_LEAST = 0.05  # of the threshold: a smaller change does not get the scale's full colour
_METHOD = """
**How this is found.** A small soft patch of ink is taken away from one picture, at one place after another, and each
time the distance is measured anew (*occlusion*, Zeiler and Fergus 2014). The pictures are those that the network
saw.

**What it cannot show.** Ink that is missing has no place here. Only one place changes at a time, so two places that
work together can both look unimportant, and the changes do not add up to the distance. A digit with a gap is a shape
that the network hardly knows. And it says what moved *this network's* number, not what makes a digit.
"""
_HEAD = '<p class="why-head"><b>The two embeddings</b></p>'


@dataclass
class Explained:
    """What there is to explain, as `set_pair` was told, and the session's last explanation with what it is of."""

    verifier: Verifier | None = None
    result: Verification | None = None
    hidden: bool = False
    key: tuple[Verifier, bytes, bytes] | None = None
    explanation: Explanation | None = None


def set_pair(verifier: Verifier, result: Verification | None, hidden: bool) -> None:
    """Set what `render` explains; nothing is computed for it here.

    Args:
        result: of the pair on the screen, if there is one.
        hidden: whether the person is to guess first.
    """
    held = session.of(Explained)
    held.verifier, held.result, held.hidden = verifier, result, hidden


@st.fragment(key="why")
def render() -> None:
    """Draws the explanation: closed at first; nothing is computed while it is closed."""
    opened = fragments.expander("why", "**Why?** Which ink made the difference", ":material/biotech:")
    with opened:
        if fragments.is_open("why"):
            held = session.of(Explained)
            if held.verifier is not None:
                _content(held.verifier, held.result, held.hidden)


def _content(verifier: Verifier, result: Verification | None, hidden: bool) -> None:
    colours = projector.palette()
    found = None if hidden or result is None else explanation(verifier, result)
    if found is None or result is None:
        if hidden:  # for a while: empty frames would push away what the class looks at
            st.html('<p data-testid="why">Guess first: the explanation comes with the verdict.</p>')
            return
        st.html(f'{style.element("why")}<div data-testid="why">{_empty("It comes with the verdict.")}</div>')
    else:
        st.html(f'{style.element("why")}<div data-testid="why">{_ink(found, result, colours)}</div>')
    st.html('<div class="strips-place">' + (_strips(found, colours) if found else _no_strips(verifier)) + "</div>")
    st.markdown(_METHOD)


def explanation(verifier: Verifier, result: Verification) -> Explanation:
    """The explanation of a verification; the last one is held, so that another threshold computes nothing anew."""
    key, held = (verifier, result.left.tobytes(), result.right.tobytes()), session.of(Explained)
    if held.explanation is None or held.key != key:
        held.explanation, held.key = explain(verifier, result), key
    return held.explanation


def _empty(text: str) -> str:
    figures = "".join('<figure><div class="ink"><div class="none"></div></div></figure>' for _ in sides.SIDES)
    return f'<div class="why">{figures}<div class="words"><p>{html.escape(text)}</p></div></div>'


def _ink(found: Explanation, result: Verification, colours: Palette) -> str:
    """Both pictures, their ink in the colour of its effect, with the strongest place of each and the legend."""
    full_colour = max(found.strongest, _LEAST * result.threshold)
    figures = "".join(
        _figure(name, found, side, image, full_colour, colours)
        for side, (name, image) in enumerate(zip(sides.SIDES, (result.left, result.right)))
    )
    places = "".join(_sentence(name, found, side) for side, name in enumerate(sides.SIDES))
    ramp = png_url(diverging(np.linspace(-1, 1, 65)[None], colours) / 255)
    return (
        f'<div class="why">{figures}<div class="words">'
        f'<div class="ramp" style="background:url({ramp}) 0 0 / 100% 100%"></div>'
        f'<div class="ends"><span>−{full_colour:.2f}<br>set them apart</span><span>0</span>'
        f"<span>+{full_colour:.2f}<br>held them together</span></div>"
        f"<p>The colour of the ink says how the distance, {found.distance:.3f}, changes without it.</p>{places}"
        "</div></div>"
    )


def _figure(name: str, found: Explanation, side: int, image: np.ndarray, full_colour: float, colours: Palette) -> str:
    background = rgb(colours.background)
    shown = background + np.asarray(image)[..., None] * (
        diverging(found.effects[side] / full_colour, colours) - background
    )
    row, column, effect = found.peak(side)
    ring = ""
    if effect:
        outer = " outer" if column > 13 else ""
        ring = (
            f'<div class="peak{outer}" aria-hidden="true" style="left:{(column + 1) / 0.28:.1f}%;'
            f'top:{(row + 1) / 0.28:.1f}%"><b>{_signed(effect)}</b></div>'
        )
    alt = html.escape(f"The {name} digit, its ink coloured by what it does to the distance; in words beside it")
    return f'<figure><div class="ink"><img alt="{alt}" src="{png_url(shown / 255)}">{ring}</div></figure>'


def _sentence(name: str, found: Explanation, side: int) -> str:
    """What the strongest place of one side does."""
    row, column, effect = found.peak(side)
    if not effect:
        return f"<p><b>{name.capitalize()}</b>: no place changes the distance.</p>"
    does = "held the two together" if effect > 0 else "set the two apart"
    where = place_words(row, column)
    return (
        f"<p><b>{name.capitalize()}</b>, ringed: the ink {where} {does}. Without it the distance is "
        f"{found.distance + effect:.3f} ({_signed(effect)}).</p>"
    )


def _signed(value: float) -> str:
    return f"{'+' if value > 0 else '−'}{abs(value):.2f}"


def _plain(value: float) -> str:
    return f"{value:.2f}".replace("-", "−")


def _strips(found: Explanation, colours: Palette) -> str:
    """Both embeddings as strips, one column a dimension, and below them the squared differences."""
    low, high = float(found.embeddings.min()), float(found.embeddings.max())
    shares = (found.embeddings - low) / max(high - low, 1e-12)  # (2, d)
    background, text = rgb(colours.background), rgb(colours.text)
    squares = found.squared_differences
    largest = max(float(squares.max()), 1e-12)
    dimensions, half = len(squares), found.dimensions_for(0.5)
    shades = (background + shares[..., None] * (text - background)) / 255  # (2, d, 3)
    rows = "".join(
        f'<span>{name.capitalize()}</span><img alt="" src="{png_url(strip[None])}">'
        for name, strip in zip(sides.SIDES, shades)
    )
    total = float(squares.sum())
    spoken = html.escape(
        f"The two embeddings, {dimensions} numbers each, as strips, and their squared differences as bars."
    )
    return (
        f'{_HEAD}<div class="strips" tabindex="0" role="img" aria-label="{spoken}" '
        f'data-testid="strips"><div style="--d:{dimensions}">{rows}<span>Squared<br>difference</span>'
        f'<div class="rule"><div class="bars" style="clip-path:polygon({_bars(squares / largest)})"></div></div>'
        "</div></div>"
        f'<p class="why-note">Each digit has become {dimensions} numbers, from {_plain(low)}, which is '
        f"as the page, to {_plain(high)}, which is as its letters. The bars are their squared differences, up to "
        f"{largest:.3f}; added up they give {total:.3f}, the square of the distance {found.distance:.3f}. "
        f"{_half(half, dimensions)} What one number stands for, nobody has named.</p>"
    )


def _half(half: int, dimensions: int) -> str:
    if not half:
        return "The two are equal."
    return f"Half of it comes from the {half} most different of the {dimensions}."


def _no_strips(verifier: Verifier) -> str:
    return (
        f'{_HEAD}<div class="strips"><div style="--d:{verifier.card.embedding}">'
        '<span></span><div style="height:8.5rem"></div></div></div><p class="why-note">&nbsp;</p>'
    )


def _bars(shares: np.ndarray) -> str:
    """The corners of a bar for each share, as a CSS polygon; one clipped box, because Streamlit removes SVG."""
    edges = np.linspace(0, 100, len(shares) + 1)
    corners = ["0% 100%"]
    for left, right, share in zip(edges[:-1], edges[1:], shares):
        top = 100 * (1 - share)
        corners += [f"{left:.2f}% {top:.1f}%", f"{right:.2f}% {top:.1f}%"]
    return ",".join([*corners, "100% 100%"])
