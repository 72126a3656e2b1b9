"""The page Map without a browser: what it shows of an empty machine, of drawings, of a model with a map's file."""

from __future__ import annotations

import base64
import json
import re
import shutil
from pathlib import Path

import numpy as np
import pytest
from streamlit.runtime.media_file_storage import MediaFileKind
from streamlit.runtime.memory_media_file_storage import MemoryMediaFileStorage
from streamlit.testing.v1 import AppTest

import siamese.serving.card
from siamese.app import samples as digits
from siamese.app.pages.map import data
from siamese.evaluation import projection
from siamese.imaging import pens, strokes
from siamese.imaging.framing import from_drawing
from siamese.serving import catalogue
from siamese.serving.card import FILES, sha256
from siamese.serving.verifier import Verifier
from tests.app.sessions import sides_of

WAIT = 60  # seconds; the first run imports Plotly and loads the models

pytestmark = pytest.mark.usefixtures("no_mnist")


def map_page() -> None:
    from siamese.app.pages.map import page as map

    map.render()


def opened(*drawings: list[np.ndarray]) -> AppTest:
    """The page, with these two drawings on Compare, or with its example pair; it raised nothing."""
    page = AppTest.from_function(map_page, default_timeout=WAIT).run()
    if drawings:
        for side, drawing in zip(sides_of(page).values(), drawings):
            side.mode, side.drawing.strokes = "draw", drawing
        page.run()
    assert not page.exception
    return page


def drawn(digit: int, seed: int = 3) -> list[np.ndarray]:
    """Strokes of a digit."""
    return pens.draw(digit, np.random.default_rng(seed))


def chart(page: AppTest) -> dict:
    """What the chart was given: its figure (decoded) and all else."""
    (data,) = [
        data for component in page.get("bidi_component") if "figure" in (data := json.loads(component.proto.json))
    ]
    return data | {"figure": json.loads(data["figure"])}


def trace(page: AppTest, name: str) -> dict:
    """The trace with this name."""
    (found,) = [trace for trace in chart(page)["figure"]["data"] if trace["name"] == name]
    return found


def numbers(array: dict) -> np.ndarray:
    """An array as Plotly writes it."""
    return np.frombuffer(base64.b64decode(array["bdata"]), array["dtype"])


def html(page: AppTest) -> str:
    """All HTML of the page."""
    return "".join(element.proto.body for element in page.get("html"))


@pytest.fixture(autouse=True)
def models(tmp_path, monkeypatch):
    """A folder of models with the default one, without a map's file, whatever the project has."""
    source = catalogue.load_card()
    folder = Path(shutil.copytree(source.folder, tmp_path / "models" / source.name))
    (folder / "map.npz").unlink(missing_ok=True)
    write_card(folder)
    monkeypatch.setenv("SIAMESE_MODELS", str(tmp_path / "models"))
    return folder


def write_card(folder: Path) -> None:
    """Let the card name the map's file with its SHA-256, or not at all where there is none."""
    card, content = folder / "card.json", folder / "map.npz"
    values = json.loads(card.read_text(encoding="utf-8"))
    values["files"].pop("map.npz", None)
    if content.exists():
        values["files"]["map.npz"] = sha256(content.read_bytes())
    card.write_text(json.dumps(values), encoding="utf-8")


@pytest.fixture
def with_map(models, monkeypatch):
    """Gives the model a map's file, of 60 built-in digits or of other bytes."""
    monkeypatch.setattr(siamese.serving.card, "FILES", tuple({*FILES, "map.npz"}))

    def write(content: bytes | None = None) -> None:
        images = pens.images(6, np.random.default_rng(2))
        (models / "map.npz").write_bytes(content or projection.publish_map(catalogue.load_card(), *images))
        write_card(models)

    return write


def test_a_first_visit_shows_digits_and_an_example_pair():
    """Without MNIST and network: all ten built-in digits, two own markers, and one line that says whose they are."""
    page = opened()
    names = {trace["name"] for trace in chart(page)["figure"]["data"]}
    assert names >= {"0*", "1*", "2", "3", "4", "5", "6", "7", "8*", "9*", "Left", "Right", "between left and right"}
    assert "digits of our own pen are shown" in page.caption[0].value
    assert "Left and right are" in html(page)


def built_in_map(verifier: Verifier) -> projection.EmbeddingMap:
    """The map of the built-in digits."""
    samples = digits.digits_of("pens")
    return projection.make_map(verifier, samples.images, samples.digits)


def test_drawings_are_exactly_where_the_encoder_puts_them():
    """The markers' places are the projection of the embeddings of the drawings; the distance is the verifier's."""
    page = opened(drawn(3), drawn(5))
    verifier = Verifier.load()
    images = [from_drawing(strokes.render(drawn(digit))) for digit in (3, 5)]
    places = built_in_map(verifier).projection.transform(verifier.embed(np.stack(images)))
    for name, place in zip(("Left", "Right"), places):
        assert numbers(trace(page, name)["x"])[0] == pytest.approx(place[0], abs=1e-4)
        assert numbers(trace(page, name)["y"])[0] == pytest.approx(place[1], abs=1e-4)
    assert f"<b>{verifier.compare(*images).distance:.3f}</b> apart" in html(page)


def test_an_empty_side_is_told_in_words():
    """While nothing is on the right there is one marker, no pair, and a line that says what to do."""
    page = opened(drawn(3), [])
    names = {trace["name"] for trace in chart(page)["figure"]["data"]}
    assert "Left" in names
    assert not names & {"Right", "between left and right"}
    assert "Nothing yet on the <b>right</b>" in html(page)


