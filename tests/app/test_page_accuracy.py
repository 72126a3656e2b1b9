"""Accuracy without a browser: it renders offline, and a damaged file is one plain sentence."""

from __future__ import annotations

import json
import re
import shutil

import pytest
from streamlit.testing.v1 import AppTest

from siamese.app import resources
from siamese.app.view_words import WORDS
from siamese.evaluation.hardest_pairs import load_hardest
from siamese.evaluation.report import write_manifest
from siamese.evaluation.robustness import AMOUNTS
from siamese.serving import catalogue
from siamese.serving.card import load_json, read_card, to_json

pytestmark = pytest.mark.usefixtures("no_mnist")
WAIT = 60


def accuracy() -> AppTest:
    """The page by itself."""

    def script():
        from siamese.app.pages.accuracy import page as accuracy

        accuracy.render()

    return AppTest.from_function(script, default_timeout=WAIT)


def test_every_section_is_there():
    """Headings of all charts, three figures, the table with the published row, and no error."""
    page = accuracy().run()
    assert not page.exception
    headings = [heading.value for heading in page.header]
    for heading in (
        "Accuracy against threshold",
        "Accuracy per epoch",
        "Two kinds of error",
        "Digit by digit",
        "All figures",
        "Robustness: seen from elsewhere",
        "Drawn by people with a pen",
        "How each idea closed the gap",
    ):
        assert heading in headings
    assert [figure.label for figure in page.metric] == ["seen pairs", "mixed pairs", "unseen pairs"]
    [table] = [found.proto.body for found in page.get("html") if 'data-testid="figures"' in found.proto.body]
    assert "98.15%" in table
    assert "Even error" in table
    assert table.count("<tbody") == len(catalogue.available())


def test_every_link_at_the_top_leads_to_a_part():
    """Each goes to a heading of the page, and no heading but the first chart's is left out."""
    page = accuracy().run()
    [contents] = [text.value for text in page.markdown if text.value.startswith("Further down")]
    linked = re.findall(r"\]\(#([a-z-]+)\)", contents)
    anchors = [heading.proto.anchor for heading in page.header]
    assert linked == [anchor for anchor in anchors if anchor]
    assert anchors.count("") == 1


def test_words_of_the_field_stand_behind_a_question_mark():
    """None of them is on the page itself, each in the help of the heading that it belongs to."""
    page = accuracy().run()
    shown = [text.value for kind in (page.markdown, page.caption, page.header) for text in kind]
    shown += [re.sub("<style>.*?</style>", "", element.proto.body, flags=re.DOTALL) for element in page.get("html")]
    helped = {heading.value: heading.proto.help for heading in page.header}
    for word in ("AUC", "EER", "ROC", "U-statistic", "Hoeffding", "calibration", "istogram"):
        assert not [text for text in shown if word in text], word
    for heading, words in {
        "Accuracy against threshold": ("**Distance**", "**Threshold**"),
        "All figures": ("AUC", "EER", "U-statistic", "Hoeffding"),
        "Two kinds of error": ("ROC", "False accept"),
        "Is its certainty honest?": ("calibration error",),
    }.items():
        for word in words:
            assert word in helped[heading], (heading, word)


def test_one_digit_is_no_split_and_two_are():
    """Choosing one digit changes nothing; a second one adds a figure."""
    page = accuracy().run()
    page.button_group(key="accuracy.own").set_value([4]).run()
    assert len(page.metric) == 3
    page.button_group(key="accuracy.own").set_value([4, 9]).run()
    assert [figure.label for figure in page.metric][-1] == "own: 4, 9"


def test_the_train_row_says_that_it_does_not_follow_the_slider():
    """Moved, the threshold changes the other rows; *train* keeps its figure and names the threshold that it is at."""

    def rows(page: AppTest) -> list[list[str]]:
        [table] = [found.proto.body for found in page.get("html") if 'data-testid="figures"' in found.proto.body]
        [chosen] = re.findall("<tbody class=chosen>.*?</tbody>", table)
        return [re.findall("<td>(.*?)</td>", row) for row in chosen.split("<tr>")[1:]]

    page = accuracy().run()
    before = rows(page)
    assert before[0][0] == f"train, at {catalogue.load_card().threshold:.3f}"
    page.slider[0].set_value(0.5).run()
    after = rows(page)
    assert after[0] == before[0]
    assert all(new[1] != old[1] for new, old in zip(after[1:], before[1:], strict=True))
    assert any("only *train* was measured once" in caption.value for caption in page.caption)


