"""Answers of the API, as the tests of the list need them."""

from datetime import UTC, datetime, timedelta
from typing import Any

from accessctl.client import Event, Muster
from accessctl.muster_sheet.answers import Answers

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
ANA, BEN, CARA = "p-ana", "p-ben", "p-cara"
NAMES = {ANA: "Ana Marsh", BEN: "Ben Ode", CARA: "Cara Ito"}
AREAS = [
    {"id": "street", "name": "Street", "outside": True},
    {"id": "floor", "name": "Warehouse floor", "outside": False},
    {"id": "office", "name": "Office", "outside": False},
]
STATUS = {
    "site": "Kade Warehouse",
    "seq": 9,
    "doors": [{"id": "dock", "name": "Dock 1", "inside": ["floor"]}],
    "readers": [{"access_point": "dock-in", "name": "Dock 1, in", "leads_to": "floor"}],
}
POINTS = {"dock-in": "Dock 1, in", "car-park": "Car park"}
NO_MUSTER: Muster = {"running": False, "since": None, "expected": 0, "missing": [], "safe": [], "areas": []}


def at(minutes: float) -> datetime:
    """Give an instant so many minutes after noon."""
    return NOON + timedelta(minutes=minutes)


def stay(person: str, area: str = "floor", *, minutes: float = 0, sure: str = "seen") -> dict[str, Any]:
    """Give where somebody is."""
    return {
        "person": person,
        "name": NAMES.get(person),
        "area": area,
        "since": at(minutes).isoformat(),
        "sureness": sure,
        "outside": area == "street",
    }


def event(type_: str, minutes: float, person: str | None = None, **more: object) -> Event:
    """Give an entry of the record, at the dock unless it says otherwise."""
    told: dict[str, Any] = {
        "seq": int(minutes * 60) + 1000,
        "at": at(minutes).isoformat(),
        "type": type_,
        "door": "dock",
        "access_point": None,
        "person": person,
        "person_name": NAMES.get(person or ""),
        "detail": {},
        **more,
    }
    return told  # type: ignore[return-value]  # as much of one as the list reads


def exit_request(minutes: float) -> Event:
    """Somebody pressed the dock's exit button."""
    return event("access_granted_anonymous", minutes, detail={"by": "exit request"})


def muster(missing: list[str], safe: list[str] = [], *, minutes: float = 30) -> Muster:  # noqa: B006 - read only
    """Give a muster; who is missing was on the floor."""
    return {
        "running": True,
        "since": at(minutes).isoformat(),
        "expected": len(missing) + len(safe),
        "missing": [
            {
                "person": each,
                "name": NAMES[each],
                "area": "floor",
                "since": at(0).isoformat(),
                "sureness": "seen",
            }
            for each in missing
        ],
        "safe": [{"person": each, "name": NAMES[each]} for each in safe],
        "areas": [],
    }


def answers(
    *stays: dict[str, Any], going_on: Muster = NO_MUSTER, events: tuple[Event, ...] = (), **more: object
) -> Answers:
    """Give what was answered an hour after noon."""
    site = {"areas": AREAS}
    told: dict[str, Any] = {"site": site, "status": STATUS, "points": POINTS, **more}
    return Answers(at(60), going_on, stays, events=events, **told)
