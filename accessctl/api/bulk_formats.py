"""From a body to rows and back: CSV, a JSON array, or a JSON object on each line.

A body is gone through without taking it apart as a whole: one row at a time is in memory, however many there
are. What is not readable is a problem of its row, in words that repeat nothing of it. A byte that is no UTF-8
comes through as half a character, which no field takes: so it is told of its field, and the rows behind it
are looked at as well.

In CSV a list is written with ``;`` between its parts. A cell that a spreadsheet would take for a formula gets
an apostrophe before it, which reading takes away again.
"""

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any, Final

from accessctl.spreadsheets import text_in

LISTS: Final = frozenset({"roles", "groups"})
EMPTY_IS_NULL: Final = frozenset(
    {"id", "valid_from", "valid_until", "uses_total", "uses_a_day", "disabled", "exempt", "extended"}
)
"""Columns whose empty cell says that there is no such thing; where that cannot be, null is refused."""
LONGEST_ROW: Final = 64 * 1024
"""Characters of JSON."""
_SPACE: Final = re.compile(r"[ \t\r\n]*")
_BETWEEN: Final = re.compile(r"[;\s]+")
_CHUNK: Final = 64 * 1024
_HALF: Final = "surrogateescape"

Row = tuple[int, dict[str, Any]]
"""The number of a row, and what it says."""


class BulkFormat(StrEnum):
    """How many people are written down."""

    CSV = "csv"
    JSON = "json"
    NDJSON = "ndjson"


MEDIA_TYPES: Final[Mapping[BulkFormat, str]] = {
    BulkFormat.CSV: "text/csv",
    BulkFormat.JSON: "application/json",
    BulkFormat.NDJSON: "application/x-ndjson",
}


class RowUnreadable(ValueError):
    """A row cannot be read. Where ``last`` is set, neither can what stands behind it."""

    def __init__(self, row: int, what: str, *, last: bool = True, path: str = "") -> None:
        """Keep the row's number."""
        super().__init__(what)
        self.row, self.last, self.path = row, last, path


def rows_in(body: bytes, kind: BulkFormat) -> Iterator[Row | RowUnreadable]:
    """Give every row of a body, and for one that cannot be read why not.

    Rows of CSV count as a spreadsheet shows them: the first one after the heading is 2. Those of JSON begin
    with 1, as do lines.
    """
    reading = {BulkFormat.CSV: _csv_rows, BulkFormat.JSON: _json_rows, BulkFormat.NDJSON: _lines}[kind](body)
    try:
        yield from reading
    except RowUnreadable as error:
        yield error


def _text_of(body: bytes) -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(body), encoding="utf-8-sig", errors=_HALF, newline="")


# --------------------------------------------------------------------------------------------- CSV


def _csv_rows(body: bytes) -> Iterator[Row | RowUnreadable]:
    reader = csv.reader(_text_of(body), strict=True)
    heading: list[str] | None = None
    number = 0
    while True:
        number += 1
        try:
            cells = next(reader, None)
        except csv.Error:
            raise RowUnreadable(number, "from here on it is no CSV: look at the quotation marks") from None
        if heading is None:
            heading = _heading(cells or [])
        elif cells is None:
            return
        elif len(cells) == len(heading):
            yield number, _from_cells(heading, cells)
        elif cells:  # an empty line is nothing
            what = f"has {len(cells)} cells, and there are {len(heading)} columns"
            yield RowUnreadable(number, what, last=False)


def _heading(cells: list[str]) -> list[str]:
    names = [cell.strip().lower() for cell in cells]
    if not any(names):
        raise RowUnreadable(1, f"has to name the columns, which are: {', '.join(COLUMNS)}")
    if len(set(names)) < len(names):
        raise RowUnreadable(1, "names a column twice")
    unknown = [place for place, name in enumerate(names, 1) if name not in COLUMNS]
    if unknown:
        where = ", ".join(map(str, unknown[:8]))
        known = ", ".join(COLUMNS)
        raise RowUnreadable(
            1, f"the heading of column {where} is none of: {known}; they are separated by commas"
        )
    return names


