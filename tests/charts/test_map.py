"""The map as a figure: what is in it, what does not move, and colours for all eyes."""

from __future__ import annotations

import json

import numpy as np
import pytest

from siamese.charts.map import embedding_map, symbol_sign
from siamese.charts.map_scene import Link, UserDigit, digit_colours
from siamese.charts.palette import DARK, LIGHT

UNSEEN = (0, 1, 8, 9)
SHARES = np.array([0.5, 0.25, 0.1])


@pytest.fixture
def points(rng):
    """Five places for each digit, their digits, and numbers of a file."""
    return rng.normal(size=(50, 3)) * [3, 2, 1], np.repeat(np.arange(10), 5), np.arange(50) * 7 + 3


def left_and_right():
    return [
        UserDigit("Left", np.array([0.5, 0.5, 0.5]), np.array([[1.0, 0, 0], [0, 1.0, 0]])),
        UserDigit("Right", np.array([-0.5, 0.25, 0.0]), np.zeros((0, 3))),
    ]


def named(figure, name):
    """The trace with this name."""
    (trace,) = [trace for trace in figure.data if trace.name == name]
    return trace


@pytest.mark.parametrize(("dimensions", "kind"), [(2, "scattergl"), (3, "scatter3d")])
def test_every_point_is_in_its_place_with_its_row_and_number(points, dimensions, kind):
    """A trace for each digit; a point's customdata is its row and its number in the file."""
    places, digits, indices = points
    figure = embedding_map(places, digits, indices, SHARES, UNSEEN, dimensions=dimensions)
    assert {trace.type for trace in figure.data} == {kind}
    assert len(figure.data) == 10
    for trace in figure.data:
        rows = trace.customdata[:, 0]
        assert (digits[rows] == int(trace.name.strip("*"))).all()
        assert (trace.customdata[:, 1] == indices[rows]).all()
        assert trace.x == pytest.approx(places[rows, 0], abs=1e-6)
        assert trace.y == pytest.approx(places[rows, 1], abs=1e-6)


def test_in_space_the_names_of_digits_lie_below_own_digits(points):
    """Names lie above all points there: a mark of each own digit follows after the last of them, at its place."""
    notes = embedding_map(*points, SHARES, UNSEEN, dimensions=3, user_digits=left_and_right()).layout.scene.annotations
    last = max(place for place, note in enumerate(notes) if note.name == "label")
    marks = {place: note for place, note in enumerate(notes) if note.text == "◆"}
    assert min(marks) > last
    assert [(note.x, note.y, note.z) for note in marks.values()] == [tuple(own.place) for own in left_and_right()]
    assert all(note.bgcolor == note.bordercolor == "rgba(0,0,0,0)" for note in marks.values())


@pytest.mark.parametrize("dimensions", [2, 3])
def test_unseen_digits_have_another_symbol_and_a_star(points, dimensions):
    """Seen and unseen are told apart without colour; the legend's sign follows."""
    figure = embedding_map(*points, SHARES, UNSEEN, dimensions=dimensions)
    symbols = {trace.name: trace.marker.symbol for trace in figure.data}
    assert {symbols[f"{digit}*"] for digit in UNSEEN}.isdisjoint({symbols[str(digit)] for digit in range(2, 8)})
    assert symbol_sign(True, dimensions) != symbol_sign(False, dimensions)


def test_only_digits_shown_are_in_it_and_nothing_jumps(points):
    """Hiding digits takes their points away and leaves the axes where they are."""
    everything = embedding_map(*points, SHARES, UNSEEN)
    some = embedding_map(*points, SHARES, UNSEEN, shown=(3, 9))
    assert [trace.name for trace in some.data] == ["3", "9*"]
    assert some.layout.xaxis.range == everything.layout.xaxis.range
    assert some.layout.yaxis.range == everything.layout.yaxis.range
    assert not embedding_map(*points, SHARES, UNSEEN, shown=()).data


def test_own_digits_are_large_and_reach_to_their_neighbours(points):
    """A marker for each own digit, and lines that start at it and end at its neighbours."""
    figure = embedding_map(*points, SHARES, UNSEEN, user_digits=left_and_right())
    assert named(figure, "Left").x.tolist() == [0.5]
    assert named(figure, "Left").marker.size > 3 * figure.data[0].marker.size
    rays = named(figure, "to the neighbours of Left")
    assert np.array(rays.x)[[0, 1, 3, 4]].tolist() == [0.5, 1.0, 0.5, 0.0]
    assert np.isnan(rays.x[[2, 5]]).all()
    assert {note.text for note in figure.layout.annotations} >= {"<b>Left</b>", "<b>Right</b>"}
    assert not [trace for trace in figure.data if trace.name == "to the neighbours of Right"]


