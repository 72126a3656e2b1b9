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


def _png(image: np.ndarray) -> str:
    # Enlarged here: a browser would smooth the pixels of an image within an image.
    return png_url(np.kron(1 - np.clip(image, 0, 1), np.ones((5, 5))))


def strip(embedding: np.ndarray) -> np.ndarray:
    """The embedding (d,) as at most `_CELLS` means of neighbouring numbers."""
    return np.array([part.mean() for part in np.array_split(embedding, min(_CELLS, len(embedding)))])


def _mixed(low: str, high: str, share: float) -> str:
    """A colour between two #rrggbb."""
    mixed = rgb(low) + (rgb(high) - rgb(low)) * share
    return "#" + "".join(f"{round(channel):02x}" for channel in mixed)


def _strip(values: np.ndarray, scale: float, x: float, y: float, colours: Palette) -> str:
    width = 260 / len(values)
    cells = []
    for index, value in enumerate(values):
        share = min(abs(value) / scale, 1.0)
        colour = _mixed(colours.ground, colours.same if value >= 0 else colours.different, share)
        cells.append(
            f'<rect x="{x + index * width:.2f}" y="{y}" width="{width + 0.3:.2f}" height="44" fill="{colour}"/>'
        )
    return (
        "".join(cells) + f'<rect x="{x}" y="{y}" width="260" height="44" fill="none" '
        f'stroke="{colours.muted}" stroke-width="2"/>'
    )


def diagram(result: Verification, embeddings: np.ndarray, step: int, colours: Palette) -> str:
    """An <img> of the SVG; the parts after `step` (1 to 5, see `STEPS`) are faint.

    Args:
        embeddings: (2, d) of the left and the right image.
    """
    strips = [strip(embedding) for embedding in embeddings]
    scale = max(float(np.abs(strips).max()), 1e-9)
    verdict = colours.same if result.is_same else colours.different
    found = decision(result.is_same)
    words = f"{found.sign} {found.word.capitalize()}"

    def text(x: float, y: float, content: str, size: int = 24, colour: str = colours.text, weight: int = 400) -> str:
        return (
            f'<text x="{x}" y="{y}" font-size="{size}" fill="{colour}" font-weight="{weight}" '
            f'text-anchor="middle">{html.escape(content)}</text>'
        )

    def arrow(x1: float, y1: float, x2: float, y2: float) -> str:
        return (
            f'<line x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}" stroke="{colours.text}" stroke-width="3" '
            'marker-end="url(#tip)"/>'
        )

    parts: list[list[str]] = [[], [], [], [], []]
    for side, (name, image, values) in enumerate(zip(("left", "right"), (result.left, result.right), strips)):
        x = 160 + 320 * side
        parts[0].append(
            f'<image href="{_png(image)}" x="{x - 70}" y="36" width="140" height="140"/>'
            f'<rect x="{x - 70}" y="36" width="140" height="140" fill="none" '
            f'stroke="{colours.muted}" stroke-width="2"/>' + text(x, 26, name)
        )
        parts[1].append(
            arrow(x, 182, x, 214) + f'<path d="M{x - 110} 222 H{x + 110} L{x + 62} 312 H{x - 62} Z" fill="none" '
            f'stroke="{colours.text}" stroke-width="3"/>' + text(x, 274, "encoder", 28, weight=700)
        )
        parts[2].append(arrow(x, 316, x, 348) + _strip(values, scale, x - 130, 356, colours))
        parts[3].append(arrow(x, 406, 320 + (-62 if side == 0 else 62), 456))
    parts[1].append(
        f'<line x1="228" y1="298" x2="412" y2="298" stroke="{colours.same}" stroke-width="4" stroke-dasharray="9 6"/>'
        + text(320, 336, "the same weights", 24, colours.same, 700)
    )
    parts[2].append(text(320, 428, f"{embeddings.shape[1]} numbers each", 22, colours.muted))
    parts[3].append(text(320, 486, f"distance {result.distance:.3f}", 32, weight=700))
    parts[4].append(
        arrow(320, 498, 320, 530) + f'<rect x="90" y="536" width="460" height="86" rx="14" fill="none" '
        f'stroke="{verdict}" stroke-width="4"/>' + text(320, 574, words, 34, verdict, 800)
        + text(320, 606, f"{found.relation} the threshold {result.threshold:.3f}", 23)
    )  # fmt: skip
    body = "".join(
        f'<g opacity="{1 if place < step else 0.13}">{"".join(part)}</g>' for place, part in enumerate(parts)
    )
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 632" width="640" height="632" '
        'font-family="system-ui, sans-serif"><defs><marker id="tip" viewBox="0 0 10 10" refX="8" refY="5" '
        f'markerWidth="5" markerHeight="5" orient="auto"><path d="M0 0 L10 5 L0 10 Z" fill="{colours.text}"/>'
        f"</marker></defs>{body}</svg>"
    )
    said = (
        f"Two images pass through the same encoder, become {embeddings.shape[1]} numbers each, and these are "
        f"{result.distance:.3f} apart, {found.relation} the threshold of {result.threshold:.3f}: "
        f"{found.word}."
    )
    data = base64.b64encode(svg.encode()).decode()
    return (
        f'<img data-testid="diagram" data-distance="{result.distance:.6f}" data-step="{step}" alt="{said}" '
        f'style="width:100%;max-width:min(40rem, max(640px, 85vh));height:auto;display:block" '
        f'src="data:image/svg+xml;base64,{data}">'
    )
