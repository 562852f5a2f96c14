"""What the office changed becomes part of the record: each row of the outbox once."""

import json
import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from accessctl.door.clock import Clock
from accessctl.door.recorder import Recorder
from accessctl.store.entry import Entry, Moment
from accessctl.store.errors import PeopleUnavailable, RecordUnavailable
from accessctl.store.people import PeopleReader
from accessctl.store.record import Change
from policies.event_types import EventType
from policies.ids import CredentialId, PersonId

AT_ONCE: Final = 50
"""Rows taken in one transaction, so that a bulk import does not hold up a badge."""

log = logging.getLogger(__name__)


class Outbox:
    """Takes rows from the people's store into the record. Used from the loop's thread."""

    def __init__(
        self, people: PeopleReader, recorder: Recorder, clock: Clock, changed: Callable[[], None]
    ) -> None:
        """Take where rows come from and where they go, and who hears that the people's store has changed."""
        self._people, self._recorder, self._clock, self._changed = people, recorder, clock, changed
        self._seen: tuple[str, int] | None = None
        """The file and its newest row, as they were looked at last."""

    def take(self) -> bool:
        """Take the next rows; ``True`` when there may be more.

        Raises ``PeopleUnavailable`` or ``RecordUnavailable``; then none was taken.
        """
        epoch = self._people.epoch()
        newest = self._people.outbox_newest()
        if (epoch, newest) != self._seen:  # told before the record is asked, which may be out of reach
            self._seen = epoch, newest
            self._changed()
        taken = self._recorder.outbox_taken(epoch)
        if newest < taken:
            self._roll_back(epoch, taken, newest)
            taken = newest
        rows = self._people.outbox_after(taken, AT_ONCE)
        if rows:
            entries = tuple(self._entry(row) for row in rows)
            self._recorder.write(Change(entries, outbox=(epoch, int(rows[-1][0]))))
        return len(rows) == AT_ONCE

    def take_if_possible(self) -> bool:
        """Take the next rows, or leave them for later when a store is out of reach."""
        try:
            return self.take()
        except (PeopleUnavailable, RecordUnavailable) as error:
            log.debug("the outbox has to wait: %s", error)
            return False

    def _roll_back(self, epoch: str, taken: int, newest: int) -> None:
        """Record that an older copy of the people's store was put back, and count on from what it holds.

        Without this the next changes would bear numbers that count as taken, and never be recorded.
        """
        log.warning(
            "the people's store is an older copy: %d changes made since are gone from it", taken - newest
        )
        words = (
            f"An older copy of the people's store was put back: {taken - newest} changes are gone from it."
        )
        entry = Entry(self._clock.moment(), EventType.PEOPLE_ROLLED_BACK, reason=words)
        self._recorder.write(Change((entry,), outbox=(epoch, newest)))

    def _entry(self, row: tuple[Any, ...]) -> Entry:
        _id, at, kind, person, credential, operator, detail, seal = row
        now = self._clock.moment()
        return Entry(
            Moment(datetime.fromisoformat(at), now.mono_ns, now.clock_synced),
            kind,
            person=None if person is None else PersonId(person),
            credential=None if credential is None else CredentialId(credential),
            detail={**json.loads(detail), "operator": operator},
            seal=seal,
        )
