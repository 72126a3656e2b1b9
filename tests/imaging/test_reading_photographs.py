"""Reading photographs: what is written is found, whole and in order, and nothing else is."""

from __future__ import annotations

import io

import cv2
import numpy as np
import pytest
from PIL import Image

from siamese.imaging.framing import frame
from siamese.imaging.photographs.components import straight
from siamese.imaging.photographs.ink import find_ink
from siamese.imaging.photographs.ruled_lines import goes_on
from siamese.imaging.photographs.segmentation import Segmentation, find_digits
from siamese.imaging.photographs.sheet import find_sheet
from siamese.serving.verifier import Verifier
from tests.imaging.photographs import blank, photograph

SIZE = (640, 480)
KINDS = (
    *("gradient-2.2", "gradient-3.0", "shadow", "hand", "vignette", "pencil", "blue", "red", "green", "ruled"),
    *("squared", "form", "comb", "rim-one", "rim-two", "rim-all", "small", "turned", "keystone", "jpeg-50"),
    *("noise", "defocus", "chalkboard", "whiteboard", "dark-mode", "everyday-desk", "everyday-form"),
    *("faint-red", "stray", "specks"),
)
DIGITS = 3  # of each kind; drawn by equal generators, they are the same in all


def _pixels(content: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(content)).convert("RGB"))


def _read(picture: np.ndarray) -> Segmentation:
    sheet = find_sheet(picture)
    return find_digits(find_ink(sheet.picture), sheet.inside)


def _written(kind: str, digits: list[int], seed: int) -> np.ndarray:
    return _pixels(photograph(kind, digits, np.random.default_rng(seed), SIZE).content)


def _page(height: int = 480, width: int = 640, tone: int = 230) -> np.ndarray:
    return np.full((height, width, 3), tone, np.uint8)


def _two(picture: np.ndarray, left: int = 250, top: int = 120) -> None:
    """Writes a 2 of 120 by 220 pixels."""
    points = [(0, 50), (30, 5), (90, 5), (118, 50), (100, 110), (0, 215), (118, 215)]
    cv2.polylines(picture, [np.array(points) + np.array([left, top])], False, (40, 40, 60), 7, cv2.LINE_AA)


@pytest.fixture(scope="module")
def even() -> list[np.ndarray]:
    """The digits of the plainest photographs, framed."""
    return [frame(np.pad(_read(_written("even", [3 * n % 10], n)).digits[0], 2)) for n in range(DIGITS)]


@pytest.fixture(scope="module")
def found(even) -> dict[str, list[list[np.ndarray]]]:
    """What was found on each photograph of each kind."""
    return {kind: [_read(_written(kind, [3 * n % 10], n)).digits for n in range(DIGITS)] for kind in KINDS}


@pytest.mark.parametrize("kind", KINDS)
def test_one_digit_is_found_and_looks_as_on_plain_paper(kind, found, even):
    """Each photograph of one digit gives one, alike enough to the same digit on plain paper under even light."""
    assert [len(digits) for digits in found[kind]] == [1] * DIGITS
    for digits, plain in zip(found[kind], even):
        assert np.corrcoef(frame(np.pad(digits[0], 2)).ravel(), plain.ravel())[0, 1] > 0.6


def test_the_network_takes_a_digit_for_the_same_under_all_conditions(found, even):
    """Of all pairs of one drawing, on plain paper and elsewhere, 97 of 100 are called the same digit."""
    verifier = Verifier.load()
    plain = verifier.embed(np.array(even))
    images = [[frame(np.pad(digits[0], 2)) for digits in kind] for kind in found.values()]
    elsewhere = verifier.embed(np.array(images).reshape(-1, 28, 28)).reshape(len(images), DIGITS, -1)
    distances = np.linalg.norm(elsewhere - plain, axis=-1)
    assert (distances <= verifier.threshold).mean() >= 0.97


@pytest.mark.parametrize("kind", KINDS)
def test_a_blank_sheet_shows_no_digit(kind):
    """Rules, boxes, dust, shadows and the table are no digits."""
    assert not _read(_pixels(blank(kind, np.random.default_rng(11), SIZE))).digits


@pytest.mark.parametrize("kind", ["even", "comb", "ruled", "shadow"])
def test_several_digits_come_in_reading_order(kind):
    """Six digits in a row are found, each in its place, from left to right."""
    taken = photograph(kind, [3, 1, 4, 1, 5, 9], np.random.default_rng(5), SIZE)
    boxes = _read(_pixels(taken.content)).boxes
    assert len(boxes) == 6
    np.testing.assert_allclose(boxes, taken.boxes, atol=10)


