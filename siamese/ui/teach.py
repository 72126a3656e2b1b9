"""The page *Teach it a symbol*: one example each of symbols of one's own, then the network tells them apart."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import streamlit as st
from streamlit_drawable_canvas import st_canvas

from siamese import few_shot, links
from siamese import strokes as pen_strokes
from siamese.errors import EmptyDrawing, InvalidDrawing, SiameseError
from siamese.few_shot import MAX_EXAMPLES, MAX_NAME, MAX_SYMBOLS
from siamese.preprocessing import from_drawing
from siamese.ui import address, resources, sides, state, teach_examples, teach_words
from siamese.verifier import Verifier

TASKS = {"ask": "Ask the network", "teach": "Teach a symbol"}
_NEW = -1  # the choice of a new symbol, beside the indices of those that exist


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
    papers: dict[str, sides.Side] = field(default_factory=lambda: {task: sides.Side() for task in TASKS})
    task: str = "ask"
    target: int = _NEW
    names: int = 0  # another text field for each symbol that was added, so that it starts empty

    @property
    def full(self) -> bool:
        return len(self.symbols) >= MAX_SYMBOLS


def lesson() -> Lesson:
    """This session's lesson; on the first visit the ready example set."""
    if "kept.lesson" not in st.session_state:
        _start()
    return st.session_state["kept.lesson"]


def _start() -> None:
    """Start with what the link taught, else with the ready example set."""
    linked, asked = st.session_state.pop("kept.linked-lesson", ([], []))
    if not linked:
        _start_with_examples()
        return
    fresh = Lesson()
    for name, examples in linked:
        taken = {symbol.name for symbol in fresh.symbols}
        unique = name if name and name not in taken else _free_name(fresh)
        fresh.symbols.append(Symbol(unique, [_example(drawn) for drawn in examples]))
    _replace(fresh)
    fresh.papers["ask"].restart(asked)


def _address() -> tuple[dict[str, str], str]:
    """The symbols and the drawing asked about, for the page's address; nothing while they are the ready ones."""
    now = lesson()
    symbols = [(symbol.name, [example.strokes for example in symbol.examples]) for symbol in now.symbols]
    try:
        texts, asked = links.lesson_texts(symbols), pen_strokes.encode(now.papers["ask"].strokes)
    except InvalidDrawing as error:
        return {}, f"Copied, but: {error}"
    if (texts, asked) == _ready_texts():
        return {}, ""
    held = sum(text.count("~") for text in texts)
    missing = "" if held == sum(len(examples) for _, examples in symbols) else "Copied, but not all examples fit."
    return {f"s{place}": text for place, text in enumerate(texts, 1)} | {"ask": asked}, missing


@st.cache_data(show_spinner=False)
def _ready_texts() -> tuple[list[str], str]:
    ready = [(name, [drawn]) for name, drawn in teach_examples.symbols().items()]
    return links.lesson_texts(ready), pen_strokes.encode(teach_examples.query())


def _start_with_examples() -> None:
    ready = Lesson([Symbol(name, [_example(drawn)]) for name, drawn in teach_examples.symbols().items()])
    _replace(ready)
    ready.papers["ask"].restart(teach_examples.query())


def _start_empty() -> None:
    _replace(Lesson(task="teach"))


def _replace(fresh: Lesson) -> None:
    """Put a lesson in the place of the one before; the canvases must notice."""
    before = st.session_state.get("kept.lesson")
    for task, paper in fresh.papers.items():
        paper.generation = before.papers[task].generation + 1 if before else 0
    fresh.names = before.names + 1 if before else 0
    st.session_state["kept.lesson"] = fresh


def _example(drawn: list[np.ndarray]) -> Example:
    return Example(drawn, from_drawing(pen_strokes.render(drawn)))


def page() -> None:
    """Draws the page."""
    state.page_style()
    st.html(teach_words.SHEET)
    if state.entered("teach"):
        for paper in lesson().papers.values():
            paper.restart(paper.strokes)
    st.title("Teach it a symbol")
    st.markdown(
        "The network was not trained on these symbols, nor is it now: it **compares** your drawing with one "
        "example of each. Clear the drawing and draw a house, or teach it symbols of your own."
    )
    _panel()


