"""The written sheet of paper that `photographs` shows: where digits stand, lines, rules and stains."""

from __future__ import annotations

import math
from collections.abc import Sequence

import cv2
import numpy as np
from PIL import Image, ImageDraw

from tests.imaging.photograph_kinds import PENS, Kind, Range

Trace = tuple[np.ndarray, np.ndarray]  # points (n, 2) in pixels and the line's radius (n,) at each

PER_ROW = 6  # digits
OVERSAMPLING = 3  # lines are drawn at this multiple of the size and averaged


def choice(options: Sequence, rng: np.random.Generator):
    return options[int(rng.integers(len(options)))]


def texture(shape: tuple[int, int], cell: float | Range, rng: np.random.Generator) -> np.ndarray:
    """Smooth noise (h, w) float32 of mean 0 and deviation 1 whose bumps measure `cell` pixels, or (down, across)."""
    down, across = cell if isinstance(cell, tuple) else (cell, cell)
    coarse = (max(4, round(shape[0] / down)), max(4, round(shape[1] / across)))
    noise = rng.standard_normal(coarse, np.float32)
    noise = cv2.resize(noise, shape[::-1], interpolation=cv2.INTER_CUBIC)
    return (noise - noise.mean()) / noise.std()


def _facets(shape: tuple[int, int], count: int, rng: np.random.Generator) -> np.ndarray:
    """Noise (h, w) float32 of deviation 1, constant within each of `count` cells of a Voronoi diagram."""
    seeds = np.ones(shape, np.uint8)
    seeds.flat[rng.choice(seeds.size, count, replace=False)] = 0
    labels = cv2.distanceTransformWithLabels(seeds, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL)[1]
    return rng.standard_normal(count + 1, np.float32)[labels]


def layout(drawings, size, kind: Kind, rng: np.random.Generator):
    """Each drawing's strokes in sheet pixels with its line width, and the boxes (n, 4) of a form around them."""
    (width, height), count = size, len(drawings)
    rows = math.ceil(count / PER_ROW)
    columns = math.ceil(count / rows)
    cell = np.array([0.8 * width / columns, 0.8 * height / rows])
    extents = [np.ptp(np.concatenate(strokes), axis=0) for strokes in drawings]
    aspect = max(across / max(down, across / 1.2) for across, down in extents)
    tall = min(rng.uniform(*kind.height) * height, 0.62 * cell[1], 0.7 * cell[0] / aspect)
    line = rng.uniform(*PENS[kind.pen].width) * tall
    wander = np.array([0.06 * cell[0], 0.05 * tall])
    if count == 1:
        wander = (0.1 if tall > 0.3 * height else 0.2) * np.array(size)
    slopes = rng.uniform(-0.02, 0.02, rows) * (0.3 if kind.form else 1)  # of the rows' baselines
    pad = rng.uniform(0.2, 0.35, 2) * tall  # between a digit and its box
    placed, boxes = [], []
    for index, (strokes, (across, down)) in enumerate(zip(drawings, extents)):
        row, column = divmod(index, columns)
        middle = np.array([0.1 * width, 0.1 * height]) + cell * (column + 0.5, row + 0.5)
        middle[1] += slopes[row] * (middle[0] - width / 2)
        centre = middle + rng.uniform(-1, 1, 2) * wander
        scale = tall * (rng.uniform(0.92, 1.08) if count > 1 else 1) / max(down, across / 1.2)
        points = np.concatenate(strokes)
        centred = centre - (points.min(0) + points.max(0)) / 2 * scale
        placed.append(([stroke * scale + centred for stroke in strokes], line * rng.uniform(0.93, 1.07)))
        half = np.array([across, down]) * scale / 2 + pad if count == 1 else np.array([0.5 * cell[0], 0.75 * tall])
        about = centre if count == 1 else middle
        boxes.append([*(about - half), *(about + half)])
    return placed, np.array(boxes)


def pen_trace(points: np.ndarray, line: float, rng: np.random.Generator, unit: float) -> Trace:
    """The stroke with a hand's pressure: wider and narrower by an eighth, thin where it ends."""
    steps = np.linspace(0, 6, len(points))
    pressure = 1 + 0.12 * np.interp(steps, np.arange(7), rng.standard_normal(7))
    pressure *= np.interp(np.arange(len(points))[::-1], [0, 4], [0.75, 1])
    return points, np.maximum(0.5 * line * np.clip(pressure, 0.6, 1.4), 0.7 * unit)


def coverage(shape: tuple[int, int], traces: Sequence[Trace]) -> np.ndarray:
    """How much of each pixel the traces cover, (h, w) float32 in 0..1."""
    image = Image.new("L", (shape[1] * OVERSAMPLING, shape[0] * OVERSAMPLING))
    draw = ImageDraw.Draw(image)
    for points, radii in traces:
        points, radii = np.asarray(points) * OVERSAMPLING, np.asarray(radii) * OVERSAMPLING
        for (x, y), r in zip(points.tolist(), radii.tolist()):
            draw.ellipse((x - r, y - r, x + r, y + r), fill=255)
        for start, end, r in zip(points.tolist(), points[1:].tolist(), radii.tolist()):
            draw.line([*start, *end], fill=255, width=max(1, round(2 * r)))
    return np.asarray(image.reduce(OVERSAMPLING), np.float32) / 255


