"""The marks of the map, in the plane and in space alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go

from siamese.charts.callouts import offsets
from siamese.charts.layout import CLEAR, modebar, styled
from siamese.charts.palette import Palette

#: Ten colours for each theme, found by search: seen ones (discs) differ among each other, and unseen ones (crosses),
#: to normal and to colour-blind eyes; each has a contrast of 3:1 or more to the background.
ON_LIGHT = (
    "#685514",
    "#8f0771",
    "#211264",
    "#c06003",
    "#379887",
    "#0330f9",
    "#671526",
    "#793dc2",
    "#7b88f2",
    "#fd3779",
)

ON_DARK = ("#91eee2", "#b1963c", "#23734c", "#bbd022", "#1afb99", "#8f2ff0", "#ab2fa8", "#f8a1f3", "#667ddb", "#f8237b")

SEEN_SYMBOL = "circle"

#: In space Plotly writes symbols as characters, and its cross is missing in many fonts.
UNSEEN_SYMBOLS = {2: "x", 3: "diamond-open"}

#: Names of annotations that give way where they would hide a digit of the person's or one another: the page moves them.
LABEL, LINK = "label", "link"

#: How large the mark of a digit of the person's is.
USER_DIGIT_SIZE = {2: 24, 3: 12}

_ORDINALS = ("first", "second", "third")


@dataclass(frozen=True)
class UserDigit:
    """A digit of the person's in the map: its name, its place (3,), and its neighbours' places (k, 3)."""

    name: str
    place: np.ndarray
    neighbours: np.ndarray


@dataclass(frozen=True)
class Link:
    """What is said of the person's two digits: their distance and the verdict."""

    distance: float
    is_same: bool


def digit_colours(colours: Palette) -> tuple[str, ...]:
    """The ten digits' colours on the palette's background."""
    red, green, blue = (int(colours.background[at : at + 2], 16) for at in (1, 3, 5))
    return ON_LIGHT if 0.299 * red + 0.587 * green + 0.114 * blue > 128 else ON_DARK


