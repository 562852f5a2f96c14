"""Plays the day at once, through the parts of the real door process.

What is put in the place of something real: the clock, which is moved from one thing that happens to
the next; the devices, which are the shipped fakes; and the worker thread, whose work is done on the
spot. Rules, keys, stores and record are the ones of a real door.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, time, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, assert_never

from accessctl.config import Site, load, load_file
from accessctl.demo.day import DATE, DAY
from accessctl.demo.roster import BY_HANDLE
from accessctl.demo.seed import person_id, prepare, site_text
from accessctl.demo.steps import (
    Act,
    Badge,
    CardUnread,
    Forgive,
    MoveLeaf,
    Order,
    PlugReader,
    RequestExit,
    Step,
    StrangerBadges,
    TypePin,
)
from accessctl.door.clock import VirtualClock
from accessctl.door.daemon import DoorProcess
from accessctl.door.workers import InlineWorkers
from accessctl.home import Home
from accessctl.link.messages import DoorOrder, Fault, ForgiveWrongPins, OrderDoor, Request
from accessctl.store.events import EventQueries, EventRow
from accessctl.store.people_queries import PeopleQueries
from hardware.board import Board
from hardware.fakes import FakeBoard, FakeReader
from hardware.signals import DeviceId

Say = Callable[[str], None]

DESK: Final = "desk"
"""The operator of the day."""
STRANGER: Final = bytes.fromhex("0455AA1C9E7780")
"""A card that is nobody's."""
AFTERWARDS: Final = timedelta(minutes=5)
"""So much longer the day is played, for whatever the last step has left to be done."""
ENTER: Final = "#"


class DayImpossible(Exception):
    """A step asks for what could not happen there and then, or the door process met a fault."""


class Player:
    """One playing of the day. Everything happens in the thread of the caller."""

    def __init__(self, home: Home, start: datetime, say: Say) -> None:
        """Take a home that is prepared, when the day begins, and who is told each event's line."""
        self.site: Site = load_file(home.site_file)
        self._clock = VirtualClock(start)
        self._board = FakeBoard.from_spec(self.site.board, self._clock.monotonic_ns)
        self._start, self._say = start, say
        self._events, self._grown_to, self._told = EventQueries(home.record), 0, 0
        self._names = {person.id: person.name for person in PeopleQueries(home.people).people()}
        self._orders = 0
        self.counts: Counter[str] = Counter()
        devices: Board = self._board
        self._process = DoorProcess(
            home,
            self.site,
            board=devices,
            clock=self._clock,
            workers=InlineWorkers(),
            grown=self._grown,
        )

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
            self._perform(step.act)
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

    # ------------------------------------------------------------------------- what happens

    def _perform(self, act: Act) -> None:
        match act:
            case Badge(who, point):
                self._reader(point).show_card(BY_HANDLE[who].card_number)
            case StrangerBadges(point):
                self._reader(point).show_card(STRANGER)
            case CardUnread(point):
                self._reader(point).show_unreadable()
            case TypePin(who, point, right):
                self._reader(point).press(_pin_of(who, right=right) + ENTER)
            case MoveLeaf():
                self._move_leaf(act)
            case RequestExit(door):
                button = self._board.contacts[DeviceId(f"{door}.exit_request")]
                button.set(True)
                button.set(False)
            case PlugReader(point, why):
                reader = self._reader(point)
                reader.come_back() if why is None else reader.lose(why)
            case Order(door, order):
                self._ask(OrderDoor(self._order_id(), door, DoorOrder(order), DESK))
            case Forgive(who):
                self._ask(ForgiveWrongPins(self._order_id(), person_id(BY_HANDLE[who]), DESK))
            case _:
                assert_never(act)

    def _reader(self, point: str) -> FakeReader:
        return self._board.readers[DeviceId(f"{point}.reader")]

    def _move_leaf(self, act: MoveLeaf) -> None:
        """Move a leaf as its wood would let itself be moved."""
        keeper = next(k for id_, k in self._process.controller.doors.items() if id_ == act.door)
        position = self._board.contacts[DeviceId(f"{act.door}.position")]
        if position.active is act.opens:
            raise DayImpossible(f"the leaf of {act.door} is {'open' if act.opens else 'closed'} already")
        free = self._board.strikes[DeviceId(f"{act.door}.strike")].released or not keeper.door.exit_releases
        if act.opens and free is act.force:
            raise DayImpossible(f"the leaf of {act.door} is {'free' if free else 'held'}")
        position.set(act.opens)

    def _order_id(self) -> str:
        self._orders += 1
        return f"day-{self._orders}"

    def _ask(self, request: Request) -> None:
        answer = asyncio.run(self._process.desk.answer(request))
        if isinstance(answer, Fault):
            raise DayImpossible(answer.why)

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
        where = row.access_point or row.door or ""
        name = self._names.get(row.person or "", "")
        why = row.reason or ", ".join(f"{fact}: {value}" for fact, value in row.detail.items())
        return f"{at:%a %H:%M:%S}  {row.type:<38} {where:<10} {name:<16} {why}".rstrip()


def _pin_of(who: str, *, right: bool) -> str:
    """Give a person's PIN, or one that is as long and wrong in every digit."""
    pin_code = BY_HANDLE[who].pin_code
    if pin_code is None:
        raise DayImpossible(f"{who} has no PIN")
    return pin_code if right else "".join(str((int(digit) + 1) % 10) for digit in pin_code)


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
