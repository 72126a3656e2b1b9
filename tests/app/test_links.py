"""Links: what is written is read back; whatever else comes is left out, never an error."""

from __future__ import annotations

from itertools import pairwise
from urllib.parse import parse_qs, quote

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from siamese.app import links
from siamese.errors import InvalidDrawing
from siamese.evaluation import few_shot
from siamese.imaging import pens, strokes

PARSERS = {
    "model": links.one_of(["strokes", "digits"]),
    "t": links.number(0, 2),
    "chosen": links.whole(0, 100),
    "own": links.digits,
    "left": links.side,
    "s1": links.symbol,
}


def read(text: str) -> tuple[dict, list[str]]:
    """What the parameters of a URL say, and the notices."""
    reader = links.Reader(parse_qs(text, keep_blank_values=True))
    return {key: reader.get(key, key, parse) for key, parse in PARSERS.items()}, reader.notices


def test_a_drawn_pair_fits_into_1500_characters_and_comes_back():
    """For each digit, the strokes of a drawing come back within two of 280 canvas units, point by point of the path."""
    for digit in range(10):
        drawn = pens.draw(digit, np.random.default_rng(digit))
        text = links.side_text(drawn)
        assert 2 * len(text) < 1500
        back = links.side(text)
        assert len(back) == len(drawn)
        for stroke, found in zip(drawn, back):
            away = np.linalg.norm(stroke[:, None] - _along(found)[None], axis=2).min(1)
            assert away.max() < 3


def _along(stroke: np.ndarray) -> np.ndarray:
    """Many points on the stroke's line."""
    if len(stroke) == 1:
        return stroke
    share = np.linspace(0, 1, 60)[:, None]
    return np.concatenate([a * (1 - share) + b * share for a, b in pairwise(stroke)])


@pytest.mark.parametrize("sample", [links.Sample("mnist", 0), links.Sample("pens", 239), links.Sample("mnist", 9999)])
def test_samples_come_back(sample):
    """A sample is its source's letter and its number."""
    assert links.side(links.side_text(sample)) == sample


@given(some.sets(some.integers(0, 9)))
def test_sets_of_digits_come_back(digits):
    """Also the empty set, which an empty parameter could not say."""
    assert links.digits(links.digits_text(digits)) == sorted(digits)


@given(some.text(max_size=24))
def test_symbols_come_back_whatever_they_are_called(name):
    """Any name, and each of two examples."""
    examples = [pens.draw(4, np.random.default_rng(seed)) for seed in (1, 2)]
    text = links.symbol_text(name, examples)
    query = links.query_text({"s1": text})
    (found,) = parse_qs(query)["s1"]
    back, drawn = links.symbol(found)
    assert back == name
    assert [len(strokes) for strokes in drawn] == [len(strokes) for strokes in examples]


def test_first_examples_have_the_right_of_way():
    """What does not fit is a later example, never a symbol."""
    example = pens.draw(8, np.random.default_rng(0))
    symbols = [(f"symbol {number}", [example] * 5) for number in range(6)]
    texts = links.support_set_texts(symbols, limit=1500)
    assert len(texts) == 6
    assert sum(map(len, texts)) <= 1500
    counts = [len(links.symbol(text)[1]) for text in texts]
    assert min(counts) >= 1
    assert max(counts) - min(counts) <= 1


def test_twelve_symbols_with_long_names_fit_into_an_address(rng):
    """Scrawls that fill an example's room, five of each, Arabic names of 24 letters, and a scrawl that is asked about.

    Servers in between commonly let 8 kB of a request's first line through.
    """
    example, asked = ([rng.uniform(0, 280, (points, 2)) for _ in range(4)] for points in (27, 64))
    names = ["ش" * 23 + letter for letter in "ابتثجحخدذرزس"]
    assert len(names) == few_shot.MAX_SYMBOLS
    assert len(strokes.encode(example, links.EXAMPLE)) > 0.95 * links.EXAMPLE
    assert len(strokes.encode(asked)) > 650
    texts = links.support_set_texts([(name, [example] * few_shot.MAX_EXAMPLES) for name in names])
    parameters = {f"s{place}": text for place, text in enumerate(texts, 1)} | {"ask": strokes.encode(asked)}
    query = links.query_text(parameters)
    assert len(query) < 8000 - len("GET /teach? HTTP/1.1")
    found = parse_qs(query)
    assert [links.symbol(found[f"s{place}"][0])[0] for place in range(1, 13)] == names


