"""The three networks, and one trained live in this session, on the class's own drawings."""

from __future__ import annotations

import streamlit as st

from siamese.app import choices, resources, terms, widgets
from siamese.app.pages.accuracy.table import html_table, model_rows
from siamese.app.pages.class_room import class_figures, membership, store
from siamese.app.pages.class_room.class_figures import ClassFigures
from siamese.app.pages.class_room.figures import interval_words
from siamese.app.pages.class_room.following import Following
from siamese.classroom import figures
from siamese.classroom.figures import LEAST, ClassDistances, SplitFigures
from siamese.errors import ClassroomError
from siamese.serving.verifier import Verifier

_HEADS = ("Network", "Pairs", "Your class", "95% interval", "Its own test")


def render(now: Following) -> None:
    """Draws the step *Networks* on the big screen; called again with each change of the room."""
    who = membership.current()
    try:
        with st.spinner("Measuring your drawings …"):
            tables = class_figures.shared(store.rooms())
            found = {
                name: figures_of(tables, who.code, who.token, resources.verifier(name)) for name in choices.models()
            }
    except ClassroomError as error:
        st.info(str(error), icon=":material/info:")
        return
    rows = [model_rows(name, lines(name, splits)) for name, splits in found.items()]
    st.html(html_table("class-networks", "The networks on the class's drawings", _HEADS, rows))
    st.caption(
        f"All pairs of your {len(now.shown)} drawings, each network at its own threshold; figures come from {LEAST} "
        "drawings of each digit on. Where two intervals overlap much, your class is too small to say who is better. "
        "Its own test: MNIST's test file, or what a network that was trained live was tested on.",
        help=f"{terms.SPLIT}\n\n{terms.INTERVAL}",
    )


def figures_of(tables: ClassFigures, code: str, secret: str, verifier: Verifier) -> dict[str, SplitFigures]:
    """What a network reaches on a room's drawings, by split of the digits that it was trained on.

    Raises:
        ClassroomError: as `Store.since`.
    """

    def compute(table: ClassDistances) -> dict[str, SplitFigures]:
        return figures.split_figures(table, verifier.card.splits)

    return tables.of(code, secret, verifier, "splits", compute)


def tested_accuracies(name: str) -> dict[str, float]:
    """What a network reaches on the images that it was tested on, by split."""
    report = resources.committed(name, "report.json")["splits"]
    return {split: float(report[split]["accuracy"]) for split in resources.verifier(name).card.splits}


def lines(name: str, found: dict[str, SplitFigures]) -> list[tuple[str, ...]]:
    """The cells of a network's rows, or what is missing in their place."""
    titles, tested = widgets.split_words(resources.verifier(name).card.splits), tested_accuracies(name)
    return [(titles[split], *_cells(each), f"{tested[split]:.1%}") for split, each in found.items()]


def _cells(found: SplitFigures) -> tuple[str, str]:
    if found.accuracy is None:
        return f"{found.missing} more drawing{'' if found.missing == 1 else 's'}", ""
    return f"{found.accuracy:.1%}", interval_words(found)
