"""The page *How it works* without a browser."""

from __future__ import annotations

import json
import re

import pytest

from siamese import Verifier
from siamese.app import terms
from siamese.serving import catalogue
from tests.app.sessions import sides_of
from tests.app.test_pages import html, opened

pytestmark = pytest.mark.usefixtures("no_mnist")


def how() -> None:
    from siamese.app.pages.how import page as how

    how.render()


def shown_distance(page) -> float:
    """The distance that the diagram shows."""
    return float(re.search(r'data-distance="([\d.]+)"', html(page)).group(1))


def test_every_accuracy_is_the_committed_one():
    """The table's figures are those of the models' reports."""
    text = " ".join(block.value for block in opened(how).markdown)
    for name in catalogue.available():
        report = json.loads((catalogue.models_folder() / name / "report.json").read_text(encoding="utf-8"))
        for split in ("seen", "mixed", "unseen"):
            assert f"{report['splits'][split]['accuracy']:.2%}" in text


def test_another_pair_has_another_distance_in_both_pictures():
    """A 3 and a 5 are further apart than two 3s; the curves' sentence says the same number."""
    page = opened(how)
    same = shown_distance(page)
    page.segmented_control(key="how.pair.sharing").set_value("different").run()
    assert shown_distance(page) > same
    assert f"This pair is <b>{shown_distance(page):.3f}</b> apart" in html(page)


def test_the_pair_on_compare_can_be_shown():
    """On a first visit Compare has an example pair, and the diagram has its distance, as the verifier gives it."""
    page = opened(how)
    page.segmented_control(key="how.pair.loss").set_value("compare").run()
    assert not page.exception
    left, right = (side.sample.image for side in sides_of(page).values())
    assert shown_distance(page) == pytest.approx(Verifier.load().compare(left, right).distance, abs=1e-6)


def test_the_margin_decides_what_a_different_pair_costs():
    """At the smallest margin a 3 and a 5 are far enough apart; at the largest they are pushed."""
    page = opened(how)
    page.segmented_control(key="how.pair.loss").set_value("different").run()
    page.slider(key="how.margin").set_value(0.2).run()
    assert "no push" in html(page)
    page.slider(key="how.margin").set_value(2.0).run()
    assert "still pushed" in html(page)


def test_another_model_changes_every_part():
    """The baseline has another size of embedding and another threshold than the default."""
    page = opened(how)
    page.selectbox(key="how.model").set_value("baseline").run()
    text = " ".join(block.value for block in page.markdown)
    card = catalogue.load_card("baseline")
    assert f"{card.embedding} numbers" in text
    assert f"({card.threshold:.3f} for this model)" in text


def test_steps_are_remembered():
    """The first step alone: the rest of the picture is faint."""
    page = opened(how)
    page.select_slider(key="how.step").set_value(1).run()
    assert not page.exception
    assert 'data-step="1"' in html(page)


def test_what_is_in_the_box_makes_the_distance_of_the_verdict():
    """Both questions' distances stand in one sentence with the distance that the diagram shows; so for another pair."""
    page = opened(how)
    for pair in ("same", "different"):
        page.segmented_control(key="how.pair.parts").set_value(pair).run()
        said = re.search(r'data-testid="one-distance">(.*?)</p>', html(page), re.S).group(1)
        numbers = [float(number) for number in re.findall(r"\d+\.\d+(?=²|</b>)", said)]
        shapes, roots, total = numbers[0], numbers[-2], numbers[-1]  # between them stands the weight
        assert total == pytest.approx(shown_distance(page), abs=6e-4)
        weight = catalogue.load_card("strokes").raw["recipe"]["share_weight"] ** 2
        assert total == pytest.approx(((shapes**2 + weight * roots**2) / (1 + weight)) ** 0.5, abs=2e-3)
        verdict = "same" if pair == "same" else "different"
        assert said.rstrip(".").endswith(verdict)


def test_a_box_with_one_part_says_so():
    """The baseline's numbers mean nothing by themselves."""
    page = opened(how)
    page.selectbox(key="how.model").set_value("baseline").run()
    assert not page.exception
    assert "one-distance" not in html(page)
    assert "has one part" in " ".join(block.value for block in page.markdown)


def test_what_a_model_has_is_said_in_plain_words():
    """Of every model: no word of the workshop that nobody explains."""
    page = opened(how)
    for name in catalogue.available():
        page.selectbox(key="how.model").set_value(name).run()
        text = " ".join(block.value for kind in (page.markdown, page.caption) for block in kind)
        for word in (
            "one whole",
            "One whole",
            "shared out",
            "stranger",
            "acquaintance",
            "Prototype",
            "calibrated",
            "heed",
        ):
            assert word not in text, (name, word)


def test_the_glossary_explains_each_word_as_its_question_mark_does():
    """Six words of the field, in one list, which has a place of its own in the address."""
    page = opened(how)
    assert [header.proto.anchor for header in page.header if header.value == "Glossary"] == ["glossary"]
    (listed,) = [text.value for text in page.markdown if text.value.startswith("- **Embedding**")]
    words = re.findall(r"^- \*\*(.*?)\*\*: ", listed, re.M)
    assert words == ["Embedding", "Distance", "Threshold", "Split", "One-shot", "Calibration"]
    assert terms.DISTANCE in listed
    assert terms.THRESHOLD in listed


def test_it_says_in_three_sentences_which_views_count_as_one():
    """Equivalence classes, what the framing takes away, and why a 6 must not be equal to itself upside down."""
    page = opened(how)
    assert "When is it still the same?" in [header.value for header in page.header]
    (text,) = [block.value for block in page.markdown if "equivalence class" in block.value]
    assert text.count(". ") + text.endswith(".") == 3
    for words in ("*Robustness* on the page Accuracy", "*Turn it* on Compare", "a 6 would be a 9"):
        assert words in text
