"""Who passed which access point, as the record tells it."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final, NamedTuple

from accessctl.reports.catalogue import By
from accessctl.reports.question import Desk
from accessctl.reports.reading import Want
from policies.event_types import EventType
from policies.ids import AreaId
from policies.reasons import Reason

_TAKEN: Final = EventType.ACCESS_TAKEN.value
_GRANTED: Final = Reason.GRANTED.event_type
SEEN: Final = "leaf opened"
ASSUMED: Final = "assumed"

UNSEEN: Final = (
    "Who goes through behind somebody else, or leaves by an exit button or a handle, is not read by anything:"
    " the record has no passage of theirs."
)
NO_SWITCH: Final = (
    "At doors without a position switch nothing tells that the leaf was opened: there a grant counts as a"
    " passage, and is called assumed."
)


class Passage(NamedTuple):
    """Somebody went through."""

    at_ms: int
    person: str
    door: str | None
    point: str
    seen: bool
    """Whether the leaf was seen to open after the grant; else nothing could have told."""


class Ways:
    """Which areas access points lead out of and into, under the rules that are in force now."""

    def __init__(self, desk: Desk) -> None:
        """Take the site file's areas."""
        book = desk.site.rulebook
        self._chains = book.chains
        self._ways = {
            str(id_): (rules.point.from_area, rules.point.to_area) for id_, rules in book.points.items()
        }
        self.blind = frozenset(
            str(id_) for id_, rules in book.points.items() if not rules.door.door.monitored
        )
        """Those at doors without a position switch."""

    def of(self, point: str) -> tuple[AreaId | None, AreaId | None]:
        """Give from where and to where it leads; nothing for one that is there no more."""
        return self._ways.get(point, (None, None))

    def within(self, area: AreaId | None) -> tuple[AreaId, ...]:
        """Give an area with all that it is a part of."""
        return () if area is None else self._chains.get(area, ())

    def crosses(self, point: str, area: str) -> bool:
        """Whether it leads into an area, or out of it."""
        before, after = map(self.within, self.of(point))
        return (area in before) is not (area in after)


def passages(desk: Desk, ways: Ways, since: datetime, until: datetime) -> Iterator[Passage]:
    """Give every passage that was asked for, of the person and at the door, in the order of the record."""
    types = {_TAKEN, _GRANTED} if ways.blind else {_TAKEN}
    by = desk.asked.by
    want = Want(types, since, until, by.get(By.PERSON), by.get(By.DOOR))
    for entry in desk.record.entries(want):
        point, person = entry.access_point, entry.person
        if point is None or person is None:
            continue
        if entry.type == _TAKEN or point in ways.blind:
            yield Passage(entry.at_ms, person, entry.door, point, entry.type == _TAKEN)


def place_notes(ways: Ways) -> Iterator[str]:
    """Say what passages cannot tell."""
    yield UNSEEN
    if ways.blind:
        yield NO_SWITCH
