"""The pages without a browser: every widget that an empty machine shows, and what is imported for it."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys

import pytest
from streamlit.testing.v1 import AppTest

from tests.app.sessions import session_of, sides_of
from tests.conftest import ROOT

WAIT = 60  # seconds; the first run imports Plotly and loads the models

pytestmark = pytest.mark.usefixtures("no_mnist")


def compare() -> None:
    from siamese.app.pages.compare import page as compare

    compare.render()


def html(page: AppTest) -> str:
    """All HTML of the page."""
    return "".join(element.proto.body for element in page.get("html"))


def opened(script) -> AppTest:
    """The page after its first run; it raised nothing."""
    page = AppTest.from_function(script, default_timeout=WAIT).run()
    assert not page.exception
    return page


def test_the_app_opens_on_compare():
    """`app.py` routes to Compare, whose title asks the question."""
    page = AppTest.from_file(str(ROOT / "app.py"), default_timeout=WAIT).run()
    assert not page.exception
    assert page.title[0].value == "Same digit, or different?"


def test_every_page_s_address_is_known_to_what_follows_it():
    """An address is written by the page that it belongs to: each is told the paths of all, and Compare's is empty."""
    page = AppTest.from_file(str(ROOT / "app.py"), default_timeout=WAIT).run()
    (told,) = [
        json.loads(element.proto.json) for element in page.get("bidi_component") if "query" in element.proto.json
    ]
    assert told["path"] == ""
    assert told["paths"] == "accuracy class how live map teach"
    assert set(session_of(page).pages) == {"", *told["paths"].split()}


def test_compare_shows_an_example_pair_without_mnist_and_network():
    """An example with its verdict is there at once, and one line says whose digits these are."""
    page = opened(compare)
    assert 'data-testid="verdict"' in html(page)
    assert ["digits of our own pen" in caption.value for caption in page.caption].count(True) == 1


def test_each_split_and_kind_can_be_sampled():
    """Each choice of digits and kind gives a pair of that kind."""
    page = opened(compare)
    for split in ("seen", "mixed", "unseen"):
        for kind in ("same", "different", "any"):
            page.segmented_control(key="compare.split").set_value(split)
            page.segmented_control(key="compare.kind").set_value(kind)
            page.button(key="sample-pair").click().run()
            assert not page.exception
            left, right = (side.digit for side in sides_of(page).values())
            allowed = {"seen": {2, 3, 4, 5, 6, 7}, "mixed": set(range(10)), "unseen": {0, 1, 8, 9}}[split]
            assert {left, right} <= allowed
            assert kind == "any" or (left == right) == (kind == "same")


def test_empty_canvases_get_a_prompt_in_place_of_a_verdict():
    """Turned to drawing, nothing is drawn yet: the page asks for a digit on each side."""
    page = opened(compare)
    page.button(key="draw-both").click().run()
    assert not page.exception
    assert "Draw a digit on each side." in html(page)
    assert 'data-testid="verdict"' not in html(page)


def test_the_threshold_decides_and_reset_restores_it():
    """At 0 every pair of unlike images is different, at the scale's end all are same; reset goes back."""
    page = opened(compare)
    (slider,) = page.slider
    own = slider.value
    slider.set_value(0.0).run()
    assert "Different digits" in html(page)
    page.slider[0].set_value(page.slider[0].max).run()
    assert "Same digit" in html(page)
    page.button(key="compare.reset").click().run()
    assert page.slider[0].value == own
    assert not page.exception


def test_a_rerun_does_not_look_at_the_models_on_disk(monkeypatch):
    """Once a session has started, no choice and no sample lists, asks for or opens a file of a model."""
    page = opened(compare)
    folder, touched = str(ROOT / "assets" / "models"), []

    def told(real):
        def asked(path, *rest, **more):
            if str(path).startswith(folder):
                touched.append(str(path))
            return real(path, *rest, **more)

        return asked

    for module, name in ((os, "stat"), (os, "listdir"), (os, "scandir"), (io, "open")):
        monkeypatch.setattr(module, name, told(getattr(module, name)))
    (ROOT / "assets" / "models" / "strokes").is_dir()
    assert touched.pop(), "the watch is awake"
    page.run()
    page.button(key="sample-pair").click().run()
    page.slider[0].set_value(page.slider[0].max).run()
    assert not page.exception
    assert touched == []


def test_a_model_that_came_meanwhile_is_there_for_the_next_session(models):
    """Listed when a session starts: what was added since the server's start is found, without a restart."""
    first = opened(compare)
    shutil.copytree(models / "baseline", models / "later")
    page = AppTest.from_file(str(ROOT / "app.py"), default_timeout=WAIT).run()
    assert not page.exception
    assert len(page.selectbox(key="compare.model").options) == len(first.selectbox(key="compare.model").options) + 1


@pytest.fixture
def models(tmp_path, monkeypatch):
    """A folder of models of this test's own, which the app uses: a copy of the committed ones."""
    folder = tmp_path / "models"
    shutil.copytree(ROOT / "assets" / "models", folder)
    monkeypatch.setenv("SIAMESE_MODELS", str(folder))
    return folder


def test_a_damaged_model_is_left_out_and_named(models):
    """A truncated encoder gives one sentence; the page works on with the other models."""
    whole = models / "zz-damaged"
    shutil.copytree(models / "baseline", whole)
    (whole / "encoder.tflite").write_bytes(b"TFL3")
    page = opened(compare)
    assert "zz-damaged" in page.warning[0].value
    assert "zz-damaged" not in page.selectbox(key="compare.model").options
    assert 'data-testid="verdict"' in html(page)


def test_no_model_at_all_says_what_to_do(models):
    """Without a single model the page says so in plain words, and no more."""
    shutil.rmtree(models)
    page = opened(compare)
    assert "no trained model" in page.error[0].value


def test_the_pages_work_without_tensorflow():
    """A fresh process that serves both pages never imports TensorFlow or Keras."""
    script = """
import sys
from streamlit.testing.v1 import AppTest
for page in ("compare", "accuracy"):
    source = f"from siamese.app.pages.{page} import page; page.render()"
    assert not AppTest.from_string(source, default_timeout=60).run().exception, page
print(sorted({"tensorflow", "keras"} & set(sys.modules)))
"""
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, env=dict(os.environ), capture_output=True, text=True, timeout=180
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip().endswith("[]")


def map_page() -> None:
    from siamese.app.pages.map import page as map

    map.render()


def teach() -> None:
    from siamese.app.pages.teach import page as teach

    teach.render()


@pytest.mark.parametrize("script", [compare, map_page, teach])
def test_distance_and_threshold_are_explained_where_they_appear(script):
    """In a sentence of the page, or behind a “?” beside the words."""
    page = opened(script)
    texts = [text.value for text in page.markdown]
    helps = [text.proto.help for kind in (page.markdown, page.caption) for text in kind]
    said = [text for text in texts if "How far apart they are is their *distance*" in text and "*threshold*" in text]
    asked = [text for text in helps if text.startswith("**Distance**: how unlike") and "**Threshold**: the" in text]
    assert said or asked
