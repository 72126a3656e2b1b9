"""Figures hold the numbers they are given, in either theme."""

from __future__ import annotations

import numpy as np
import pytest

from siamese.charts import accuracy, heat_map, history, one_shot, roc
from siamese.charts.palette import DARK, LIGHT
from siamese.data.splits import SPLITS, UNSEEN_DIGITS
from siamese.metrics import rates
from siamese.serving import catalogue
from siamese.serving.card import load_histograms, load_json


@pytest.fixture(scope="module")
def card():
    return catalogue.load_card("baseline")


@pytest.fixture(scope="module")
def histograms(card):
    return load_histograms(card)


@pytest.fixture(scope="module")
def curves(histograms):
    return {split: rates.pair_curves(histograms, digits) for split, digits in SPLITS.items()}


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_epochs_shows_five_lines_for_every_model(card, colours):
    """Train, validation and three splits per model, with the committed values."""
    entries = load_json(card, "history.json")
    figure = history.epochs({"one": entries, "two": entries[:3]}, colours)
    lines = list(figure.data)
    for shown, panel in ((entries, lines[:5]), (entries[:3], lines[5:])):
        assert [line.name for line in panel] == ["train", "validation", "seen pairs", "mixed pairs", "unseen pairs"]
        for line, key in zip(panel, history.EPOCH_LINES, strict=True):
            assert list(line.x) == [entry["epoch"] for entry in shown]
            assert list(line.y) == [entry[key] for entry in shown]


def test_the_threshold_is_marked(curves):
    """A line stands at the threshold, and each split has its own line of accuracies."""
    figure = accuracy.accuracy_by_threshold(curves, 0.61)
    assert figure.layout.shapes[0].x0 == 0.61
    assert [line.name for line in figure.data] == list(SPLITS)
    assert max(figure.data[0].y) <= 1


def test_the_operating_point_lies_on_the_roc(curves, histograms):
    """The marker of each split is the curve's point at the threshold in use."""
    at = histograms.index(0.5)
    figure = roc.roc({"model": (curves, at)})
    for line, point in zip(figure.data[::2], figure.data[1::2]):
        assert np.isclose(line.x, point.x[0]).any()
        assert np.isclose(line.y, point.y[0]).any()


def test_the_roc_shows_every_model_however_many(curves, histograms):
    """Nine models: none is dropped, and no two of a split have lines that look alike."""
    at = histograms.index(0.5)
    figure = roc.roc({f"model {number}": (curves, at) for number in range(9)})
    lines = figure.data[::2]
    assert [line.name for line in lines] == [f"{split}, model {number}" for number in range(9) for split in SPLITS]
    looks = {(line.line.color, line.line.dash, line.line.width) for line in lines}
    assert len(looks) == 9 * len(SPLITS)


def test_one_shot_shows_every_group_however_many():
    """Four groups and the published figures: none is dropped, and the groups differ in colour or pattern."""
    groups = {f"group {number}": {"model": (0.9, 0.8, 0.95)} for number in range(4)}
    figure = one_shot.one_shot(groups, {"paper": 0.7})
    assert [bars.name for bars in figure.data] == [*groups, "published"]
    assert len({(bars.marker.color, bars.marker.pattern.shape) for bars in figure.data}) == 5


@pytest.mark.parametrize(("share", "anchor"), [(0.1, "left"), (0.5, "center"), (0.9, "right")])
def test_the_label_of_the_threshold_stays_within_the_chart(curves, share, anchor):
    """Near an end of the axis the label stands on the other side of its line."""
    reach = accuracy.accuracy_by_threshold(curves, 0.5).layout.xaxis.range[1]
    figure = accuracy.accuracy_by_threshold(curves, share * reach)
    assert figure.layout.annotations[0].xanchor == anchor


def test_distances_have_a_panel_for_each_split(histograms):
    """Two sets of bars a split, and the threshold across all panels."""
    densities = {split: rates.distance_densities(histograms, digits, 50) for split, digits in SPLITS.items()}
    figure = accuracy.distances(densities, 0.5)
    assert [bars.name for bars in figure.data] == ["different pairs", "same pairs"] * 3
    for (edges, same, different), pair in zip(densities.values(), zip(figure.data[::2], figure.data[1::2])):
        assert np.array_equal(pair[0].y, different)
        assert np.array_equal(pair[1].y, same)
        assert np.allclose(pair[0].x, (edges[1:] + edges[:-1]) / 2)
    assert [shape.x0 for shape in figure.layout.shapes] == [0.5] * 3


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_the_heat_map_stars_unseen_digits(histograms, colours):
    """Ten by ten values, and a star at 0, 1, 8 and 9."""
    figure = heat_map.digit_by_digit(rates.called_same(histograms, 0.5), UNSEEN_DIGITS, colours)
    assert np.asarray(figure.data[0].z).shape == (10, 10)
    assert [name for name in figure.data[0].x if "*" in name] == ["0*", "1*", "8*", "9*"]


def test_the_heat_map_tells_right_from_wrong(histograms):
    """Called same: on one side of the colours for two of one digit, on the other for two digits; size: the share."""
    shares = rates.called_same(histograms, 0.5)
    heat = heat_map.digit_by_digit(shares, UNSEEN_DIGITS).data[0]
    z, diagonal = np.asarray(heat.z), np.eye(10, dtype=bool)
    np.testing.assert_allclose(abs(z), shares)
    assert (z[diagonal] <= 0).all()
    assert (z[~diagonal] >= 0).all()
    assert heat.hovertext[4][9] == f"4 and 9*: called same {shares[4, 9]:.2%}"


def luminance(colour):
    """Relative luminance of #rrggbb (WCAG 2.2)."""
    parts = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("name", ["same", "different", "text", "muted"])
def test_text_colours_meet_wcag_aa(colours, name):
    """Every colour that text is set in has a contrast of 4.5 or more against the background."""
    lights = sorted([luminance(getattr(colours, name)), luminance(colours.background)])
    assert (lights[1] + 0.05) / (lights[0] + 0.05) >= 4.5
