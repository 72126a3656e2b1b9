"""Train live without a browser: its controls, and every way in which a training can end."""

from __future__ import annotations

import copy
import re
import subprocess
import sys
from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from siamese import Verifier, extras
from siamese.app import resources
from siamese.app.choices import Choices
from siamese.app.pages.live.choices import Training
from siamese.live import memory
from siamese.live.model import LiveModel
from siamese.live.queue import LiveQueue
from tests.app.sessions import give, held, sides_of, trained
from tests.conftest import ROOT
from tests.live.conftest import wait_for
from tests.live.workers import ENDLESS, GOOD, worker

pytestmark = pytest.mark.usefixtures("no_mnist")
WAIT = 60
DEFAULT = Verifier.available()[0]


@pytest.fixture
def queue(monkeypatch):
    """Puts a queue with another training process in the server's place."""
    made = []
    monkeypatch.setattr(memory, "has_room", lambda: True)

    def put(command, **options):
        made.append(LiveQueue(command=command, **options))
        monkeypatch.setattr(resources, "live_queue", lambda: made[-1])
        return made[-1]

    yield put
    for queue in made:
        queue.close()


def live() -> AppTest:
    """The page by itself."""

    def script():
        from siamese.app.pages.live import page as live

        live.render()

    return AppTest.from_function(script, default_timeout=WAIT)


def compare_with(model: LiveModel | None) -> AppTest:
    """Compare, in a session whose own network is `model`, and chosen."""

    def script():
        from siamese.app.pages.compare import page as compare

        compare.render()

    other = AppTest.from_function(script, default_timeout=WAIT)
    if model is not None:
        give(other, model)
        held(other, Choices).model = model.name
    return other


def start(page: AppTest) -> None:
    """Press Start; what was not predicted is predicted before."""
    for split in ("seen", "unseen"):
        prediction = page.number_input(key=f"live.{split}")
        if prediction.value is None:
            prediction.set_value(90)
    page.button(key="live.start").click().run()


def html(page: AppTest) -> str:
    """All HTML of the page."""
    return "".join(element.proto.body for element in page.get("html"))


def learned_from(model: LiveModel, digits: tuple[int, ...]) -> LiveModel:
    """The network, as if it had learned from `digits`, called *Yours*."""
    verifier = copy.copy(model.verifier)
    verifier.card = replace(verifier.card, digits=digits, title="Yours")
    return replace(model, verifier=verifier)


def finished(page: AppTest, queue: LiveQueue) -> AppTest:
    """The page after its training has ended."""
    job = held(page, Training).job
    wait_for(lambda: queue.status(job).over)
    return page.run()


def test_the_page_says_where_its_images_come_from(queue):
    """Without MNIST: digits of the app's own pen, said in a sentence; nothing has begun."""
    queue(ENDLESS)
    page = live().run()
    assert not page.exception
    assert any("pen of its own" in caption.value for caption in page.caption)
    assert any(caption.value == "Never met: 0, 1, 8, 9" for caption in page.caption)
    assert not page.button(key="live.start").disabled


@pytest.mark.parametrize(("digits", "words"), [([], "at least 2 digits to learn"), ([*range(9)], "2 digits unseen")])
def test_impossible_digits_are_explained(queue, digits, words):
    """None, or all but one: a sentence says what to do, and Start waits."""
    queue(ENDLESS)
    page = live().run()
    page.button_group(key="live.digits").set_value(digits).run()
    assert any(words in caption.value for caption in page.caption)
    assert page.button(key="live.start").disabled


def test_the_margin_belongs_to_the_contrastive_loss(queue):
    """The other loss has none, so none is offered."""
    queue(ENDLESS)
    page = live().run()
    assert "Margin" not in [slider.label for slider in page.slider]
    page.button_group(key="live.loss").set_value("contrastive").run()
    assert "Margin" in [slider.label for slider in page.slider]


def test_what_is_chosen_is_what_is_trained(queue):
    """Every control's value reaches the training, and the page shows it while it runs."""
    queue(ENDLESS)
    page = live().run()
    page.button_group(key="live.digits").set_value([0, 1, 9]).run()
    page.button_group(key="live.loss").set_value("contrastive").run()
    page.slider(key="live.margin").set_value(0.6)
    page.button_group(key="live.embedding").set_value(8).run()
    page.slider(key="live.epochs").set_value(7)
    page.toggle(key="live.augment").set_value(False)
    start(page)
    assert not page.exception
    settings = held(page, Training).job.settings
    assert (settings.digits, settings.loss, settings.margin) == ((0, 1, 9), "contrastive", 0.6)
    assert (settings.embedding, settings.epochs, settings.augment, settings.source) == (8, 7, False, "pens")
    assert "0, 1, 9" in html(page)
    assert page.button(key="live.stop")