def _from_cells(heading: list[str], cells: list[str]) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for name, cell in zip(heading, cells, strict=True):
        text = text_in(cell)
        if name in LISTS:
            row[name] = [part for part in _BETWEEN.split(text) if part]
        elif name in EMPTY_IS_NULL:
            row[name] = text.strip() or None
        else:
            row[name] = text
    numbers = [part.strip() for part in row.pop("card", "").split(";") if part.strip()]
    kinds = _BETWEEN.split(row.pop("card_technology", "").strip()) if numbers else []
    cards = [{"number": number, **_kind(kinds, place)} for place, number in enumerate(numbers)]
    return {**row, **({"card": cards} if cards else {})}


def _kind(kinds: list[str], place: int) -> dict[str, str]:
    """Give the technology of the card at this place: its own, or the one that is said for all."""
    kind = kinds[place] if place < len(kinds) else kinds[0] if len(kinds) == 1 else ""
    return {"technology": kind} if kind else {}


COLUMNS: Final = (
    *("id", "name", "roles", "groups", "valid_from", "valid_until", "disabled"),
    *("uses_total", "uses_a_day", "exempt", "extended", "card", "card_technology", "cards"),
)

# -------------------------------------------------------------------------------------------- JSON


def _lines(body: bytes) -> Iterator[Row | RowUnreadable]:
    for number, line in enumerate(io.BytesIO(body), 1):
        if line.strip():
            try:
                text = line.decode("utf-8-sig", _HALF)
                yield _object(number, json.loads(text, parse_constant=_refuse))
            except (ValueError, RecursionError):
                yield RowUnreadable(number, "is no JSON", last=False)


def _json_rows(body: bytes) -> Iterator[Row | RowUnreadable]:
    pieces = _Pieces(body)
    if pieces.next() != "[":
        raise RowUnreadable(1, "the body has to be an array, such as [{…}, {…}]")
    pieces.take(1)
    number = 1
    if pieces.next() == "]":
        pieces.take(1)
    else:
        while True:
            yield _object(number, pieces.value(number))
            after = pieces.next()
            pieces.take(1)
            if after == "]":
                break
            if after != ",":
                raise RowUnreadable(number, "behind this one it is no JSON any more")
            number += 1
    if pieces.next():
        raise RowUnreadable(number, "something stands behind the end of the array")


class _Pieces:
    """Text that comes a piece at a time, of which the front is taken away again and again."""

    def __init__(self, body: bytes) -> None:
        self._rest = _text_of(body)
        self._text = ""
        self._at = 0
        self._decode = json.JSONDecoder(parse_constant=_refuse).raw_decode

    def next(self) -> str:
        """Give the next character that is no space; none at the end."""
        while True:
            found = _SPACE.match(self._text, self._at)
            self._at = self._at if found is None else found.end()
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._more():
                return ""

    def take(self, count: int) -> None:
        """Go on behind so many characters."""
        self._at += count

    def value(self, row: int) -> object:
        """Give the next value. Raises ``RowUnreadable``."""
        if self.next() not in {"{", "["}:  # of anything else nobody knows whether it is whole
            raise RowUnreadable(row, "is no object")
        while True:
            try:
                value, self._at = self._decode(self._text, self._at)
            except RecursionError:
                raise RowUnreadable(row, "is no JSON") from None
            except ValueError:
                if len(self._text) - self._at > LONGEST_ROW or not self._more():
                    raise RowUnreadable(row, "from here on it is no JSON, or a row is too long") from None
            else:
                return value

    def _more(self) -> bool:
        piece = self._rest.read(_CHUNK)
        self._text = self._text[self._at :] + piece
        self._at = 0
        return bool(piece)


def _object(number: int, value: object) -> Row | RowUnreadable:
    if isinstance(value, dict):
        return number, value
    return RowUnreadable(number, "is no object", last=False)


def _refuse(_constant: str) -> None:
    raise ValueError
