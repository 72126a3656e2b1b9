"""The picture of weight sharing: two images, one encoder, two embeddings, a distance, a verdict; as an <img>."""

from __future__ import annotations

import base64
import html

import numpy as np

from siamese.app.words import decision
from siamese.charts.palette import Palette, rgb
from siamese.imaging.data_urls import png_url
from siamese.serving.verifier import Verification

PAIRS = {"same": "Two 3s", "different": "A 3 and a 5", "compare": "The pair on Compare"}
STEPS = ("Two images", "One encoder", "Two embeddings", "Distance", "Verdict")
_CELLS = 48  # an embedding is shown as so many strips at most: neighbours are averaged
_MIDDLES = (160, 480)  # of both sides, in a picture 640 wide


def _png(image: np.ndarray) -> str:
    # Enlarged here: a browser would smooth the pixels of an image within an image.
    return png_url(np.kron(1 - np.clip(image, 0, 1), np.ones((5, 5))))


def strip(embedding: np.ndarray) -> np.ndarray:
    """The embedding (d,) as at most `_CELLS` means of neighbouring numbers."""
    return np.array([part.mean() for part in np.array_split(embedding, min(_CELLS, len(embedding)))])


def _blend(low: str, high: str, share: float) -> str:
    """A colour between two #rrggbb."""
    blended = rgb(low) + (rgb(high) - rgb(low)) * share
    return "#" + "".join(f"{round(channel):02x}" for channel in blended)


def _strip(values: np.ndarray, scale: float, x: float, y: float, colours: Palette) -> str:
    width = 260 / len(values)
    cells = []
    for index, value in enumerate(values):
        share = min(abs(value) / scale, 1.0)
        colour = _blend(colours.background, colours.same if value >= 0 else colours.different, share)
        cells.append(
            f'<rect x="{x + index * width:.2f}" y="{y}" width="{width + 0.3:.2f}" height="44" fill="{colour}"/>'
        )
    return (
        "".join(cells) + f'<rect x="{x}" y="{y}" width="260" height="44" fill="none" '
        f'stroke="{colours.muted}" stroke-width="2"/>'
    )


def _text(x: float, y: float, content: str, colour: str, size: int = 24, weight: int = 400) -> str:
    return (
        f'<text x="{x}" y="{y}" font-size="{size}" fill="{colour}" font-weight="{weight}" '
        f'text-anchor="middle">{html.escape(content)}</text>'
    )


def _arrow(x1: float, y1: float, x2: float, y2: float, colour: str) -> str:
    return f'<line x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}" stroke="{colour}" stroke-width="3" marker-end="url(#tip)"/>'


def _two_images(result: Verification, colours: Palette) -> str:
    return "".join(
        f'<image href="{_png(image)}" x="{x - 70}" y="36" width="140" height="140"/>'
        f'<rect x="{x - 70}" y="36" width="140" height="140" fill="none" '
        f'stroke="{colours.muted}" stroke-width="2"/>{_text(x, 26, name, colours.text)}'
        for x, name, image in zip(_MIDDLES, ("left", "right"), (result.left, result.right))
    )


def _encoder(colours: Palette) -> str:
    twins = "".join(
        _arrow(x, 182, x, 214, colours.text)
        + f'<path d="M{x - 110} 222 H{x + 110} L{x + 62} 312 H{x - 62} Z" fill="none" '
        f'stroke="{colours.text}" stroke-width="3"/>' + _text(x, 274, "encoder", colours.text, 28, 700)
        for x in _MIDDLES
    )
    joined = (
        f'<line x1="228" y1="298" x2="412" y2="298" stroke="{colours.same}" stroke-width="4" stroke-dasharray="9 6"/>'
    )
    return twins + joined + _text(320, 336, "the same weights", colours.same, 24, 700)


def _two_embeddings(embeddings: np.ndarray, colours: Palette) -> str:
    strips = [strip(embedding) for embedding in embeddings]
    scale = max(float(np.abs(strips).max()), 1e-9)
    drawn = "".join(
        _arrow(x, 316, x, 348, colours.text) + _strip(values, scale, x - 130, 356, colours)
        for x, values in zip(_MIDDLES, strips)
    )
    return drawn + _text(320, 428, f"{embeddings.shape[1]} numbers each", colours.muted, 22)


def _distance(result: Verification, colours: Palette) -> str:
    arrows = "".join(_arrow(x, 406, end, 456, colours.text) for x, end in zip(_MIDDLES, (258, 382)))
    return arrows + _text(320, 486, f"distance {result.distance:.3f}", colours.text, 32, 700)


def _verdict(result: Verification, colours: Palette) -> str:
    found = decision(result.is_same)
    colour = colours.same if result.is_same else colours.different
    return (
        _arrow(320, 498, 320, 530, colours.text)
        + '<rect x="90" y="536" width="460" height="86" rx="14" fill="none" '
        + f'stroke="{colour}" stroke-width="4"/>'
        + _text(320, 574, f"{found.sign} {found.word.capitalize()}", colour, 34, 800)
        + _text(320, 606, f"{found.relation} the threshold {result.threshold:.3f}", colours.text, 23)
    )


def diagram(result: Verification, embeddings: np.ndarray, step: int, colours: Palette) -> str:
    """An <img> of the SVG; the parts after `step` (1 to 5, see `STEPS`) are faint.

    Args:
        embeddings: (2, d) of the left and the right image.
    """
    parts = (
        _two_images(result, colours),
        _encoder(colours),
        _two_embeddings(embeddings, colours),
        _distance(result, colours),
        _verdict(result, colours),
    )
    body = "".join(f'<g opacity="{1 if place < step else 0.13}">{part}</g>' for place, part in enumerate(parts))
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 632" width="640" height="632" '
        'font-family="system-ui, sans-serif"><defs><marker id="tip" viewBox="0 0 10 10" refX="8" refY="5" '
        f'markerWidth="5" markerHeight="5" orient="auto"><path d="M0 0 L10 5 L0 10 Z" fill="{colours.text}"/>'
        f"</marker></defs>{body}</svg>"
    )
    found = decision(result.is_same)
    alt = (
        f"Two images pass through the same encoder, become {embeddings.shape[1]} numbers each, and these are "
        f"{result.distance:.3f} apart, {found.relation} the threshold of {result.threshold:.3f}: {found.word}."
    )
    data = base64.b64encode(svg.encode()).decode()
    return (
        f'<img data-testid="diagram" data-distance="{result.distance:.6f}" data-step="{step}" alt="{alt}" '
        f'style="width:100%;max-width:min(40rem, max(640px, 85vh));height:auto;display:block" '
        f'src="data:image/svg+xml;base64,{data}">'
    )
