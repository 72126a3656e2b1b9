"""*Journey* on Compare: the recent comparisons as a strip of thumbnails; a click brings one back."""

from __future__ import annotations

import base64
import json
from dataclasses import replace

import numpy as np
import streamlit as st

from siamese.app import choices, resources, session
from siamese.app.pages.compare import fragments, guess, sides
from siamese.app.pages.compare.history import MAX_ENTRIES, Entry, Journey, Part, csv_text
from siamese.app.pages.compare.history_sheet import sheet, thumbnail
from siamese.serving.verifier import Verification, Verifier

_CSS = """
.journey {display:flex; gap:.6rem; overflow-x:auto; list-style:none; margin:0; padding:4px 4px .6rem;
  min-height:7.4rem; box-sizing:border-box; align-items:flex-start}
.journey li {flex:none; margin:0; padding:0}
.journey button {font:inherit; display:block; width:8.25rem; padding:5px; text-align:left; cursor:pointer;
  color:var(--st-text-color); background:var(--st-background-color); border:1px solid var(--st-border-color);
  border-radius:.5rem; line-height:1.3}
.journey button:hover {border-color:var(--st-text-color)}
.journey button:focus-visible {outline:3px solid var(--st-primary-color); outline-offset:1px}
.journey button[aria-current=true] {box-shadow:0 0 0 2px var(--st-text-color)}
.journey img {display:block; width:7.5rem; height:3.6rem; image-rendering:pixelated; background:#fff;
  border-radius:.25rem}
.journey .told {font-weight:700; font-size:.9rem; white-space:nowrap; margin-top:.25rem}
.journey .same .told {color:var(--same)} .journey .different .told {color:var(--different)}
.journey .more {font-size:.78rem; white-space:nowrap; overflow:hidden; text-overflow:ellipsis}
.journey .empty {padding:1.2rem .3rem}
"""
_JS = """
export default function ({ data, parentElement, setTriggerValue }) {
  const list = parentElement.querySelector('ol');
  const known = new Map([...list.children].map((item) => [item.dataset.number, item]));
  const items = JSON.parse(data.entries).map((entry) => {
    const number = String(entry.number);
    let item = known.get(number);
    if (!item) {
      item = document.createElement('li');
      item.dataset.number = number;
      item.innerHTML = '<button type="button"><img alt=""><div class="told"></div><div class="more"></div></button>';
    }
    const button = item.firstChild;
    const [picture, told, more] = button.children;
    button.onclick = () => setTriggerValue('chosen', entry.number);
    button.className = entry.css;
    button.setAttribute('aria-label', entry.spoken);
    button.setAttribute('aria-current', String(entry.current));
    const source = `data:image/png;base64,${entry.picture}`;
    if (picture.getAttribute('src') !== source) picture.src = source;
    told.textContent = entry.told;
    more.textContent = entry.more;
    return item;
  });
  if (!items.length) {
    const empty = document.createElement('li');
    empty.className = 'empty';
    empty.textContent = data.empty;
    items.push(empty);
  }
  // Only what changed is touched, so that the pictures stand still and the keyboard's place is kept.
  for (const item of [...list.children]) if (!items.includes(item)) item.remove();
  items.forEach((item, place) => {
    if (list.children[place] !== item) list.insertBefore(item, list.children[place] ?? null);
  });
}
"""
_mount = st.components.v2.component(
    "siamese.journey",
    html='<ol class="journey" aria-label="Recent comparisons, the newest first"></ol>',
    css=_CSS,
    js=_JS,
    isolate_styles=False,
)


def journey() -> Journey:
    """This session's comparisons."""
    return session.of(Journey)


def note(verifier: Verifier, images: list, result: Verification) -> None:
    """Take down the comparison on the screen."""
    left, right = (_part(side, image) for side, image in zip(sides.sides().values(), images))
    journey().note(left, right, verifier.name, verifier.card.title, result, guess.said())


