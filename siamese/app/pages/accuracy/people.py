"""*Drawn by people with a pen*: every model on drawings by people, beside MNIST."""

from __future__ import annotations

from typing import Any

import streamlit as st

from siamese.app import resources, terms
from siamese.app.pages.accuracy.table import html_table, model_rows
from siamese.data.splits import SPLITS

_HEADS = ("Model", "Pairs", "Drawn by people", "95% interval", "MNIST")


def render() -> None:
    """Draws the part."""
    reports = {name: resources.committed(name, "report.json") for name in resources.models()}
    measured = {name: report for name, report in reports.items() if report.get("people")}
    with st.container(border=True):
        st.header("Drawn by people with a pen", anchor="people", help=terms.INTERVAL)
        if not measured:
            st.markdown("No model here was measured on drawings by people.")
            return
        rows = [model_rows(name, [_line(report, split) for split in SPLITS]) for name, report in measured.items()]
        st.html(html_table("people", "Drawn by people", _HEADS, rows))
        *_, last = measured.values()
        drawings, writers = last["people"]["drawings"], last["people"]["writers"]
        st.caption(
            f"All pairs of {drawings:,} digits by {writers} people, drawn with a pen on a tablet and "
            "framed as yours are on Compare; each model at its own threshold. People, not pairs, are counted for the "
            "interval. None of these drawings was used in training or for choosing anything. Source: UNIPEN "
            "train_r01_v07, CC BY 4.0."
        )


def _line(report: Any, split: str) -> tuple[str, ...]:
    """A row of the table: a split's accuracy on drawings by people, its interval, and its accuracy on MNIST."""
    people = report["people"]["splits"][split]
    low, high = people["interval_95"]
    mnist = report["splits"][split]["accuracy"]
    return split, f"{people['accuracy']:.2%}", f"{low:.2%} – {high:.2%}", f"{mnist:.2%}"
