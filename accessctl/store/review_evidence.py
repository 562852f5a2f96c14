"""Whether a signed review is untouched: its document against its digest, and that against the record's."""

import hashlib
from dataclasses import dataclass
from typing import Final

from accessctl.store.errors import RecordUnavailable
from accessctl.store.event_filter import EventFilter
from accessctl.store.events import EventQueries
from accessctl.store.reviews import ReviewRow
from policies.event_types import EventType

_SIGNED: Final = EventFilter(frozenset({EventType.ACCESS_REVIEW_SIGNED.value}))


@dataclass(frozen=True, slots=True)
class Held:
    """What came of it."""

    sound: bool
    seq: int | None
    """The entry of the record that tells of it."""
    what: str
    """In words."""


def held_against(row: ReviewRow, events: EventQueries) -> Held:
    """Hold a review against its own digest and against the record's."""
    if hashlib.sha256(row.document.encode()).hexdigest() != row.sha256:
        return Held(sound=False, seq=None, what="the document is another than was signed")
    try:
        found = _entry_of(row.id, events)
    except RecordUnavailable as error:
        return Held(sound=False, seq=None, what=f"the record cannot be read: {error}")
    if found is None:
        return Held(sound=False, seq=None, what="the record has no entry of it")
    seq, sha256 = found
    if sha256 != row.sha256:
        return Held(sound=False, seq=seq, what=f"entry {seq} of the record has another digest")
    return Held(sound=True, seq=seq, what=f"entry {seq} of the record has the same digest")


def _entry_of(review: str, events: EventQueries) -> tuple[int, object] | None:
    """Find the entry that tells of a review: its number, and the digest that it has."""
    before: int | None = None
    while rows := events.before(before, wanted=_SIGNED):
        for row in rows:
            if row.credential == review:
                return row.seq, row.detail.get("sha256")
        before = rows[-1].seq
    return None
