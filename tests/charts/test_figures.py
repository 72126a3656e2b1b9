"""Every figure of every module follows the palette's scale: type, lines and marks, none forgotten."""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Callable, Iterator

import numpy as np
import plotly.graph_objects as go
import pytest

from siamese.charts import (
    accuracy,
    contrastive_loss,
    embedding_parts,
    heat_map,
    history,
    live,
    map,
    map_scene,
    one_shot,
    reliability,
    robustness,
    roc,
    views,
)
from siamese.charts.palette import LIGHT, Palette
from siamese.data.splits import SPLITS, UNSEEN_DIGITS
from siamese.evaluation.robustness import Change
from siamese.evaluation.view_curve import ViewCurve
from siamese.live.protocol import EpochResult
from siamese.metrics import rates
from siamese.serving import card, catalogue
from tests.conftest import ROOT

MODULES = (
    accuracy,
    contrastive_loss,
    embedding_parts,
    heat_map,
    history,
    live,
    map,
    one_shot,
    reliability,
    robustness,
    roc,
    views,
)
DOUBLE = dataclasses.replace(LIGHT, scale=2.0)
#: What is measured in pixels, by the ends of its path in a figure.
SIZES = (
    *("font.size", "textfont.size", "line.width", "marker.size", "pattern.size", "thickness", "arrowwidth", "ax", "ay"),
    *("borderwidth", "gridwidth", "zerolinewidth", "yshift", "margin.t"),
)


def curves() -> dict[str, rates.PairCurves]:
    """The curves of the baseline."""
    histograms = card.load_histograms(catalogue.load_card("baseline"))
    return {split: rates.pair_curves(histograms, digits) for split, digits in SPLITS.items()}


def embedding_map(colours: Palette, dimensions: int) -> go.Figure:
    """A map with everything in it: digits, own ones with neighbours, what joins them, a chosen point."""
    places = np.random.default_rng(0).normal(size=(40, 3))
    own = [map_scene.UserDigit(name, places[row], places[:5]) for row, name in enumerate(("Left", "Right"))]
    return map.embedding_map(
        places, np.arange(40) % 10, np.arange(40), [0.5, 0.3, 0.2], UNSEEN_DIGITS, dimensions=dimensions,
        user_digits=own, link=map_scene.Link(0.4, True), chosen=places[3], colours=colours,
    )  # fmt: skip


def epoch(number: int) -> EpochResult:
    """Any epoch of a live training."""
    return EpochResult(number, 2 / number, 1.0, 0.9, 0.9, 0.9, 0.8, 0.6)


HISTORY = [dict.fromkeys(history.EPOCH_LINES, 0.5) | {"epoch": 1}]
RUNG = {"idea": "a", "splits": {split: {"accuracy": 0.9, "interval_95": [0.8, 0.95]} for split in SPLITS}}
EDGES, SHARES = np.linspace(0, 1, 6), np.full(5, 0.2)
FIGURES: dict[str, Callable[[Palette], go.Figure]] = {
    "history.epochs": lambda colours: history.epochs({"a": HISTORY}, colours),
    "accuracy.accuracy_by_threshold": lambda colours: accuracy.accuracy_by_threshold(curves(), 0.5, colours),
    "roc.roc": lambda colours: roc.roc({"a": (curves(), 100), "b": (curves(), 200)}, colours),
    "accuracy.distances": lambda colours: accuracy.distances({"seen": (EDGES, SHARES, SHARES)}, 0.5, colours),
    "heat_map.digit_by_digit": lambda colours: heat_map.digit_by_digit(np.eye(10), UNSEEN_DIGITS, colours, (4, 9)),
    "reliability.reliability": lambda colours: reliability.reliability(
        {"seen": np.array([[0.1, 0.2, 0.5]] * 2)}, colours
    ),
    "one_shot.one_shot": lambda colours: one_shot.one_shot({"a": {"m": (0.9, 0.8, 0.95)}}, {"paper": 0.7}, colours),
    "map.embedding_map": lambda colours: embedding_map(colours, 2),
    "map.embedding_map 3": lambda colours: embedding_map(colours, 3),
    "history.ladder": lambda colours: history.ladder([RUNG, RUNG | {"idea": "b"}], colours),
    "embedding_parts.shapes": lambda colours: embedding_parts.shapes(SHARES, -SHARES, colours),
    "embedding_parts.class_probabilities": lambda colours: embedding_parts.class_probabilities(
        SHARES, SHARES, (2, 3, 4, 5), colours
    ),
    "contrastive_loss.contrastive": lambda colours: contrastive_loss.contrastive(1.0, 2.0, 0.5, None, colours),
    "robustness.accuracy_by_change": lambda colours: robustness.accuracy_by_change(
        Change(EDGES[:2], EDGES[:2], {"seen": np.array([[0.5, 0.4, 0.6]] * 2)}), "turn", 0.0, 0.4, colours
    ),
    "views.distance_by_view": lambda colours: views.distance_by_view(
        ViewCurve(EDGES, EDGES), 0.5, 0.2, 0.2, "turn, degrees", 0.0, colours
    ),
    "live.training": lambda colours: live.training([epoch(1), epoch(2)], 5, {"seen": 0.9, "unseen": 0.8}, colours),
}


