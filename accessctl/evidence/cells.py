"""Cells of CSV that no spreadsheet takes for a formula.

A text that begins as a formula does gets an apostrophe before it, and so does one that only looks as if it
had got one, so that reading can take it away again.
"""

from typing import Final

FORMULA: Final = frozenset("=+-@\t\r")
ESCAPED: Final = FORMULA | {"'"}


def cell_of(text: str) -> str:
    """Write a text so that no spreadsheet takes it for a formula."""
    formula = text[:1] in FORMULA and text != ""
    looks_escaped = text.startswith("'") and text[1:2] in ESCAPED and len(text) > 1
    return f"'{text}" if formula or looks_escaped else text


def quoted(text: str | None) -> str:
    """Write a cell of CSV: in quotation marks, so that an empty text is not taken for none."""
    return "" if text is None else '"' + harmless(text).replace('"', '""') + '"'


def harmless(text: str) -> str:
    """Write a text as ``cell_of`` does, and leave out NUL, for which a text file has no place."""
    return cell_of(text.replace("\0", ""))
