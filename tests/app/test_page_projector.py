"""The switch for a projector, without a browser: on every page, in the address, in charts."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from siamese.charts.palette import DARK, LIGHT, PROJECTED_DARK, PROJECTED_LIGHT, Palette
from tests.app.sessions import sides_of
from tests.conftest import ROOT

WAIT = 90
pytestmark = pytest.mark.usefixtures("no_mnist")


def app(**query: str) -> AppTest:
    """The app after its first run, opened with these parameters."""
    page = AppTest.from_file(str(ROOT / "app.py"), default_timeout=WAIT)
    for name, value in query.items():
        page.query_params[name] = value
    page.run()
    assert not page.exception
    return page


def projected(page: AppTest) -> bool:
    """Whether the page's style sheet is the one for a projector."""
    bodies = "".join(element.proto.body for element in page.get("html"))
    on = PROJECTED_LIGHT.same in bodies
    assert on != (LIGHT.same in bodies)
    assert on == (".st-key-compare-model" in bodies)
    return on


def test_the_switch_turns_the_style_on_and_off_and_keeps_the_pair():
    """Off at first; on, the page has the stronger colours; the pair stays through both."""
    page = app()
    assert not projected(page)
    pair = [side.sample.index for side in sides_of(page).values()]
    page.toggle(key="projector.switch").set_value(True).run()
    assert projected(page)
    page.toggle(key="projector.switch").set_value(False).run()
    assert not projected(page)
    assert pair == [side.sample.index for side in sides_of(page).values()]


def test_a_link_starts_in_it():
    """The address's parameter turns the switch on in the first run; it can be turned off."""
    page = app(projector="1")
    assert projected(page)
    assert page.toggle(key="projector.switch").value
    page.toggle(key="projector.switch").set_value(False).run()
    assert not projected(page)


@pytest.mark.parametrize("value", ["0", "yes", "1; drop", "11"])
def test_another_value_is_left_out_with_a_notice(value):
    """Only 1 turns it on; anything else is ignored, and said."""
    page = app(projector=value)
    assert not projected(page)
    assert "projector switch could not be used" in page.info[0].value


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2 defines it."""
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return sum(value * weight for value, weight in zip(linear, (0.2126, 0.7152, 0.0722)))


def contrast(one: str, other: str) -> float:
    """The contrast of two colours, from 1 to 21."""
    low, high = sorted(map(luminance, (one, other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize(("plain", "strong"), [(LIGHT, PROJECTED_LIGHT), (DARK, PROJECTED_DARK)])
def test_its_colours_stand_out_more(plain: Palette, strong: Palette):
    """Each text colour reaches AAA (7:1) on the background, and never less than without a projector."""
    for name in ("same", "different", "text", "muted"):
        ratio = contrast(getattr(strong, name), strong.background)
        assert ratio >= 7
        assert ratio >= contrast(getattr(plain, name), plain.background)
    for colour in strong.splits.values():
        assert contrast(colour, strong.background) >= 7
