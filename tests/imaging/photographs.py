"""Synthetic photographs of handwritten digits: a sheet, its light and a camera, for the tests of the photo reader.

A sheet with strokes of `siamese.imaging.pens` is painted, laid on a table, lit and photographed. Tones are those of the
finished picture (0..255, gamma-encoded): light that falls to half there halves the values. Lengths in pixels hold
for a picture whose longer side has 1200 and grow with it. Nothing here is shared with the reader.

`python -m tests.imaging.photographs OUT.png` writes a contact sheet of all kinds.
"""

from __future__ import annotations

import io
import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from PIL import Image, ImageDraw

from siamese.imaging import pens
from tests.imaging.photograph_kinds import CASTS, KINDS, PAPERS, PENS, TABLES, Kind
from tests.imaging.photograph_sheet import (
    Trace,
    choice,
    coverage,
    layout,
    paint,
    paper_sheet,
    pen_trace,
    stray,
    texture,
)

LARGEST = 1600  # pixels of the longer side; a larger photograph is enlarged from this
LINEAR = 2.2  # exponent from picture values to light


@dataclass(frozen=True)
class Photograph:
    """One rendered photograph and what is written in it."""

    content: bytes  # JPEG
    digits: tuple[int, ...]  # in reading order; empty when only strokes were given
    boxes: tuple[tuple[float, float, float, float], ...]  # left, top, right, bottom of each digit's ink in pixels
    size: tuple[int, int]  # width, height


def photograph(kind: str, digits: Sequence[int], rng: np.random.Generator, size=(1200, 900)) -> Photograph:
    """A photograph of `digits` written by hand: one near the middle, several in a row, more than six in rows.

    Equal generators write the same digits in the same places of the sheet under all kinds of the same digit height.
    """
    streams = rng.spawn(5)
    drawings = [pens.draw(digit, streams[0]) for digit in digits]
    return _photograph(KINDS[kind], drawings, tuple(digits), streams, size)


def photograph_of(
    kind: str,
    drawings: Sequence[Sequence[np.ndarray]],
    rng: np.random.Generator,
    size: tuple[int, int] = (1200, 900),
    digits: Sequence[int] = (),
) -> Photograph:
    """The same of given drawings, each a list of strokes (n, 2) at any scale; `digits` only labels them."""
    return _photograph(KINDS[kind], drawings, tuple(digits), rng.spawn(5), size)


def blank(kind: str, rng: np.random.Generator, size: tuple[int, int] = (1200, 900)) -> bytes:
    """The JPEG of the sheet that `photograph` makes of an equal generator, with no digit; rules and marks stay."""
    streams = rng.spawn(5)
    places = [pens.draw(0, streams[0]) for _ in range(4 if KINDS[kind].form == "comb" else 1)]
    return _photograph(KINDS[kind], places, (), streams, size, written=False).content


def _photograph(kind, drawings, digits, streams, size, written=True) -> Photograph:
    _, place, scene, grain, camera = streams
    shrink = max(1.0, max(size) / LARGEST)
    width, height = (round(side / shrink) for side in size)
    unit = max(width, height) / 1200
    pen, paper = PENS[kind.pen], np.array(choice(PAPERS[kind.paper], scene))
    # The sheet reaches beyond the picture, so that turning it bares no corner.
    margin = round(0.2 * max(width, height)) if kind.turn[1] or kind.keystone or max(kind.sides) else 0
    placed, boxes = layout(drawings, (width, height), kind, place)
    traces = [[pen_trace(stroke + margin, line, place, unit) for stroke in strokes] for strokes, line in placed]

    shape = (height + 2 * margin, width + 2 * margin)
    sheet = paper_sheet(kind, paper, shape, margin, unit, scene, boxes)
    colour = np.array(choice(pen.colours, scene)) if pen.depth is None else paper * (1 - scene.uniform(*pen.depth))
    ink = [trace for digit in traces for trace in digit] if written else []
    if "stray" in kind.marks:
        ink.append(stray((width, height), margin, unit, scene))
    density = 0.96 + 0.05 * texture(shape, 14 * unit, grain) + pen.grain * texture(shape, 1.6 * unit, grain)
    sheet = paint(sheet, coverage(shape, ink) * np.clip(density, 0.12, 1.0 if pen.depth is None else 1.2), colour)

    picture, matrix = _laid(sheet, kind, (width, height), margin, unit, scene)
    picture = _light(picture, kind, unit, scene)
    outlines = [_outline(digit, matrix) * (np.array(size) / (width, height)) for digit in traces] if written else []
    extent = tuple((*outline.min(0).tolist(), *outline.max(0).tolist()) for outline in outlines)
    return Photograph(_developed(picture, kind, size, unit, camera), digits, extent, tuple(size))