def numbers(part: object, path: str = "") -> Iterator[tuple[str, float]]:
    """Every size in pixels within a figure, with its path."""
    if isinstance(part, dict):
        for name, inner in part.items():
            if name != "template":
                yield from numbers(inner, f"{path}.{name}")
    elif isinstance(part, (list, tuple)) and path.rpartition(".")[2] in ("data", "annotations", "shapes"):
        for place, inner in enumerate(part):
            yield from numbers(inner, f"{path}[{place}]")
    elif path.endswith(tuple(f".{size}" for size in SIZES)) and isinstance(part, (int, float, list, tuple, np.ndarray)):
        yield path, float(np.max(np.abs(np.asarray(part, float))))


def test_no_figure_is_forgotten():
    """Whatever makes a figure stands in the table above; the pages make none themselves."""
    made = {
        f"{module.__name__.rpartition('.')[2]}.{name}"
        for module in MODULES
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__ == module.__name__ and not name.startswith("_")
        if inspect.signature(function).return_annotation == "go.Figure"
    }
    assert made == {name.split()[0] for name in FIGURES}
    makers = {path.stem for path in (ROOT / "siamese").rglob("*.py") if "go.Figure(" in path.read_text("utf-8")}
    makers |= {path.stem for path in (ROOT / "siamese").rglob("*.py") if "make_subplots(" in path.read_text("utf-8")}
    assert makers - {"map_scene"} | {"map"} == {module.__name__.rpartition(".")[2] for module in MODULES}


@pytest.mark.parametrize("name", FIGURES)
def test_everything_follows_the_scale(name):
    """At twice the scale each size in pixels is twice as large, to a pixel where sizes are whole ones."""
    usual, large = (dict(numbers(FIGURES[name](colours).to_plotly_json())) for colours in (LIGHT, DOUBLE))
    assert usual.keys() == large.keys()
    assert usual
    wrong = {path: (size, large[path]) for path, size in usual.items() if abs(large[path] - 2 * size) > 1e-6}
    assert not wrong


@pytest.mark.parametrize("name", FIGURES)
def test_no_size_is_left_to_plotly(name):
    """What a figure does not say Plotly sets to a fixed size, which no projector enlarges."""
    figure = FIGURES[name](LIGHT)
    assert figure.layout.font.size
    assert figure.layout.hoverlabel.font.size
    for trace in figure.data:
        mode = trace.mode if "mode" in trace else ""
        if mode and "lines" in mode:
            assert trace.line.width, trace.name
        if mode and "markers" in mode:
            assert trace.marker.size is not None, trace.name
        if mode and "text" in mode:
            assert trace.textfont.size, trace.name
        if trace.type == "bar" and trace.error_x.array is not None:
            assert trace.error_x.thickness, trace.name
    for shape in figure.layout.shapes:
        assert shape.line.width, shape
    for note in figure.layout.annotations:
        assert note.font.size, note.text
