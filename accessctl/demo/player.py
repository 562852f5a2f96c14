"""Plays the day at once, through the parts of the real door process.

What is put in the place of something real: the clock, which is moved from one thing that happens to
the next; the devices, which are the shipped fakes; and the worker thread, whose work is done on the
spot. Rules, keys, stores and record are the ones of a real door.
"""

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, time, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from accessctl.config import Site, load, load_file
from accessctl.demo.acting import Acting, DayImpossible, DoubtfulClock
from accessctl.demo.day import DATE, DAY
from accessctl.demo.seed import prepare, site_text
from accessctl.demo.steps import Step
from accessctl.door.daemon import DoorProcess
from accessctl.door.workers import InlineWorkers
from accessctl.home import Home
from accessctl.store.event_row import EventRow
from accessctl.store.events import EventQueries
from accessctl.store.people_queries import PeopleQueries
from hardware.fakes import FakeBoard

Say = Callable[[str], None]

AFTERWARDS: Final = timedelta(minutes=5)
"""So much longer the day is played, for whatever the last step has left to be done."""
_IDS: Final = frozenset({"order", "temporary_access"})
"""Facts that say nothing to who reads a line; some are made up anew in every playing."""


class Player:
    """One playing of the day. Everything happens in the thread of the caller."""

    def __init__(self, home: Home, start: datetime, say: Say) -> None:
        """Take a home that is prepared, when the day begins, and who is told each event's line."""
        self.site: Site = load_file(home.site_file)
        self._clock = DoubtfulClock(start)
        board = FakeBoard.from_spec(self.site.board, self._clock.monotonic_ns)
        self._start, self._say = start, say
        self._events, self._grown_to, self._told = EventQueries(home.record), 0, 0
        self._names = {person.id: person.name for person in PeopleQueries(home.people).people()}
        self.counts: Counter[str] = Counter()
        self._process = DoorProcess(
            home,
            self.site,
            board=board,
            clock=self._clock,
            workers=InlineWorkers(),
            grown=self._grown,
        )
        self._acting = Acting(self._process, board, self._clock, start)

    def play(self, steps: Iterable[Step]) -> None:
        """Play every step at its time, and every timer in between at its own. Raises ``DayImpossible``."""
        with faults() as met:
            try:
                self._process.start(self._process.controller.handle)
                for step in steps:
                    self._play(step)
                self._advance(self._clock.now() + AFTERWARDS)
            finally:
                self._process.stop()
            self._tell()
        if met:
            raise DayImpossible(f"the door process met {len(met)} faults; the first: {met[0]}")

    def _play(self, step: Step) -> None:
        self._advance(self._start + step.time)
        try:
            self._acting.perform(step.act)
        except (KeyError, DayImpossible) as error:
            raise DayImpossible(f"{step}: {error}") from error
        self._tell()

    def _advance(self, until: datetime) -> None:
        timers = self._process.timers
        while (due_ns := timers.next_due_ns()) is not None:
            due = self._start + timedelta(microseconds=due_ns // 1000)
            if due > until:
                break
            self._clock.move_to(due)
            timers.run_due()
            self._tell()
        self._clock.move_to(until)

    # ----------------------------------------------------------------------- what was recorded

    def _grown(self, seq: int) -> None:
        self._grown_to = seq

    def _tell(self) -> None:
        """Say what is new, outside of the door process: a listener who fails is none of its business."""
        if self._told == self._grown_to:
            return
        for row in self._events.after(self._told):
            self._told = row.seq
            self.counts[row.type] += 1
            self._say(self.line(row))

    def line(self, row: EventRow) -> str:
        """Tell one entry of the record in one line."""
        at = row.at.astimezone(self.site.timezone)
        where = row.access_point or row.door or row.detail.get("area") or row.detail.get("scope") or ""
        name = self._names.get(row.person or "", "")
        return f"{at:%a %H:%M:%S}  {row.type:<38} {where:<12} {name:<16} {self._why(row)}".rstrip()

    def _why(self, row: EventRow) -> str:
        """Give the reason, and the facts where there is none, or where an operator wanted them so."""
        if row.reason and "operator" not in row.detail:
            return row.reason
        known = _IDS | {"operator"} if row.reason else _IDS
        facts = [
            f"{fact}: {self._names.get(str(value), value)}"
            for fact, value in row.detail.items()
            if fact not in known and not isinstance(value, dict | list)
        ]
        return " ".join(filter(None, (row.reason, ", ".join(facts))))


def play_day(say: Say, note: Say) -> int:
    """Play the day in a home of its own that is gone afterwards; gives the exit status."""
    with TemporaryDirectory(prefix="accessctl-day-") as folder:
        home = Home(Path(folder))
        try:
            counts = play_in(home, say)
        except Exception as error:  # noqa: BLE001 - whatever it is, the day was not played as written
            note(f"accessctl: the day could not be played: {error}")
            return 1
    note(summary(counts))
    return 0


def play_in(home: Home, say: Say) -> Counter[str]:
    """Prepare a home, play the day in it, and count its events by type."""
    start = datetime.combine(DATE, time(), load(site_text().decode()).timezone)
    prepare(home, lambda: start)
    player = Player(home, start, say)
    player.play(DAY)
    return player.counts


@contextmanager
def faults() -> Iterator[list[str]]:
    """Collect what is logged as an error: a door process survives its faults, the day does not."""
    met: list[str] = []

    class Listener(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            met.append(record.getMessage())

    listener = Listener(logging.ERROR)
    logger = logging.getLogger("accessctl")
    logger.addHandler(listener)
    try:
        yield met
    finally:
        logger.removeHandler(listener)


def summary(counts: Counter[str]) -> str:
    """Tell how often each type of event came, the most frequent first."""
    lines = [f"{count:5}  {kind}" for kind, count in counts.most_common()]
    return "\n".join(["", *lines, f"{counts.total():5}  events in one day"])
