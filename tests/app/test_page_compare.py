"""Compare's parts without a browser: guessing before the network, why, the history."""

from __future__ import annotations

import re

import pytest
from streamlit.testing.v1 import AppTest

from siamese import Verifier
from siamese.app.choices import Choices
from siamese.app.pages.compare.history import History
from siamese.app.verdict import prompt, saw, trust
from siamese.data.splits import SPLITS
from siamese.imaging.normalisation import Normalisation
from tests.app.sessions import explained, game, held, sides_of
from tests.app.test_pages import WAIT, compare, html, opened

pytestmark = pytest.mark.usefixtures("no_mnist")


def linked(query: dict[str, str]) -> AppTest:
    """The app opened by a link."""

    def script() -> None:
        from siamese.app import address
        from siamese.app.navigation import ADDRESSES
        from siamese.app.pages.compare import page as compare

        address.apply(ADDRESSES)
        compare.render()

    page = AppTest.from_function(script, default_timeout=WAIT)
    for key, value in query.items():
        page.query_params[key] = value
    page.run()
    assert not page.exception
    return page


@pytest.mark.parametrize(
    ("steps", "words"),
    [
        (Normalisation(), "cut out and centred"),
        (Normalisation(slant=True), "cut out, centred and set upright"),
        (Normalisation(slant=True, size=0.5), "cut out, centred, set upright and evened out in size"),
        (Normalisation(True, 0.5, 3.6), "cut out, centred, set upright and evened out in size and thickness"),
    ],
)
def test_what_was_done_to_a_digit_is_said(steps, words):
    """As the chosen model's card declares it."""
    assert f"28 × 28 pixels, {words}</span>" in saw([None, None], steps)


@pytest.mark.parametrize(
    ("errors", "expected"),
    [
        ((0.018, 0.03, 0.014), "with unseen digits it is less reliable, off by 3.0% on mixed and 1.4% on unseen pairs"),
        ((0.018, 0.017, 0.014), "with unseen digits off by 1.7% on mixed and 1.4% on unseen pairs"),
    ],
)
def test_less_reliable_is_said_where_it_is(errors, expected):
    """By the report's figures, of pairs with unseen digits of either kind."""
    words = trust({name: {"expected_calibration_error": error} for name, error in zip(SPLITS, errors)})
    assert "off by 1.8% on average" in words
    assert words.endswith(f"{expected}.")


def test_a_prompt_is_text():
    """Whatever stands in the verdict's place is escaped, such as a name with markup; so is its sign."""
    assert "&lt;img src=x&gt; is not here" in prompt("<img src=x> is not here")
    assert "<img" not in prompt("<img src=x>")
    assert "<b>" not in prompt("a", "<b>")


def test_guessing_asks_in_the_verdict_s_place():
    """The question has a sign of its own, and is the same box as every prompt."""
    assert prompt("Same digit, or different? You say it first.", "?") in html(linked({"guess": "1"}))


def press(page: AppTest, key: str) -> AppTest:
    page.button(key=key).click().run()
    assert not page.exception
    return page


def sampled(page: AppTest) -> list[int]:
    """The digits of the two samples."""
    return [side.digit for side in sides_of(page).values()]


def sheetless(page: AppTest) -> str:
    """All HTML of the page without its style sheets."""
    return re.sub("<style>.*?</style>", "", html(page), flags=re.DOTALL)


def tally(page: AppTest) -> str:
    """The tally's line."""
    return re.sub("<.*?>", "", re.search('data-testid="tally">(.*?)</p>', html(page))[1])


