"""Doors held and forced: which, when, and for how long."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from accessctl.reports.buckets import Buckets
from accessctl.reports.catalogue import By
from accessctl.reports.cells import counted, how_long
from accessctl.reports.question import Desk, Newest
from accessctl.reports.reading import Entry, Want
from accessctl.reports.value import Cell, Chart, Column, Kind, Report, Series, Table, Tone
from accessctl.store.alarm_kinds import STARTS
from accessctl.store.entry import instant
from policies.event_types import EventType

FORCED: Final = "forced"
HELD: Final = "held open"
_BEGINS: Final = {EventType.DOOR_FORCED_OPEN.value: FORCED, EventType.DOOR_OPEN_TOO_LONG.value: HELD}
_ENDS: Final = {
    EventType.DOOR_FORCED_OPEN_RESTORED.value: FORCED,
    EventType.DOOR_OPEN_TOO_LONG_RESTORED.value: HELD,
}
_WARNED: Final = EventType.DOOR_PRE_ALARM.value
_STARTED: Final = frozenset(each.value for each in STARTS)
_TONES: Final = {FORCED: Tone.BAD, HELD: Tone.UNSURE}
_STILL: Final = "still so"
_UNKNOWN: Final = "not seen: the controller started anew"
_EACH = (
    Column("at", "When", Kind.INSTANT),
    Column("door", "Door", Kind.PLACE),
    Column("what", "What"),
    Column("for", "For", Kind.DURATION),
    Column("ended", "Ended"),
    Column("seq", "Number", Kind.NUMBER),
)
_BY_DOOR = (
    Column("door", "Door", Kind.PLACE),
    Column("forced", "Forced", Kind.NUMBER),
    Column("held", "Held open", Kind.NUMBER),
    Column("warned", "Warned only", Kind.NUMBER),
    Column("longest", "Longest", Kind.DURATION),
    Column("total", "Together", Kind.DURATION),
)


@dataclass(slots=True)
class _Door:
    """What is added up of one door."""

    counts: Counter[str]
    total_ms: int = 0
    longest_ms: int = 0

    def ended(self, length_ms: int) -> None:
        self.total_ms += length_ms
        self.longest_ms = max(self.longest_ms, length_ms)


class _Book:
    """Brings each alarm together with its end."""

    def __init__(self, desk: Desk) -> None:
        since, until = desk.asked.span
        self.doors: defaultdict[str, _Door] = defaultdict(lambda: _Door(Counter()))
        self.found = Newest(desk.asked.rows)
        self.buckets = Buckets(desk.site.timezone, since, until)
        self._open: dict[tuple[str, str], Entry] = {}

    def take(self, entry: Entry) -> None:
        door = entry.door or ""
        if entry.type in _STARTED:
            for key in list(self._open):
                self._close(key, None, _UNKNOWN)
        elif entry.type == _WARNED:
            self.doors[door].counts[_WARNED] += 1
        elif (what := _BEGINS.get(entry.type)) is not None:
            self._close((door, what), None, "not seen")
            self._open[door, what] = entry
            self.doors[door].counts[what] += 1
            self.buckets.add(entry.at_ms, what)
        elif (what := _ENDS.get(entry.type)) is not None:
            self._close((door, what), entry.at_ms, "")

    def close_all(self, until_ms: int, why: str) -> None:
        for key in list(self._open):
            self._close(key, until_ms, why)

    def _close(self, key: tuple[str, str], end_ms: int | None, why: str) -> None:
        began = self._open.pop(key, None)
        if began is None:
            return
        length = None if end_ms is None else max(0, end_ms - began.at_ms)
        if length is not None:
            self.doors[key[0]].ended(length)
        self.found.add(began.at_ms, key[0], key[1], length, why or "over", began.seq)


def held_doors(desk: Desk) -> Report:
    """Work the report out."""
    since, until = desk.asked.span
    book, door = _Book(desk), desk.asked.by.get(By.DOOR)
    types = {*_BEGINS, *_ENDS, *_STARTED, _WARNED}
    for entry in desk.record.entries(Want(types, since, until)):
        if door is None or entry.door in {door, None}:  # a start is at no door
            book.take(entry)
    book.close_all(int(until.timestamp() * 1000), _STILL if until >= desk.asked.now else "after this time")
    rows = sorted(book.found.rows, key=lambda row: -row[0])
    return desk.report(
        _summary(desk, book),
        (book.buckets.by_time("Alarms", "alarms", _TONES), _by_door(desk, book)),
        (
            Table("By door", _BY_DOOR, _door_rows(desk, book), empty="No door was forced or held open."),
            Table("Each time", _EACH, tuple(_row(desk, row) for row in rows), book.found.total),
        ),
        (
            "Held open is counted from the alarm on, which comes after the door's open time.",
            "A door that an operator lets stand open is no alarm.",
            "Doors without a position switch cannot tell any of it.",
        ),
    )


def _row(desk: Desk, row: tuple[int, str, str, int | None, str, int]) -> tuple[Cell, ...]:
    at_ms, door, what, length, ended, seq = row
    long = None if length is None else timedelta(milliseconds=length)
    return instant(at_ms), desk.door(door), what, long, ended, seq


def _door_rows(desk: Desk, book: _Book) -> tuple[tuple[Cell, ...], ...]:
    return tuple(
        (
            desk.door(door),
            found.counts[FORCED],
            found.counts[HELD],
            max(0, found.counts[_WARNED] - found.counts[HELD]),
            timedelta(milliseconds=found.longest_ms),
            timedelta(milliseconds=found.total_ms),
        )
        for door, found in _in_order(book)
    )


def _in_order(book: _Book) -> list[tuple[str, _Door]]:
    return sorted(
        book.doors.items(), key=lambda each: (-each[1].counts[FORCED], -each[1].counts[HELD], each[0])
    )


def _by_door(desk: Desk, book: _Book) -> Chart:
    alarmed = [(door, found) for door, found in _in_order(book) if found.counts[FORCED] + found.counts[HELD]]
    labels = tuple(named.shown for door, _ in alarmed if (named := desk.door(door)) is not None)
    series = tuple(
        Series(what, tuple(float(found.counts[what]) for _, found in alarmed), tone)
        for what, tone in _TONES.items()
    )
    return Chart("By door", labels, series, "alarms")


def _summary(desk: Desk, book: _Book) -> list[str]:
    forced = sum(each.counts[FORCED] for each in book.doors.values())
    held = sum(each.counts[HELD] for each in book.doors.values())
    if not forced and not held:
        return ["No door was forced or held open."]
    times, held_times = counted(forced, "time", "times"), counted(held, "time", "times")
    said = [f"Doors were forced {times}, and held open {held_times}."]
    door, longest = max(book.doors.items(), key=lambda each: each[1].longest_ms)
    named = desk.door(door)
    if longest.longest_ms and named is not None:
        long = how_long(timedelta(milliseconds=longest.longest_ms))
        said.append(f"The longest was at {named.shown}, for {long}.")
    return said
