"""Refusals and why: by reason, by door, by person, and the newest of them."""

from collections import Counter
from datetime import datetime

from accessctl.reports.buckets import Buckets
from accessctl.reports.catalogue import By
from accessctl.reports.cells import counted
from accessctl.reports.question import Desk, Newest, most_common
from accessctl.reports.reading import Want
from accessctl.reports.value import Chart, Column, Kind, Report, Series, Table, Tone
from accessctl.store.entry import instant
from accessctl.store.event_filter import TYPES_OF, Outcome

_MOST = 50
_BARS = 12
_COLUMNS = (
    Column("at", "When", Kind.INSTANT),
    Column("person", "Who", Kind.PERSON),
    Column("door", "Door", Kind.PLACE),
    Column("access_point", "Access point", Kind.PLACE),
    Column("reason", "Why"),
    Column("seq", "Number", Kind.NUMBER),
)


class _Counts:
    """What is counted while the record is read."""

    def __init__(self, desk: Desk, since: datetime, until: datetime) -> None:
        self.found = Newest(desk.asked.rows)
        self.reasons, self.doors, self.people = Counter[str](), Counter[str](), Counter[str]()
        self.buckets = Buckets(desk.site.timezone, since, until)


def refusals(desk: Desk) -> Report:
    """Work the report out."""
    since, until = desk.asked.span
    by = desk.asked.by
    counts = _Counts(desk, since, until)
    want = Want(TYPES_OF[Outcome.REFUSED], since, until, by.get(By.PERSON), by.get(By.DOOR))
    for entry in desk.record.entries(want):
        why = entry.reason or entry.type
        counts.found.add(entry.at_ms, entry.person, entry.door, entry.access_point, why, entry.seq)
        counts.reasons[why] += 1
        counts.doors[entry.door or ""] += 1
        if entry.person is not None:
            counts.people[entry.person] += 1
        counts.buckets.add(entry.at_ms, "refusals")
    tones = {"refusals": Tone.BAD}
    return desk.report(
        _summary(counts),
        (
            counts.buckets.by_time("Refusals", "refusals", tones),
            _bars("Why", most_common(counts.reasons, _BARS)),
            _bars("Where", _doors(desk, counts)),
            counts.buckets.by_hour("Refusals", "refusals", tones),
        ),
        _tables(desk, counts),
        _notes(counts),
    )


def _summary(counts: _Counts) -> list[str]:
    total = counts.found.total
    if not total:
        return ["Nobody was refused."]
    reason, most = most_common(counts.reasons, 1)[0]
    said = f"{counted(total, 'refusal', 'refusals')}; {most:,} of them because: {reason}"
    known = len(counts.people)
    return [said, f"{counted(known, 'known person was', 'known people were')} refused."]


def _notes(counts: _Counts) -> list[str]:
    unknown = counts.found.total - counts.people.total()
    if not unknown:
        return []
    return [
        f"In {counted(unknown, 'refusal', 'refusals')} nobody knows who it was: what was shown is nobody's."
    ]


def _tables(desk: Desk, counts: _Counts) -> list[Table]:
    common = most_common(counts.people, _MOST)
    named = desk.people([*(row[1] for row in counts.found.rows), *(person for person, _ in common)])
    rows = tuple(
        (instant(at_ms), named(person), desk.door(door), desk.point(point), why, seq)
        for at_ms, person, door, point, why, seq in counts.found.rows
    )
    number = Column("refusals", "Refusals", Kind.NUMBER)
    total = counts.found.total
    reasons = tuple((why, count, f"{count / total:.0%}") for why, count in most_common(counts.reasons, _MOST))
    people = tuple((named(person), count) for person, count in common)
    return [
        Table("By reason", (Column("reason", "Why"), number, Column("share", "Share")), reasons),
        Table(
            "By person",
            (Column("person", "Who", Kind.PERSON), number),
            people,
            len(counts.people),
            empty="Nobody who is known.",
        ),
        Table("Refusals", _COLUMNS, rows, total, "The newest first."),
    ]


def _doors(desk: Desk, counts: _Counts) -> list[tuple[str, int]]:
    return [
        (named.shown if (named := desk.door(door or None)) else "no door", count)
        for door, count in most_common(counts.doors, _BARS)
    ]


def _bars(title: str, common: list[tuple[str, int]]) -> Chart:
    labels, values = [each for each, _ in common], tuple(float(count) for _, count in common)
    return Chart(title, tuple(labels), (Series("", values, Tone.BAD),), "refusals")
