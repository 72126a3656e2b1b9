"""Accuracy without a browser: it renders offline, and a damaged file is one plain sentence."""

from __future__ import annotations

import shutil

import pytest
from streamlit.testing.v1 import AppTest

from siamese import artefacts

pytestmark = pytest.mark.usefixtures("no_mnist")
WAIT = 60


def accuracy() -> AppTest:
    """The page by itself."""

    def script():
        from siamese.ui import accuracy

        accuracy.page()

    return AppTest.from_function(script, default_timeout=WAIT)


def test_every_section_is_there():
    """Headings of all charts, three figures, the table with the published row, and no error."""
    page = accuracy().run()
    assert not page.exception
    headings = [heading.value for heading in page.subheader]
    for heading in ("Accuracy against threshold", "Accuracy per epoch", "ROC", "Digit by digit", "All figures"):
        assert heading in headings
    assert [figure.label for figure in page.metric] == ["seen pairs", "mixed pairs", "unseen pairs"]
    assert any("98.15%" in text.value and "EER" in text.value for text in page.markdown)


def test_one_digit_is_no_split_and_two_are():
    """Choosing one digit changes nothing; a second one adds a figure."""
    page = accuracy().run()
    page.button_group(key="accuracy.own").set_value([4]).run()
    assert len(page.metric) == 3
    page.button_group(key="accuracy.own").set_value([4, 9]).run()
    assert [figure.label for figure in page.metric][-1] == "own: 4, 9"


def test_a_damaged_history_is_one_plain_sentence(tmp_path, monkeypatch):
    """A model whose history cannot be read: the page says so and shows no traceback."""
    shutil.copytree(artefacts.MODELS / "baseline", tmp_path / "baseline")
    (tmp_path / "baseline" / "history.json").write_text("[]")
    monkeypatch.setenv(artefacts.MODELS_VARIABLE, str(tmp_path))
    page = accuracy().run()
    assert not page.exception
    assert any("cannot be shown" in message.value for message in page.error)