def test_a_finished_network_is_held_against_the_prediction_and_goes_to_compare(queue):
    """Accuracies of its own histograms, the prediction's error, downloads; and Compare uses it, in this session."""
    made = queue(GOOD)
    page = live().run()
    page.number_input(key="live.unseen").set_value(55).run()
    page.slider(key="live.epochs").set_value(2).run()
    start(page)
    finished(page, made)
    assert not page.exception
    model = trained(page)
    accuracy = model.documents["report.json"]["splits"]["unseen"]["accuracy"]
    assert f"{accuracy:.1%}" in html(page)
    assert f"it does {100 * (accuracy - 0.55):.1f} points better" in html(page)
    assert [button.label for button in page.get("download_button")] == ["Network (.keras)", "Card (.json)"]

    compare = compare_with(model).run()
    assert not compare.exception
    assert compare.selectbox(key="compare.model").value == model.name
    assert 'data-testid="verdict"' in html(compare)
    assert compare.slider[0].value == pytest.approx(model.verifier.threshold, abs=0.01)


def test_pressed_twice_start_begins_one_training(queue):
    """The second press finds one that waits or runs already, and starts none; after its end a press starts another."""
    made = queue(ENDLESS)

    def script():
        import streamlit as st

        from siamese.app import session
        from siamese.app.pages.live import controls
        from siamese.app.pages.live import page as live
        from siamese.app.pages.live.choices import Training

        if st.session_state.pop("twice", False):
            controls._start(ask=False)
            st.session_state["first"] = session.of(Training).job
            controls._start(ask=False)
        live.render()

    page = AppTest.from_function(script, default_timeout=WAIT).run()
    page.session_state["twice"] = True
    page.run()
    assert not page.exception
    first = page.session_state["first"]
    assert held(page, Training).job is first
    assert not made._waiting or list(made._waiting) == [first]
    page.button(key="live.stop").click().run()
    assert made.status(first).over
    start(page)
    assert held(page, Training).job is not first


def test_the_journey_brings_back_a_network_of_one_s_own(queue):
    """Its pair comes back with the network that judged it and with its distance; one that has gone is said."""
    made = queue(GOOD)
    page = live().run()
    page.slider(key="live.epochs").set_value(1).run()
    start(page)
    finished(page, made)
    model = trained(page)

    def script():
        import streamlit as st

        from siamese.app.pages.compare import history_strip
        from siamese.app.pages.compare import page as compare

        if number := st.session_state.pop("back", None):
            history_strip.bring_back(number)
        compare.render()

    other = AppTest.from_function(script, default_timeout=WAIT)
    give(other, model)
    held(other, Choices).model = model.name
    other.run()
    own = re.search('data-distance="(.*?)"', html(other))[1]
    other.selectbox(key="compare.model").set_value(DEFAULT).run()
    assert re.search('data-distance="(.*?)"', html(other))[1] != own
    other.session_state["back"] = 1
    other.run()
    assert not other.exception
    assert other.selectbox(key="compare.model").value == model.name
    assert re.search('data-distance="(.*?)"', html(other))[1] == own
    assert not other.toast

    other.selectbox(key="compare.model").set_value(DEFAULT).run()
    give(other, None)
    other.session_state["back"] = 1
    other.run()
    assert not other.exception
    assert "is not here any more" in other.toast[0].value
    assert other.selectbox(key="compare.model").value == DEFAULT


def test_a_network_with_other_splits_samples_a_pair_that_goes_with_it(queue):
    """Another model's *unseen* are other digits: the sampled pair follows, by the picker and by *Try it on Compare*."""
    made = queue(GOOD)
    page = live().run()
    page.slider(key="live.epochs").set_value(1).run()
    start(page)
    finished(page, made)
    model = learned_from(trained(page), (0, 1, 4, 5, 6, 7, 8, 9))
    other = compare_with(None)
    give(other, model)
    held(other, Choices).split = "unseen"
    other.run()
    for name, digits in (("Yours", {2, 3}), (DEFAULT, {0, 1, 8, 9}), ("Yours", {2, 3})):
        other.selectbox(key="compare.model").set_value(name).run()
        assert not other.exception
        assert {side.digit for side in sides_of(other).values()} <= digits
    before = [side.sample.index for side in sides_of(other).values()]
    other.selectbox(key="compare.model").set_value("Yours")  # as it is: `AppTest` alone cannot name it
    other.segmented_control(key="compare.split").set_value("mixed").run()
    other.selectbox(key="compare.model").set_value(DEFAULT).run()
    assert [side.sample.index for side in sides_of(other).values()] != before
    before = [side.sample.index for side in sides_of(other).values()]
    other.selectbox(key="compare.model").set_value("Yours").run()
    after = [side.sample.index for side in sides_of(other).values()]
    assert after == before, "mixed is all ten with each"


