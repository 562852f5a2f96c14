"""The story of a cell of the matrix, and what the marks mean, in words."""

from collections.abc import Iterable

from rich.cells import cell_len
from rich.console import Group
from rich.table import Table
from rich.text import Text

from accessctl.tui.look import REFUSED
from accessctl.tui.rules.book import Book
from accessctl.tui.rules.matrix import LENT, MORE, NONE, ColumnHead, Grant, Kind, Matrix, MatrixCell, RowHead
from accessctl.tui.words import _, many

_BETWEEN = "   "


def story(matrix: Matrix, row: int, column: int, book: Book | None) -> Group:
    """Tell all that is known of a cell."""
    if not (row < len(matrix.rows) and column < len(matrix.columns)):
        return Group(Text(_("No access level leads anywhere.")))
    who, where, cell = matrix.rows[row], matrix.columns[column], matrix.cell(row, column)
    told = Text()
    told.append(who.name, "bold")
    told.append(_("  at  "))
    told.append(where.name, "bold")
    told.append(f"  {where.id}", "dim")
    facts = Table.grid(padding=(0, 1, 0, 0))
    for label, lines in _facts(who, where, cell, matrix, book):
        for number, line in enumerate(lines):
            facts.add_row(Text(label if number == 0 else "", "dim"), Text(line))
    return Group(told, facts)


def _facts(
    who: RowHead, where: ColumnHead, cell: MatrixCell, matrix: Matrix, book: Book | None
) -> list[tuple[str, list[str]]]:
    facts = [(_("may pass"), _when(who, cell, matrix, book))]
    if book is None:
        words = _("what has to be shown, and the hours: your roles do not show you the site file")
        facts.append((_("not told"), [words]))
    else:
        facts += [
            (_("shows"), book.asks(where.id)),
            (_("where"), ["; ".join(book.enters(where.id))]),
            (_("door"), ["; ".join(book.door_modes(where.door))]),
            (_("who"), ["; ".join(book.member(who.id))] if who.kind is not Kind.LENT else []),
        ]
    return [(label, lines) for label, lines in facts if any(lines)]


def _when(who: RowHead, cell: MatrixCell, matrix: Matrix, book: Book | None) -> list[str]:
    lines = [
        _("never: {level} leads here, and who is of these is denied it, whatever else they have").format(
            level=level
        )
        for level in cell.denied_by
    ]
    lines += [_granted(who, grant, matrix, book) for grant in cell.grants]
    return lines or [_("no: none of their access levels leads here")]


def _granted(who: RowHead, grant: Grant, matrix: Matrix, book: Book | None) -> str:
    hours = book.hours(grant.schedule) if book is not None else []
    when = f"{matrix.marks[grant.schedule]} {grant.schedule}"
    if hours:
        when += f": {'; '.join(hours)}"
    lent = many("lent to {count} person", "lent to {count} people", grant.lent_to)
    if who.kind is Kind.LENT:
        return _("{when} (level {level}, {lent})").format(when=when, level=grant.level, lent=lent)
    have = many("{count} person has it", "{count} people have it", grant.people)
    if grant.lent_to:
        have = f"{have}, {lent}"
    return _("{when} (level {level}: {have})").format(when=when, level=grant.level, have=have)


def legend(matrix: Matrix, book: Book | None, *, width: int, hours: bool) -> Group:
    """Tell what the marks mean; with the schedules' ``hours``, a line for each."""
    letters = sorted(matrix.marks.items(), key=lambda each: each[1])
    others = [(NONE, _("no")), (REFUSED, _("denied"))]
    if book is not None:
        others.append((MORE, _("more than a card")))
    if any(row.kind is Kind.LENT for row in matrix.rows):
        others.append((LENT, _("lent for a while")))
    if not hours or book is None:
        marks = _flowing([*((letter, schedule) for schedule, letter in letters), *others], width)
        return Group(marks, *_untold(matrix, book))
    table = Table.grid(padding=(0, 2, 0, 0))
    for schedule, letter in letters:
        table.add_row(Text(letter, "bold"), Text(schedule), Text("; ".join(book.hours(schedule)), "dim"))
    return Group(table, Text(), _flowing(others, width))


def _untold(matrix: Matrix, book: Book | None) -> list[Text]:
    """Say what the marks leave out for whoever may not read the site file."""
    if book is not None or not matrix.rows:
        return []
    return [
        Text(
            _("Your roles do not show you the site file: where more than a card is asked for is not marked.")
        )
    ]


def _flowing(items: Iterable[tuple[str, str]], width: int) -> Text:
    """Put marks beside each other; none is parted from its words."""
    told, used = Text(), 0
    for letter, words in items:
        needed = cell_len(f"{letter} {words}")
        if used and used + needed > width:
            told.append("\n")
            used = 0
        told.append(f"{letter} ", "bold")
        told.append(f"{words}{_BETWEEN}")
        used += needed + len(_BETWEEN)
    return told
