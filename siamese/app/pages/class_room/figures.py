"""What follows from the class's drawings: accuracy, heat map, their places in the map, and the hardest pairs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
import streamlit as st

from siamese.app import projector, resources, terms, widgets
from siamese.app.components.plot import live_chart
from siamese.app.pages.accuracy.table import html_table
from siamese.app.pages.class_room import class_figures, membership, store
from siamese.app.pages.class_room.following import Following
from siamese.app.pages.map import data
from siamese.app.verdict import picture
from siamese.charts import heat_map
from siamese.charts.map import embedding_map
from siamese.classroom import figures
from siamese.classroom.figures import LEAST, ClassDistances, SplitFigures
from siamese.data.splits import SPLITS, UNSEEN_DIGITS
from siamese.errors import ClassroomError
from siamese.evaluation.hardest_pairs import HardPair
from siamese.serving.verifier import Verifier

T = TypeVar("T")
_HEADS = ("Pairs", "Your class", "95% interval", "MNIST")
_SHOWN = 8  # hardest pairs of each kind
_EVERY_NTH = 3  # of the map's three thousand images of MNIST is shown behind the class's drawings


def accuracy(now: Following, verifier: Verifier) -> None:
    """Draws the accuracy of each split beside MNIST's, and the heat map of the class."""
    found = _of(verifier, "splits", figures.split_figures)
    if found is None:
        return
    report = resources.committed(verifier.name, "report.json")["splits"]
    rows = [_row(split, found[split], float(report[split]["accuracy"])) for split in SPLITS]
    st.html(html_table("class-figures", "The class's figures", _HEADS, [f"<tbody>{''.join(rows)}</tbody>"]))
    st.caption(
        f"All pairs of your {len(now.shown)} drawings, at the network's own threshold; figures come from {LEAST} "
        "drawings of each digit on. People, not pairs, are counted for the interval.",
        help=f"{terms.SPLIT}\n\n{terms.INTERVAL}",
    )
    table = _of(verifier, "heat", figures.heat_map)
    if table is not None and np.isfinite(table).any():
        with st.container(key="class-heat"):
            live_chart(
                heat_map.digit_by_digit(table, UNSEEN_DIGITS, projector.palette()),
                key="class.heat",
                alt="How often each pair of digits that the class drew is called same, of a hundred",
                toolbar=False,
            )


def places(now: Following, verifier: Verifier) -> None:
    """Draws the class's drawings where the network puts them, in the map of MNIST's."""
    ready = data.committed(verifier)
    if ready is None:
        st.info("This network has no map of its own.", icon=":material/info:")
        return
    found = _of(verifier, "map", lambda table: (table.embeddings.copy(), table.digits, _numbers(table)))
    if found is None or not len(found[1]):
        st.caption("The map begins with the first drawing.")
        return
    embeddings, digits, numbers = found
    behind = ready.projection.transform(ready.embeddings[::_EVERY_NTH])
    with st.container(key="class-map"):
        live_chart(
            embedding_map(
                ready.projection.transform(embeddings),
                digits,
                numbers,
                ready.projection.variance_shares,
                data.unseen(verifier),
                point_name="drawing",
                background=behind,
                background_name="MNIST",
                view=f"class {verifier.name}",
                colours=projector.palette(),
            ),
            key="class.places",
            alt=f"{len(digits)} drawings of the class; the closer two points, the more alike the network finds them",
        )
    st.caption(f"Your drawings among {len(behind):,} of MNIST's test digits, in grey, as on the page Map.")


def hardest(now: Following, verifier: Verifier) -> None:
    """Draws the pairs of the class that the network gets wrong, hardest first."""
    found = _of(verifier, "hardest", lambda table: figures.hardest(table))
    if found is None:
        return
    if not any(found.values()):
        st.caption("No pair is wrong yet.")
    for is_same, title in (
        (False, "Different digits, yet called the same"),
        (True, "The same digit, yet called different"),
    ):
        if found[is_same]:
            st.markdown(f"**{title}**, hardest first")
            shown = "".join(_pair(pair, now) for pair in found[is_same][:_SHOWN])
            st.html(f'<div class="class-hard">{shown}</div>')


def _of(verifier: Verifier, what: str, compute: Callable[[ClassDistances], T]) -> T | None:
    """What is computed of the room's table; None, and a sentence on the page, where the store cannot be reached."""
    who, rooms = membership.current(), store.rooms()
    try:
        return class_figures.shared(rooms).of(who.code, who.token, verifier, what, compute)
    except ClassroomError as error:
        st.info(str(error), icon=":material/info:")
        return None


def _numbers(table: ClassDistances) -> np.ndarray:
    return np.array([drawing.number for drawing in table.drawings], int)


def _row(split: str, found: SplitFigures, mnist: float) -> str:
    if found.accuracy is None:
        cells = [f"{found.missing} more drawings", ""]
    else:
        cells = [f"{found.accuracy:.1%}", interval_words(found)]
    body = "".join(f"<td>{cell}</td>" for cell in (*cells, f"{mnist:.1%}"))
    return f'<tr><th scope="row">{widgets.split_words(SPLITS)[split]}</th>{body}</tr>'


def interval_words(found: SplitFigures) -> str:
    """The interval in percent, or why there is none."""
    return f"– ({found.no_interval})" if found.interval is None else "{:.1%} – {:.1%}".format(*found.interval)


def _pair(pair: HardPair, now: Following) -> str:
    """Two drawings with the question that they raise."""
    drawings: list[Any] = [now.drawings.get(number) for number in (pair.left, pair.right)]
    if None in drawings:
        return ""
    pictures = "".join(picture(drawing.pixels, f"A {drawing.digit}", "class-one") for drawing in drawings)
    left, right = pair.digits
    question = f"Both a {left}?" if left == right else f"Whose {left} is this {right}?"
    people = " and ".join(str(drawing.pupil) for drawing in drawings)
    return (
        f'<figure class="hard" data-testid="class-pair"><div>{pictures}</div><figcaption><b>{question}</b><br>'
        f"<span>phones {people}, distance {pair.distance:.3f}</span></figcaption></figure>"
    )
