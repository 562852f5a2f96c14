"""Doors held and forced: which, when, and for how long.

What stood already when the time began that is asked about is in it too, with from when it has been so. How
far back that lies nobody knows, so the record is read from its beginning.
"""

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
from accessctl.store.entry import first_ms, instant, milliseconds
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
    """What began in the time that is asked about."""
    before: Counter[str]
    """What began before it, and stood when it began."""
    total_ms: int = 0
    longest_ms: int = 0

    def times(self, what: str) -> int:
        return self.counts[what] + self.before[what]

    def ended(self, length_ms: int) -> None:
        self.total_ms += length_ms
        self.longest_ms = max(self.longest_ms, length_ms)


class _Book:
    """Brings each alarm together with its end."""

    def __init__(self, desk: Desk) -> None:
        since, until = desk.asked.span
        self._since_ms = first_ms(since)
        self.doors: defaultdict[str, _Door] = defaultdict(lambda: _Door(Counter(), Counter()))
        self.found = Newest(desk.asked.rows)
        self.buckets = Buckets(desk.site.timezone, since, until)
        self._open: dict[tuple[str, str], Entry] = {}

    def take(self, entry: Entry) -> None:
        door, early = entry.door or "", entry.at_ms < self._since_ms
        if entry.type in _STARTED:
            for key in list(self._open):
                self._close(key, entry.at_ms, _UNKNOWN, seen=False)
        elif entry.type == _WARNED:
            if not early:
                self.doors[door].counts[_WARNED] += 1
        elif (what := _BEGINS.get(entry.type)) is not None:
            self._close((door, what), entry.at_ms, "not seen", seen=False)
            self._open[door, what] = entry
            if not early:
                self.doors[door].counts[what] += 1
                self.buckets.add(entry.at_ms, what)
        elif (what := _ENDS.get(entry.type)) is not None:
            self._close((door, what), entry.at_ms, "over")

    def close_all(self, until_ms: int, why: str) -> None:
        for key in list(self._open):
            self._close(key, until_ms, why)

    def _close(self, key: tuple[str, str], end_ms: int, why: str, *, seen: bool = True) -> None:
        """Take what has ended by then; not ``seen``: some time before."""
        began = self._open.pop(key, None)
        if began is None:
            return
        door, what = key
        if began.at_ms < self._since_ms:
            if end_ms < self._since_ms:
                return  # all of it was before the time that is asked about
            self.doors[door].before[what] += 1
        length = max(0, end_ms - began.at_ms) if seen else None
        if length is not None:
            self.doors[door].ended(length)
        self.found.add(began.at_ms, door, what, length, why, began.seq)


def held_doors(desk: Desk) -> Report:
    """Work the report out."""
    _, until = desk.asked.span
    now = desk.asked.now
    book, door = _Book(desk), desk.asked.by.get(By.DOOR)
    types = {*_BEGINS, *_ENDS, *_STARTED, _WARNED}
    for entry in desk.record.entries(Want(types, until=until)):
        if door is None or entry.door in {door, None}:  # a start is at no door
            book.take(entry)
    # What stands still has lasted until now, however far ahead the time goes that is asked about.
    book.close_all(milliseconds(min(until, now)), _STILL if until >= now else "after this time")
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
            "What began before this time and stood when it began is in it too, with its whole length.",
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
            found.times(FORCED),
            found.times(HELD),
            max(0, found.counts[_WARNED] - found.counts[HELD]),
            timedelta(milliseconds=found.longest_ms),
            timedelta(milliseconds=found.total_ms),
        )
        for door, found in _in_order(book)
    )


def _in_order(book: _Book) -> list[tuple[str, _Door]]:
    return sorted(
        book.doors.items(), key=lambda each: (-each[1].times(FORCED), -each[1].times(HELD), each[0])
    )


def _by_door(desk: Desk, book: _Book) -> Chart:
    alarmed = [(door, found) for door, found in _in_order(book) if found.times(FORCED) + found.times(HELD)]
    labels = tuple(named.shown for door, _ in alarmed if (named := desk.door(door)) is not None)
    series = tuple(
        Series(what, tuple(float(found.times(what)) for _, found in alarmed), tone)
        for what, tone in _TONES.items()
    )
    return Chart("By door", labels, series, "alarms")


def _summary(desk: Desk, book: _Book) -> list[str]:
    forced = sum(each.times(FORCED) for each in book.doors.values())
    held = sum(each.times(HELD) for each in book.doors.values())
    if not forced and not held:
        return ["No door was forced or held open."]
    times, held_times = counted(forced, "time", "times"), counted(held, "time", "times")
    said = [f"Doors were forced {times}, and held open {held_times}."]
    if before := sum(each.before.total() for each in book.doors.values()):
        said.append(f"{before} of these began before this time.")
    door, longest = max(book.doors.items(), key=lambda each: each[1].longest_ms)
    named = desk.door(door)
    if longest.longest_ms and named is not None:
        long = how_long(timedelta(milliseconds=longest.longest_ms))
        said.append(f"The longest was at {named.shown}, for {long}.")
    return said