def test_nothing_tells_the_verdict_before_the_guess():
    """Opened by a link that guesses first: no verdict, distance, truth, mark on the scale, digit's name or entry."""
    page = linked({"guess": "1", "why": "1", "pair": "same"})
    text = sheetless(page)
    for telling in ('data-testid="verdict"', "data-distance", 'data-testid="correctness"', "this pair", "sure that"):
        assert telling not in text
    assert not re.search(r"handwritten \d", text)
    assert "The threshold is" in text, "the scale stands there without the pair"
    assert "Guess first: the explanation comes with the verdict." in text
    assert 'data-testid="strips"' not in text
    assert not held(page, History).entries, "nothing was recorded"
    assert explained(page).explanation is None, "nothing was computed, either"
    keys = [control.key for control in page.get("button_group")]
    assert "compare.split" in keys
    assert "compare.kind" not in keys, "a chosen kind would give the answer away"


@pytest.mark.parametrize("answer", ["same", "different"])
def test_a_guess_shows_the_verdict_and_counts_both(answer):
    """The verdict comes, with how the guess turned out; the tally holds the split that the pair was sampled from."""
    page = press(linked({"guess": "1", "split": "unseen"}), f"guess.{answer}")
    left, right = sampled(page)
    person = (left == right) == (answer == "same")
    network = (left == right) == ("Same digit" in sheetless(page))
    assert 'data-testid="verdict"' in html(page)
    assert f"You said <b>{answer}</b>: {'✓ right' if person else '✗ wrong'}" in html(page)
    assert tally(page) == f"Unseen you {int(person)}, network {int(network)} of 1"
    (entry,) = held(page, History).entries
    assert entry.guess == (answer == "same")
    assert page.button(key="guess.same").disabled


def test_next_hides_again_and_a_round_ends_with_a_summary():
    """Three pairs of two splits: a row for each split, the sums in the heading; a new round starts from nothing."""
    page = linked({"guess": "1", "split": "seen"})
    labels = []
    for split in ("seen", "seen", "unseen"):
        page.segmented_control(key="compare.split").set_value(split).run()
        press(page, "sample-pair")
        assert 'data-testid="verdict"' not in html(page)
        press(page, "guess.same")
        labels.append(len(set(sampled(page))) == 1)
    count = game(page).tally
    assert (count.row("seen").pairs, count.row("unseen").pairs) == (2, 1)
    assert count.labelled.person == sum(labels)
    press(page, "guess.end")
    text = sheetless(page)
    assert 'data-testid="round"' in text
    assert "seen: 2–7</th>" in text
    assert "unseen: 0, 1, 8, 9</th>" in text
    assert "mixed: 0–9</th>" not in text
    assert Verifier.load().card.title in text
    press(page, "guess.again")
    assert tally(page).startswith("No guess yet.")
    assert 'data-testid="verdict"' not in html(page)
    press(page, "guess.different")
    press(page, "guess.end")
    assert "In all 2 rounds" in html(page)
    press(page, "guess.stop")
    assert 'data-testid="verdict"' in html(page)
    assert not page.toggle(key="guess.first").value


def pair(page: AppTest) -> list[tuple]:
    """What the two sides show, by mode and number."""
    return [(side.mode, side.sample.source, side.sample.index) for side in sides_of(page).values()]


def test_another_choice_of_digits_or_kind_samples_anew():
    """The sampled pair that was there does not stand beside a choice that it does not go with."""
    page = opened(compare)
    for key, value in [("split", "unseen"), ("kind", "same"), ("split", "seen"), ("kind", "different")]:
        before = pair(page)
        page.segmented_control(key=f"compare.{key}").set_value(value).run()
        assert not page.exception
        assert pair(page) != before
        left, right = sampled(page)
        chosen = held(page, Choices).split, held(page, Choices).pair_kind
        assert {left, right} <= set(SPLITS[chosen[0]])
        assert chosen[1] == "any" or (left == right) == (chosen[1] == "same")
    before = pair(page)
    page.selectbox(key="compare.model").set_value(Verifier.available()[1]).run()
    assert pair(page) == before, "another model with the same splits judges the same pair"


def test_what_was_drawn_stays_when_the_choice_changes():
    """One side sampled, the other drawn: both stay."""
    page = opened(compare)
    page.segmented_control(key="left.mode").set_value("draw").run()
    before = pair(page)
    page.segmented_control(key="compare.split").set_value("unseen").run()
    page.segmented_control(key="compare.kind").set_value("same").run()
    assert pair(page) == before


