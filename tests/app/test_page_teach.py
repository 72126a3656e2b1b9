"""The page *Teach it a symbol* without a browser: everything but drawing."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from siamese.app import links, session
from siamese.app.choices import Choices
from siamese.app.pages.teach import examples
from siamese.app.pages.teach.support_set import SupportSet
from siamese.imaging import strokes
from tests.app.sessions import held, teach_state
from tests.app.test_pages import WAIT, html, opened

pytestmark = pytest.mark.usefixtures("no_mnist")


def teach() -> None:
    from siamese.app.pages.teach import page as teach

    teach.render()


def support(page: AppTest) -> SupportSet | None:
    """The session's support set."""
    return teach_state(page).support_set


def drawn(page: AppTest) -> None:
    """Put a drawing on the canvas of an example, as a stroke does."""
    support(page).draft.strokes = examples.query()
    page.run()


def test_a_first_visit_shows_three_symbols_and_a_right_answer():
    """The ready set's query is a star, and the default model says so."""
    page = opened(teach)
    assert 'data-testid="winner" data-kind="same"' in html(page)
    assert 'This looks like: <bdi class="name">star</bdi>' in html(page)
    assert html(page).count('data-testid="rank"') == 3


def test_beyond_the_threshold_it_looks_like_none_of_these():
    """With a threshold of 0.01 nothing is near enough, and the nearest is named."""
    page = opened(teach)
    held(page, Choices).thresholds[page.selectbox(key="teach.model").value] = 0.01
    page.run()
    assert 'Looks like none of these; nearest: <bdi class="name">star</bdi>' in html(page)


def test_an_empty_set_asks_for_symbols():
    """Nothing is left of the ready set, the task is teaching, and no button leads nowhere."""
    page = opened(teach)
    page.button(key="teach.empty").click().run()
    assert not page.exception
    assert "Two are needed." in html(page)
    assert page.button(key="teach.go").disabled
    assert page.button(key="teach.add").disabled


def test_a_name_is_text_and_the_same_name_gets_another_example():
    """Markup in a name is escaped; a second drawing of that name is a second example, not a second symbol."""
    page = opened(teach)
    page.button(key="teach.empty").click().run()
    for _ in range(2):
        drawn(page)
        page.text_input[0].set_value("<img src=x>")
        page.button(key="teach.add").click().run()
        assert not page.exception
    (symbol,) = support(page).symbols
    assert symbol.name == "<img src=x>"
    assert len(symbol.examples) == 2
    assert "&lt;img src=x&gt;" in html(page)
    assert "<img src=x>" not in html(page)


def test_unnamed_symbols_get_a_name_and_twelve_are_the_most():
    """Each addition without a name counts on; then only more examples can be added."""
    page = opened(teach)
    page.button(key="teach.empty").click().run()
    for _ in range(12):
        drawn(page)
        page.button(key="teach.add").click().run()
    assert [symbol.name for symbol in support(page).symbols] == [f"symbol {number}" for number in range(1, 13)]
    assert len(page.selectbox(key="teach.target").options) == 12
    assert not page.text_input


def test_twelve_symbols_come_by_an_address():
    """All that the address holds is there in another session, and all twelve are ranked."""
    page = opened(teach)
    page.button(key="teach.empty").click().run()
    for _ in range(12):
        drawn(page)
        page.button(key="teach.add").click().run()
    symbols = [(symbol.name, [example.strokes for example in symbol.examples]) for symbol in support(page).symbols]
    texts = links.support_set_texts(symbols)

    def script() -> None:
        from siamese.app import address
        from siamese.app.navigation import ADDRESSES
        from siamese.app.pages.teach import page as teach

        address.apply(ADDRESSES)
        teach.render()

    other = AppTest.from_function(script, default_timeout=WAIT)
    for place, text in enumerate(texts, 1):
        other.query_params[f"s{place}"] = text
    other.query_params["ask"] = strokes.encode(examples.query())
    other.run()
    assert not other.exception
    assert [symbol.name for symbol in support(other).symbols] == [name for name, _ in symbols]
    assert html(other).count('data-testid="rank"') == 12


def test_a_name_whose_symbol_is_full_keeps_name_and_drawing():
    """Five examples of a star are there: a drawing named star is not added, the page says why, nothing is cleared."""
    page = opened(teach)
    page.segmented_control(key="teach.task").set_value("teach").run()
    for _ in range(4):
        drawn(page)
        page.text_input[0].set_value("star")
        page.button(key="teach.add").click().run()
    drawn(page)
    page.text_input[0].set_value("star")
    page.button(key="teach.add").click().run()  # the name and the press come together
    assert not page.exception
    assert len(support(page).symbols[0].examples) == 5
    assert '<bdi class="name">star</bdi> has 5 examples already' in html(page)
    assert page.button(key="teach.add").disabled
    assert page.text_input[0].value == "star"
    assert support(page).draft.strokes
    page.text_input[0].set_value("sun").run()
    page.button(key="teach.add").click().run()
    assert [symbol.name for symbol in support(page).symbols] == ["star", "house", "note", "sun"]
    assert "has 5 examples already" not in html(page)
    assert page.text_input[0].value == ""


