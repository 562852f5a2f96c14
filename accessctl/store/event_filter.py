"""Which entries of the record are wanted: said to the database, and asked of one entry that is in memory.

Both have to agree, since a stream takes its first entries from the one and its next from the other.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from accessctl.store.entry import first_ms
from accessctl.store.event_row import EventRow
from policies.reasons import Reason


class Outcome(StrEnum):
    """What was decided, whatever the reason."""

    GRANTED = "granted"
    REFUSED = "refused"


_GRANTS: Final = (Reason.GRANTED, Reason.GRANTED_ANONYMOUS, Reason.GRANTED_FREE)
TYPES_OF: Final = {
    Outcome.GRANTED: frozenset(reason.event_type for reason in _GRANTS),
    Outcome.REFUSED: frozenset(r.event_type for r in Reason if r.event_type.startswith("denied_")),
}


@dataclass(frozen=True, slots=True)
class EventFilter:
    """Which entries are wanted; what is ``None`` does not matter."""

    types: frozenset[str] | None = None
    """Any of these."""
    door: str | None = None
    access_point: str | None = None
    person: str | None = None
    outcome: Outcome | None = None
    since: datetime | None = None
    """From this instant on (included), by the entry's own clock and not by when it was written."""
    until: datetime | None = None
    """Until this instant (not included)."""

    def conditions(self) -> tuple[str, tuple[Any, ...]]:
        """Give what goes behind ``SELECT_EVENT``, and its values."""
        # Only names of columns go into the text, and they stand here.
        equal = {"door": self.door, "access_point": self.access_point, "person": self.person}
        values: list[Any] = []
        text = ""
        for column, value in equal.items():
            if value is not None:
                text += f" AND e.{column} = ?"
                values.append(value)
        for compared, at in ((">=", self.since), ("<", self.until)):
            if at is not None:
                text += f" AND e.at_ms {compared} ?"
                values.append(first_ms(at))
        if (types := self._types()) is not None:
            text += f" AND e.type IN ({', '.join('?' * len(types))})"
            values += sorted(types)
        return text, tuple(values)

    def matcher(self) -> Callable[[EventRow], bool]:
        """Give what says of one entry whether it is wanted; made once, since it is asked of many."""
        types, since, until = self._types(), self.since, self.until
        door, access_point, person = self.door, self.access_point, self.person

        def wanted(row: EventRow) -> bool:
            return (
                (types is None or row.type in types)
                and (door is None or row.door == door)
                and (access_point is None or row.access_point == access_point)
                and (person is None or row.person == person)
                and (since is None or row.at >= since)
                and (until is None or row.at < until)
            )

        return wanted

    def _types(self) -> frozenset[str] | None:
        if self.outcome is None:
            return self.types
        decided = TYPES_OF[self.outcome]
        return decided if self.types is None else decided & self.types


ANY: Final = EventFilter()
