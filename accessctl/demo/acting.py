"""Hands, wires and the desk of the played day: does what a step says to the fakes and to the real desk."""

import asyncio
from datetime import datetime
from typing import Final, assert_never

from accessctl.demo.roster import BY_HANDLE
from accessctl.demo.seed import person_id
from accessctl.demo.steps import (
    Act,
    Badge,
    CardUnread,
    Digits,
    Forgive,
    MoveLeaf,
    Order,
    PlugReader,
    PressButton,
    RequestExit,
    SetContact,
    StrangerBadges,
    TrustClock,
    Type,
)
from accessctl.door.clock import VirtualClock
from accessctl.door.daemon import DoorProcess
from accessctl.link.answers import Fault
from accessctl.link.requests import ForgiveWrongPins, GiveOrder, Request
from accessctl.store.entry import Moment
from hardware.fakes import FakeBoard, FakeContact, FakeReader
from hardware.signals import DeviceId
from policies.ids import DoorId

DESK: Final = "desk"
"""The operator of the day."""
STRANGER: Final = bytes.fromhex("0455AA1C9E7780")
"""A card that is nobody's."""
NOBODYS_CODE: Final = "372915"
ENTER: Final = "#"


class DayImpossible(Exception):
    """A step asks for what could not happen there and then, or the door process met a fault."""


class DoubtfulClock(VirtualClock):
    """A clock that stands until it is moved, and that can lose what keeps it right."""

    def __init__(self, start: datetime) -> None:
        """Start at an aware instant, and right."""
        super().__init__(start)
        self.trusted = True

    def moment(self) -> Moment:
        """Give this instant, and whether it is to be trusted."""
        return Moment(self.now(), self.monotonic_ns(), clock_synced=self.trusted)


class Acting:
    """Performs acts, one after the other, in the thread of the caller."""

    def __init__(
        self, process: DoorProcess, board: FakeBoard, clock: DoubtfulClock, midnight: datetime
    ) -> None:
        """Take the door process with its devices and clock, and from when the day's hours count."""
        self._process, self._board, self._clock, self._midnight = process, board, clock, midnight
        self._orders = 0

    def perform(self, act: Act) -> None:
        """Do it. Raises ``DayImpossible``, and ``KeyError`` for what is not there."""
        match act:
            case Badge(who, point):
                self._reader(point).show_card(BY_HANDLE[who].card_number)
            case StrangerBadges(point):
                self._reader(point).show_card(STRANGER)
            case CardUnread(point):
                self._reader(point).show_unreadable()
            case Type(who, point, digits):
                self._reader(point).press(_typed(who, digits) + ENTER)
            case MoveLeaf():
                self._move_leaf(act)
            case RequestExit(door):
                self._press(f"{door}.exit_request")
            case PressButton(point):
                self._press(f"{point}.button")
            case SetContact(device, active):
                self._contact(device).set(active)
            case PlugReader(point, why):
                reader = self._reader(point)
                reader.come_back() if why is None else reader.lose(why)
            case TrustClock(trusted):
                self._clock.trusted = trusted
            case Order():
                self._ask(self._written(act))
            case Forgive(who):
                self._ask(ForgiveWrongPins(self._order_id(), person_id(BY_HANDLE[who]), DESK))
            case _:
                assert_never(act)

    def _reader(self, point: str) -> FakeReader:
        return self._board.readers[DeviceId(f"{point}.reader")]

    def _contact(self, device: str) -> FakeContact:
        return self._board.contacts[DeviceId(device)]

    def _press(self, device: str) -> None:
        button = self._contact(device)
        button.set(True)
        button.set(False)

    def _move_leaf(self, act: MoveLeaf) -> None:
        """Move a leaf as its wood would let itself be moved."""
        keeper = self._process.controller.doors[DoorId(act.door)]
        position = self._contact(f"{act.door}.position")
        if position.active is act.opens:
            raise DayImpossible(f"the leaf of {act.door} is {'open' if act.opens else 'closed'} already")
        free = self._board.strikes[DeviceId(f"{act.door}.strike")].released or not keeper.door.exit_releases
        if act.opens and free is act.force:
            raise DayImpossible(f"the leaf of {act.door} is {'free' if free else 'held'}")
        position.set(act.opens)

    # --------------------------------------------------------------------------------------- the desk

    def _written(self, order: Order) -> GiveOrder:
        """Write an order as it goes over the link."""
        return GiveOrder(
            self._order_id(),
            DESK,
            order.order,
            door=order.door,
            area=order.area,
            person=person_id(BY_HANDLE[order.who]) if order.who else "",
            mode=order.mode,
            until="" if order.until is None else (self._midnight + order.until).isoformat(),
            lasting_s=order.lasting.total_seconds(),
            level=order.level,
        )

    def _order_id(self) -> str:
        self._orders += 1
        return f"day-{self._orders}"

    def _ask(self, request: Request) -> None:
        answer = asyncio.run(self._process.desk.answer(request))
        if isinstance(answer, Fault):
            raise DayImpossible(answer.why)


def _typed(who: str, digits: Digits) -> str:
    """Give what somebody types; a wrong PIN is as long as theirs and wrong in every digit."""
    person = BY_HANDLE[who]
    match digits:
        case Digits.PIN | Digits.WRONG_PIN:
            typed = person.pin_code
        case Digits.DURESS_PIN:
            typed = person.duress_pin_code
        case Digits.CODE:
            typed = person.keypad_code
        case Digits.NOBODYS_CODE:
            typed = NOBODYS_CODE
        case _:
            assert_never(digits)
    if typed is None:
        raise DayImpossible(f"{who} has no {digits.value}")
    return typed if digits is not Digits.WRONG_PIN else "".join(str((int(d) + 1) % 10) for d in typed)
