"""What a session has taught on *Teach it a symbol*: symbols, canvases and task, and these in an address."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import streamlit as st

from siamese.app import links, session
from siamese.app.address import Address
from siamese.app.pages.teach import examples as teach_examples
from siamese.app.parameters import Group, Written
from siamese.errors import InvalidDrawing
from siamese.evaluation import few_shot
from siamese.evaluation.few_shot import MAX_SYMBOLS
from siamese.imaging import strokes as pen_strokes
from siamese.imaging.drawing import Drawing
from siamese.imaging.framing import from_drawing
from siamese.serving.verifier import Verifier

TASKS = {"ask": "Ask the network", "teach": "Teach a symbol"}
NEW = -1  # the choice of a new symbol, beside the indices of those that exist


@dataclass
class Example:
    """One drawing of a symbol: its image (28, 28), and its embedding under each model that was asked."""

    strokes: list[np.ndarray]
    image: np.ndarray
    embeddings: dict[str, np.ndarray] = field(default_factory=dict)

    def embedding(self, verifier: Verifier) -> np.ndarray:
        """The embedding (d,) of this drawing."""
        if verifier.name not in self.embeddings:
            self.embeddings[verifier.name] = verifier.embed(self.image[None])[0]
        return self.embeddings[verifier.name]


@dataclass
class Symbol:
    """What a person named and drew."""

    name: str
    examples: list[Example]


@dataclass
class Lesson:
    """What this session has taught: the symbols, a canvas for each task, and the task at hand."""

    symbols: list[Symbol] = field(default_factory=list)
    papers: dict[str, Drawing] = field(default_factory=lambda: {task: Drawing() for task in TASKS})
    task: str = "ask"
    target: int = NEW
    names: int = 0  # another text field for each symbol that was added, so that it starts empty
    before: list[Symbol] | None = None  # the symbols before some were last taken away

    @property
    def full(self) -> bool:
        return len(self.symbols) >= MAX_SYMBOLS


@dataclass
class Taught:
    """What the session holds for this page.

    Attributes:
        lesson: None before the first visit.
        linked: the symbols of the link that opened the session, as names and examples, for the first visit.
        linked_query: the drawing that the link asks about.
    """

    lesson: Lesson | None = None
    linked: list[tuple[str, list[list[np.ndarray]]]] = field(default_factory=list)
    linked_query: list[np.ndarray] = field(default_factory=list)


def lesson() -> Lesson:
    """This session's lesson; on the first visit the ready example set."""
    taught = session.of(Taught)
    if taught.lesson is None:
        _start(taught)
    assert taught.lesson is not None, "starting makes one"
    return taught.lesson


def _start(taught: Taught) -> None:
    """Start with what the link taught, else with the ready example set."""
    if not taught.linked:
        start_with_examples()
        return
    fresh = Lesson()
    for name, examples in taught.linked:
        taken = {symbol.name for symbol in fresh.symbols}
        unique = name if name and name not in taken else free_name(fresh)
        fresh.symbols.append(Symbol(unique, [drawn_example(drawn) for drawn in examples]))
    _replace(fresh)
    fresh.papers["ask"].restart(taught.linked_query)


def _read(reader: links.Reader) -> None:
    """Hold the symbols of a link and the drawing asked about for the first visit."""

    @links.allowing(links.symbol.allowed)
    def symbol(text: str) -> tuple[str, list[list[np.ndarray]]]:
        name, examples = links.symbol(text)
        for example in examples:
            from_drawing(pen_strokes.render(example))
        return few_shot.clean_name(name), examples[: few_shot.MAX_EXAMPLES]

    found = [reader.get(f"s{place}", f"symbol {place}", symbol) for place in range(1, MAX_SYMBOLS + 1)]
    drawing = links.allowing(f"what {links.COPIED}")(lambda text: pen_strokes.decode(text))
    query = reader.get("ask", "drawing", drawing)
    if any(found):
        taught = session.of(Taught)
        taught.linked, taught.linked_query = [symbol for symbol in found if symbol], query or []


