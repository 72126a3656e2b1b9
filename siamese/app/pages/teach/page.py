"""The page *Teach it a symbol*: one example each of symbols of one's own, then the network tells them apart."""

from __future__ import annotations

import numpy as np
import streamlit as st

from siamese.app import address, choices, page_frame, resources, session, style, terms, verdict, widgets
from siamese.app.components import canvas, steps
from siamese.app.pages.teach import support_set, words
from siamese.app.pages.teach.support_set import ADDRESS, NEW, TASKS, SupportSet, Symbol
from siamese.app.words import MAX_NAME, clean_name
from siamese.evaluation import few_shot
from siamese.evaluation.few_shot import MAX_EXAMPLES
from siamese.imaging.drawing import image_or_problem
from siamese.serving.verifier import Verifier

_LONGEST = 1000  # characters of a name that are looked at


def render() -> None:
    """Draws the page."""
    entered = page_frame.start("teach")
    st.html(style.element("teach"))
    if entered:
        now = support_set.current()
        now.query.reload()
        now.draft.reload()
    st.title("Teach it a symbol")
    st.markdown(
        "The network was not trained on these symbols, nor is it now: it **compares** your drawing with one "
        "example of each. Clear the drawing and draw a house, or teach it symbols of your own."
    )
    _panel()


@st.fragment
def _panel() -> None:
    """Everything that a stroke changes: a stroke reruns this, and nothing else."""
    now = support_set.current()
    verifier = resources.verifier(choices.model_name())
    with st.container(horizontal=True, gap="medium", key="teach-stage"):
        with st.container(width=282, gap="small", key="teach-side"):
            st.segmented_control(
                "What to do",
                list(TASKS),
                format_func=TASKS.__getitem__,
                required=True,
                width="stretch",
                label_visibility="collapsed",
                **widgets.bind("teach.task", now.task, _set_task),
            )
            image, problem = _canvas(now)
            if now.task == "teach":
                _teaching(now, image)
        with st.container(gap="small", key="teach-answer"):
            if now.task == "ask":
                _answer(now, verifier, image, problem)
            else:
                _progress(now, problem)
    _symbols(now)
    _whole_set(now)
    st.caption(
        "One example of each is enough. With more, their average stands for the symbol; an average lies nearer to "
        "everything, so a symbol with more examples has a small advantage. Your drawings stay in this session and its "
        "address; they are shown to nobody else.",
        help=f"{terms.DISTANCE_AND_THRESHOLD}\n\n{terms.EXAMPLES}",
    )


