"""Under a verdict on two drawings: what they look most like, and how often the network confuses these digits."""

from __future__ import annotations

import html as markup
import re
import shutil
from itertools import pairwise
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from siamese import Verifier
from siamese.app.verdict import never_met, of_100, pair_words
from siamese.evaluation import projection
from siamese.evaluation.neighbours import neighbours_from_map
from siamese.imaging import pens, strokes
from siamese.imaging.framing import from_drawing
from siamese.serving import catalogue
from siamese.serving.card import load_histograms, read_card, to_json
from tests.app.test_page_compare import linked, press, sheetless

pytestmark = pytest.mark.usefixtures("no_mnist")


def both() -> list[Verifier]:
    """The default network and another one."""
    return [Verifier.load(name) for name in ("strokes", "baseline")]


@pytest.fixture(scope="module")
def drawn() -> dict[int, list[str]]:
    """Digit -> links' text of two drawings of it whose neighbours agree on it, whichever network is asked."""
    asked = [(model, neighbours_from_map(projection.load_map(model.card), model.threshold)) for model in both()]
    found = {}
    for digit in (4, 9):
        texts = []
        for seed in range(30):
            strokes_ = strokes.quantised(pens.draw(digit, np.random.default_rng(seed)))
            image = from_drawing(strokes.render(strokes_))[None]
            if all(known.vote(model.embed(image)[0]) == digit for model, known in asked):
                texts.append("d" + strokes.encode(strokes_))
        found[digit] = texts[:2]
    return found


def said(page: AppTest) -> str:
    """The sentence without its markup, or ""."""
    match = re.search('data-testid="nearest-digits">(.*?)</span>', sheetless(page))
    return re.sub("<.*?>", "", match[1]) if match else ""


def counted(name: str, left: int, right: int, threshold: float) -> float:
    """How many of a hundred pairs are called same, counted on the committed file."""
    grid = load_histograms(catalogue.load_card(name))
    until = int(np.floor(threshold / grid.upper * grid.bins + 1e-6))
    return 100 * grid.counts[left, right, :until].sum() / grid.counts[left, right].sum()


def test_two_drawings_are_named_by_their_neighbours(drawn):
    """A 4 and a 9: as often called the same as Accuracy's cell says, and it never met a 9."""
    page = linked({"left": drawn[4][0], "right": drawn[9][0]})
    share = counted("strokes", 4, 9, Verifier.load("strokes").threshold)
    assert said(page) == (
        "By a vote of the known digits nearest to each, these look most like a 4 and a 9. "
        f"The network calls such pairs the same in {share:.0f} of 100{':' if share >= 10 else ', though'} "
        "it never met a 9."
    )


def test_the_figure_is_that_of_the_threshold_and_the_network_in_use(drawn):
    """The slider moved, another network: other figures; the link takes both along, to the cell."""
    page = linked({"left": drawn[4][0], "right": drawn[9][0], "model": "baseline", "t": "0.7"})
    limit = page.slider[0].value
    assert limit == pytest.approx(0.7, abs=0.002)
    assert f"in {counted('baseline', 4, 9, limit):.0f} of 100" in said(page)
    page = linked({"left": drawn[4][0], "right": drawn[9][0], "t": "0.7"})
    assert f"in {counted('strokes', 4, 9, page.slider[0].value):.0f} of 100" in said(page)
    address = urlsplit(
        markup.unescape(re.search('class="legend finding nearest-digits">.*?href="(.*?)"', sheetless(page))[1])
    )
    assert address.path == "accuracy"
    query = parse_qs(address.query)
    assert (query["first"], query["second"]) == (["4"], ["9"])
    assert float(query["t"][0]) == pytest.approx(0.7, abs=0.002)


def test_two_of_one_digit_are_named_so(drawn):
    """Two 4s, which it learned from: no word of what it never met."""
    text = said(linked({"left": drawn[4][0], "right": drawn[4][1]}))
    assert "these look most like two 4s." in text
    assert text.endswith("of 100.")