def test_another_choice_while_guessing_counts_no_pair_twice():
    """Before the guess and after it the change brings a pair that is still to be guessed, and adds nothing."""
    page = linked({"guess": "1", "split": "seen"})
    page.segmented_control(key="compare.split").set_value("unseen").run()
    assert set(sampled(page)) <= set(SPLITS["unseen"])
    assert tally(page).startswith("No guess yet")
    press(page, "guess.same")
    page.segmented_control(key="compare.split").set_value("mixed").run()
    assert 'data-testid="verdict"' not in html(page)
    assert game(page).tally.pairs == 1
    press(page, "guess.different")
    count = game(page).tally
    assert (count.row("unseen").pairs, count.row("mixed").pairs, count.pairs) == (1, 1, 2)
    press(page, "guess.end")
    page.segmented_control(key="compare.split").set_value("seen").run()
    assert 'data-testid="round"' in html(page), "the summary stays until it is closed"
    press(page, "guess.again")
    assert game(page).before.pairs == 2


def test_pressed_twice_next_skips_no_pair():
    """The second press finds a pair that has not been judged."""

    def script() -> None:
        import streamlit as st

        from siamese.app.pages.compare import guess, sides
        from siamese.app.pages.compare import page as compare

        if st.session_state.pop("twice", False):
            guess._next()
            st.session_state["between"] = sides.identity()
            guess._next()
        compare.render()

    page = opened(script)
    page.toggle(key="guess.first").set_value(True).run()
    press(page, "guess.same")
    before = pair(page)
    page.session_state["twice"] = True
    page.run()
    assert not page.exception
    assert pair(page) != before
    between = [number for _, number in page.session_state["between"]]
    assert [(source, number) for _, source, number in pair(page)] == between


def test_what_a_reload_loses_is_said_before():
    """Below the history, beside the guesses and after a round: only the pair on the screen is in the address."""
    page = linked({"journey": "1"})
    assert any("until this page is reloaded or closed" in caption.value for caption in page.caption)
    page = linked({"guess": "1"})
    assert "Reloading the page loses the counts" in tally(page)
    assert "Reloading or closing the page loses" in page.toggle(key="guess.first").proto.help
    press(page, "guess.same")
    press(page, "guess.end")
    assert "reloading or closing the page loses all counts" in sheetless(page)


def test_switching_it_on_brings_a_pair_whose_verdict_nobody_saw():
    """The pair on the screen was judged already; another one takes its place, with its verdict hidden."""
    page = opened(compare)
    before = [(side.sample.source, side.sample.index) for side in sides_of(page).values()]
    page.toggle(key="guess.first").set_value(True).run()
    assert before != [(side.sample.source, side.sample.index) for side in sides_of(page).values()]
    assert 'data-testid="verdict"' not in html(page)
    assert len(held(page, History).entries) == 1


def test_a_second_answer_on_one_pair_does_not_count():
    """A click that was on its way while the first was answered changes nothing."""

    def script() -> None:
        from siamese.app import choices, resources, session
        from siamese.app.pages.compare import guess, sides
        from siamese.app.pages.compare import page as compare

        session.of(choices.Choices).guess_first = True
        result = resources.verifier(choices.model_name()).compare(*map(sides.image, sides.SIDES))
        for answer in (True, False):
            guess._answer(answer, sides.identity(), result, "a network")
        guess._answer(True, ("another", "pair"), result, "a network")
        compare.render()

    page = opened(script)
    assert game(page).tally.pairs == 1
    assert "You said <b>same</b>" in html(page)