def _whole_set(now: SupportSet) -> None:
    """Draws the choice of the model, and what puts another support set in the place of this one."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        with st.container(width=420):
            widgets.model_picker("teach")
        st.button(
            "Start with an empty set",
            icon=":material/restart_alt:",
            key="teach.empty",
            on_click=support_set.start_empty,
        )
        st.button(
            "Bring the example set",
            icon=":material/star:",
            key="teach.ready",
            on_click=support_set.start_with_examples,
        )
        if now.before is not None:
            st.button("Bring back the symbols before", icon=":material/undo:", key="teach.before", on_click=_bring_back)
        address.bar(ADDRESS)


def _set_task(task: str) -> None:
    """Change the task; the canvas that appears starts with what was drawn on it."""
    now = support_set.current()
    if task != now.task:
        now.task = task
        now.drawing.reload()


def _canvas(now: SupportSet) -> tuple[np.ndarray | None, str]:
    """Draws the canvas of the task; its image (28, 28) and "", or None and what is wrong in plain words."""
    with st.container(key="teach-drawing"):  # the canvas's own key is another one for each task
        image, problem = canvas.render(now.drawing, f"teach.{now.task}", lambda: None)
    steps.buttons("teach", "Your drawing", lambda: support_set.current().drawing, lambda: None)
    st.html(steps.mark({"teach": now.drawing}, "teach"))
    return image, problem.replace("a whole digit", "a whole symbol").replace("digit", "symbol")


def _teaching(now: SupportSet, image: np.ndarray | None) -> None:
    """The controls below the canvas: which symbol this is an example of, and adding it."""
    targets = list(range(len(now.symbols))) + ([] if now.full else [NEW])
    target = now.target if now.target in targets else targets[-1]
    st.selectbox(
        "This drawing is an example of",
        targets,
        format_func=lambda index: _title(now, index),
        **widgets.bind("teach.target", target, _choose_target),
    )
    place = target
    if target == NEW:
        # No `max_chars`: with it the field takes nothing at all of a longer text that is pasted, and says nothing.
        st.text_input("Its name", key=f"teach.name.{now.names}", placeholder=f"symbol {len(now.symbols) + 1}")
        name, place, too_long = _named(now)
        if too_long:
            st.html(words.cut(name))
    crowded = place != NEW and len(now.symbols[place].examples) >= MAX_EXAMPLES
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
    if crowded and target == NEW:
        st.html(words.full(name))
    elif crowded:
        st.caption(f"This symbol has {MAX_EXAMPLES} examples, which is the most.")


def _named(now: SupportSet) -> tuple[str, int, bool]:
    """The name for a new symbol, the place of the symbol that has it already or `NEW`, and whether it was cut."""
    typed = str(st.session_state.get(f"teach.name.{now.names}") or "")[:_LONGEST]
    name = clean_name(typed) or support_set.free_name(now)
    place = next((index for index, symbol in enumerate(now.symbols) if symbol.name == name), NEW)
    return name, place, len(clean_name(typed, most=_LONGEST)) > MAX_NAME


def _title(now: SupportSet, index: int) -> str:
    """A symbol in the list; the count keeps it apart from the entry for a new one, whatever its name."""
    if index == NEW or index >= len(now.symbols):
        return "a new symbol"
    symbol = now.symbols[index]
    return words.title(symbol.name, len(symbol.examples))


def _choose_target(target: int) -> None:
    support_set.current().target = target


def _add(target: int) -> None:
    """Keep the drawing as an example, and clear the canvas for the next."""
    now = support_set.current()
    image, _ = image_or_problem(now.draft)
    if image is None:
        return
    place, example = target, support_set.drawn_example(now.draft.strokes)
    if target == NEW:
        name, place, _ = _named(now)
    if place == NEW and not now.full:
        now.symbols.append(Symbol(name, [example]))
    elif 0 <= place < len(now.symbols) and len(now.symbols[place].examples) < MAX_EXAMPLES:
        now.symbols[place].examples.append(example)
    else:
        return  # name and drawing stay, and the page says why
    now.names += target == NEW
    now.draft.clear()


def _progress(now: SupportSet, problem: str) -> None:
    """While teaching: what to do next."""
    missing = 2 - len(now.symbols)
    if problem:
        text = problem
    elif missing > 0:
        text = f"Draw a symbol, name it, and add it. {'Two are' if missing == 2 else 'One more is'} needed."
    elif now.full:
        text = "The set is full. Ask the network, or add more examples of these."
    else:
        text = f"{len(now.symbols)} symbols are known. Add another, or ask the network."
    st.html(verdict.prompt(text))
    st.button(
        "Ask the network",
        icon=":material/arrow_forward:",
        key="teach.go",
        on_click=_set_task,
        args=("ask",),
        disabled=missing > 0,
    )


def _answer(now: SupportSet, verifier: Verifier, image: np.ndarray | None, problem: str) -> None:
    """The winner in big words, and every symbol's evidence."""
    if len(now.symbols) < 2:
        with st.container(key="banner"):
            st.html(verdict.prompt("Teach at least two symbols first."))
        st.button("Teach a symbol", icon=":material/draw:", key="teach.back", on_click=_set_task, args=("teach",))
        return
    if image is None:
        with st.container(key="banner"):
            st.html(verdict.prompt(problem or "Draw one of the symbols again, in your own way."))
        return
    ranking = few_shot.rank(
        verifier.embed(image[None])[0],
        [np.stack([example.embedding(verifier) for example in symbol.examples]) for symbol in now.symbols],
        choices.threshold(verifier.name),
    )
    names = [symbol.name for symbol in now.symbols]
    images = [[example.image for example in symbol.examples] for symbol in now.symbols]
    with st.container(key="banner"):
        st.html(words.winner(ranking, names))
    st.html(words.evidence(ranking, names, images, resources.axis_maximum(verifier.name)))


def _symbols(now: SupportSet) -> None:
    """Draws the support set with its drawings, and what takes a symbol away."""
    if not now.symbols:
        return
    with st.container(border=True):
        st.header("What it was taught")
        st.html(words.gallery([(symbol.name, [e.image for e in symbol.examples]) for symbol in now.symbols]))
        with st.container(horizontal=True, vertical_alignment="bottom"):
            with st.container(width=300):
                st.selectbox(
                    "Take away",
                    range(len(now.symbols)),
                    format_func=lambda index: _title(now, index),
                    key="teach.remove.which",
                )
            st.button(
                "Last example", icon=":material/undo:", key="teach.remove.example", on_click=_remove, args=(False,)
            )
            st.button("Whole symbol", icon=":material/delete:", key="teach.remove", on_click=_remove, args=(True,))


def _bring_back() -> None:
    if not session.is_double_press("teach.before"):  # the second would take them away again
        support_set.bring_back()


def _remove(whole: bool) -> None:
    if session.is_double_press("teach.remove"):  # the second would take another one
        return
    support_set.take_away(st.session_state.get("teach.remove.which", 0), whole)
    # The choice is of a place in the list, which has another symbol now.
    st.session_state["teach.remove.which"] = 0