@pytest.mark.parametrize("dimensions", [2, 3])
@pytest.mark.parametrize(("is_same", "text", "dash"), [(True, "= 0.123", "solid"), (False, "≠ 0.123", "dash")])
def test_the_line_between_both_says_their_distance_and_the_verdict(points, dimensions, is_same, text, dash):
    """The line joins both places; sign and dash tell the verdict without colour."""
    own = left_and_right()
    figure = embedding_map(*points, SHARES, UNSEEN, dimensions=dimensions, user_digits=own, link=Link(0.1234, is_same))
    line = named(figure, "between left and right")
    assert line.x.tolist() == [0.5, -0.5]
    assert line.line.dash == dash
    notes = figure.layout.annotations if dimensions == 2 else figure.layout.scene.annotations
    assert f"<b>{text}</b>" in {note.text for note in notes}


def test_one_own_digit_alone_has_no_line(points):
    """While one side is empty nothing is said about a pair."""
    figure = embedding_map(*points, SHARES, UNSEEN, user_digits=left_and_right()[:1], link=Link(0.1, True))
    assert "between left and right" not in {trace.name for trace in figure.data}


@pytest.mark.parametrize("corner", [(-1, -1), (-1, 1), (1, -1), (1, 1)])
def test_names_of_own_digits_stand_inside_the_picture_and_apart(points, corner):
    """In each corner both names stand towards the middle, at different heights."""
    place = np.array([*corner, 0]) * 20.0
    own = [UserDigit(name, place, np.zeros((0, 3))) for name in ("Left", "Right")]
    figure = embedding_map(*points, SHARES, UNSEEN, user_digits=own)
    notes = [note for note in figure.layout.annotations if note.text in ("<b>Left</b>", "<b>Right</b>")]
    assert [np.sign(note.ax) for note in notes] == [-corner[0]] * 2
    assert [np.sign(note.ay) for note in notes] == [corner[1]] * 2  # pixels count downwards
    assert abs(notes[0].ay - notes[1].ay) > 30


@pytest.mark.parametrize("step", [(1, 1), (1, -1), (-1, 1), (0.1, 0), (0, 0)])
def test_names_of_own_digits_that_lie_close_stand_away_from_one_another(points, step):
    """In the middle of the picture each name stands on its own digit's far side, wherever the digits lie."""
    low, high = points[0].min(0), points[0].max(0)
    middle = (low + high) / 2
    places = middle, middle + [*step, 0] * (high - low) / 10
    own = [UserDigit(name, place, np.zeros((0, 3))) for name, place in zip(("Left", "Right"), places)]
    figure = embedding_map(*points, SHARES, UNSEEN, user_digits=own)
    left, right = (note for note in figure.layout.annotations if note.text in ("<b>Left</b>", "<b>Right</b>"))
    assert np.sign(right.ax) == -np.sign(left.ax) == (np.sign(step[0]) or 1)
    assert np.sign(right.ay) == -np.sign(left.ay) == -(np.sign(step[1]) or 1)


@pytest.mark.parametrize("side", [-1, 1])
def test_a_name_near_the_side_of_the_picture_stands_towards_its_middle(points, side):
    """A name is wide: on a phone it would leave the picture, though the other digit lies on the middle's side of it."""
    low, high = points[0].min(0), points[0].max(0)
    middle, across = (low + high) / 2, side * (high - low) * [1, 0, 0]
    places = middle + 0.25 * across, middle + 0.2 * across
    own = [UserDigit(name, place, np.zeros((0, 3))) for name, place in zip(("Left", "Right"), places)]
    figure = embedding_map(*points, SHARES, UNSEEN, user_digits=own)
    notes = [note for note in figure.layout.annotations if note.text in ("<b>Left</b>", "<b>Right</b>")]
    assert [np.sign(note.ax) for note in notes] == [-side] * 2


def test_an_own_digit_far_out_is_within_the_axes(points):
    """A drawing unlike everything still is in the picture."""
    own = [UserDigit("Left", np.array([50.0, -40.0, 0.0]), np.zeros((0, 3)))]
    layout = embedding_map(*points, SHARES, UNSEEN, user_digits=own).layout
    assert layout.xaxis.range[1] > 50
    assert layout.yaxis.range[0] < -40