@pytest.mark.parametrize(
    ("query", "stays"),
    [
        ({"left": "one", "guess": "1"}, ""),  # guessing first
        ({"left": "one", "right": "p7"}, "Do you agree"),
        ({"left": "one", "right": "scrawl"}, "Do you agree"),
    ],
)
def test_where_nothing_is_known_for_sure_nothing_is_said(drawn, query, stays):
    """While guessing, beside a sample, and where the neighbours of one drawing don't agree."""
    texts = {"one": drawn[4][0], "scrawl": scrawl()}
    page = linked({"right": drawn[9][0]} | {key: texts.get(value, value) for key, value in query.items()})
    assert not said(page)
    assert "most like" not in sheetless(page)
    assert stays in sheetless(page)


def scrawl() -> str:
    """A link's text of a drawing whose neighbours are of several digits, or far."""
    verifier = Verifier.load()
    known = neighbours_from_map(projection.load_map(verifier.card), verifier.threshold)
    for seed in range(100):
        places = np.random.default_rng(seed).uniform(40, 240, (7, 2))
        line = [np.concatenate([np.linspace(a, b, 12) for a, b in pairwise(places)])]
        if known.vote(verifier.embed(from_drawing(strokes.render(strokes.quantised(line)))[None])[0]) is None:
            return "d" + strokes.encode(strokes.quantised(line))
    raise AssertionError("every scrawl looks like a digit")


def test_guessing_says_nothing_after_the_guess_either(drawn):
    """The verdict is shown then, and still no digit is named."""
    page = press(linked({"left": drawn[4][0], "right": drawn[9][0], "guess": "1"}), "guess.same")
    assert 'data-testid="verdict"' in sheetless(page)
    assert not said(page)


def test_two_samples_keep_their_truth():
    """Sampled pairs are known: the line about them stays, and nothing is voted on."""
    page = linked({})
    assert 'data-testid="correctness"' in sheetless(page)
    assert not said(page)


def test_a_network_without_a_map_says_nothing(drawn, tmp_path):
    """Such as one trained live: there are no known digits to ask."""

    def script() -> None:
        import streamlit as st

        from siamese.app import address, choices, session
        from siamese.app.navigation import ADDRESSES
        from siamese.app.pages.compare import page as compare
        from siamese.live import model as live_model

        now = session.current()
        if now.trained_network is None:
            now.trained_network = live_model.load(st.session_state["folder"])
            address.apply(ADDRESSES)
            choices.set_model(now.trained_network.name)
        compare.render()

    shutil.copytree(catalogue.MODELS / "baseline", tmp_path / "yours-1")
    card = read_card(tmp_path / "yours-1").raw
    del card["files"]["map.npz"]
    (tmp_path / "yours-1" / "card.json").write_text(to_json(card))
    page = AppTest.from_function(script, default_timeout=60)
    page.session_state["folder"] = tmp_path / "yours-1"
    page.query_params["left"], page.query_params["right"] = drawn[4][0], drawn[9][0]
    page.run()
    assert not page.exception
    assert page.selectbox(key="compare.model").value == "yours-1"
    assert 'data-testid="verdict"' in sheetless(page)
    assert "Do you agree" in sheetless(page)
    assert not said(page)


@pytest.mark.parametrize(
    ("left", "right", "share", "learned", "words"),
    [
        (4, 9, 0.68, (2, 3, 4), ": it never met a 9"),
        (8, 9, 0.68, (2, 3, 4), ": it never met an 8 or a 9"),
        (4, 9, 0.02, (2, 3, 4), ", though it never met a 9"),
        (9, 9, 0.97, (2, 3, 4), ", though it never met a 9"),
        (9, 9, 0.75, (2, 3, 4), ": it never met a 9"),
        (4, 9, 0.68, (4, 9), ""),
    ],
)
def test_what_it_never_met_is_said_where_it_is_true(left, right, share, learned, words):
    """By the card of the network; as a reason where it errs often."""
    assert never_met(left, right, share, learned) == words


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (0.0, "fewer than 1"),
        (0.004, "fewer than 1"),
        (0.006, "1"),
        (0.68, "68"),
        (0.994, "99"),
        (0.997, "more than 99"),
    ],
)
def test_shares_are_never_rounded_to_all_or_nothing(share, words):
    """None and all of a hundred would claim too much."""
    assert of_100(share) == f"{words} of 100"


def test_pairs_are_named_in_english():
    """An eight has another article."""
    assert [pair_words(*pair) for pair in ((4, 9), (8, 1), (8, 8))] == ["a 4 and a 9", "an 8 and a 1", "two 8s"]