def _write() -> Written:
    """The symbols and the drawing asked about; nothing while they are the ready ones."""
    now = lesson()
    symbols = [(symbol.name, [example.strokes for example in symbol.examples]) for symbol in now.symbols]
    try:
        texts, asked = links.support_set_texts(symbols), pen_strokes.encode(now.papers["ask"].strokes)
    except InvalidDrawing as error:
        return {}, f", but: {error}"
    if (texts, asked) == _ready_texts():
        return {}, ""
    held = sum(text.count("~") for text in texts)
    missing = "" if held == sum(len(examples) for _, examples in symbols) else ", but not all examples fit."
    return {f"s{place}": text for place, text in enumerate(texts, 1)} | {"ask": asked}, missing


@st.cache_data(show_spinner=False)
def _ready_texts() -> tuple[list[str], str]:
    ready = [(name, [drawn]) for name, drawn in teach_examples.symbols().items()]
    return links.support_set_texts(ready), pen_strokes.encode(teach_examples.query())


def start_with_examples() -> None:
    """Put the ready example set in place of what was taught."""
    ready = Lesson([Symbol(name, [drawn_example(drawn)]) for name, drawn in teach_examples.symbols().items()])
    _replace(ready)
    ready.papers["ask"].restart(teach_examples.query())


def start_empty() -> None:
    """Begin to teach an empty set."""
    _replace(Lesson(task="teach"))


def take_away(index: int, whole: bool) -> None:
    """Take a symbol away, or its last example; with its only example a symbol goes, too."""
    now = lesson()
    if not 0 <= index < len(now.symbols):
        return
    now.before = _copy(now.symbols)
    if whole or len(now.symbols[index].examples) == 1:
        del now.symbols[index]
        now.target = NEW
    else:
        now.symbols[index].examples.pop()


def bring_back() -> None:
    """Put the symbols back that were there before some were last taken away; what is there now can be had back, too."""
    now = lesson()
    if now.before is not None:
        now.symbols, now.before = now.before, _copy(now.symbols)
        now.target = NEW


def _equal(symbols: list[Symbol], others: list[Symbol]) -> bool:
    """Whether two sets have the same names and drawings."""
    return [symbol.name for symbol in symbols] == [symbol.name for symbol in others] and all(
        len(symbol.examples) == len(other.examples)
        and all(np.array_equal(one.image, two.image) for one, two in zip(symbol.examples, other.examples))
        for symbol, other in zip(symbols, others)
    )


def _copy(symbols: list[Symbol]) -> list[Symbol]:
    return [Symbol(symbol.name, list(symbol.examples)) for symbol in symbols]


def _replace(fresh: Lesson) -> None:
    """Put a lesson in the place of the one before; the canvases must notice."""
    taught = session.of(Taught)
    before = taught.lesson
    for task, paper in fresh.papers.items():
        paper.generation = before.papers[task].generation + 1 if before else 0
    fresh.names = before.names + 1 if before else 0
    if before is not None:
        # Pressed twice, the second time brings nothing new: what was there before the first is what can be had back.
        same = not before.symbols or _equal(before.symbols, fresh.symbols)
        fresh.before = before.before if same else before.symbols
    taught.lesson = fresh


def drawn_example(drawn: list[np.ndarray]) -> Example:
    """An example of these strokes, as a link holds them."""
    drawn = pen_strokes.shared(drawn, links.EXAMPLE)
    return Example(drawn, from_drawing(pen_strokes.render(drawn)))


def free_name(now: Lesson) -> str:
    """A name for a symbol that was given none."""
    taken = {symbol.name for symbol in now.symbols}
    return next(name for number in range(1, 99) if (name := f"symbol {number}") not in taken)


ADDRESS = Address("teach", (Group(_read, _write),))