def _laid(sheet: np.ndarray, kind: Kind, size, margin: int, unit: float, rng: np.random.Generator):
    """The sheet on its table, (h, w, 3), and the matrix (3, 3) from sheet pixels to the picture's."""
    (width, height), sides = size, choice(kind.sides, rng)
    turn = math.radians(rng.uniform(*kind.turn) * choice((-1, 1), rng))
    ends = np.roll(np.arange(4) < sides, rng.integers(4))  # left, top, right, bottom
    inset = np.where(ends, rng.uniform(0.03, 0.1, 4), 0) * (width, height, width, height)
    left, top, right, bottom = inset * (1, 1, -1, -1) + (0, 0, width, height)
    corners = np.array([(left, top), (right, top), (right, bottom), (left, bottom)])
    inwards = np.array([(1, 1), (-1, 1), (-1, -1), (1, -1)]) * size
    corners = corners + inwards * rng.uniform(0, kind.keystone, (4, 2))
    middle, cos, sin = np.array(size) / 2, math.cos(turn), math.sin(turn)
    corners = (corners - middle) @ [[cos, sin], [-sin, cos]] * (0.88 if abs(turn) > 0.11 else 1) + middle
    start = np.array([(0, 0), (width, 0), (width, height), (0, height)]) + margin
    matrix = cv2.getPerspectiveTransform(start.astype(np.float32), corners.astype(np.float32))

    picture = cv2.warpPerspective(sheet, matrix, (width, height), borderMode=cv2.BORDER_REFLECT)
    if not sides:
        return picture, matrix
    mask = np.ones(sheet.shape[:2], np.float32)
    for end, beyond in zip(ends, (np.s_[:, :margin], np.s_[:margin], np.s_[:, -margin:], np.s_[-margin:])):
        mask[beyond] *= not end
    mask = cv2.warpPerspective(mask, matrix, (width, height))
    grain = (24 * unit, 400 * unit) if rng.random() < 0.5 else (400 * unit, 24 * unit)
    wood = 0.1 * texture(mask.shape, grain, rng) + 0.06 * texture(mask.shape, (grain[0] / 6, grain[1] / 6), rng)
    table = (1 + wood + 0.04 * texture(mask.shape, 1.5 * unit, rng))[..., None] * np.array(choice(TABLES, rng))
    cast = cv2.warpAffine(mask, np.array([[1, 0, 5 * unit], [0, 1, 7 * unit]]), (width, height))
    table *= (1 - 0.5 * cv2.GaussianBlur(cast, (0, 0), 7 * unit))[..., None]
    return (table + mask[..., None] * (picture - table)).astype(np.float32), matrix


def _light(picture: np.ndarray, kind: Kind, unit: float, rng: np.random.Generator) -> np.ndarray:
    """The picture (h, w, 3) under the kind's light; the brightest point of a gradient keeps its value."""
    height, width = picture.shape[:2]
    xs, ys = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    angle = rng.uniform(0, 2 * math.pi)
    along = xs * math.cos(angle) + ys * math.sin(angle)
    along = ((along - along.min()) / np.ptp(along)) ** rng.uniform(0.8, 1.3)
    light = 1 - along * (1 - 1 / rng.uniform(*kind.light))
    middle = np.array([width, height]) * rng.uniform(0.3, 0.7, 2)
    if kind.shadow == "edge":
        angle = rng.uniform(0, 2 * math.pi)
        dx, dy = xs - middle[0], ys - middle[1]
        across = dy * math.cos(angle) - dx * math.sin(angle)
        away = dx * math.cos(angle) + dy * math.sin(angle) + rng.uniform(-2e-4, 2e-4) / unit * across**2
        light *= _shade(away, unit, rng)
    if kind.shadow == "round":  # an ellipse or, of higher power, a phone's outline, entering from below
        radii = rng.uniform(0.22, 0.4, 2) * width
        middle = np.array([width * choice((0.1, 0.5, 0.9), rng), height * rng.uniform(0.85, 1.0)])
        power = choice((2, 2.5, 6), rng)
        dx, dy = np.abs(xs - middle[0]) / radii[0], np.abs(ys - middle[1]) / radii[1]
        radius = (dx**power + dy**power) ** (1 / power)
        light *= _shade((1 - radius) * radii.min(), unit, rng)
    corner = ((xs - width / 2) ** 2 + (ys - height / 2) ** 2) / ((width**2 + height**2) / 4)
    light *= 1 - rng.uniform(*kind.vignette) * corner
    cast = np.array(choice(CASTS, rng) if kind.cast else (1, 1, 1), np.float32)
    tint = 1 + (0.02 if kind.cast else 0) * along[..., None] * np.array([-1, 0, 1], np.float32)  # daylight fills in
    picture = picture * light[..., None] * cast * tint
    if kind.glare:
        x, y = rng.uniform(0.1, 0.9) * width, rng.uniform(0.05, 0.3) * height
        dx, dy = (xs - x) / (rng.uniform(0.06, 0.14) * width), (ys - y) / (rng.uniform(0.05, 0.1) * width)
        picture += (rng.uniform(50, 90) * np.exp(-((dx**2 + dy**2) ** 1.5)))[..., None]
    return picture.astype(np.float32)