@st.fragment
def _panel() -> None:
    """Everything that a stroke changes: a stroke reruns this, and nothing else."""
    now = lesson()
    verifier = resources.verifier(state.model_name())
    with st.container(horizontal=True, gap="medium", key="teach-stage"):
        with st.container(width=sides.SQUARE, gap="small", key="teach-side"):
            state.offer("teach.task", now.task)
            st.segmented_control(
                "What to do",
                list(TASKS),
                format_func=TASKS.__getitem__,
                key="teach.task",
                on_change=_task_chosen,
                required=True,
                width="stretch",
                label_visibility="collapsed",
            )
            image, problem = _paper(now.task)
            if now.task == "teach":
                _teaching(now, image)
        with st.container(gap="small", key="teach-answer"):
            if now.task == "ask":
                _answer(now, verifier, image, problem)
            else:
                _progress(now, problem)
    _symbols(now)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        with st.container(width=420):
            state.model_picker("teach")
        st.button("Start with an empty set", icon=":material/restart_alt:", key="teach.empty", on_click=_start_empty)
        st.button("Bring the example set", icon=":material/star:", key="teach.ready", on_click=_start_with_examples)
        address.bar("teach", _address)
    st.caption(
        "One example each is *one-shot* recognition (Koch et al. 2015). With more, their mean embedding stands "
        "for the symbol (Snell et al. 2017); it lies nearer to everything, so a symbol with more examples has a small "
        "advantage. Your drawings stay in this session and its address; they are shown to nobody else."
    )


def _task_chosen() -> None:
    _turn(st.session_state["teach.task"])


def _turn(task: str) -> None:
    """Change the task; the canvas that appears starts with what was drawn on it."""
    now = lesson()
    if task != now.task:
        now.papers[task].restart(now.papers[task].strokes)
    now.task = task


def _paper(task: str) -> tuple[np.ndarray | None, str]:
    """Draws the canvas of a task; its image (28, 28) and "", or None and what is missing in plain words."""
    paper = lesson().papers[task]
    with st.container(key="teach-paper"):
        st_canvas(
            stroke_width=pen_strokes.PEN,
            stroke_color="#0f172a",
            background_color="#ffffff",
            initial_drawing=paper.initial(),
            height=pen_strokes.CANVAS,
            width=pen_strokes.CANVAS,
            key=f"teach.{task}.canvas",
            on_change=lambda: _stroke(task),
        )
    empty = not paper.strokes and not paper.problem
    with st.container(horizontal=True, gap="small"):
        st.button(
            "Undo", icon=":material/undo:", key=f"teach.{task}.undo", disabled=empty, on_click=_undo, args=(task,),
            width="stretch",
        )  # fmt: skip
        st.button(
            "Clear", icon=":material/delete:", key=f"teach.{task}.clear", disabled=empty, on_click=_clear, args=(task,),
            width="stretch",
        )  # fmt: skip
    return _read(paper)


def _read(paper: sides.Side) -> tuple[np.ndarray | None, str]:
    if paper.problem:
        return None, paper.problem
    try:
        return from_drawing(pen_strokes.render(paper.strokes)), ""
    except EmptyDrawing:
        return None, ""
    except SiameseError as error:
        return None, str(error).replace("a whole digit", "a whole symbol").replace("digit", "symbol")


def _stroke(task: str) -> None:
    """Keep what the canvas has just sent; only this reads it, see `sides`."""
    paper = lesson().papers[task]
    try:
        paper.strokes = pen_strokes.from_canvas(st.session_state[f"teach.{task}.canvas"]["drawing"]["raw"])
        paper.problem = ""
    except (SiameseError, KeyError, TypeError) as error:
        paper.problem = str(error) if isinstance(error, SiameseError) else "This drawing cannot be read."


def _undo(task: str) -> None:
    paper = lesson().papers[task]
    paper.restart(paper.strokes[:-1])


def _clear(task: str) -> None:
    lesson().papers[task].restart([])


def _teaching(now: Lesson, image: np.ndarray | None) -> None:
    """The controls below the canvas: which symbol this is an example of, and adding it."""
    choices = list(range(len(now.symbols))) + ([] if now.full else [_NEW])
    target = now.target if now.target in choices else choices[-1]
    state.offer("teach.target", target)
    st.selectbox(
        "This drawing is an example of",
        choices,
        format_func=lambda index: _title(now, index),
        key="teach.target",
        on_change=_target_chosen,
    )
    if target == _NEW:
        st.text_input(
            "Its name",
            key=f"teach.name.{now.names}",
            max_chars=MAX_NAME,
            placeholder=f"symbol {len(now.symbols) + 1}",
        )
    crowded = target != _NEW and len(now.symbols[target].examples) >= MAX_EXAMPLES
    st.button(
        "Add example",
        icon=":material/add:",
        type="primary",
        key="teach.add",
        on_click=_add,
        args=(target,),
        disabled=image is None or crowded,
        width="stretch",
    )
    if crowded:
        st.caption(f"This symbol has {MAX_EXAMPLES} examples, which is the most.")