def test_every_model_has_its_epochs_on_one_axis():
    """One chart a model, so that on a phone they stand one below the other; their axes of accuracy are the same."""
    page = accuracy().run()
    figures = [json.loads(data["figure"]) for data in charts(page) if "accuracy per epoch" in data["alt"]]
    assert len(figures) == len(catalogue.available())
    assert len({tuple(figure["layout"]["yaxis"]["range"]) for figure in figures}) == 1
    lowest = min(min(trace["y"]) for figure in figures for trace in figure["data"])
    assert figures[0]["layout"]["yaxis"]["range"][0] < lowest


def charts(page: AppTest) -> list[dict]:
    """What each chart of the page was given."""
    found = [json.loads(component.proto.json) for component in page.get("bidi_component")]
    return [data for data in found if "figure" in data]


def test_a_damaged_history_leaves_that_model_out(tmp_path, monkeypatch):
    """A model whose history cannot be read is named in one sentence; the others' figures are all there."""
    for name in ("baseline", "digits"):
        shutil.copytree(catalogue.MODELS / name, tmp_path / name)
    (tmp_path / "baseline" / "history.json").write_text("[]")
    monkeypatch.setenv(catalogue.MODELS_VARIABLE, str(tmp_path))
    page = accuracy().run()
    assert not page.exception
    assert not page.error
    assert "history.json of model 'baseline' is damaged" in page.warning[0].value
    assert page.selectbox(key="accuracy.model").options == [catalogue.load_card("digits").title]


def test_without_mnist_the_hardest_pairs_are_numbers():
    """Two tables of indices and a plain notice; choosing 4 and 9 leaves the pairs of these, which the file holds."""
    page = accuracy().run()
    assert any("not on this machine" in notice.value for notice in page.info)
    assert len(tables(page)) == 2
    page.selectbox(key="hardest.first").set_value("9").run()
    page.selectbox(key="hardest.second").set_value("4").run()
    (table,) = tables(page)
    hard = load_hardest(catalogue.load_card()).pairs((4,), (9,), False)
    assert [f"{pair.left} and {pair.right}" in row for pair, row in zip(hard, table.splitlines()[2:])] == [True] * 12
    page.button(key="hardest.any").click().run()
    assert len(tables(page)) == 2


def tables(page: AppTest) -> list[str]:
    """The tables of hardest pairs."""
    return [text.value for text in page.markdown if text.value.startswith("| Right? | Digits")]


@pytest.mark.parametrize(("split", "members"), [("unseen", (0, 1, 8, 9)), ("seen", (2, 3, 4, 5, 6, 7))])
def test_the_split_limits_the_hardest_pairs(split, members):
    """Of unseen pairs only 0, 1, 8 and 9 are shown, of seen ones only 2 to 7: all that the file holds."""
    page = accuracy().run()
    page.button_group(key="hardest.split").set_value(split).run()
    digits, images = set(), []
    for table in tables(page):
        for left, right, *numbers in re.findall(r"(\d) and (\d) \| (\d+) and (\d+) \|", table):
            digits |= {int(left), int(right)}
            images.append(tuple(map(int, numbers)))
    held = load_hardest(catalogue.load_card())
    hard = [pair for same in (True, False) for pair in held.pairs(members, members, same)]
    assert digits == {digit for pair in hard for digit in (pair.left_digit, pair.right_digit)}
    assert digits <= set(members)
    assert images == [(pair.left, pair.right) for pair in hard]


def test_a_model_without_hardest_pairs_says_so(tmp_path, monkeypatch):
    """A folder made before there was such a file: everything else is shown, and a sentence in their place."""
    folder = shutil.copytree(catalogue.MODELS / "baseline", tmp_path / "baseline")
    raw = json.loads((folder / "card.json").read_text(encoding="utf-8"))
    del raw["files"]["hardest.npz"]
    (folder / "card.json").write_text(json.dumps(raw), encoding="utf-8")
    (folder / "hardest.npz").unlink()
    monkeypatch.setenv(catalogue.MODELS_VARIABLE, str(tmp_path))
    page = accuracy().run()
    assert not page.exception
    assert not page.error
    assert any("not available" in notice.value for notice in page.info)
    assert "One-shot recognition" in [heading.value for heading in page.header]


def robust_examples(page: AppTest) -> str:
    """The pictures under the chart of robustness."""
    [found] = [each.proto.body for each in page.get("html") if "robust-examples" in each.proto.body]
    return found


