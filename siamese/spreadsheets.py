"""Text in a CSV file that a spreadsheet opens."""

from __future__ import annotations

# Full-width signs begin a formula as well, and spaces before a sign do not hinder it.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def cell(text: str) -> str:
    """The text as a cell that no spreadsheet takes for a formula (OWASP, *CSV Injection*)."""
    # The apostrophe is the spreadsheets' own sign for text.
    return f"'{text}" if text.startswith(_FORMULA) or text.lstrip().startswith(_FORMULA) else text
