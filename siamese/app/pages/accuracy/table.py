"""*All figures*: every model's accuracies, intervals, AUC and EER, and the published ones, in a table."""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import Any

import streamlit as st

from siamese.app import choices, resources, terms
from siamese.app.pages.accuracy.published import published
from siamese.app.pages.accuracy.selection import Selection
from siamese.data.splits import SEEN_DIGITS, UNSEEN_DIGITS
from siamese.metrics import rates

_HEADS = ("Model", "Pairs", "Accuracy", "95% interval", "Ranked right", "Even error", "Published")


def render(chosen: Selection) -> None:
    """Draws the part, with every model at its threshold in use."""
    known = published()
    rows = [model_rows(name, _lines(name, chosen, known), chosen=name == chosen.model) for name in resources.models()]
    with st.container(border=True):
        st.header("All figures", anchor="all-figures", help=terms.FIGURES)
        st.html(html_table("figures", "All figures", _HEADS, rows))
        st.caption(
            "Accuracy at the threshold in use; only *train* was measured once, in training, at the model's own, and "
            "stays. The “?” says what the other columns are. "
            "A pair of one seen and one unseen digit is always different; "
            "its row is not an accuracy of balanced pairs. "
            f"Published: {known['source']}."
        )


def _lines(name: str, chosen: Selection, known: Any) -> list[tuple[str, ...]]:
    """The rows of one model: training, each split, and the pairs of one seen and one unseen digit."""
    histograms, limit = resources.histograms(name), choices.threshold(name)
    train = resources.committed(name, "history.json")[resources.verifier(name).card.raw["epoch"] - 1]["train"]
    own = resources.verifier(name).threshold
    lines: list[tuple[str, ...]] = [(f"train, at {own:.3f}", f"{train:.2%}", "", "", "", f"{known['train']:.2%}")]
    for split, digits in chosen.splits.items():
        curves = rates.pair_curves(histograms, digits)
        low, high = rates.accuracy_interval(histograms, digits, limit)
        lines.append(
            (
                chosen.titles.get(split, split),
                f"{rates.accuracy_at(histograms, digits, limit):.2%}",
                f"{low:.2%} – {high:.2%}",
                f"{rates.roc_auc(curves):.4f}",
                f"{rates.equal_error_rate(curves):.2%}",
                f"{known[split]:.2%}" if split in known else "",
            )
        )
    apart = rates.true_reject_rate(histograms, SEEN_DIGITS, UNSEEN_DIGITS, limit)
    return [*lines, ("one seen, one unseen", f"{apart:.2%}", "", "", "", "")]


def model_rows(name: str, lines: Sequence[tuple[str, ...]], *, chosen: bool = False) -> str:
    """One model's rows of a table, as HTML; its name stands beside all of them."""
    parts = []
    for place, line in enumerate(lines):
        head = f'<th scope="rowgroup" rowspan="{len(lines)}">{html.escape(name)}</th>' if place == 0 else ""
        parts.append(f"<tr>{head}{''.join(f'<td>{html.escape(cell)}</td>' for cell in line)}</tr>")
    return f"<tbody{' class=chosen' if chosen else ''}>{''.join(parts)}</tbody>"


def html_table(name: str, label: str, heads: Sequence[str], rows: Sequence[str]) -> str:
    """A table of `model_rows`, as HTML, which scrolls by itself where it is too wide; `name` is for tests."""
    head = "".join(f'<th scope="col">{text}</th>' for text in heads)
    # A region that scrolls must be within a keyboard's reach: hence its place among the tab stops.
    return (
        f'<div class="figures" data-testid="{name}" tabindex="0" role="region" aria-label="{label}">'
        f"<table><thead><tr>{head}</tr></thead>{''.join(rows)}</table></div>"
    )