def _title(now: Lesson, index: int) -> str:
    """A symbol in the list; the count keeps it apart from the entry for a new one, whatever its name."""
    if index == _NEW or index >= len(now.symbols):
        return "a new symbol"
    symbol = now.symbols[index]
    return f"{symbol.name} · {teach_words.count(len(symbol.examples))}"


def _target_chosen() -> None:
    lesson().target = st.session_state["teach.target"]


def _add(target: int) -> None:
    """Keep the drawing as an example, and clear the canvas for the next."""
    now = lesson()
    paper = now.papers["teach"]
    image, _ = _read(paper)
    if image is None:
        return
    if target == _NEW:
        typed = few_shot.clean_name(str(st.session_state.get(f"teach.name.{now.names}") or ""))
        name = typed or _free_name(now)
        target = next((index for index, symbol in enumerate(now.symbols) if symbol.name == name), _NEW)
        now.names += 1
    example = Example(paper.strokes, image)
    if target == _NEW and not now.full:
        now.symbols.append(Symbol(name, [example]))
    elif 0 <= target < len(now.symbols) and len(now.symbols[target].examples) < MAX_EXAMPLES:
        now.symbols[target].examples.append(example)
    else:
        return
    paper.restart([])


def _free_name(now: Lesson) -> str:
    taken = {symbol.name for symbol in now.symbols}
    return next(name for number in range(1, 99) if (name := f"symbol {number}") not in taken)


def _progress(now: Lesson, problem: str) -> None:
    """While teaching: what to do next."""
    missing = 2 - len(now.symbols)
    if problem:
        text = problem
    elif missing > 0:
        text = f"Draw a symbol, name it, and add it. {'Two' if missing == 2 else 'One more'} to start."
    elif now.full:
        text = "The set is full. Ask the network, or add more examples of these."
    else:
        text = f"{len(now.symbols)} symbols are known. Add another, or ask the network."
    st.html(teach_words.prompt(text))
    st.button(
        "Ask the network",
        icon=":material/arrow_forward:",
        key="teach.go",
        on_click=_turn,
        args=("ask",),
        disabled=missing > 0,
    )


def _answer(now: Lesson, verifier: Verifier, image: np.ndarray | None, problem: str) -> None:
    """The winner in big words, and every symbol's evidence."""
    if len(now.symbols) < 2:
        with st.container(key="banner"):
            st.html(teach_words.prompt("Teach at least two symbols first."))
        st.button("Teach a symbol", icon=":material/draw:", key="teach.back", on_click=_turn, args=("teach",))
        return
    if image is None:
        with st.container(key="banner"):
            st.html(teach_words.prompt(problem or "Draw one of the symbols again, in your own way."))
        return
    ranking = few_shot.rank(
        verifier.embed(image[None])[0],
        [np.stack([example.embedding(verifier) for example in symbol.examples]) for symbol in now.symbols],
        state.threshold(verifier.name),
    )
    names = [symbol.name for symbol in now.symbols]
    images = [[example.image for example in symbol.examples] for symbol in now.symbols]
    with st.container(key="banner"):
        st.html(teach_words.winner(ranking, names))
    st.html(teach_words.evidence(ranking, names, images, resources.reach(verifier.name)))


def _symbols(now: Lesson) -> None:
    """What was taught, with its drawings; and taking a symbol away."""
    if not now.symbols:
        return
    with st.container(border=True):
        st.subheader("What it was taught")
        st.html(teach_words.gallery([(symbol.name, [e.image for e in symbol.examples]) for symbol in now.symbols]))
        with st.container(horizontal=True, vertical_alignment="bottom"):
            with st.container(width=300):
                st.selectbox(
                    "Take away",
                    range(len(now.symbols)),
                    format_func=lambda index: _title(now, index),
                    key="teach.remove.which",
                )
            st.button("Last example", icon=":material/undo:", key="teach.remove.example", on_click=_remove_example)
            st.button("Whole symbol", icon=":material/delete:", key="teach.remove", on_click=_remove)


def _remove_example() -> None:
    now, index = lesson(), st.session_state.get("teach.remove.which", 0)
    if index < len(now.symbols) and len(now.symbols[index].examples) > 1:
        now.symbols[index].examples.pop()
    else:
        _remove()


def _remove() -> None:
    now, index = lesson(), st.session_state.get("teach.remove.which", 0)
    if index < len(now.symbols):
        del now.symbols[index]
        now.target = _NEW
    # The choice is of a place in the list, which has another symbol now.
    st.session_state["teach.remove.which"] = 0
