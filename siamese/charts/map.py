"""The map of the embedding space in two or three dimensions.

A digit is told by its colour, by its symbol (a disc for digits that were trained on, a cross or an open diamond for the
others) and by its name at the middle of its points. All axes have one scale.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from siamese.charts.map_scene import Link, Scene, UserDigit
from siamese.charts.palette import LIGHT, Palette

DIMENSIONS = (2, 3)
_UNSEEN_SIGNS = {2: "✖", 3: "◇"}


def symbol_sign(unseen: bool, dimensions: int) -> str:
    """The character that stands for the symbol of a digit in a legend."""
    return _UNSEEN_SIGNS[dimensions] if unseen else "●"


def embedding_map(
    places: np.ndarray,
    digits: np.ndarray,
    indices: np.ndarray,
    shares: Sequence[float] | np.ndarray,
    unseen: Sequence[int],
    *,
    dimensions: int = 2,
    shown: Sequence[int] = tuple(range(10)),
    user_digits: Sequence[UserDigit] = (),
    link: Link | None = None,
    chosen: np.ndarray | None = None,
    point_name: str = "image",
    background: np.ndarray | None = None,
    background_name: str = "",
    view: str = "",
    colours: Palette = LIGHT,
) -> go.Figure:
    """The map: a point for each place (n, 3), and the person's digits with lines to their neighbours.

    A point's `customdata` is its row.

    Args:
        digits, indices: (n,); what a point shows, and its number, which is written beside it as `point_name` number.
        shares: of the variance along each axis, for the axes' titles.
        unseen: digits that the encoder was not trained on.
        dimensions: 2 or 3.
        shown: the digits to show; the axes' ranges do not depend on it, so that nothing jumps.
        link: the distance between the person's two digits, written at the line that joins them.
        chosen: (3,), a place to put a ring around.
        background: (m, 3), places of other points, `background_name`, that these lie among.
        view: Plotly keeps zoom and camera as long as this stays the same.
    """
    behind = places[:0] if background is None else background
    everything = np.concatenate([places, behind, *(side.place[None] for side in user_digits)])
    scene = Scene(dimensions, colours, everything)
    if len(behind):
        scene.background(behind, background_name)
    middles = []
    for digit in shown:
        rows = np.flatnonzero(digits == digit)
        if len(rows):
            scene.points(places[rows], digit, rows, indices[rows], digit in unseen, point_name)
            middles.append((f"{digit}*" if digit in unseen else str(digit), np.median(places[rows], 0), digit))
    for name, place, digit in middles:
        scene.label(name, place, digit)
    for side in user_digits:
        scene.rays(side)
    if link and len(user_digits) == 2:
        scene.link(user_digits[0].place, user_digits[1].place, link)
    if chosen is not None:
        scene.ring(chosen)
    scene.user_digits(user_digits)
    return scene.finished(shares, view)
