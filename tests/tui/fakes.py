"""A small warehouse in memory, which keeps the promises of ``accessctl.tui.ports``."""

from collections.abc import Iterable, Iterator
from typing import Any

from accessctl.client import ApiRefused, ApiUnreachable, Done, Event, OrderName
from accessctl.tui.ports import Hands, NotDone, Office


class FakeHands:
    """Notes what hands do at these access points, whose doors are named as theirs."""

    def __init__(self, points: Iterable[str]) -> None:
        self.doors = {point: point.rpartition("-")[0] for point in points}
        self.done: list[tuple[str, ...]] = []
        self.open_leaves: set[str] = set()

    def badge(self, access_point: str, number: bytes) -> None:
        assert access_point in self.doors
        assert number
        self.done.append(("badge", access_point))

    def press(self, access_point: str, keys: str) -> None:
        assert access_point in self.doors
        self.done.append(("press", access_point, keys))

    def leaf(self, door: str, *, opened: bool, force: bool) -> None:
        assert door in self.doors.values()
        self.done.append(("force" if force else "leaf", door, "open" if opened else "close"))
        (self.open_leaves.add if opened else self.open_leaves.discard)(door)

    def exit_request(self, door: str) -> None:
        assert door in self.doors.values()
        self.done.append(("exit", door))

    def state(self) -> dict[str, Any]:
        return {"annunciators": {}}


class FakeWarehouse:
    """Two doors, of which the cage asks for a PIN. One card is good, every other one is refused."""

    GOOD = b"\x04\x01\x02\x03"

    def __init__(self) -> None:
        self.hands = FakeHands(("gate-in", "gate-out", "cage-in"))
        self.doors = {name: door_of(name, title) for name, title in (("gate", "Main gate"), ("cage", "Cage"))}
        self.recorded: list[Event] = []
        self.lamps: dict[str, str | None] = {"gate-in": "IDLE", "gate-out": "IDLE", "cage-in": "IDLE"}
        self.orders: list[tuple[str, str]] = []
        self.trouble: ApiUnreachable | None = None
        self.refusal: ApiRefused | None = None
        self.asked: list[str] = []

    def record(self, kind: str, point: str | None = None, **facts: str) -> None:
        event: dict[str, Any] = {
            "seq": len(self.recorded) + 1,
            "at": "2026-03-17T05:41:10.000Z",
            "type": kind,
            "door": None,
            "access_point": point,
            "person": None,
            "person_name": None,
            "reason": None,
            **facts,
        }
        self.recorded.append(event)  # type: ignore[arg-type]  # the view reads no other field

    # As the office.

    def status(self) -> dict[str, Any]:
        self.asked.append("status")
        if self.trouble is not None:
            raise self.trouble
        return {
            "site": "Small Site",
            "seq": len(self.recorded),
            "doors": [dict(door) for door in self.doors.values()],
            "readers": [
                {"access_point": point, "door": door, "online": True}
                for point, door in self.hands.doors.items()
            ],
        }

    def events(self, *, after: int | None = None, most: int = 500) -> Iterator[Event]:
        self.asked.append("events")
        return iter(self.recorded[-most:] if after is None else self.recorded[after : after + most])

    def order(self, door: str, order: OrderName) -> Done:
        if self.refusal is not None:
            raise self.refusal
        self.orders.append((door, order))
        self.doors[door]["mode"] = "unlocked" if order == "unlock" else "locked"
        self.doors[door]["strike"] = "secured" if order == "lock" else "released"
        return Done(order="o-1", seq=len(self.recorded), repeated=False)

    # As the hands.

    def badge(self, access_point: str, number: bytes) -> None:
        self.hands.badge(access_point, number)
        if number == self.GOOD:
            self.record("access_granted", access_point, person_name="Ana Marsh", reason="Granted.")
            self.doors[self.hands.doors[access_point]]["strike"] = "released"
        else:
            self.record("denied_unknown_credential", access_point, reason="The card is not known here.")

    def press(self, access_point: str, keys: str) -> None:
        self.hands.press(access_point, keys)

    def leaf(self, door: str, *, opened: bool, force: bool) -> None:
        if opened and not force and self.doors[door]["strike"] == "secured":
            raise NotDone(f"{door}.strike is secured, so the leaf does not open")
        self.hands.leaf(door, opened=opened, force=force)
        self.doors[door]["leaf"] = "open" if opened else "closed"
        self.doors[door]["alarm"] = "forced_open" if force else None

    def exit_request(self, door: str) -> None:
        self.hands.exit_request(door)
        self.doors[door]["strike"] = "released"

    def state(self) -> dict[str, Any]:
        return {"annunciators": {f"{point}.annunciator": lamp for point, lamp in self.lamps.items()}}


def door_of(name: str, title: str) -> dict[str, Any]:
    return {
        "id": name,
        "name": title,
        "mode": "locked",
        "leaf": "closed",
        "strike": "secured",
        "alarm": None,
        "fault": None,
    }


_AN_OFFICE: Office = FakeWarehouse()
_SOME_HANDS: tuple[Hands, Hands] = (FakeHands(()), FakeWarehouse())
"""Checked by the type checker: whoever changes a port has to change the fakes."""