def test_another_session_does_not_see_the_network(queue):
    """Its models are those of the project, and its page knows of no training."""
    made = queue(GOOD)
    page = live().run()
    page.slider(key="live.epochs").set_value(2).run()
    start(page)
    finished(page, made)
    other = live().run()
    assert held(other, Training).job is None
    assert 'data-testid="live-seen"' not in html(other)
    assert trained(other) is None
    compare = compare_with(None).run()
    assert not [name for name in compare.selectbox(key="compare.model").options if "Yours" in name]


def test_predictions_start_unset_and_start_asks_for_them(queue):
    """No number, no level in the chart; Start asks and starts nothing; with one number it asks for the other."""
    made = queue(ENDLESS)
    page = live().run()
    assert [page.number_input(key=f"live.{split}").value for split in ("seen", "unseen")] == [None, None]
    assert "You predict" not in chart_words(page)
    assert held(page, Training).job is None
    page.button(key="live.start").click().run()
    assert not page.exception
    assert held(page, Training).job is None
    assert "two numbers" in asked(page)
    page.number_input(key="live.seen").set_value(95).run()
    assert "You predict that 95% of seen pairs will be judged right." in chart_words(page)
    page.button(key="live.start").click().run()
    assert held(page, Training).job is None
    assert "a number for “digits it never met”" in asked(page)
    page.number_input(key="live.unseen").set_value(60)  # typed, and Start pressed at once
    page.button(key="live.start").click().run()
    assert held(page, Training).predicted == {"seen": 0.95, "unseen": 0.6}
    assert not asked(page)
    assert made.status(held(page, Training).job).state in ("waiting", "running")


def test_one_can_start_without_a_prediction(queue):
    """Asked once, *Start without* starts; the result then stands beside no prediction."""
    made = queue(GOOD)
    page = live().run()
    page.slider(key="live.epochs").set_value(2).run()
    page.button(key="live.start").click().run()
    page.button(key="live.without").click().run()
    finished(page, made)
    assert not page.exception
    assert held(page, Training).predicted == {}
    assert 'data-testid="live-unseen"' in html(page)
    assert "you said" not in html(page)
    assert not asked(page), "whoever has started is not asked again for that"


@pytest.mark.parametrize(("query", "predicted"), [({"sayseen": "97", "sayunseen": "61"}, [97, 61]), ({}, [None, None])])
def test_a_link_brings_its_predictions(queue, query, predicted):
    """A link's numbers are in their places and count for Start; a link without brings none."""
    queue(ENDLESS)

    def script():
        from siamese.app import address
        from siamese.app.navigation import ADDRESSES
        from siamese.app.pages.live import page as live

        address.apply(ADDRESSES)
        live.render()

    page = AppTest.from_function(script, default_timeout=WAIT)
    for name, value in query.items():
        page.query_params[name] = value
    page.run()
    assert [page.number_input(key=f"live.{split}").value for split in ("seen", "unseen")] == predicted
    page.button(key="live.start").click().run()
    assert bool(held(page, Training).job) == bool(query)


def asked(page: AppTest) -> str:
    """What Start says about missing predictions."""
    return "".join(element.proto.body for element in page.get("html") if 'live-ask" role' in element.proto.body)


def chart_words(page: AppTest) -> str:
    """What the chart says of itself."""
    words = [element.proto.json for element in page.get("bidi_component") if "Accuracy and loss" in element.proto.json]
    return "".join(words)


def test_stop_leaves_the_network_of_before(queue, monkeypatch):
    """A finished training, then one that is stopped before its first epoch: the result and its chart stay, named so."""
    made = queue(GOOD)
    page = live().run()
    page.slider(key="live.epochs").set_value(2).run()
    page.number_input(key="live.unseen").set_value(55).run()
    start(page)
    finished(page, made)
    before = trained(page)
    assert 'data-testid="live-earlier"' not in html(page)

    made = queue(worker("forever()"))
    page.number_input(key="live.unseen").set_value(70).run()
    start(page)
    assert 'data-testid="live-unseen"' not in html(page), "while another one runs, its own chart has the place"
    page.button(key="live.stop").click().run()
    assert not page.exception
    assert trained(page) is before
    assert 'data-testid="live-earlier"' in html(page)
    assert "you said <b>55%</b>" in html(page)
    assert "70%" not in chart_words(page)
    assert "After epoch 2" in chart_words(page)
    assert page.get("download_button")


