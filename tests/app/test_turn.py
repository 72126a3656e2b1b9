"""*Turn it* on Compare without a browser: nothing while it is closed, the distance that follows, the star, the link."""

from __future__ import annotations

import re

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from siamese import Verifier
from siamese.app.pages.compare.view_choices import ChosenView
from siamese.app.view_words import axis_title, in_words, view_in_words
from siamese.imaging.views import RANGES, View, transform
from tests.app.sessions import held, sides_of
from tests.app.test_page_compare import linked
from tests.app.test_pages import compare, html, opened

pytestmark = pytest.mark.usefixtures("no_mnist")
PAIR = {"left": "p30", "right": "p31", "turn": "1"}


def turning(page: AppTest):
    """What *Turn it* holds of the page's session."""
    from siamese.app.pages.compare.turn import Turning

    return held(page, Turning)


def slider(page: AppTest, name: str):
    """The slider of one value of the view."""
    return page.slider(f"turn.{name}")


def turned_distance(page: AppTest) -> float:
    """The distance that the part shows."""
    return float(re.search('data-testid="turned" data-distance="([0-9.]+)"', html(page))[1])


def query(page: AppTest) -> str:
    """What the page writes into the address."""
    return re.search('data-address="([^"]*)"', html(page))[1].replace("&amp;", "&")


def test_closed_it_computes_and_draws_nothing():
    """No slider, no curve, and no address of it."""
    page = opened(compare)
    assert turning(page).curve is None
    assert 'data-testid="turned"' not in html(page)
    assert not [each for each in page.slider if each.key.startswith("turn.")]
    assert "angle" not in query(page)


def test_a_slider_moves_the_distance_and_the_address():
    """At each view the distance of the pair seen so; at rest that of the verdict above."""
    page = linked(PAIR)
    left, right = (side.image for side in sides_of(page).values())
    verifier = Verifier.load()
    assert turned_distance(page) == pytest.approx(verifier.compare(left, right).distance, abs=1e-6)
    slider(page, "angle").set_value(75.0).run()
    slider(page, "shear").set_value(-0.35).run()
    expected = verifier.compare(left, transform(right, View(angle=75, shear=-0.35))).distance
    assert turned_distance(page) == pytest.approx(expected, abs=1e-6)
    assert query(page) == "turn=1&angle=75&shear=-0.35&curve=shear&left=p30&right=p31"
    page.button("turn.reset").click().run()
    assert turned_distance(page) == pytest.approx(verifier.compare(left, right).distance, abs=1e-6)
    assert query(page) == "turn=1&curve=shear&left=p30&right=p31"


def test_its_own_slider_computes_no_curve_anew():
    """The curve belongs to the pair and the other sliders; so the mark alone moves, and with the threshold the line."""
    page = linked(PAIR)
    before = turning(page).curve
    page.slider("compare.threshold.strokes").set_value(0.5).run()
    slider(page, "angle").set_value(40.0).run()
    assert turning(page).curve is before
    slider(page, "blur").set_value(1.0).run()
    assert turning(page).curve is not before


def test_a_link_shows_the_same_again():
    """What the address says after some moves opens the same view, the same curve and the same distance."""
    page = linked(PAIR)
    for name, value in (("angle", -30.0), ("thickness", 1.2), ("tilt", 25.0)):
        slider(page, name).set_value(value).run()
    other = linked(dict(each.split("=") for each in query(page).split("&")))
    assert turned_distance(other) == turned_distance(page)
    assert slider(other, "thickness").value == 1.2
    assert held(other, ChosenView) == held(page, ChosenView)
    assert turning(other).curve.distances == pytest.approx(turning(page).curve.distances, nan_ok=True)


@pytest.mark.parametrize(("key", "value"), [("angle", "181"), ("scale", "nan"), ("thick", "x"), ("curve", "colour")])
def test_a_link_that_goes_too_far_is_told(key, value):
    """The value is left out, and a sentence says what it may be."""
    page = linked(PAIR | {key: value})
    assert held(page, ChosenView) == ChosenView()
    assert "could not be used" in page.info[0].value


@pytest.mark.parametrize("model", Verifier.available())
def test_a_six_and_its_turned_self(model):
    """One press: the same 6 on both sides, the right one upside down; different digits, and it looks like a 9."""
    page = linked(PAIR | {"model": model, "blur": "1"})
    page.button("turn.star").click().run()
    left, right = sides_of(page).values()
    assert left.digit == right.digit == 6
    assert left.identity == right.identity
    assert held(page, ChosenView) == ChosenView(angle=180)
    assert turned_distance(page) > Verifier.load(model).threshold
    assert "looks like a <b>9</b> now" in html(page)
    assert "else <i>different</i>" in html(page)
    assert any("A 6 turned upside down is a 9" in element.value for element in page.markdown)


def test_only_a_digit_that_has_become_another_one_is_named():
    """Two different digits, left as they are: nothing looks like anything else *now*."""
    page = linked(PAIR | {"right": "p130"})
    assert [side.digit for side in sides_of(page).values()] == [1, 5]
    assert "looks like" not in html(page)


def test_what_leaves_the_picture_is_said():
    """A small one that is shifted away: a sentence, and a curve with a gap."""
    page = linked(PAIR)
    slider(page, "scale").set_value(0.5).run()
    slider(page, "across").set_value(1.0).run()
    assert "Seen so, nothing of the digit is left in the picture." in html(page)
    assert np.isnan(turning(page).curve.distances).any()
    assert "else <i>different</i>" in html(page)
    slider(page, "thickness").set_value(-2.0).run()
    assert not page.exception


def test_while_one_guesses_it_says_nothing():
    """With *Guess first* no distance and no curve, which would give the answer away."""
    page = linked(PAIR | {"guess": "1"})
    assert "Guess first: this comes with the verdict." in html(page)
    assert turning(page).curve is None


@pytest.mark.parametrize("value", [1e308, -1e308, float("inf"), float("nan")])
def test_a_forged_slider_stays_in_its_range(value):
    """Whatever a browser sends, the view can be made."""
    for name in RANGES:
        view = ChosenView()
        view.move(name, value)
        assert view.view() == View().at(name, getattr(view, name))


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [("angle", 30, "+30°"), ("angle", -30.25, "−30.2°"), ("scale", 0.5, "0.5×"), ("blur", 1, "1 pixels")],
)
def test_values_in_words(name, value, expected):
    """With a sign where there are two directions, and a unit."""
    assert in_words(name, value) == expected


def test_a_view_in_words():
    """What it changes, in the order of the sliders; and the title of an axis with its unit."""
    assert view_in_words(View()) == "as it is"
    assert (
        view_in_words(View(angle=-30, scale=1.5, blur=2)) == "turned by −30°, 1.5 times as large, blurred by 2 pixels"
    )
    assert (axis_title("angle"), axis_title("shear")) == ("turn, degrees", "shear")
