"""The page *Teach it a symbol* without a browser: everything but drawing."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from siamese.ui import teach_examples
from tests.test_pages import html, opened

pytestmark = pytest.mark.usefixtures("no_mnist")


def teach() -> None:
    from siamese.ui import teach

    teach.page()


def lesson(page: AppTest):
    """What this session has taught."""
    return page.session_state["kept.lesson"]


def drawn(page: AppTest) -> None:
    """Put a drawing on the canvas of an example, as a stroke does."""
    lesson(page).papers["teach"].strokes = teach_examples.query()
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
    page.session_state[f"kept.threshold.{page.selectbox(key='teach.model').value}"] = 0.01
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
    (symbol,) = lesson(page).symbols
    assert symbol.name == "<img src=x>"
    assert len(symbol.examples) == 2
    assert "&lt;img src=x&gt;" in html(page)
    assert "<img src=x>" not in html(page)


def test_unnamed_symbols_get_a_name_and_six_are_the_most():
    """Each addition without a name counts on; then only more examples can be added."""
    page = opened(teach)
    page.button(key="teach.empty").click().run()
    for _ in range(6):
        drawn(page)
        page.button(key="teach.add").click().run()
    assert [symbol.name for symbol in lesson(page).symbols] == [f"symbol {number}" for number in range(1, 7)]
    assert len(page.selectbox(key="teach.target").options) == 6
    assert not page.text_input


def test_five_examples_of_a_symbol_are_the_most():
    """The button is off at the limit, and a line says why."""
    page = opened(teach)
    page.segmented_control(key="teach.task").set_value("teach").run()
    page.selectbox(key="teach.target").set_value(0).run()
    for _ in range(4):
        drawn(page)
        page.button(key="teach.add").click().run()
    drawn(page)
    assert len(lesson(page).symbols[0].examples) == 5
    assert page.button(key="teach.add").disabled


def test_symbols_can_be_taken_away_and_the_ready_set_comes_back():
    """After two are gone one is left, which is too few to ask about."""
    page = opened(teach)
    for _ in range(2):
        page.button(key="teach.remove").click().run()
        assert not page.exception
    assert [symbol.name for symbol in lesson(page).symbols] == ["note"]
    assert "Teach at least two symbols first." in html(page)
    page.button(key="teach.ready").click().run()
    assert "This looks like:" in html(page)


def test_what_was_taken_away_comes_back():
    """An example, a symbol, or the whole set: one press brings back what was there before."""
    page = opened(teach)
    assert "teach.before" not in [button.key for button in page.button]
    for press in ("teach.remove.example", "teach.remove", "teach.empty"):
        before = [symbol.name for symbol in lesson(page).symbols]
        page.button(key=press).click().run()
        assert [symbol.name for symbol in lesson(page).symbols] != before
        page.button(key="teach.before").click().run()
        assert [symbol.name for symbol in lesson(page).symbols] == before
        assert not page.exception


@pytest.mark.parametrize("model", ["digits", "baseline"])
def test_drawings_survive_another_model(model):
    """The same symbols are asked of another model."""
    page = opened(teach)
    page.selectbox(key="teach.model").set_value(model).run()
    assert not page.exception
    assert html(page).count('data-testid="rank"') == 3