def test_what_points_lie_among_is_behind_them_and_within_the_axes(points):
    """Pale points that answer to no pointer, drawn before all others."""
    behind = np.array([[60.0, 0, 0], [0, -60.0, 0]])
    figure = embedding_map(*points, SHARES, UNSEEN, background=behind, background_name="MNIST")
    first = figure.data[0]
    assert (first.name, first.hoverinfo, list(first.x)) == ("MNIST", "skip", [60, 0])
    assert first.opacity < 0.5
    assert figure.layout.xaxis.range[1] > 60
    assert figure.layout.yaxis.range[0] < -60


def test_a_chosen_point_gets_a_ring(points):
    """The ring lies around the chosen place and answers to no pointer."""
    figure = embedding_map(*points, SHARES, UNSEEN, chosen=points[0][4])
    ring = named(figure, "chosen point")
    assert ring.x[0] == pytest.approx(points[0][4][0])
    assert ring.hoverinfo == "skip"


def test_one_unit_is_as_long_in_every_direction(points):
    """Distances can be compared by eye: axes share one scale, in the plane and in space."""
    flat = embedding_map(*points, SHARES, UNSEEN).layout
    assert (flat.yaxis.scaleanchor, flat.yaxis.scaleratio) == ("x", 1)
    scene = embedding_map(*points, SHARES, UNSEEN, dimensions=3).layout.scene
    units = [getattr(scene.aspectratio, name) / np.ptp(getattr(scene, f"{name}axis").range) for name in ("x", "y", "z")]
    assert units == pytest.approx([units[0]] * 3)


def test_the_axes_say_how_much_of_the_variance_they_show(points):
    """0.5 and 0.25 are written as per cent."""
    layout = embedding_map(*points, SHARES, UNSEEN).layout
    assert layout.xaxis.title.text == "first axis: 50% of the variance"
    assert layout.yaxis.title.text == "second axis: 25% of the variance"


def test_zoom_is_kept_while_the_view_has_one_name(points):
    """Plotly keeps zoom and camera by `uirevision`."""
    assert embedding_map(*points, SHARES, UNSEEN, view="a model").layout.uirevision == "a model"


def test_hover_says_digit_kind_and_number(points):
    """What stands beside a point under the pointer."""
    figure = embedding_map(*points, SHARES, UNSEEN, point_name="MNIST test image")
    seen, unseen = named(figure, "7").hovertemplate, named(figure, "8*").hovertemplate
    assert seen == "<b>7</b>, a digit it learned from<br>MNIST test image %{customdata[1]}<extra></extra>"
    assert "a digit it never met" in unseen


def test_the_figure_of_a_full_map_is_small_enough_to_send_often(rng):
    """3,000 points make less than 300 kB of valid JSON."""
    figure = embedding_map(
        rng.normal(size=(3000, 3)), np.repeat(np.arange(10), 300), np.arange(3000), SHARES, UNSEEN, dimensions=3
    )
    text = figure.to_json()
    assert json.loads(text)["data"]
    assert len(text) < 300_000


# Machado, Oliveira and Fernandes 2009, severity 1, on linear RGB.
BLINDNESS = {
    "none": np.eye(3),
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]],
}
TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.072175], [0.0193339, 0.119192, 0.9503041]]
)


def linear(colours):
    """Linear RGB (n, 3) of hexadecimal colours."""
    values = np.array([[int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)] for colour in colours])
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def lab(rgb):
    """CIELAB (n, 3) of linear RGB."""
    xyz = np.clip(rgb, 0, 1) @ TO_XYZ.T / [0.95047, 1, 1.08883]
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.stack([116 * f[:, 1] - 16, 500 * (f[:, 0] - f[:, 1]), 200 * (f[:, 1] - f[:, 2])], 1)


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("eyes", BLINDNESS)
def test_digits_of_one_symbol_differ_in_colour_for_all_eyes(palette, eyes):
    """Among discs and among crosses any two colours are 25 CIELAB units apart, some ten just noticeable steps."""
    points = lab(linear(digit_colours(palette)) @ np.array(BLINDNESS[eyes]).T)
    for group in (UNSEEN, tuple(range(2, 8))):
        apart = np.linalg.norm(points[list(group), None] - points[None, list(group)], axis=-1)
        assert apart[~np.eye(len(group), dtype=bool)].min() > 25


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_every_colour_stands_out_from_the_ground(palette):
    """WCAG 1.4.11: a contrast of 3:1 for what must be seen."""
    light = linear([*digit_colours(palette), palette.background]) @ TO_XYZ[1]
    high, low = np.maximum(light[:-1], light[-1]), np.minimum(light[:-1], light[-1])
    assert ((high + 0.05) / (low + 0.05)).min() >= 3