def test_neighbours_are_nearest_in_the_whole_space():
    """The five neighbours and their distances are those of the embeddings, not of the picture."""
    page = opened(drawn(4), drawn(6))
    verifier = Verifier.load()
    points = built_in_map(verifier)
    image = from_drawing(strokes.render(drawn(4)))
    rows, distances = projection.nearest(verifier.embed(image[None]), points.embeddings)
    shown = html(page).split('data-testid="own-left"')[1].split("</div>")[0]
    expected = [(str(points.digits[row]), f"{apart:.3f}") for row, apart in zip(rows[0], distances[0])]
    assert re.findall(r"<figcaption><b>(\d)</b> ([\d.]+)</figcaption>", shown) == expected


def test_a_sample_is_no_neighbour_of_its_own():
    """The example pair is sampled from the very digits of the map: its nearest is another image."""
    page = opened()
    images = re.findall(r'data-testid="own-left">.*?src="([^"]+)".*?src="([^"]+)"', html(page))
    assert len(images) == 1
    assert images[0][0] != images[0][1]


def test_three_dimensions():
    """3-D shows the same points in space, and says how much more of the variance that is."""
    page = opened()
    flat = int(re.search(r"\*\*(\d+)% of their variance", page.markdown[-1].value)[1])
    page.segmented_control(key="map.dimensions").set_value(3).run()
    assert not page.exception
    assert {trace["type"] for trace in chart(page)["figure"]["data"]} == {"scatter3d"}
    assert int(re.search(r"\*\*(\d+)% of their variance", page.markdown[-1].value)[1]) >= flat
    assert "near in the picture is not always near in truth" in page.markdown[-1].value


def test_digits_to_show():
    """Only the chosen digits are there, in the chart, its description and among the neighbours."""
    page = opened(drawn(3), drawn(5))
    page.button_group(key="map.digits").set_value([8, 9]).run()
    assert not page.exception
    names = {trace["name"] for trace in chart(page)["figure"]["data"]}
    assert {name for name in names if name.strip("*").isdigit()} == {"8*", "9*"}
    assert "digits 8, 9." in chart(page)["alt"]
    assert set(re.findall(r"<figcaption><b>(\d)</b> ", html(page))) <= {"8", "9"}
    assert "among the digits shown" in html(page)


def test_no_digits_to_show_is_no_fault():
    """With no digit chosen the own markers stand alone."""
    page = opened(drawn(3), drawn(5))
    page.button_group(key="map.digits").set_value([]).run()
    assert not page.exception
    assert page.button(key="map.any").disabled
    assert {trace["name"] for trace in chart(page)["figure"]["data"]} == {"Left", "Right", "between left and right"}


def test_a_point_goes_to_compare():
    """A chosen point has its ring and its distances; one button puts its image on the left, which the map shows."""
    page = opened(drawn(3), drawn(5))
    page.button(key="map.any").click().run()
    assert trace(page, "chosen point")
    digit, index = re.search(r"<b>A (\d)</b>, built-in digit (\d+)", html(page)).groups()
    assert "from left" in html(page)
    page.button(key="map.to-left").click().run()
    assert not page.exception
    left = sides_of(page)["left"]
    assert (left.mode, left.digit, left.sample.caption) == ("sample", int(digit), f"built-in digit {index}")
    assert left.drawing.strokes, "the drawing is kept"
    assert "0.000 from left" in html(page)
    page.button(key="map.none").click().run()
    assert "chosen" not in "".join(trace["name"] for trace in chart(page)["figure"]["data"])


def test_the_committed_map_is_shown_without_mnist(with_map):
    """Its points need no images; the page says so, and offers the built-in digits, which have theirs."""
    with_map()
    page = opened()
    (choice,) = [control for control in page.segmented_control if control.key == "map.source"]
    assert choice.value == "mnist"
    assert "these 60 points" in page.markdown[-1].value
    assert chart(page)["images"] == ""
    page.button(key="map.any").click().run()
    assert "MNIST test image" in html(page)
    assert not [button for button in page.button if button.key.startswith("map.to-")]
    choice.set_value("pens").run()
    assert not page.exception
    assert "these 240 points" in page.markdown[-1].value
    assert chart(page)["images"]


def test_a_damaged_map_is_made_anew(with_map):
    """A map that cannot be read costs nothing but time."""
    with_map(b"no archive")
    assert "these 240 points" in opened().markdown[-1].value


def test_mnist_makes_a_map_of_3000_images(mnist_file, monkeypatch):
    """Where MNIST is and the model has no map's file, 300 images of each digit are placed at once."""
    monkeypatch.setenv("SIAMESE_MNIST", str(mnist_file))
    page = opened()
    assert "these 3,000 points" in page.markdown[-1].value
    assert chart(page)["images"]
    assert chart(page)["columns"] * chart(page)["rows"] >= 3000


def test_the_committed_map_has_its_pictures_where_mnist_is(with_map, mnist_file, monkeypatch):
    """The file's points are shown with MNIST's images, and there is nothing to choose."""
    with_map()
    monkeypatch.setenv("SIAMESE_MNIST", str(mnist_file))
    page = opened()
    assert "these 60 points" in page.markdown[-1].value
    assert chart(page)["images"]
    assert not [control for control in page.segmented_control if control.key == "map.source"]


def test_the_sheet_of_pictures_is_shown_as_it_is_and_so_under_the_address_that_is_kept():
    """Streamlit writes a picture anew that is too wide or of another format; then `patches.media` keeps another one."""
    page = opened()
    (shown,) = page.get("image")
    source = data.points(Verifier.load(), "pens")
    storage = MemoryMediaFileStorage("/media")
    kept = storage.load_and_get_id(data.sheet(source), "image/png", MediaFileKind.MEDIA)
    assert [Path(url).name for url in shown.value] == [f"{kept}.png"]
