"""Scrolls a part of the page into sight, once for each thing that happened."""

from __future__ import annotations

import streamlit as st

_JS = """
export default function ({ data }) {
  window.siameseShown ??= {};
  if (!data.event || window.siameseShown[data.part] === data.event) return;
  window.siameseShown[data.part] = data.event;
  const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
  document.querySelector(data.part)?.scrollIntoView({ block: data.block, behavior: still ? 'instant' : data.motion });
}
"""
_mount = st.components.v2.component("siamese.into_view", html="<span></span>", js=_JS, isolate_styles=False)


def show(key: str, part: str, event: str, *, block: str = "nearest", motion: str = "instant") -> None:
    """Brings `part` into sight when `event` is another one than at the last call.

    Args:
        part: a CSS selector.
        event: names what happened; "" for nothing yet.
        block, motion: as `scrollIntoView` takes them.
    """
    _mount(key=key, data={"part": part, "event": event, "block": block, "motion": motion})