@pytest.mark.parametrize("name", ["a~b", "100% 5", "%7E", "+ & =", "سمكة"])
def test_links_of_before_are_still_read(name):
    """Their names were quoted once more."""
    drawn = pens.draw(4, np.random.default_rng(1))
    before = quote(name, safe="").replace("~", "%7E") + "~" + strokes.encode(drawn)
    assert links.symbol(before)[0] == links.symbol(links.symbol_text(name, [drawn]))[0] == name


@pytest.mark.parametrize(
    "query",
    [
        "model=../../etc/passwd",
        "model=<script>alert(1)</script>",
        "t=nan",
        "t=inf",
        "t=-1",
        "t=1e999",
        "t=" + "9" * 1000,
        "chosen=-1",
        "chosen=1.5",
        "chosen=٣",
        "own=22",
        "own=2a",
        "own=" + "0123456789" * 3,
        "left=x12",
        "left=m999999",
        "left=d!!!",
        "left=d" + "A" * 5000,
        "left=m1&left=m2",
        "s1=name",
        "s1=%FF~",
        "s1=name~",
        "s1=name~/w",
    ],
)
def test_hostile_parameters_are_left_out_and_said(query):
    """One notice each, in plain words and without what was sent; nothing else is affected."""
    found, notices = read(query + "&" + ("own=23" if not query.startswith("own") else "chosen=5"))
    assert len(notices) == 1
    assert "could not be used" in notices[0]
    assert "<" not in notices[0]
    kept = {key: value for key, value in found.items() if value is not None}
    assert kept == ({"own": [2, 3]} if not query.startswith("own") else {"chosen": 5})


@pytest.mark.parametrize(
    ("parse", "text", "allowed"),
    [
        (links.number(0.4, 1.6), "2.0", "a number between 0.4 and 1.6"),
        (links.whole(1, 20), "21", "a whole number between 1 and 20"),
        (links.whole(2, 3), "4", "2 or 3"),
        (links.one_of(["any", "same", "different"]), "none", "any, same or different"),
        (links.one_of("1"), "on", "1"),
        (links.flag, "on", "1"),
        (links.digits, "x", "digits, each once, such as 0189, or “none”"),
        (links.side, "x", "what “Copy link” writes: a drawing, or a sample such as m0"),
        (links.symbol, "x", "what “Copy link” writes: a name and drawings"),
    ],
)
def test_a_notice_says_what_is_allowed(parse, text, allowed):
    """Whoever typed a link by hand learns what would have been taken."""
    reader = links.Reader({"key": [text]})
    assert reader.get("key", "margin", parse) is None
    assert reader.notices == [f"The link's margin could not be used and was left out: it may be {allowed}."]


@given(some.dictionaries(some.sampled_from(list(PARSERS)), some.lists(some.text(max_size=60), max_size=3)))
def test_no_parameter_can_raise(query):
    """Whatever the values are, each is read or left out."""
    reader = links.Reader(query)
    for key, parse in PARSERS.items():
        reader.get(key, key, parse)


def test_a_scrawl_that_is_too_long_is_a_named_error(rng):
    """Dozens of long strokes do not fit."""
    scrawl = [rng.uniform(0, 280, (80, 2)) for _ in range(50)]
    with pytest.raises(InvalidDrawing, match="too long"):
        links.side_text(scrawl)


@pytest.mark.parametrize(("text", "on"), [("1", True), ("0", None), ("true", None), ("", None)])
def test_a_switch_is_on_only_by_its_one_word(text, on):
    """Whatever else a link says leaves the switch off, with a notice; an empty parameter counts as unreadable, too."""
    reader = links.Reader({"guess": [text]})
    assert reader.get("guess", "guessing", links.flag) is on
    assert len(reader.notices) == (on is None)