def test_drawings_are_counted_as_agreement_only():
    """A drawn pair that came by a link: nobody knows its label, and the tally says so."""

    def script() -> None:
        import numpy as np

        from siamese.app import choices, session
        from siamese.app.pages.compare import page as compare
        from siamese.app.pages.compare import sides
        from siamese.imaging import pens

        if not session.of(sides.Pair).sides:
            session.of(choices.Choices).guess_first = True
            for digit, side in enumerate(sides.sides().values(), 3):
                side.mode = "draw"
                side.drawing.restart(pens.draw(digit, np.random.default_rng(1)))
        compare.render()

    page = press(opened(script), "guess.different")
    agrees = "Different digits" in html(page)
    assert f"The network {'agrees' if agrees else 'disagrees'}." in html(page)
    assert tally(page) == f"Drawn agreed {int(agrees)} of 1"
    press(page, "guess.end")
    assert "nobody here knows the truth" in html(page)
    assert "<table>" not in sheetless(page)
    press(page, "guess.again")
    assert "Draw a digit on each side." in html(page), "the next pair is drawn, too"


def test_why_is_computed_only_when_it_is_open():
    """Closed, nothing was explained. Opened by its address, the method, its limits and both strips are there."""
    page = opened(compare)
    assert explained(page).explanation is None
    assert 'data-testid="why"' not in html(page)
    page = linked({"why": "1"})
    text = sheetless(page)
    verifier, found = explained(page).verifier, explained(page).explanation
    assert f"the distance, {found.distance:.3f}, changes without it" in text
    assert f"Each digit has become {verifier.card.embedding} numbers" in text
    assert 'aria-label="The two embeddings' in text
    (words,) = [element.value for element in page.markdown if "cannot show" in element.value]
    assert "occlusion" in words


def test_the_threshold_does_not_explain_anew():
    """The explanation is about the distance: moving the threshold keeps the one that is there; a new pair does not."""
    page = linked({"why": "1"})
    before = explained(page).explanation
    page.slider[0].set_value(0.5).run()
    assert explained(page).explanation is before
    press(page, "sample-pair")
    assert explained(page).explanation is not before


def test_the_history_brings_a_pair_back_with_its_network_and_threshold():
    """Two pairs, then another threshold and network: the first comes back as it was, and no entry is added for it."""

    def script() -> None:
        import streamlit as st

        from siamese.app.pages.compare import history_strip
        from siamese.app.pages.compare import page as compare

        if number := st.session_state.pop("back", None):
            history_strip.bring_back(number)
        compare.render()

    page = opened(script)
    first = [(side.sample.source, side.sample.index) for side in sides_of(page).values()]
    shown = re.search('data-distance="(.*?)"', html(page))[1]
    own = page.slider[0].value
    press(page, "sample-pair")
    page.slider[0].set_value(0.25).run()
    page.selectbox(key="compare.model").set_value(Verifier.available()[1]).run()
    assert [entry.number for entry in held(page, History).entries] == [1, 2, 3]
    page.session_state["back"] = 1
    page.run()
    assert not page.exception
    assert [(side.sample.source, side.sample.index) for side in sides_of(page).values()] == first
    assert re.search('data-distance="(.*?)"', html(page))[1] == shown
    assert page.slider[0].value == own
    assert page.selectbox(key="compare.model").value == Verifier.available()[0]
    assert [entry.number for entry in held(page, History).entries] == [1, 2, 3]
    assert held(page, History).current == 1
    page.session_state["back"] = 99  # one that has gone, or that a forged message names
    page.run()
    assert not page.exception


def test_what_was_brought_back_is_not_guessed():
    """Guessing first, a pair from the history shows its verdict at once and does not count."""

    def script() -> None:
        import streamlit as st

        from siamese.app.pages.compare import history_strip
        from siamese.app.pages.compare import page as compare

        if number := st.session_state.pop("back", None):
            history_strip.bring_back(number)
        compare.render()

    page = opened(script)
    page.toggle(key="guess.first").set_value(True).run()
    page.session_state["back"] = 1
    page.run()
    assert 'data-testid="verdict"' in html(page)
    assert "it does not count" in html(page)
    assert tally(page).startswith("No guess yet.")