def test_a_long_name_is_cut_and_the_page_says_so():
    """A text of any length that is set at once is its own beginning, not "symbol 1"."""
    page = opened(teach)
    page.button(key="teach.empty").click().run()
    drawn(page)
    page.text_input[0].set_value("<b>abcdefghijklmnopqrstuvwxyz" * 500).run()
    assert not page.exception
    assert "this one becomes <bdi" in html(page)
    assert "&lt;b&gt;abcdefghijklmnopqrstu</bdi>" in html(page)
    page.button(key="teach.add").click().run()
    assert [symbol.name for symbol in support(page).symbols] == ["<b>abcdefghijklmnopqrstu"]
    drawn(page)
    page.text_input[0].set_value("x" * 24).run()
    assert "this one becomes" not in html(page), "as long as it may be"


def test_a_name_from_right_to_left_is_isolated_from_its_count():
    """In the lists by Unicode's isolates, elsewhere by an element; pictures' descriptions, too."""
    page = opened(teach)
    page.button(key="teach.empty").click().run()
    drawn(page)
    page.text_input[0].set_value("سمكة")
    page.button(key="teach.add").click().run()
    for key in ("teach.target", "teach.remove.which"):
        assert "\u2068سمكة\u2069 · 1 example" in page.selectbox(key=key).options
    assert '<bdi class="name">سمكة</bdi> <span class="count">1 example</span>' in html(page)
    assert 'alt="Example of \u2068سمكة\u2069"' in html(page)


def test_five_examples_of_a_symbol_are_the_most():
    """The button is off at the limit, and a line says why."""
    page = opened(teach)
    page.segmented_control(key="teach.task").set_value("teach").run()
    page.selectbox(key="teach.target").set_value(0).run()
    for _ in range(4):
        drawn(page)
        page.button(key="teach.add").click().run()
    drawn(page)
    assert len(support(page).symbols[0].examples) == 5
    assert page.button(key="teach.add").disabled


def test_a_double_press_adds_and_takes_away_once(monkeypatch):
    """Add, take away, bring back, the example set: the second half of a double press does and loses nothing."""

    def script() -> None:
        import streamlit as st

        from siamese.app.pages.teach import page as teach
        from siamese.app.pages.teach import support_set

        for press in st.session_state.pop("presses", []):
            {
                "add": lambda: teach._add(support_set.NEW),
                "remove": lambda: teach._remove(True),
                "back": teach._bring_back,
                "ready": support_set.start_with_examples,
                "empty": support_set.start_empty,
            }[press]()
        teach.render()

    page = opened(script)

    def twice(press: str) -> list[str]:
        page.session_state["presses"] = [press, press]
        page.run()
        assert not page.exception
        return [symbol.name for symbol in support(page).symbols]

    support(page).draft.strokes = examples.query()
    assert twice("add") == ["star", "house", "note", "symbol 1"]
    assert twice("remove") == ["house", "note", "symbol 1"]
    assert twice("back") == ["star", "house", "note", "symbol 1"]
    monkeypatch.setattr(session, "DOUBLE_PRESS", 0)  # what follows is meant
    assert twice("ready") == ["star", "house", "note"]
    page.button(key="teach.before").click().run()
    assert [symbol.name for symbol in support(page).symbols] == ["star", "house", "note", "symbol 1"]
    assert twice("empty") == []
    page.button(key="teach.before").click().run()
    assert [symbol.name for symbol in support(page).symbols] == ["star", "house", "note", "symbol 1"]


def test_symbols_can_be_taken_away_and_the_ready_set_comes_back(monkeypatch):
    """After two are gone one is left, which is too few to ask about."""
    monkeypatch.setattr(session, "DOUBLE_PRESS", 0)  # a test presses faster than a person who means it
    page = opened(teach)
    for _ in range(2):
        page.button(key="teach.remove").click().run()
        assert not page.exception
    assert [symbol.name for symbol in support(page).symbols] == ["note"]
    assert "Teach at least two symbols first." in html(page)
    page.button(key="teach.ready").click().run()
    assert "This looks like:" in html(page)


def test_what_was_taken_away_comes_back(monkeypatch):
    """An example, a symbol, or the whole set: one press brings back what was there before."""
    monkeypatch.setattr(session, "DOUBLE_PRESS", 0)  # a test presses faster than a person who means it
    page = opened(teach)
    assert "teach.before" not in [button.key for button in page.button]
    for press in ("teach.remove.example", "teach.remove", "teach.empty"):
        before = [symbol.name for symbol in support(page).symbols]
        page.button(key=press).click().run()
        assert [symbol.name for symbol in support(page).symbols] != before
        page.button(key="teach.before").click().run()
        assert [symbol.name for symbol in support(page).symbols] == before
        assert not page.exception


@pytest.mark.parametrize("model", ["digits", "baseline"])
def test_drawings_survive_another_model(model):
    """The same symbols are asked of another model."""
    page = opened(teach)
    page.selectbox(key="teach.model").set_value(model).run()
    assert not page.exception
    assert html(page).count('data-testid="rank"') == 3
