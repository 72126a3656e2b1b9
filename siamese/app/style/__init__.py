"""The style sheets of the pages: one `.css` file for each part of a page, and the palette as custom properties."""

from __future__ import annotations

from siamese.app.assets import stylesheet
from siamese.charts.palette import Palette

# Palette's fields that rules refer to, as `--same`, `--same-soft` and so on.
_COLOURS = (
    "same",
    "different",
    "same_soft",
    "different_soft",
    "text",
    "muted",
    "grid",
    "background",
    "on_primary",
)
# A later file may change what an earlier one says.
_EVERY_PAGE = (
    "page",
    "tables",
    "digit",
    "verdict",
    "scale",
    "legend",
    "guess",
    "phone",
    "layout",
    "compare",
    "photo",
    "connection",
    "waiting",
    "canvas",
)


def rules(name: str) -> str:
    """The rules of `NAME.css` in this folder."""
    return stylesheet(__name__, name)


def element(name: str) -> str:
    """The <style> element of what one page alone shows, from `NAME.css`."""
    return f"<style>{rules(name)}</style>"


def sheet(colours: Palette, more: str = "") -> str:
    """The <style> element of every page, in the colours of the theme.

    Args:
        more: rules that come after those of every page.
    """
    properties = "".join(f"--{name.replace('_', '-')}:{getattr(colours, name)};" for name in _COLOURS)
    every_page = "\n".join(map(rules, _EVERY_PAGE))
    return f"<style>.stApp{{{properties}}}\n{every_page}\n{more}\n{rules('forced_colors')}</style>"
