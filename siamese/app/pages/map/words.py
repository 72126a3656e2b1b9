"""What stands beside the map, as text and HTML: neighbours, the chosen point, what the picture can show."""

from __future__ import annotations

import html
from collections.abc import Sequence

import numpy as np

from siamese.app.pages.map.data import PlacedDigit, Points
from siamese.app.verdict import picture
from siamese.app.words import decision
from siamese.charts.map import symbol_sign
from siamese.charts.map_scene import Link
from siamese.data.splits import ALL_DIGITS
from siamese.metrics.distances import embedding_distance


def verdict(is_same: bool) -> str:
    """The verdict on a pair: sign, words and colour."""
    found = decision(is_same)
    return f'<b class="key {found.word}">{found.sign} {found.digits}</b>'


def chosen(points: Points, digits: Sequence[PlacedDigit], row: int, threshold: float) -> str:
    """The chosen point: its picture, what it is, and how far from the visitor's digits."""
    digit, index = int(points.map.digits[row]), int(points.map.indices[row])
    lines = [f"<b>A {digit}</b>, {points.point_name} {index}"]
    for side in digits:
        apart = embedding_distance(side.embedding, points.map.embeddings[row])
        lines.append(f"{apart:.3f} from {side.name}: {verdict(apart <= threshold)}")
    if points.images is None:
        image = f'<span class="map-digit large" aria-hidden="true">{digit}</span>'
    else:
        image = picture(points.images[index], f"The chosen point, a {digit}", "small")
    return f'<div class="map-point" role="status" data-testid="chosen">{image}<p>{"<br>".join(lines)}</p></div>'


def pair(
    points: Points, digits: Sequence[PlacedDigit], link: Link | None, missing: Sequence[str], everything: bool
) -> str:
    """The visitor's two digits with their nearest neighbours, and the verdict on them.

    Args:
        missing: names of the sides that hold no digit.
        everything: whether all digits are shown, so that the neighbours are those of all.
    """
    parts = []
    if link:
        apart = f"Left and right are <b>{link.distance:.3f}</b> apart"
        parts.append(f'<p class="map-link">{apart}: {verdict(link.is_same)}</p>')
    parts += [f'<p class="map-link">Nothing yet on the <b>{name}</b>: draw a digit on Compare.</p>' for name in missing]
    for side in digits:
        image = picture(side.image, f"Your {side.name} digit", "tiny")
        near = "".join(_neighbour(points, row, apart) for row, apart in zip(side.rows, side.distances))
        parts.append(
            f'<div class="map-own" data-testid="own-{side.name}"><figure>{image}<figcaption>'
            f'<b>{side.name.capitalize()}</b></figcaption></figure><span aria-hidden="true">→</span>{near}</div>'
        )
    if digits:
        among = "" if everything else " among the digits shown"
        parts.append(
            f'<p class="legend">The five nearest points{among}, with their distances; lines lead to them. '
            "Nearest in the whole space, not in the picture.</p>"
        )
    return "".join(parts)


def _neighbour(points: Points, row: int, apart: float) -> str:
    digit, index = int(points.map.digits[row]), int(points.map.indices[row])
    alt = f"A {digit}, {points.point_name} {index}, at distance {apart:.3f}"
    if points.images is None:
        shown = f'<span class="map-digit" title="{html.escape(alt)}" aria-hidden="true">{digit}</span>'
    else:
        shown = picture(points.images[index], alt, "tiny")
    return f"<figure>{shown}<figcaption><b>{digit}</b> {apart:.3f}</figcaption></figure>"


def legend(colours: Sequence[str], shown: Sequence[int], unseen: Sequence[int], dimensions: int) -> str:
    """Which colour and symbol is which digit."""
    items = "".join(
        f'<span><b style="color:{colours[digit]}" aria-hidden="true">{symbol_sign(digit in unseen, dimensions)}</b>'
        f" {digit}</span>"
        for digit in shown
    )
    return (
        f'<p class="legend map-legend">{items}</p><p class="legend">'
        f"<b>{symbol_sign(False, dimensions)}</b> the network learned from this digit&ensp; "
        f"<b>{symbol_sign(True, dimensions)}</b> it has never met it (*)&ensp; "
        f"<b>{'★' if dimensions == 2 else '◆'}</b>&nbsp;yours</p>"
    )


def alt(points: Points, digits: Sequence[PlacedDigit], link: Link | None, dimensions: int, shown: Sequence[int]) -> str:
    """The map in words, for those who cannot see it."""
    count = int(np.isin(points.map.digits, shown).sum())
    text = f"{dimensions}-dimensional map of {count:,} points, digits {', '.join(map(str, shown)) or 'none'}."
    for side in digits:
        nearest = ", ".join(str(points.map.digits[row]) for row in side.rows)
        text += f" The nearest to your {side.name} digit are of the digits {nearest}."
    return text + (f" Left and right are {link.distance:.3f} apart." if link else "")


def flattened(points: Points, dimensions: int, kept: float) -> str:
    """How far the picture can be trusted, in a sentence (Markdown)."""
    return (
        f"{points.map.embeddings.shape[1]} numbers pressed into {dimensions}: of the five points nearest in truth, "
        f"{kept:.0%} are among the five nearest here. The lines tell the truth."
    )


def explanation(points: Points, dimensions: int, kept: float) -> str:
    """What the picture shows and what it hides, in words with its own numbers (Markdown)."""
    size, count = points.map.embeddings.shape[1], len(points.map.digits)
    shares = points.map.projection.variance_shares[:dimensions]
    parts = " + ".join(f"{share:.0%}" for share in shares)
    return (
        f"**How much of the truth this picture shows.** For the network a digit is a point with {size} numbers. "
        f"The picture keeps the {dimensions} directions along which these {count:,} points differ most: "
        f"**{shares.sum():.0%} of their variance**, of all that they differ by ({parts}); the rest is pressed flat. "
        "So **near in the picture is not always near in truth**: of a point's five nearest neighbours, "
        f"{kept:.0%} are also among its five nearest in the picture. All distances and lines on this page are those "
        "of the whole space.\n\n"
        "The directions were found from the points themselves, all ten digits in equal number, without knowing which "
        "digit is which. Any drawing has an exact place on them."
    )


def everything(shown: Sequence[int]) -> bool:
    """Whether all ten digits are shown."""
    return set(shown) == set(ALL_DIGITS)