def _part(side: sides.Side, image: np.ndarray) -> Part:
    sampled = side.mode == "sample"
    label = side.caption if sampled else {"draw": "a drawing", "upload": "an uploaded picture"}[side.mode]
    pixels = image if image.dtype == np.uint8 else np.round(image * 255).astype(np.uint8)
    # A copy of the side is all that brings it back: the arrays in it are never changed in place.
    return Part(side.identity, pixels, label, side.digit if sampled else None, replace(side, past=[], future=[]))


@st.fragment(key="journey")
def part() -> None:
    """Draws the part: closed at first, and nothing of it is made while it is closed."""
    opened = fragments.expander("journey", "**Journey**: your recent comparisons", ":material/history:")
    if fragments.is_open("journey"):
        with opened, st.container(key="journey", gap="small"):
            _strip(journey().entries)


def _strip(entries: tuple[Entry, ...]) -> None:
    """Draws the strip and its downloads."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(
            f"Your last {MAX_ENTRIES} comparisons. Press one to bring both its digits back, with its network and "
            "threshold. They last until this page is reloaded or closed: a reload brings back the pair on the screen "
            "alone, and no uploaded picture. The CSV and the PNG are yours to keep.",
            width="stretch",
        )
        st.download_button(
            "CSV",
            lambda: csv_text(entries).encode(),
            "comparisons.csv",
            "text/csv",
            key="journey.csv",
            icon=":material/download:",
            on_click="ignore",
            disabled=not entries,
            help="All comparisons as a table",
        )
        st.download_button(
            "PNG",
            lambda: sheet(entries),
            "comparisons.png",
            "image/png",
            key="journey.png",
            icon=":material/download:",
            on_click="ignore",
            disabled=not entries,
            help="All comparisons as a picture",
        )
    _mount(
        key="journey.strip",
        data={
            # As text: Streamlit imports pandas to see whether a list is a table, see `canvas`.
            "entries": json.dumps([_shown(entry) for entry in reversed(entries)]),
            "empty": "Your comparisons appear here.",
        },
        on_chosen_change=_chosen,
    )


def _shown(entry: Entry) -> dict:
    word, sign = ("same", "=") if entry.is_same else ("different", "≠")
    return {
        "number": entry.number,
        "picture": base64.b64encode(thumbnail(entry)).decode(),
        "css": word,
        "told": f"{sign} {entry.distance:.3f}",
        "more": entry.title.split(":")[0],
        "spoken": f"Bring back comparison {entry.number}: {entry.left.label} and {entry.right.label}, {word}, "
        f"distance {entry.distance:.3f}, {entry.title}",
        "current": entry.number == journey().current and not guess.hides(),
    }


def _chosen() -> None:
    number = st.session_state["journey.strip"]["chosen"]
    if isinstance(number, int) and not isinstance(number, bool):
        bring_back(number)
        fragments.rerun_panel()


def bring_back(number: int) -> None:
    """Show a comparison again as it was: both sides, its network if that is still here, its threshold."""
    entry = journey().entry(number)
    if entry is None:
        return
    for side, before in zip(sides.sides().values(), (entry.left, entry.right)):
        _put_back(side, before.held)
    if entry.model in choices.models():
        choices.set_model(entry.model)
        choices.set_threshold(entry.model, entry.threshold)
    else:
        now = resources.verifier(choices.model_name()).card.title
        st.toast(
            f"{entry.title} made that comparison, and is not here any more. The verdict that you see is of {now}.",
            icon=":material/history:",
        )
    guess.seen_already()


def _put_back(side: sides.Side, held: sides.Side) -> None:
    """Let a side hold what it held before; what is on it now stays in the journey."""
    side.mode = held.mode
    if held.mode == "sample":
        side.sample, side.digit, side.source = held.sample, held.digit, held.source
        side.index, side.caption, side.split = held.index, held.caption, held.split
    elif held.mode == "upload":
        side.photo, side.digit_of_photo, side.upload_problem = held.photo, held.digit_of_photo, ""
        side.uploads, side.uploader = held.uploads, side.uploader + 1
    else:
        side.number += 1  # what is drawn on it from now on is another drawing
        side.past, side.future = [], []  # those steps are of another drawing
        side.restart(held.strokes)
