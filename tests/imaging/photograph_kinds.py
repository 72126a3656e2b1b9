"""The kinds of photograph that `photographs` renders: pens, papers, tables, and the conditions of each kind.

Tones are those of the finished picture (0..255, gamma-encoded). Lengths in pixels hold for a picture whose longer side
has 1200 and grow with it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

Range = tuple[float, float]  # drawn uniformly
Colour = tuple[float, float, float]  # red, green, blue in 0..255


@dataclass(frozen=True)
class Pen:
    """What a pen leaves on paper."""

    colours: tuple[Colour, ...]  # one is taken
    width: Range = (1 / 60, 1 / 25)  # of the digit's height
    grain: float = 0.05  # standard deviation of the ink's density from pixel to pixel
    depth: Range | None = None  # how much darker than the paper, in place of a colour


PENS = {
    "ball": Pen(((38, 38, 44), (36, 52, 128), (28, 44, 104))),
    "blue": Pen(((40, 62, 156), (58, 84, 178), (36, 60, 130))),
    "red": Pen(((196, 48, 56), (206, 66, 70), (178, 40, 60))),
    "green": Pen(((36, 128, 84), (58, 140, 78), (30, 112, 96))),
    "faint red": Pen(((230, 116, 116),), width=(1 / 40, 1 / 22)),  # luma 150.1 (Rec. 601), as the grey sheet's
    "pencil": Pen(((0, 0, 0),), width=(1 / 55, 1 / 32), grain=0.35, depth=(0.35, 0.6)),
    "felt": Pen(((34, 34, 38), (32, 48, 120), (150, 34, 46)), width=(1 / 14, 1 / 9)),
    "chalk": Pen(((226, 226, 216), (232, 222, 160)), width=(1 / 22, 1 / 13), grain=0.5),
    "marker": Pen(((38, 40, 46), (36, 62, 150), (186, 44, 50), (24, 112, 74)), width=(1 / 18, 1 / 11), grain=0.08),
    "screen": Pen(((236, 236, 240), (120, 190, 255)), width=(1 / 40, 1 / 18), grain=0),
}
PAPERS: dict[str, tuple[Colour, ...]] = {
    "white": ((234, 233, 229), (226, 226, 222), (238, 234, 222), (222, 224, 226)),
    "grey": ((150, 150, 150),),
    "board": ((52, 84, 68), (46, 72, 62), (50, 52, 54)),
    "whiteboard": ((222, 225, 227), (228, 228, 226)),
    "screen": ((18, 18, 20), (28, 28, 30), (13, 17, 23)),
}
TABLES: tuple[Colour, ...] = ((92, 60, 40), (132, 92, 60), (58, 56, 58), (40, 42, 50), (112, 70, 52))
CASTS: tuple[Colour, ...] = ((1, 0.955, 0.87), (1, 0.98, 0.94), (0.98, 1, 0.99), (0.94, 0.975, 1))  # lamp to daylight


@dataclass(frozen=True)
class Kind:
    """Conditions of a photograph; every range is drawn anew for each."""

    light: Range = (1.02, 1.08)  # brightest to darkest value of a gradient across the picture
    shadow: str = ""  # "edge": one long soft edge; "round": that of a hand or a phone
    vignette: Range = (0, 0)  # part of the light that the corners lose
    glare: bool = False
    cast: bool = True  # coloured light
    paper: str = "white"  # of PAPERS
    pen: str = "ball"  # of PENS
    rules: str = ""  # "ruled" or "squared"
    form: str = ""  # "box": one around each digit; "comb": boxes of a row share their sides
    marks: tuple[str, ...] = ()  # of "specks", "crumple", "coffee", "stray", "dust" and "wiped" (of boards)
    sides: tuple[int, ...] = (0,)  # on how many of its sides the sheet ends before the picture does: 0, 1, 2 or 4
    turn: Range = (0, 0)  # degrees, to either side
    keystone: float = 0.0  # most that a corner moves inwards, of the picture's sides
    height: Range = (0.35, 0.55)  # of one digit, of the sheet's height
    quality: Range = (84, 95)  # of the JPEG
    noise: Range = (1.5, 2.5)  # standard deviation of the brightness, of 255
    chroma: float = 0.6  # the same of red and blue, as a multiple of `noise`
    blur: Range = (0.6, 0.8)  # standard deviation in pixels
    camera: bool = True  # False: a screenshot


_ROOM = Kind(light=(1.3, 1.6))
_HOMEWORK = Kind(rules="ruled")
KINDS: dict[str, Kind] = {
    "even": Kind(light=(1, 1), cast=False),
    **{f"gradient-{ratio}": Kind(light=(ratio, ratio)) for ratio in (1.3, 1.6, 2.2, 3.0)},
    "shadow": Kind(shadow="edge"),
    "hand": Kind(shadow="round"),
    "vignette": Kind(vignette=(0.3, 0.5)),
    **{pen: replace(_ROOM, pen=pen) for pen in ("pencil", "blue", "red", "green", "felt")},
    "faint-red": replace(_ROOM, pen="faint red", paper="grey", cast=False),
    "ruled": _HOMEWORK,
    "squared": Kind(rules="squared"),
    "form": Kind(form="box"),
    "comb": Kind(form="comb"),
    "rim-one": Kind(sides=(1,), turn=(0, 2)),
    "rim-two": Kind(sides=(2,), turn=(0, 3)),
    "rim-all": Kind(sides=(4,), turn=(0, 4)),
    "small": replace(_ROOM, height=(0.115, 0.135)),
    "turned": Kind(turn=(5, 15), sides=(0, 4)),
    "keystone": Kind(keystone=0.08, sides=(4,), turn=(0, 3)),
    "jpeg-50": Kind(quality=(50, 50)),
    "jpeg-70": Kind(quality=(70, 70)),
    "noise": Kind(noise=(4, 12), chroma=1.0),
    "defocus": Kind(blur=(1.5, 4)),
    "chalkboard": Kind(light=(1.2, 1.6), paper="board", pen="chalk", marks=("dust",)),
    "whiteboard": Kind(light=(1.1, 1.4), paper="whiteboard", pen="marker", glare=True, marks=("wiped",)),
    "dark-mode": Kind(light=(1, 1), cast=False, paper="screen", pen="screen", quality=(95, 95), camera=False),
    "specks": Kind(marks=("specks", "crumple")),
    "coffee": Kind(marks=("coffee",)),
    "stray": Kind(marks=("stray",)),
    "everyday-homework": replace(
        _HOMEWORK, pen="pencil", light=(1.6, 1.6), sides=(1, 2), turn=(3, 6), quality=(70, 70), noise=(3, 5)
    ),
    "everyday-desk": Kind(
        light=(1.3, 1.6), rules="squared", pen="blue", shadow="round", sides=(4,), keystone=0.06, quality=(75, 90)
    ),
    "everyday-lamp": Kind(
        light=(1.6, 2.2),
        vignette=(0.2, 0.35),
        pen="red",
        marks=("crumple",),
        turn=(2, 6),
        noise=(3, 6),
        blur=(0.8, 1.6),
    ),
    "everyday-form": Kind(form="comb", shadow="edge", sides=(2,), turn=(1, 4), quality=(60, 80), noise=(2, 4)),
}
