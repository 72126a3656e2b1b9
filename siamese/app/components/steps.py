"""Undo, Redo and Clear of a sheet, by button and by keyboard.

They stand outside what a stroke redraws: a stroke that drew six buttons anew took a third longer. What can be undone
comes with the answer to a stroke, as a mark on the page that the buttons look at.
"""

from __future__ import annotations

import html
import json
from collections.abc import Callable, Mapping

import streamlit as st

from siamese.imaging.drawing import Drawing

_CSS = """
.steps {display: flex; gap: .25rem}
.steps button {flex: 1 1 0; min-width: 0; display: flex; align-items: center; justify-content: center; gap: .4rem;
  font: inherit; font-size: .875rem; min-height: 2.5rem; padding: .25rem .3rem; cursor: pointer; white-space: nowrap;
  color: var(--st-text-color); background: var(--st-background-color); border: 1px solid var(--st-border-color);
  border-radius: var(--st-button-radius)}
.steps button:hover:not(:disabled) {border-color: var(--st-primary-color); color: var(--st-primary-color)}
.steps button:focus-visible {outline: 2px solid var(--st-primary-color); outline-offset: 2px}
.steps button:disabled {opacity: .45; cursor: not-allowed; border-style: dashed}
.steps svg {width: 1.15em; height: 1.15em; flex: none; fill: none; stroke: currentColor; stroke-width: 2;
  stroke-linecap: round; stroke-linejoin: round}
@media (max-width: 640px), (max-height: 540px) {
  .steps button {min-height: 2rem; padding: .1rem}
  .steps span {position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%)}
}
"""
_PICTURES = {
    "undo": '<path d="M9 14 4 9l5-5"/><path d="M4 9h10a6 6 0 0 1 0 12h-3"/>',
    "redo": '<path d="m15 14 5-5-5-5"/><path d="M20 9H10a6 6 0 0 0 0 12h3"/>',
    "clear": '<path d="M4 7h16M9 7V4h6v3M6 7l1 13h10l1-13M10 11v5M14 11v5"/>',
}
_WORDS = {"undo": "Undo", "redo": "Redo", "clear": "Clear"}
_HTML = "".join(
    f'<button type="button" name="{step}" disabled><svg viewBox="0 0 24 24" aria-hidden="true">{_PICTURES[step]}</svg>'
    f"<span>{word}</span></button>"
    for step, word in _WORDS.items()
)
_JS = """
const typing = (target) => target?.closest?.('input, textarea, select, [contenteditable=true]');

export default function ({ data, parentElement, setTriggerValue }) {
  const box = parentElement.querySelector('.steps');
  box.setAttribute('aria-label', data.words);
  const buttons = [...box.children];
  const mark = () => document.querySelector('[data-steps]');
  const look = () => {
    const found = mark();
    const can = found ? JSON.parse(found.dataset.steps)[data.name] ?? [] : [];
    for (const button of buttons) button.disabled = !can.includes(button.name);
  };
  const press = (event) => setTriggerValue('step', event.currentTarget.name);
  const key = (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || typing(event.composedPath()[0])) return;
    const letter = event.key.toLowerCase();
    const step = letter === 'z' ? (event.shiftKey ? 'redo' : 'undo') : letter === 'y' && !event.shiftKey ? 'redo' : '';
    if (!step || mark()?.dataset.last !== data.name) return;
    event.preventDefault();
    const button = buttons.find((one) => one.name === step);
    if (!button.disabled) setTriggerValue('step', step);
  };
  for (const button of buttons) button.onclick = press;
  const watch = new MutationObserver(look);
  watch.observe(document.body, { childList: true, subtree: true, attributeFilter: ['data-steps'] });
  window.addEventListener('keydown', key);
  look();
  return () => { watch.disconnect(); window.removeEventListener('keydown', key); };
}
"""
_mount = st.components.v2.component(
    "siamese.steps", html=f'<div class="steps" role="group">{_HTML}</div>', css=_CSS, js=_JS, isolate_styles=False
)


def mark(papers: Mapping[str, Drawing], last: str) -> str:
    """The mark, as HTML, that tells the buttons of each paper by its name what can be done.

    Args:
        last: the paper that was drawn on last, which the keyboard is meant for.
    """
    can = {
        name: [
            step
            for step, possible in (
                ("undo", paper.can_undo),
                ("redo", bool(paper.future)),
                ("clear", not paper.is_empty),
            )
            if possible
        ]
        for name, paper in papers.items()
    }
    return f'<div hidden data-steps="{html.escape(json.dumps(can))}" data-last="{html.escape(last)}"></div>'


def buttons(name: str, words: str, paper: Callable[[], Drawing], changed: Callable[[], None]) -> None:
    """Draws the three buttons.

    Args:
        name: the paper's, as in the mark; words: what they belong to, for a screen reader.
        changed: called after a step.
    """

    def pressed() -> None:
        step = (st.session_state.get(f"{name}.steps") or {}).get("step")
        if step in _WORDS:  # what comes from a browser may be anything
            getattr(paper(), step)()
            changed()

    _mount(key=f"{name}.steps", data={"name": name, "words": words}, on_step_change=pressed)