def _shade(away: np.ndarray, unit: float, rng: np.random.Generator) -> np.ndarray:
    """Light (h, w) of a shadow where `away`, the signed distance in pixels from its edge, is positive."""
    soft, depth = rng.uniform(3, 40) * unit, rng.uniform(0.2, 0.45)
    ramp = np.clip(away / soft + 0.5, 0, 1)
    return 1 - depth * ramp * ramp * (3 - 2 * ramp)


def _outline(traces: Sequence[Trace], matrix: np.ndarray) -> np.ndarray:
    """Points (n, 2) around the traces, in the picture's pixels."""
    angles = np.linspace(0, 2 * math.pi, 16, endpoint=False)
    circle = np.stack([np.cos(angles), np.sin(angles)], 1)
    around = [(points[:, None] + radii[:, None, None] * circle).reshape(-1, 2) for points, radii in traces]
    return cv2.perspectiveTransform(np.concatenate(around)[:, None].astype(np.float64), matrix)[:, 0]


def _developed(picture: np.ndarray, kind: Kind, size, unit: float, rng: np.random.Generator) -> bytes:
    """The JPEG that a camera makes of the picture: blurred in linear light, sharpened, enlarged to `size`, noisy."""
    if kind.camera:
        linear = np.clip(picture / 255, 0, None) ** LINEAR
        picture = 255 * cv2.GaussianBlur(linear, (0, 0), rng.uniform(*kind.blur) * unit) ** (1 / LINEAR)
        picture += rng.uniform(0, 0.5) * (picture - cv2.GaussianBlur(picture, (0, 0), 1.6 * unit))
    if picture.shape[1::-1] != tuple(size):
        picture = cv2.resize(picture, size, interpolation=cv2.INTER_CUBIC)
    if kind.camera:
        shape, sigma = (size[1], size[0]), rng.uniform(*kind.noise)
        picture += sigma * rng.standard_normal((*shape, 1), np.float32)
        for channel in (0, 2):
            picture[..., channel] += kind.chroma * sigma * texture(shape, 2.5, rng)
    image = Image.fromarray(np.clip(picture + 0.5, 0, 255).astype(np.uint8))
    content = io.BytesIO()
    image.save(content, "JPEG", quality=round(rng.uniform(*kind.quality)), subsampling=2 if kind.camera else 0)
    return content.getvalue()


def contact_sheet(path: str, digits: Sequence[int] = (5,), side: int = 400, columns: int = 6) -> None:
    """Writes one photograph of each kind, reduced and named, to a picture at `path`."""
    rows = math.ceil(len(KINDS) / columns)
    sheet = Image.new("RGB", (columns * side, rows * side * 3 // 4))
    draw = ImageDraw.Draw(sheet)
    for index, name in enumerate(KINDS):
        picture = Image.open(io.BytesIO(photograph(name, digits, np.random.default_rng(index)).content))
        row, column = divmod(index, columns)
        place = (column * side, row * side * 3 // 4)
        sheet.paste(picture.resize((side - 4, side * 3 // 4 - 4)), place)
        draw.text((place[0] + 6, place[1] + 4), name, fill=(255, 0, 200), font_size=16)
    sheet.save(path)


if __name__ == "__main__":
    contact_sheet(sys.argv[1], tuple(map(int, sys.argv[2])) if len(sys.argv) > 2 else (5,))