def paint(sheet: np.ndarray, alpha: np.ndarray, colour: Sequence[float]) -> np.ndarray:
    return sheet + alpha[..., None] * (np.asarray(colour, np.float32) - sheet)


def _lines(ends: Sequence[Sequence[float]], width: float) -> list[Trace]:
    return [(np.reshape(end, (2, 2)), np.full(2, width / 2)) for end in ends]


def stray(size, margin: int, unit: float, rng: np.random.Generator) -> Trace:
    """A line along one rim of the sheet."""
    along, side = np.linspace(rng.uniform(0, 0.3), rng.uniform(0.6, 1), 20), rng.uniform(0.015, 0.04)
    away = side + rng.uniform(-0.02, 0.02) * along**2
    points = choice([(along, away), (along, 1 - away), (away, along), (1 - away, along)], rng)
    return np.stack(points, 1) * size + margin, np.full(20, rng.uniform(1, 3) * unit)


def _with_rules(sheet: np.ndarray, squared: bool, margin: int, unit: float, rng: np.random.Generator) -> np.ndarray:
    """The sheet with ruled lines and a red margin, or with squares."""
    height, width = shape = sheet.shape[:2]
    pitch = (height - 2 * margin) / (rng.uniform(18, 26) if squared else 12)
    colour = choice([(164, 190, 222), (186, 188, 192)], rng)
    ends = [(0, y, width, y) for y in np.arange(rng.uniform(0, pitch), height, pitch)]
    if squared:
        ends += [(x, 0, x, height) for x in np.arange(rng.uniform(0, pitch), width, pitch)]
    sheet = paint(sheet, 0.8 * coverage(shape, _lines(ends, rng.uniform(1.4, 2.4) * unit)), colour)
    if squared:
        return sheet
    x = margin + rng.uniform(0.06, 0.1) * (width - 2 * margin)
    return paint(sheet, 0.8 * coverage(shape, _lines([(x, 0, x, height)], 2 * unit)), (222, 136, 140))


def paper_sheet(kind: Kind, paper, shape, margin: int, unit: float, rng: np.random.Generator, boxes) -> np.ndarray:
    """The sheet before anything is written, (h, w, 3) float32, with `margin` pixels more than the picture all round."""
    (height, width), fibre = shape, 0.006 if kind.camera else 0
    tall = height - 2 * margin
    sheet = paper * (1 + fibre * texture(shape, 160 * unit, rng) + fibre * texture(shape, 2 * unit, rng))[..., None]
    sheet = sheet.astype(np.float32)
    xs, ys = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    if kind.rules:
        sheet = _with_rules(sheet, squared=kind.rules == "squared", margin=margin, unit=unit, rng=rng)
    if kind.form:
        inset = np.array([6, 0, -6, 0]) * unit if kind.form == "box" and len(boxes) > 1 else 0
        frames = boxes + margin + inset
        sides = [[a, b, c, b, a, d, c, d, a, b, a, d, c, b, c, d] for a, b, c, d in frames]
        lines = coverage(shape, _lines(np.reshape(sides, (-1, 4)), rng.uniform(2, 4) * unit))
        sheet = paint(sheet, 0.9 * lines, choice([(58, 58, 62), (44, 60, 110), (90, 90, 94)], rng))
    if "specks" in kind.marks:
        spots = rng.uniform(0, 1, (rng.integers(6, 16), 2)) * (width, height)
        specks = [(spot[None], rng.uniform(0.7, 3, 1) * unit) for spot in spots]
        sheet = paint(sheet, 0.8 * coverage(shape, specks), (84, 74, 64))
    if "coffee" in kind.marks:
        centre = margin + rng.uniform(0.1, 0.9, 2) * (width - 2 * margin, tall)
        away = np.hypot(xs - centre[0], ys - centre[1]) / (rng.uniform(0.15, 0.22) * tall) - 1
        ring = np.exp(-((away / 0.025) ** 2)) + 0.35 * (away < 0)
        sheet = paint(sheet, ring * np.clip(0.22 + 0.08 * texture(shape, 90 * unit, rng), 0, 1), (140, 92, 48))
    if "crumple" in kind.marks:
        facets = 0.016 * _facets(shape, 50, rng) + 0.012 * _facets(shape, 250, rng)
        sheet *= (1 + cv2.GaussianBlur(facets, (0, 0), 2.5 * unit))[..., None]
    if "dust" in kind.marks:
        smear = texture(shape, (110 * unit, 190 * unit), rng) + 0.35 * texture(shape, (14 * unit, 60 * unit), rng)
        sheet += (9 * np.maximum(smear + 0.8, 0) + 3 * texture(shape, 2 * unit, rng))[..., None]
    if "wiped" in kind.marks:
        sheet *= (1 - 0.012 * np.maximum(texture(shape, (30 * unit, 200 * unit), rng), 0))[..., None]
    return sheet