def test_robustness_shows_each_change_with_its_pictures_and_one_sentence():
    """Another change is another chart with a picture for each amount; the sentence names every change once."""
    page = accuracy().run()
    found = resources.robustness("strokes")
    assert robust_examples(page).count("<img") == len(AMOUNTS["angle"])
    page.button_group(key="accuracy.change").set_value("blur").run()
    assert robust_examples(page).count("<img") == len(AMOUNTS["blur"])
    assert "3 pixels" in robust_examples(page)
    [words] = [text.value for text in page.markdown if "**Cannot bear**" in text.value]
    assert sorted(re.findall(r"([a-z]+(?: across)?) \(\d", words)) == sorted(WORDS[name].change for name in AMOUNTS)
    for name in found.by_cause(resources.verifier("strokes").card.normalisation)[2]:
        assert words.index(WORDS[name].change) > words.index("**Cannot bear**")
    low, high = found.changes["angle"].borne("mixed", 0)
    assert f"less than 5 up to {high:.0f}°" in words
    assert low == 0 < high < 180
    assert any("2,000 test images, 3,998,000 pairs" in text.value for text in page.caption)


@pytest.mark.parametrize("is_damaged", [False, True])
def test_without_robustness_or_with_a_damaged_file_a_sentence_says_so(tmp_path, monkeypatch, is_damaged):
    """Everything else is shown."""
    folder = shutil.copytree(catalogue.MODELS / "baseline", tmp_path / "baseline")
    if is_damaged:
        (folder / "robustness.json").write_bytes(b"")
    else:
        (folder / "robustness.json").unlink()
        write_manifest(folder, read_card(folder).raw)
    monkeypatch.setenv(catalogue.MODELS_VARIABLE, str(tmp_path))
    page = accuracy().run()
    assert not page.exception
    assert not page.error
    if is_damaged:
        assert any("robustness.json" in warning.value for warning in page.warning)
    else:
        assert any("was not measured for this model" in text.value for text in page.markdown)
    assert "How each idea closed the gap" in [heading.value for heading in page.header]


def test_damaged_hardest_pairs_are_one_sentence(tmp_path, monkeypatch):
    """A file with another SHA-256 costs the gallery, not the page."""
    shutil.copytree(catalogue.MODELS / "baseline", tmp_path / "baseline")
    (tmp_path / "baseline" / "hardest.npz").write_bytes(b"")
    monkeypatch.setenv(catalogue.MODELS_VARIABLE, str(tmp_path))
    page = accuracy().run()
    assert not page.error
    assert any("damaged" in warning.value for warning in page.warning)


def test_with_mnist_the_hardest_pairs_are_pictures(mnist_file, monkeypatch):
    """Two lists of twelve pairs, each of two pictures, and a button each."""
    monkeypatch.setenv("SIAMESE_MNIST", str(mnist_file))
    page = accuracy().run()
    figures = [element.proto.body for element in page.get("html") if "hard-pair" in element.proto.body]
    pairs = [body for body in figures if "<figure" in body]
    assert len(pairs) == 24
    assert all(body.count("data:image/png") == 2 for body in pairs)
    assert len([button for button in page.button if button.label == "Compare"]) == 24


def test_drawings_by_people_stand_beside_mnist():
    """Every model's committed accuracies on both, the number of people, and where the drawings come from."""
    page = accuracy().run()
    [table] = [found.proto.body for found in page.get("html") if 'data-testid="people"' in found.proto.body]
    for name in catalogue.available():
        report = load_json(catalogue.load_card(name), "report.json")
        for split, values in report["people"]["splits"].items():
            assert f"<td>{split}</td><td>{values['accuracy']:.2%}</td>" in table
            assert f"<td>{report['splits'][split]['accuracy']:.2%}</td>" in table
    [caption] = [text.value for text in page.caption if "UNIPEN" in text.value]
    assert f"{report['people']['drawings']:,} digits by {report['people']['writers']} people" in caption
    assert "CC BY 4.0" in caption


def test_models_that_were_not_measured_so_say_it(tmp_path, monkeypatch):
    """Models of one's own have neither drawings by people nor a ladder: a sentence each, and no error."""
    shutil.copytree(catalogue.MODELS / "baseline", tmp_path / "baseline")
    card = read_card(tmp_path / "baseline")
    report = load_json(card, "report.json")
    report.pop("people", None)
    (tmp_path / "baseline" / "report.json").write_text(to_json(report), encoding="utf-8")
    write_manifest(tmp_path / "baseline", card.raw)
    monkeypatch.setenv("SIAMESE_MODELS", str(tmp_path))
    page = accuracy().run()
    assert not page.exception
    text = " ".join(block.value for block in page.markdown)
    assert "No model here was measured on drawings by people." in text
    assert "It was not measured for these models." in text
    (tmp_path / catalogue.LADDER).write_text("{}", encoding="utf-8")
    resources._ladder.clear()
    page = accuracy().run()
    assert not page.exception
    assert "This chart cannot be shown" in page.error[0].value
    resources._ladder.clear()
