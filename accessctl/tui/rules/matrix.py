"""Who may pass where and when, as rows, columns and marks: made of what the API says, and drawn elsewhere."""

import string
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from accessctl.client import Level
from accessctl.tui.look import REFUSED, mark
from accessctl.tui.rules.book import Book
from accessctl.tui.words import _

NONE: Final = mark("·", ".")
MORE: Final = "*"
"""More than a card is asked for there."""
LENT: Final = "+"
"""Lent to people for a while."""
FURTHER: Final = "&"
"""There are more schedules than marks fit."""
_LETTERS: Final = string.ascii_uppercase + string.digits + string.ascii_lowercase.replace("x", "")
_MOST_MARKS: Final = 3


class Kind(StrEnum):
    """What a row is about."""

    ROLE = "role"
    GROUP = "group"
    LENT = "lent"


@dataclass(frozen=True, slots=True)
class RowHead:
    """Who."""

    kind: Kind
    id: str
    name: str


@dataclass(frozen=True, slots=True)
class ColumnHead:
    """Where: a direction through a door."""

    id: str
    name: str
    short: str
    """What tells it from the others of its door."""
    door: str
    door_name: str


@dataclass(frozen=True, slots=True)
class Grant:
    """A level that leads there while a schedule holds."""

    level: str
    schedule: str
    people: int
    """How many have the level by a role or a group."""
    lent_to: int


@dataclass(frozen=True, slots=True)
class MatrixCell:
    """Whether and when somebody may pass."""

    grants: tuple[Grant, ...] = ()
    denied_by: tuple[str, ...] = ()
    """Levels that lead here and are denied: they count for nothing, whoever gives them."""
    more: bool = False
    lent: bool = False

    @property
    def schedules(self) -> tuple[str, ...]:
        """The schedules that let pass, each once."""
        return tuple(dict.fromkeys(grant.schedule for grant in self.grants))


@dataclass(frozen=True, slots=True)
class Matrix:
    """The whole of it."""

    rows: tuple[RowHead, ...] = ()
    columns: tuple[ColumnHead, ...] = ()
    cells: Mapping[tuple[int, int], MatrixCell] = field(default_factory=dict)
    marks: Mapping[str, str] = field(default_factory=dict)
    """By schedule: the letter that stands for it."""

    def cell(self, row: int, column: int) -> MatrixCell:
        """Give a cell; an empty one where nothing is granted."""
        return self.cells.get((row, column), MatrixCell())

    def text(self, row: int, column: int) -> str:
        """Give what stands in a cell."""
        cell = self.cell(row, column)
        if cell.denied_by:
            return REFUSED
        if not cell.grants:
            return NONE
        found = [self.marks[schedule] for schedule in cell.schedules]
        if len(found) > _MOST_MARKS:
            found = [*found[: _MOST_MARKS - 1], FURTHER]
        return "".join(found) + MORE * cell.more + LENT * cell.lent


def matrix_of(
    levels: Sequence[Level],
    roles: Iterable[Mapping[str, str]],
    groups: Iterable[Mapping[str, str]],
    status: Mapping[str, Any],
    book: Book | None,
) -> Matrix:
    """Put together what ``/access-levels``, ``/roles``, ``/groups`` and ``/status`` say."""
    columns = _columns(levels, status, book)
    rows = [*_members(levels, roles, groups)]
    if any(level["lent_to"] for level in levels):
        rows.append(RowHead(Kind.LENT, "", _("Lent to people")))
    cells = {}
    for at_row, row in enumerate(rows):
        for at_column, column in enumerate(columns):
            cell = _cell(levels, row, column.id, book)
            if cell.grants or cell.denied_by:
                cells[at_row, at_column] = cell
    schedules = (policy["schedule"] for level in levels for policy in level["policies"])
    return Matrix(tuple(rows), tuple(columns), cells, marks_of(schedules))


def marks_of(schedules: Iterable[str]) -> dict[str, str]:
    """Give each schedule a letter of its own, one of its name where that is free; the same ones each time."""
    found: dict[str, str] = {}
    for schedule in sorted(set(schedules)):
        wanted = [*schedule.upper().replace("-", ""), *_LETTERS]
        taken = set(found.values())
        found[schedule] = next((one for one in wanted if one in _LETTERS and one not in taken), "#")
    return found


def _members(
    levels: Sequence[Level], roles: Iterable[Mapping[str, str]], groups: Iterable[Mapping[str, str]]
) -> Iterable[RowHead]:
    """Give those to whom a level gives or denies anything."""
    with_roles = {each for level in levels for each in (*level["roles"], *level["denied_roles"])}
    with_groups = {each for level in levels for each in (*level["groups"], *level["denied_groups"])}
    for role in roles:
        if role["id"] in with_roles:
            yield RowHead(Kind.ROLE, role["id"], role["name"])
    for group in groups:
        if group["id"] in with_groups:
            yield RowHead(Kind.GROUP, group["id"], group["name"])


def _columns(levels: Sequence[Level], status: Mapping[str, Any], book: Book | None) -> list[ColumnHead]:
    """Give the access points that can be granted, those of a door side by side, in the doors' order."""
    doors = {door["id"]: str(door["name"]) for door in status["doors"]}
    readers = {reader["access_point"]: reader for reader in status["readers"] if reader["door"] is not None}
    granted = dict.fromkeys(
        point for level in levels for policy in level["policies"] for point in policy["access_points"]
    )
    found = []
    for point in dict.fromkeys((*readers, *granted)):
        reader = readers.get(point, {})
        door = reader.get("door") or (book and book.door_of(point)) or point
        name = reader.get("name") or (book and book.point_name(point)) or point
        found.append(ColumnHead(point, str(name), _short(point, door), door, doors.get(door, door)))
    order = {door: at for at, door in enumerate(doors)}
    return sorted(found, key=lambda column: order.get(column.door, len(order)))


def _short(point: str, door: str) -> str:
    """Take the door's id off: ``gate-in`` of ``gate`` is ``in``."""
    rest = point.removeprefix(f"{door}-")
    return rest if rest and rest != point else point


def _cell(levels: Sequence[Level], row: RowHead, point: str, book: Book | None) -> MatrixCell:
    grants, denied = [], []
    for level in levels:
        schedules = [each["schedule"] for each in level["policies"] if point in each["access_points"]]
        if row.kind is Kind.LENT:
            has, denies = bool(level["lent_to"]), False
        elif row.kind is Kind.ROLE:
            has, denies = row.id in level["roles"], row.id in level["denied_roles"]
        else:
            has, denies = row.id in level["groups"], row.id in level["denied_groups"]
        if has:
            grants += [Grant(level["id"], each, level["people"], level["lent_to"]) for each in schedules]
        if denies and schedules:
            denied.append(level["id"])
    more = book is not None and book.asks_for_more(point)
    return MatrixCell(tuple(grants), tuple(denied), more, row.kind is Kind.LENT)