def test_the_page_lets_a_process_wait_and_other_pages_let_it_go(queue):
    """Opened: one process gets ready, and Start takes it; on another page nobody waits for this visitor."""
    made = queue(ENDLESS)

    def script():
        import streamlit as st

        from siamese.app.pages.live import badge
        from siamese.app.pages.live import page as live

        functions = {"live": live.render, "x": lambda: None}
        pages = {name: st.Page(draw, url_path=name) for name, draw in functions.items()}
        shown = pages[st.session_state.get("shown", "live")]
        badge.show(shown, pages["live"])
        if shown is pages["live"]:
            live.render()

    page = AppTest.from_function(script, default_timeout=WAIT).run()
    assert not page.exception
    wait_for(lambda: made.standby.waiting is not None)
    assert made.standby.visitors == 1
    page.session_state["shown"] = "x"
    page.run()
    assert not made.standby.visitors
    page.session_state["shown"] = "live"
    page.run()
    wait_for(lambda: made.standby.waiting is not None)
    process = made.standby.waiting
    start(page)
    job = held(page, Training).job
    wait_for(lambda: made.status(job).progress.results)
    assert made.standby.waiting is None
    assert process.process.poll() is None
    page.session_state["shown"] = "x"
    page.run()
    assert not page.exception
    assert [link.proto.label for link in page.get("page_link")] == ["Your training runs: epoch 2 of 10"]


def test_a_failure_is_one_plain_sentence_and_can_be_tried_again(queue):
    """A crash: what happened, no traceback, and Start is there."""
    made = queue(worker("learn(1); os.abort()"))
    page = live().run()
    start(page)
    finished(page, made)
    assert not page.exception
    assert not page.error
    assert "ended unexpectedly" in page.warning[0].value
    assert not page.button(key="live.start").disabled


def test_stop_keeps_what_was_seen(queue):
    """Stopped after an epoch: said so, and the epoch stays."""
    made = queue(ENDLESS)
    page = live().run()
    start(page)
    job = held(page, Training).job
    wait_for(lambda: made.status(job).progress.results)
    page.run()
    page.button(key="live.stop").click().run()
    assert "Stopped" in page.info[0].value
    assert made.status(job).progress.results
    assert page.button(key="live.start")


def test_a_place_in_the_queue_is_shown_and_can_be_left(queue):
    """Another training runs: one is before this; leaving brings the controls back."""
    made = queue(ENDLESS)
    first, second = live().run(), live().run()
    for page in (first, second):
        start(page)
    assert "One training is before yours" in second.info[0].value
    second.button(key="live.stop").click().run()
    assert second.button(key="live.start")
    assert made.status(held(first, Training).job).state in ("waiting", "running")


def test_a_full_queue_is_said_and_nothing_is_lost(queue):
    """The settings stay, and Start can be pressed again."""
    made = queue(ENDLESS, room=0)
    page = live().run()
    page.slider(key="live.epochs").set_value(3).run()
    start(page)
    assert "Try again in a few minutes" in page.warning[0].value
    assert page.slider(key="live.epochs").value == 3
    assert held(page, Training).job is None
    made.room = 1
    start(page)
    assert page.button(key="live.stop")


@pytest.mark.parametrize(
    ("value", "missing", "there"),
    [("0", "", False), ("1", "", True), ("1", "tensorflow", False), ("1", "keras", False), ("0", "tensorflow", False)],
)
def test_a_switch_takes_the_page_away(value, missing, there, monkeypatch):
    """SIAMESE_LIVE=0, or an environment without what trains: the navigation has no such page, and the rest works."""
    monkeypatch.setenv(resources.LIVE_VARIABLE, value)
    monkeypatch.setattr(extras, "is_installed", lambda module: module != missing)
    assert resources.can_train() == there
    page = AppTest.from_file(str(ROOT / "app.py"), default_timeout=WAIT).run()
    assert not page.exception
    links = [element.proto.label for element in page.get("page_link")]
    assert ("Train live" in links) == there
    order = ["Compare", "Map", "Teach", "Class", "Accuracy", *(["Train live"] if there else []), "How it works"]
    assert all(link.startswith(name) for link, name in zip(links, order, strict=True))


def test_the_server_never_imports_tensorflow():
    """A fresh process that shows the page and holds a queue has loaded neither TensorFlow nor Keras."""
    script = """
import sys
from streamlit.testing.v1 import AppTest
page = "from siamese.app.pages.live import page; page.render()"
assert not AppTest.from_string(page, default_timeout=60).run().exception
print(sorted({"tensorflow", "keras"} & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=180)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip().endswith("[]")