class Scene:
    """A figure in the making; the same marks in two dimensions and in three."""

    def __init__(self, dimensions: int, colours: Palette, everything: np.ndarray) -> None:
        """Args: everything: (n, 3), the places that the axes take in."""
        self.low, self.high = everything.min(0), everything.max(0)
        self.dimensions, self.colours = dimensions, colours
        self.digit_colours = digit_colours(colours)
        self.figure = go.Figure()
        self.annotations: list[dict[str, Any]] = []

    def _add(self, places: np.ndarray, **settings: Any) -> None:
        axes = dict(zip("xyz", np.asarray(places, np.float32).T[: self.dimensions]))
        # WebGL for every mark: it lies above what Plotly draws as SVG, whatever the order.
        self.figure.add_trace((go.Scatter3d if self.dimensions == 3 else go.Scattergl)(**axes, **settings))

    def points(
        self, places: np.ndarray, digit: int, rows: np.ndarray, indices: np.ndarray, unseen: bool, name: str
    ) -> None:
        """The points of one digit at `places` (n, 3): each with its row and its number in the file."""
        size = {2: (6.5, 7), 3: (5, 3.6)}[self.dimensions][unseen]
        self._add(
            places,
            mode="markers",
            name=f"{digit}*" if unseen else str(digit),
            customdata=np.stack([rows, indices], 1).astype(np.int32),
            marker={
                "color": self.digit_colours[digit],
                "symbol": UNSEEN_SYMBOLS[self.dimensions] if unseen else SEEN_SYMBOL,
                "size": self.colours.thick(size),
                "opacity": 0.75,
                "line": {"width": 0},
            },
            hovertemplate=f"<b>{digit}</b>, {'a digit it never met' if unseen else 'a digit it learned from'}<br>"
            f"{name} %{{customdata[1]}}<extra></extra>",
        )

    def background(self, places: np.ndarray, name: str) -> None:
        """Points at `places` (n, 3) that others lie among: pale, and no answer to the pointer."""
        self._add(
            places,
            mode="markers",
            name=name,
            hoverinfo="skip",
            opacity=0.35,
            marker={"color": self.colours.muted, "size": self.colours.thick(3), "line": {"width": 0}},
        )

    def rays(self, side: UserDigit) -> None:
        """Lines from a digit of the person's to each neighbour."""
        if not len(side.neighbours):
            return
        gap = np.full(3, np.nan)
        line = np.concatenate([[side.place, neighbour, gap] for neighbour in side.neighbours])
        self._add(
            line,
            mode="lines",
            name=f"to the neighbours of {side.name}",
            hoverinfo="skip",
            line={"color": self.colours.text, "width": self.colours.thick({2: 2, 3: 3}[self.dimensions])},
        )

    def link(self, left: np.ndarray, right: np.ndarray, link: Link) -> None:
        """The line between the person's two digits, with their distance and the verdict's sign at its middle."""
        colour = self.colours.same if link.is_same else self.colours.different
        self._add(
            np.stack([left, right]),
            mode="lines",
            name="between left and right",
            hoverinfo="skip",
            line={
                "color": colour,
                "width": self.colours.thick({2: 4, 3: 8}[self.dimensions]),
                "dash": "solid" if link.is_same else "dash",
            },
        )
        # Between two places that lie close the number would hide both.
        close = np.abs(left - right)[: self.dimensions].max() < 0.2 * (self.high - self.low).max()
        sign = "=" if link.is_same else "≠"
        text, middle = f"<b>{sign} {link.distance:.3f}</b>", (left + right) / 2
        self._write(text, middle, colour, 16, yshift=-self.colours.sized(34) if close else 0, opacity=1, name=LINK)

    def ring(self, place: np.ndarray) -> None:
        """A ring around the chosen point."""
        self._add(
            place[None],
            mode="markers",
            name="chosen point",
            hoverinfo="skip",
            marker={
                "symbol": "circle-open",
                "size": self.colours.thick({2: 20, 3: 14}[self.dimensions]),
                "color": self.colours.text,
                "line": {"color": self.colours.text, "width": self.colours.thick(3)},
            },
        )

    def label(self, name: str, place: np.ndarray, digit: int) -> None:
        """A digit's name at the middle of its points."""
        self._write(f"<b>{name}</b>", place, self.colours.text, 15, border=self.digit_colours[digit], name=LABEL)

    def user_digits(self, sides: Sequence[UserDigit]) -> None:
        """The person's digits, one or two, above whatever lies there."""
        for side, offset in zip(sides, self._offsets(sides) if sides else ()):
            self._user_digit(side, offset)

    def _user_digit(self, side: UserDigit, offset: dict[str, int]) -> None:
        """A digit of the person's: a large star, and its name with an arrow to the place."""
        self._add(
            side.place[None],
            mode="markers",
            name=side.name,
            marker={
                # A diamond in space: Plotly has no star there.
                "symbol": {2: "star", 3: "diamond"}[self.dimensions],
                "size": self.colours.thick(USER_DIGIT_SIZE[self.dimensions]),
                "color": self.colours.text,
                "line": {"color": self.colours.background, "width": self.colours.thick(2)},
            },
            hovertemplate=f"<b>{side.name}</b>, your own<extra></extra>",
        )
        colours = self.colours
        if self.dimensions == 3:
            # In space names lie above all marks, wherever the camera stands; this one lies above the names of digits.
            self._write("◆", side.place, colours.text, 18, border=CLEAR, background=CLEAR, opacity=1)
        self._write(
            f"<b>{side.name}</b>",
            side.place,
            colours.background,
            15,
            border=colours.text,
            background=colours.text,
            showarrow=True,
            arrowcolor=colours.text,
            arrowwidth=colours.thick(3),
            arrowhead=2,
            opacity=1,
            **offset,
        )

    def _offsets(self, sides: Sequence[UserDigit]) -> list[dict[str, int]]:
        """Where the name of each digit of the person's stands beside its place, in pixels."""
        sized = self.colours.sized
        if self.dimensions == 3:
            return [{"ax": sized(44 if nth else -44), "ay": sized(-44)} for nth in range(len(sides))]
        places = np.array([side.place[:2] for side in sides]).reshape(-1, 2)
        chosen = offsets(places, self.low[:2], self.high[:2])
        return [{"ax": sized(across), "ay": sized(down)} for across, down in chosen]

    def _write(
        self,
        text: str,
        place: np.ndarray,
        colour: str,
        size: int,
        border: str = "",
        background: str = "",
        **settings: Any,
    ) -> None:
        self.annotations.append(
            {
                **dict(zip("xyz", map(float, place[: self.dimensions]))),
                "text": text,
                "showarrow": False,
                "font": {"size": self.colours.sized(size), "color": colour},
                "bgcolor": background or self.colours.background,
                "bordercolor": border or colour,
                "borderwidth": self.colours.thick(2),
                "borderpad": self.colours.thick(2),
                "opacity": 0.88,
                "captureevents": False,
                **settings,
            }
        )

    def finished(self, shares: Sequence[float] | np.ndarray, view: str) -> go.Figure:
        """The figure with its axes."""
        styled(
            self.figure,
            self.colours,
            font=14,
            margin=dict(
                zip("lrtb", map(self.colours.sized, (26, 4, 30, 28) if self.dimensions == 2 else (0, 0, 0, 0)))
            ),
            showlegend=False,
            hovermode="closest",
            modebar=modebar(self.colours),
            uirevision=view or True,
        )
        room = 0.04 * max((self.high - self.low).max(), 1e-6)
        low, high = self.low - room, self.high + room
        axes = self._axes(shares, low, high)
        return self._in_the_plane(axes) if self.dimensions == 2 else self._in_space(axes, high - low)

    def _axes(self, shares: Sequence[float] | np.ndarray, low: np.ndarray, high: np.ndarray) -> list[dict[str, Any]]:
        """Plotly's settings of each axis, with its share of the variance in its title."""
        colours = self.colours
        return [
            {
                "title": {"text": f"{ordinal} axis: {share:.0%} of the variance", "font": {"size": colours.sized(13)}},
                "range": [float(start), float(end)],
                "gridcolor": colours.grid,
                "gridwidth": colours.thick(1),
                "zeroline": False,
                "color": colours.muted,
                "showticklabels": False,
            }
            for ordinal, share, start, end in zip(_ORDINALS, shares, low, high)
        ]

    def _in_the_plane(self, axes: list[dict[str, Any]]) -> go.Figure:
        return self.figure.update_layout(
            dragmode="pan",
            xaxis=axes[0] | {"constrain": "domain"},
            yaxis=axes[1] | {"scaleanchor": "x", "scaleratio": 1, "constrain": "domain"},
            annotations=self.annotations,
        )

    def _in_space(self, axes: list[dict[str, Any]], size: np.ndarray) -> go.Figure:
        return self.figure.update_layout(
            dragmode="turntable",
            scene={
                **{
                    f"{name}axis": axis | {"title": {"text": ""}, "showbackground": False, "showspikes": False}
                    for name, axis in zip("xyz", axes)
                },
                "aspectmode": "manual",
                "aspectratio": dict(zip("xyz", map(float, size / size.max()))),
                "annotations": self.annotations,
                "camera": {"eye": {"x": 1.0, "y": 1.0, "z": 0.6}, "center": {"x": 0, "y": 0, "z": -0.1}},
            },
        )
