"""What *Teach it a symbol* shows, as HTML: results and names in, text out. Names are escaped here, everywhere."""

from __future__ import annotations

import html
from collections.abc import Sequence

import numpy as np

from siamese.app.verdict import picture
from siamese.app.words import MAX_NAME, decision
from siamese.evaluation.few_shot import MAX_EXAMPLES, Ranking


def count(examples: int) -> str:
    """1 example, 2 examples."""
    return f"{examples} example{'s' if examples != 1 else ''}"


def _name(name: str) -> str:
    # bdi: a name written from right to left leaves the words around it where they are.
    return f'<bdi class="name">{html.escape(name)}</bdi>'


def title(name: str, examples: int) -> str:
    """A symbol with its count as plain text, for a list that takes no HTML."""
    return f"{isolated(name)} · {count(examples)}"


def isolated(name: str) -> str:
    """A name in plain text that leaves the words around it where they are, as `bdi` does in HTML."""
    return f"\u2068{name}\u2069"


def full(name: str) -> str:
    """Why a drawing cannot be added under a name that was typed."""
    return (
        f'<p class="legend" role="status" data-testid="full">{_name(name)} has {count(MAX_EXAMPLES)} already, which is '
        "the most. Give this drawing another name.</p>"
    )


def cut(name: str) -> str:
    """What becomes of a name that is too long."""
    return (
        f'<p class="legend" role="status" data-testid="cut">A name has at most {MAX_NAME} characters: '
        f"this one becomes {_name(name)}</p>"
    )


def winner(ranking: Ranking, names: Sequence[str]) -> str:
    """The verdict in big words; a close call and an unknown symbol have words of their own."""
    best = ranking.best
    name = _name(names[best.index])
    if not ranking.is_known:
        css, symbol, words = "unknown", "?", f"Looks like none of these; nearest: {name}"
    elif ranking.is_close_call:
        second = _name(names[ranking.candidates[1].index])
        css, symbol, words = "close", "≈", f"A close call: {name}, or else {second}"
    else:
        css, symbol, words = "same", "=", f"This looks like: {name}"
    relation = decision(ranking.is_known).relation
    lead = f"; the next is {ranking.lead:.3f} further away" if len(ranking.candidates) > 1 else ""
    return (
        f'<div class="verdict {css}" role="status" aria-live="polite" data-testid="winner" data-kind="{css}">'
        f'<div class="symbol" aria-hidden="true">{symbol}</div><div><div class="words">{words}</div>'
        f'<div class="sure">Distance <b>{best.distance:.3f}</b>, {relation} the threshold of '
        f"{ranking.threshold:.3f}{lead}</div></div></div>"
    )


def evidence(
    ranking: Ranking, names: Sequence[str], images: Sequence[Sequence[np.ndarray]], axis_maximum: float
) -> str:  # fmt: skip
    """A bar of distance for each symbol, the nearest first, a tick for each example and a line at the threshold."""
    end = max(axis_maximum, ranking.threshold, *(float(c.examples.max()) for c in ranking.candidates)) * 1.02
    rows = []
    for place, candidate in enumerate(ranking.candidates):
        css = ("first " if not place else "") + ("within" if candidate.distance <= ranking.threshold else "")
        nearest = int(candidate.examples.argmin())
        ticks = ""
        if len(candidate.examples) > 1:
            ticks = "".join(
                f'<div class="tick" style="left:{100 * away / end:.2f}%"></div>' for away in candidate.examples
            )
        name = names[candidate.index]
        rows.append(
            f'<div class="rank {css}" data-testid="rank"><div class="thumbs">'
            f"{picture(images[candidate.index][nearest], f'Nearest example of {isolated(name)}', 'thumb')}</div>"
            f'{_name(name)}<div class="track" aria-hidden="true">'
            f'<div class="bar" style="width:{100 * candidate.distance / end:.2f}%"></div>{ticks}'
            f'<div class="limit" style="left:{100 * ranking.threshold / end:.2f}%"></div></div>'
            f'<div class="number">{candidate.distance:.3f}</div></div>'
        )
    several = any(len(candidate.examples) > 1 for candidate in ranking.candidates)
    ticks = " Small ticks: each example by itself; the bar: their mean." if several else ""
    return (
        f'<div class="ranking">{"".join(rows)}</div>'
        '<p class="legend">Bars are distances: <b>shorter is more alike</b>. '
        f"Dashed: the threshold, beyond which two drawings count as different.{ticks}</p>"
    )


def gallery(symbols: Sequence[tuple[str, Sequence[np.ndarray]]]) -> str:
    """All symbols with the pictures of their examples, as the network takes them."""
    blocks = []
    for name, images in symbols:
        thumbs = "".join(picture(image, f"Example of {isolated(name)}", "thumb") for image in images)
        blocks.append(
            f'<div data-testid="known">{_name(name)} <span class="count">{count(len(images))}</span>'
            f'<div class="thumbs">{thumbs}</div></div>'
        )
    return f'<div class="known">{"".join(blocks)}</div>'