def test_rows_are_read_from_top_to_bottom():
    """Of two rows, the upper comes first, even where its right digit lies lower than the left one."""
    picture = _page(900, 1200)
    places = [(200, 100), (600, 140), (180, 550), (640, 520)]
    for left, top in places:
        _two(picture, left, top)
    assert [box[0] // 100 for box in _read(picture).boxes] == [1, 5, 1, 6]


def test_a_rule_is_left_out_and_the_digit_stays_whole():
    """Lines as dark as a light pen, right through the digit, leave it in one piece and of its own size."""
    picture = _page()
    for y in range(40, 480, 60):
        cv2.line(picture, (0, y), (639, y + 6), (120, 130, 150), 2, cv2.LINE_AA)
    _two(picture)
    found = _read(picture)
    np.testing.assert_allclose(found.boxes, [(246, 120, 372, 340)], atol=8)
    assert "rules" in found.left_out


def test_a_box_is_left_out_though_its_lines_are_broken():
    """A turned box with gaps goes; the digit in it stays."""
    picture = _page()
    corners = np.array([(180, 60), (430, 72), (420, 420), (168, 405)])
    for start, end in zip(corners, np.roll(corners, -1, 0)):
        for share in np.arange(0, 1, 0.05):
            ends = start + (end - start) * share, start + (end - start) * (share + 0.042)
            cv2.line(picture, *(tuple(np.round(point).astype(int).tolist()) for point in ends), (80, 80, 90), 2)
    _two(picture)
    found = _read(picture)
    np.testing.assert_allclose(found.boxes, [(246, 120, 372, 340)], atol=8)
    assert "boxes" in found.left_out


@pytest.mark.parametrize(("left", "right"), [(239, 420), (180, 382), (290, 460)])
def test_a_digit_that_touches_its_box_or_sticks_out_of_it_stays_whole(left, right):
    """Where the pen meets the box's line, or crosses it, the line goes and the digit is not cut."""
    picture = _page()
    _two(picture)
    cv2.rectangle(picture, (left, 80), (right, 400), (130, 130, 150), 2)
    found = _read(picture)
    np.testing.assert_allclose(found.boxes, [(246, 120, 372, 340)], atol=8)
    assert "boxes" in found.left_out


def test_a_one_in_a_narrow_box_is_no_divider():
    """A straight line is the wall between two boxes only where it is as long as the walls, and parallel to them."""
    picture = _page()
    cv2.rectangle(picture, (240, 90), (390, 390), (60, 60, 70), 2)
    cv2.line(picture, (335, 92), (300, 350), (40, 40, 60), 5, cv2.LINE_AA)
    np.testing.assert_allclose(_read(picture).boxes, [(297, 92, 338, 353)], atol=8)


def test_rules_behind_a_thin_digit_are_no_box():
    """Ruled lines that the digit joins to one another end at the sheet's rim: their ends are no sides of a box."""
    picture = _page(900, 1200)
    for y in range(17, 900, 52):
        cv2.line(picture, (0, y), (1199, y), (105, 105, 105), 1)
    points = [(800, 384), (720, 430), (715, 470), (780, 620), (750, 660), (690, 670), (640, 620), (860, 430)]
    cv2.polylines(picture, [np.array(points)], False, (25, 25, 30), 4, cv2.LINE_AA)
    np.testing.assert_allclose(_read(picture).boxes, [(638, 382, 862, 672)], atol=10)


def test_a_margin_darker_than_the_rules_is_a_rule():
    """Each rule is measured by itself: the red one down the margin is no 1."""
    picture = _page(900, 1200)
    for y in range(60, 900, 74):
        cv2.line(picture, (0, y), (1199, y), (140, 140, 140), 3)
    cv2.line(picture, (140, 0), (140, 899), (225, 80, 80), 3)
    assert not _read(picture).digits


def test_a_thin_one_in_the_first_column_is_a_digit():
    """Beside the rim a straight line is a stray, but not among several digits of its size."""
    picture = _page(900, 1200)
    cv2.line(picture, (76, 100), (74, 320), (40, 40, 60), 6, cv2.LINE_AA)
    alone = _read(picture).digits
    for left in (250, 550, 850):
        _two(picture, left, 100)
    assert not alone
    assert len(_read(picture).boxes) == 4


def test_a_soft_cloud_is_no_digit():
    """What a sponge left on a board has no edges; a pencil line that is no darker has."""
    clouds, line = _page(900, 1200, 60).astype(np.float32), _page(900, 1200, 60)
    for x, y in ((300, 300), (700, 500), (900, 250)):
        spot = np.zeros((900, 1200), np.float32)
        cv2.circle(spot, (x, y), 40, 1, -1)
        clouds -= 19 * cv2.GaussianBlur(spot, (0, 0), 22)[..., None] / 0.8
    assert not _read(clouds.astype(np.uint8)).digits
    cv2.polylines(line, [np.array([(500, 200), (700, 200), (560, 600)])], False, (38, 38, 38), 12, cv2.LINE_AA)
    assert len(_read(line).digits) == 1


def test_an_empty_box_is_no_digit():
    """The square for a digit holds none before someone writes there."""
    picture = _page()
    cv2.rectangle(picture, (200, 100), (400, 380), (60, 60, 70), 3)
    assert not _read(picture).digits


def test_the_table_around_a_sheet_is_left_out():
    """A sheet on a dark table is laid flat: its corners are the picture's, and the digit is found on it."""
    picture = np.full((600, 800, 3), (70, 50, 40), np.uint8)
    corners = np.array([(100, 60), (720, 90), (690, 550), (70, 520)])
    cv2.fillPoly(picture, [corners], (225, 225, 220))
    _two(picture, 320, 180)
    sheet = find_sheet(picture)
    assert sheet.cut
    assert sheet.inside.all()
    height, width = sheet.picture.shape[:2]
    places = sheet.homography @ np.array([(0, 0, 1), (width, 0, 1), (width, height, 1), (0, height, 1)]).T
    np.testing.assert_allclose((places[:2] / places[2]).T, corners, atol=20)
    assert len(_read(picture).digits) == 1


def test_a_whole_sheet_is_given_back_as_it_is():
    """Where the sheet fills the picture nothing is cut, whatever the light."""
    picture = _pixels(blank("gradient-2.2", np.random.default_rng(1), SIZE))
    sheet = find_sheet(picture)
    assert not sheet.cut
    assert sheet.picture is picture


@pytest.mark.parametrize("kind", ["shadow", "hand", "vignette", "gradient-3.0"])
def test_shadows_are_no_ink(kind):
    """No more than a thousandth of an empty sheet is marked, at whatever place its light falls off."""
    assert find_ink(_pixels(blank(kind, np.random.default_rng(2), SIZE))).marked.mean() < 1e-3


def test_light_ink_on_a_dark_ground_is_ink():
    """Both polarities are found; the ink says which it was."""
    picture = _page()
    _two(picture)
    assert not find_ink(picture).light
    assert find_ink(255 - picture).light
    np.testing.assert_allclose(_read(255 - picture).boxes, _read(picture).boxes, atol=3)


def test_thin_strokes_are_grown():
    """A line of 2 pixels in a digit of 220 is grown to the width that a reduction to 28 pixels shows in full."""
    picture = _page()
    cv2.polylines(picture, [np.array([(300, 120), (420, 120), (330, 340)])], False, (40, 40, 40), 2, cv2.LINE_AA)
    assert frame(np.pad(_read(picture).digits[0], 2)).max() > 0.9


def test_a_piece_of_a_rule_goes_on_and_a_one_does_not():
    """A straight line is a rule's only where a fainter line goes on beyond its ends."""
    contrast = np.zeros((300, 300), np.float32)
    contrast[100:200, 149:152] = 0.2
    places = np.argwhere(contrast > 0)
    assert straight(places)[2] == pytest.approx(100, abs=1)
    assert not goes_on(contrast, places)
    contrast[:, 149:152] = np.maximum(contrast[:, 149:152], 0.12)
    assert goes_on(contrast, places)
    contrast[100:200, 149:152] = 0.6  # a pen's one, upon that rule
    assert not goes_on(contrast, places)


SHAPES = [(1, 1), (1, 50), (50, 1), (2, 3), (3, 300), (8, 8), (28, 28), (28, 64), (64, 64), (7, 1000), (1000, 9)]


@pytest.mark.parametrize("shape", [*SHAPES, (200, 300)])
def test_no_picture_is_too_strange(shape, rng):
    """One tone shows no digit; noise, lines of all widths and pictures full of ink raise nothing."""
    height, width = shape
    for tone in (0, 128, 255):
        assert not _read(np.full((*shape, 3), tone, np.uint8)).digits
    pictures = [rng.integers(0, 256, (*shape, 3)), np.repeat(rng.integers(0, 2, (*shape, 1)) * 255, 3, 2)]
    for lines in (1, 30):
        picture = np.full((*shape, 3), 230, np.uint8)
        for start, end in rng.integers(0, (width, height), (lines, 2, 2)).tolist():
            thickness = int(rng.integers(1, max(2, min(shape) // 4)))
            cv2.line(picture, start, end, rng.integers(0, 256, 3).tolist(), thickness)
        pictures.append(picture)
    for picture in pictures:
        for digit in _read(picture.astype(np.uint8)).digits:
            assert digit.dtype == np.float32
            assert 0 <= digit.min() <= digit.max() <= 1
