"""Lines of CSV that no spreadsheet takes any formula from; reading takes away what that has put there."""

import csv
import io
from collections.abc import Iterable

from accessctl.evidence.cells import ESCAPED, cell_of


def csv_line(cells: Iterable[str]) -> str:
    """Write one line of CSV, safe for spreadsheets."""
    out = io.StringIO()
    csv.writer(out).writerow([cell_of(cell) for cell in cells])
    return out.getvalue()


def text_in(cell: str) -> str:
    """Give the text that ``cell_of`` wrote."""
    return cell[1:] if cell.startswith("'") and len(cell) > 1 and cell[1] in ESCAPED else cell
