"""Changes by operators: what they changed and ordered, what they read, and what they were refused."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Final

from accessctl.reports.buckets import Buckets
from accessctl.reports.catalogue import By
from accessctl.reports.cells import counted
from accessctl.reports.people import ReportReads
from accessctl.reports.question import Desk, Newest, NoSuchThing, most_common
from accessctl.reports.reading import Want
from accessctl.reports.value import Cell, Chart, Column, Kind, Named, Report, Row, Series, Table, Tone
from accessctl.store.entry import instant
from policies.event_types import EventType

_LOGIN, _READ, _REFUSED = "logged in", "read", "refused"
_NO_CHANGE: Final[Mapping[str, str]] = {
    EventType.OPERATOR_LOGGED_IN: _LOGIN,
    EventType.OPERATOR_LOGGED_OUT: "logged out",
    EventType.OPERATOR_LOGIN_FAILED: "login failed",
    EventType.PERSONAL_DATA_READ: _READ,
    EventType.CALL_REFUSED: _REFUSED,
}
"""What changes nothing: counted, and not listed."""
_NOT_SAID: Final = frozenset({"operator", "order", "from", "via"})
_BY_WHOM: Final = "Ordered by "
"""So begins a reason that says no more than who the operator was."""
_LONGEST: Final = 300
_BARS: Final = 15
_COLUMNS = (
    Column("at", "When", Kind.INSTANT),
    Column("operator", "Operator", Kind.OPERATOR),
    Column("what", "What"),
    Column("person", "About whom", Kind.PERSON),
    Column("door", "Door", Kind.PLACE),
    Column("detail", "Detail"),
    Column("seq", "Number", Kind.NUMBER),
)
_SUMS = (
    Column("operator", "Operator", Kind.OPERATOR),
    Column("changes", "Changes", Kind.NUMBER),
    Column("logins", "Logged in", Kind.NUMBER),
    Column("failed", "Logins failed", Kind.NUMBER),
    Column("reads", "Read about people", Kind.NUMBER),
    Column("refused", "Calls refused", Kind.NUMBER),
)


class _Counts:
    """What is counted while the record is read."""

    def __init__(self, desk: Desk) -> None:
        self.found, self.what = Newest(desk.asked.rows), Counter[str]()
        self.changes, self.others = Counter[str](), Counter[tuple[str, str]]()
        self.buckets = Buckets(desk.site.timezone, *desk.asked.span)

    @property
    def operators(self) -> list[str]:
        """Give everybody who did anything, who changed most first."""
        known = set(self.changes) | {operator for operator, _ in self.others}
        return sorted(known, key=lambda each: (-self.changes[each], each))


def changes(desk: Desk) -> Report:
    """Work the report out."""
    counts, by = _Counts(desk), desk.asked.by
    operators = ReportReads(desk.home.people).operators()
    _check_operator(desk, by.get(By.OPERATOR), operators)
    want = Want(None, *desk.asked.span, by.get(By.PERSON), by.get(By.DOOR), operator=True, detail=True)
    for entry in desk.record.entries(want):
        said = entry.said
        operator = str(said["operator"])
        if by.get(By.OPERATOR) not in {None, operator}:
            continue
        if (other := _NO_CHANGE.get(entry.type)) is not None:
            counts.others[operator, other] += 1
            continue
        counts.changes[operator] += 1
        counts.what[entry.type] += 1
        counts.buckets.add(entry.at_ms, "changes")
        why = entry.reason or ""
        detail = "; ".join([*_told(said), *([] if why.startswith(_BY_WHOM) or not why else [why])])
        counts.found.add(entry.at_ms, operator, entry.type, entry.person, entry.door, detail, entry.seq)
    return desk.report(
        _summary(counts),
        (
            counts.buckets.by_time("Changes", "changes", {"changes": Tone.PLAIN}),
            _what(counts),
        ),
        (
            Table("By operator", _SUMS, _sums(counts, operators)),
            Table("Changes and orders", _COLUMNS, _rows(desk, counts, operators), counts.found.total),
        ),
        (
            "The same read by the same operator within ten minutes is recorded once.",
            "Who works on the machine itself, as root, is no operator: nothing here tells of that.",
        ),
    )


def _check_operator(desk: Desk, wanted: str | None, operators: Mapping[str, str]) -> None:
    """Raise ``NoSuchThing`` for one who is no operator and, by the record, never was."""
    if wanted is None or wanted in operators:
        return
    entries = desk.record.entries(Want(operator=True, detail=True))
    if not any(entry.said["operator"] == wanted for entry in entries):
        raise NoSuchThing(f"there is no operator {wanted}")


def _sums(counts: _Counts, operators: Mapping[str, str]) -> tuple[Row, ...]:
    others = (_LOGIN, "login failed", _READ, _REFUSED)
    return tuple(
        (
            Named(each, operators.get(each)),
            counts.changes[each],
            *(counts.others[each, other] for other in others),
        )
        for each in counts.operators
    )


def _rows(desk: Desk, counts: _Counts, operators: Mapping[str, str]) -> tuple[tuple[Cell, ...], ...]:
    named = desk.people(row[3] for row in counts.found.rows)
    return tuple(
        (
            instant(at_ms),
            Named(operator, operators.get(operator)),
            words_of(type_),
            named(person),
            desk.door(door),
            detail,
            seq,
        )
        for at_ms, operator, type_, person, door, detail, seq in counts.found.rows
    )


def words_of(type_: str) -> str:
    """Give the type of an entry as words."""
    return type_.replace("_", " ")


def _told(said: Mapping[str, Any]) -> Iterator[str]:
    """Say an entry's detail: what was before and after together, and nothing of duress."""
    for name, value in said.items():
        if name in _NOT_SAID or "duress" in name:
            continue
        what, _, which = name.rpartition("_")
        if which == "before":
            yield f"{what}: {_short(value)} → {_short(said.get(f'{what}_after'))}"
        elif which != "after" or f"{what}_before" not in said:
            yield f"{name}: {_short(value)}"


def _short(value: Any) -> str:  # noqa: ANN401 - whatever an entry says
    match value:
        case None | "" | [] | {}:
            return "–"
        case bool():
            return "yes" if value else "no"
        case list():
            text = ", ".join(map(_short, value))
        case dict():  # such as who was where: how many is enough here
            sums = (
                (name, len(each) if isinstance(each, list) else _short(each)) for name, each in value.items()
            )
            text = ", ".join(f"{name} {each}" for name, each in sums)
        case _:
            text = str(value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _what(counts: _Counts) -> Chart:
    common = most_common(counts.what, _BARS)
    labels = tuple(words_of(type_) for type_, _ in common)
    return Chart("What", labels, (Series("", tuple(float(count) for _, count in common)),), "changes")


def _summary(counts: _Counts) -> list[str]:
    if not counts.found.total:
        return ["Nothing was changed or ordered."]
    who = counted(len(counts.changes), "operator", "operators")
    said = [f"{who} made {counted(counts.found.total, 'change or order', 'changes and orders')}."]
    refused = sum(count for (_, what), count in counts.others.items() if what == _REFUSED)
    return [*said, f"{counted(refused, 'call was', 'calls were')} refused."] if refused else said
