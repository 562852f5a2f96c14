"""How sure it is where somebody is: what the record says against it."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from enum import IntEnum
from typing import Any, Final, NamedTuple

from accessctl.client import Event
from accessctl.muster_sheet.answers import Answers
from policies.event_types import EventType
from policies.memory import Sureness
from policies.reasons import Reason

_PASSBACK: Final = frozenset({Reason.PASSBACK.event_type, Reason.PASSBACK_REPORTED.event_type})
_EXITS: Final = frozenset({EventType.EXIT_REQUEST.value, Reason.GRANTED_ANONYMOUS.event_type})
_BY_EXIT: Final = "exit request"


class Why(IntEnum):
    """Why it is not sure where somebody is, in the order of what it weighs."""

    NOWHERE = 0
    """Nobody knows where they were last."""
    TAILGATE = 1
    """They came in once more without having left: they, or somebody with their card, passed a door unseen."""
    LET_IN = 2
    """They were let in and the leaf did not open: they may have come in with somebody else."""
    NOT_OPENED = 3
    """They were let through, and the leaf did not open: they may have gone with somebody else."""
    EXIT = 4
    """Since they came, somebody left from there by the exit button or the handle: nobody knows who."""
    ASSUMED = 5
    """Nothing told that a leaf opened after the grant."""


class Doubt(NamedTuple):
    """One thing that makes it doubtful where somebody is."""

    why: Why
    at: datetime | None = None
    where: str = ""
    """A door or an access point, by its name."""


class Whereabouts(NamedTuple):
    """Where somebody is as the record has it."""

    person: str
    area: str | None
    since: datetime | None
    sureness: str | None


class Doubts:
    """What the record says against where people are."""

    def __init__(self, answers: Answers) -> None:
        """Sort the entries by whom they are about."""
        self._points = answers.points
        doors = answers.status.get("doors", ())
        self._door_names: Mapping[str, str] = {door["id"]: door["name"] for door in doors}
        self._leads_to = {
            each["access_point"]: each.get("leads_to") for each in answers.status.get("readers", ())
        }
        self._off_site = {area["id"] for area in answers.site.get("areas", ()) if area["outside"]}
        self._of: dict[str, list[Event]] = defaultdict(list)
        exits: dict[str, list[Event]] = defaultdict(list)
        for event in answers.events:
            self._take(event, exits)
        self._exits = _by_area(doors, exits)

    def _take(self, event: Event, exits: dict[str, list[Event]]) -> None:
        door, person = event["door"] or "", event["person"]
        if event["type"] in _EXITS:
            if event["detail"].get("by") == _BY_EXIT:
                exits[door].append(event)
        elif person is not None:
            self._of[person].append(event)
        elif event["type"] == EventType.ACCESS_NOT_TAKEN and exits[door]:
            exits[door].pop()  # the button was pressed, and nobody went

    def of(self, there: Whereabouts) -> tuple[Doubt, ...]:
        """Give what speaks against somebody being where the record has them, what weighs most first."""
        if there.area is None or there.since is None:
            return (Doubt(Why.NOWHERE),)
        found = [] if there.sureness == Sureness.SEEN.value else [Doubt(Why.ASSUMED)]
        for event in self._of.get(there.person, ()):
            at = datetime.fromisoformat(event["at"])
            if at > there.since and (why := _why(event)) is not None:
                found.append(Doubt(why, at, self._place(event)))
        exits = [each for each in self._exits.get(there.area, ()) if each.at and each.at > there.since]
        # The last one says it all.
        return tuple(sorted(_last_of_each([*found, *exits]), key=lambda doubt: doubt.why))

    def let_in(self, outside_since: Mapping[str, datetime]) -> dict[str, tuple[Event, str]]:
        """Give those who were let in since they left and did not open the leaf, and where it leads."""
        found = {}
        for person, events in self._of.items():
            for event in events:
                to = self._leads_to.get(event["access_point"] or "")
                since = outside_since.get(person)
                late = since is None or datetime.fromisoformat(event["at"]) > since
                if event["type"] == EventType.ACCESS_NOT_TAKEN and to and to not in self._off_site and late:
                    found[person] = (event, to)
        return found

    def _place(self, event: Event) -> str:
        point, door = event["access_point"] or "", event["door"] or ""
        return self._points.get(point) or self._door_names.get(door) or point or door


def let_in(event: Event, where: str) -> Doubt:
    """Give what an entry says of somebody who was let in and did not open the leaf."""
    return Doubt(Why.LET_IN, datetime.fromisoformat(event["at"]), where)


def _why(event: Event) -> Why | None:
    if event["type"] in _PASSBACK:
        return Why.TAILGATE
    return Why.NOT_OPENED if event["type"] == EventType.ACCESS_NOT_TAKEN else None


def _last_of_each(doubts: list[Doubt]) -> list[Doubt]:
    return list({doubt.why: doubt for doubt in sorted(doubts, key=_when)}.values())


def _when(doubt: Doubt) -> float:
    return 0.0 if doubt.at is None else doubt.at.timestamp()


def _by_area(doors: Any, exits: Mapping[str, list[Event]]) -> dict[str, list[Doubt]]:  # noqa: ANN401
    found: dict[str, list[Doubt]] = defaultdict(list)
    for door in doors:
        for event in exits.get(door["id"], ()):
            for area in door.get("inside", ()):
                found[area].append(Doubt(Why.EXIT, datetime.fromisoformat(event["at"]), door["name"]))
    return found
