"""The support set of *Teach it a symbol*: a session's symbols with their examples, and the drawing to recognise."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import streamlit as st

from siamese.app import links, session
from siamese.app.address import Address
from siamese.app.pages.teach import examples as teach_examples
from siamese.app.parameters import Group, Written
from siamese.app.words import clean_name
from siamese.errors import InvalidDrawing
from siamese.evaluation.few_shot import MAX_EXAMPLES, MAX_SYMBOLS
from siamese.imaging import strokes as pen_strokes
from siamese.imaging.drawing import Drawing
from siamese.imaging.framing import from_drawing
from siamese.serving.verifier import Verifier

TASKS = {"ask": "Ask the network", "teach": "Teach a symbol"}
NEW = -1  # the choice of a new symbol, beside the indices of those that exist


@dataclass
class Example:
    """One drawing of a symbol: its image (28, 28), and its embedding by each model that has computed it."""

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
    """A class of the support set: the name that a person gave it, and the examples that they drew."""

    name: str
    examples: list[Example]


@dataclass
class SupportSet:
    """The symbols of a session, and what its page shows of them.

    Attributes:
        query: the drawing to recognise.
        draft: the drawing of the next example.
        task: a key of `TASKS`: which of the two drawings the page shows.
        target: the index of the symbol that the next example is added to, or `NEW`.
        names: counts the symbols that were added, so that each new one has a text field that starts empty.
        before: the symbols before some were last taken away.
    """

    symbols: list[Symbol] = field(default_factory=list)
    query: Drawing = field(default_factory=Drawing)
    draft: Drawing = field(default_factory=Drawing)
    task: str = "ask"
    target: int = NEW
    names: int = 0
    before: list[Symbol] | None = None

    @property
    def drawing(self) -> Drawing:
        """The drawing of the task at hand."""
        return self.query if self.task == "ask" else self.draft

    @property
    def full(self) -> bool:
        """Whether there are as many symbols as there may be."""
        return len(self.symbols) >= MAX_SYMBOLS


@dataclass
class Held:
    """What the session holds for this page.

    Attributes:
        support_set: None before the first visit.
        linked: the symbols of the link that opened the session, as names and examples, for the first visit.
        linked_query: the query of the link.
    """

    support_set: SupportSet | None = None
    linked: list[tuple[str, list[list[np.ndarray]]]] = field(default_factory=list)
    linked_query: list[np.ndarray] = field(default_factory=list)


def current() -> SupportSet:
    """This session's support set; on the first visit the ready one."""
    held = session.of(Held)
    if held.support_set is None:
        _start(held)
    assert held.support_set is not None, "starting makes one"
    return held.support_set


def _start(held: Held) -> None:
    """Start with the support set of the link, else with the ready one."""
    if not held.linked:
        start_with_examples()
        return
    fresh = SupportSet()
    for name, examples in held.linked:
        taken = {symbol.name for symbol in fresh.symbols}
        unique = name if name and name not in taken else free_name(fresh)
        fresh.symbols.append(Symbol(unique, [drawn_example(drawn) for drawn in examples]))
    _replace(fresh)
    fresh.query.restart(held.linked_query)


def _read(reader: links.Reader) -> None:
    """Hold the symbols and the query of a link for the first visit."""

    @links.allowing(links.symbol.allowed)
    def symbol(text: str) -> tuple[str, list[list[np.ndarray]]]:
        name, examples = links.symbol(text)
        for example in examples:
            from_drawing(pen_strokes.render(example))
        return clean_name(name), examples[:MAX_EXAMPLES]

    found = [reader.get(f"s{place}", f"symbol {place}", symbol) for place in range(1, MAX_SYMBOLS + 1)]
    drawing = links.allowing(f"what {links.COPIED}")(lambda text: pen_strokes.decode(text))
    query = reader.get("ask", "drawing", drawing)
    if any(found):
        held = session.of(Held)
        held.linked, held.linked_query = [symbol for symbol in found if symbol], query or []


def _write() -> Written:
    """The symbols and the query; nothing while they are the ready ones."""
    now = current()
    symbols = [(symbol.name, [example.strokes for example in symbol.examples]) for symbol in now.symbols]
    try:
        texts, query = links.support_set_texts(symbols), pen_strokes.encode(now.query.strokes)
    except InvalidDrawing as error:
        return {}, f", but: {error}"
    if (texts, query) == _ready_texts():
        return {}, ""
    held = sum(text.count("~") for text in texts)
    missing = "" if held == sum(len(examples) for _, examples in symbols) else ", but not all examples fit."
    return {f"s{place}": text for place, text in enumerate(texts, 1)} | {"ask": query}, missing


@st.cache_data(show_spinner=False)
def _ready_texts() -> tuple[list[str], str]:
    ready = [(name, [drawn]) for name, drawn in teach_examples.symbols().items()]
    return links.support_set_texts(ready), pen_strokes.encode(teach_examples.query())


def start_with_examples() -> None:
    """Put the ready support set in the place of the one before."""
    ready = SupportSet([Symbol(name, [drawn_example(drawn)]) for name, drawn in teach_examples.symbols().items()])
    _replace(ready)
    ready.query.restart(teach_examples.query())


def start_empty() -> None:
    """Put an empty support set in the place of the one before, to be drawn anew."""
    _replace(SupportSet(task="teach"))


def take_away(index: int, whole: bool) -> None:
    """Take a symbol away, or its last example; with its only example a symbol goes, too."""
    now = current()
    if not 0 <= index < len(now.symbols):
        return
    now.before = _copy(now.symbols)
    if whole or len(now.symbols[index].examples) == 1:
        del now.symbols[index]
        now.target = NEW
    else:
        now.symbols[index].examples.pop()


def bring_back() -> None:
    """Put back the symbols that were there before some were last taken away; those of now can then be put back, too."""
    now = current()
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


def _replace(fresh: SupportSet) -> None:
    """Put a support set in the place of the one before."""
    held = session.of(Held)
    before = held.support_set
    if before is not None:
        # Another generation than before, or the canvases would not start anew.
        fresh.query.generation = before.query.generation + 1
        fresh.draft.generation = before.draft.generation + 1
        fresh.names = before.names + 1
        # A second press on the same button brings nothing new: what can be put back is from before the first.
        same = not before.symbols or _equal(before.symbols, fresh.symbols)
        fresh.before = before.before if same else before.symbols
    held.support_set = fresh


def drawn_example(drawn: list[np.ndarray]) -> Example:
    """An example of these strokes, as a link holds them."""
    drawn = pen_strokes.quantised(drawn, links.EXAMPLE)
    return Example(drawn, from_drawing(pen_strokes.render(drawn)))


def free_name(now: SupportSet) -> str:
    """A name for a symbol that was given none."""
    taken = {symbol.name for symbol in now.symbols}
    return next(name for number in range(1, 99) if (name := f"symbol {number}") not in taken)


ADDRESS = Address("teach", (Group(_read, _write),))
