"""Text in the cells of CSV, so that no spreadsheet takes any of it for a formula.

A cell that would be taken for one gets an apostrophe before it, which reading takes away again.
"""

import csv
import io
from collections.abc import Iterable
from typing import Final

_FORMULA: Final = frozenset("=+-@\t\r")
_ESCAPED: Final = _FORMULA | {"'"}


def csv_line(cells: Iterable[str]) -> str:
    """Write one line of CSV, safe for spreadsheets."""
    out = io.StringIO()
    csv.writer(out).writerow([cell_of(cell) for cell in cells])
    return out.getvalue()


def cell_of(text: str) -> str:
    """Write a text so that no spreadsheet takes it for a formula."""
    formula = text[:1] in _FORMULA and text != ""
    looks_escaped = text.startswith("'") and text[1:2] in _ESCAPED and len(text) > 1
    return f"'{text}" if formula or looks_escaped else text


def text_in(cell: str) -> str:
    """Give the text that ``cell_of`` wrote."""
    return cell[1:] if cell.startswith("'") and len(cell) > 1 and cell[1] in _ESCAPED else cell
