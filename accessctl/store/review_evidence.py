"""Whether a signed review is untouched.

Its document is held against its digest, that against the record's, and what stands beside the document (which
is listed and shown as who signed it, and when) against what the document says.
"""

import hashlib
from dataclasses import dataclass

from accessctl.store.errors import RecordUnavailable
from accessctl.store.events import EventQueries
from accessctl.store.review_document import NoReview, review_document
from accessctl.store.review_entries import SIGNED
from accessctl.store.reviews import ReviewRow


@dataclass(frozen=True, slots=True)
class Held:
    """What came of it."""

    sound: bool
    seq: int | None
    """The entry of the record that tells of it."""
    what: str
    """In words."""
    unknown: bool = False
    """Whether nothing is wrong with it but that the record has no entry of it."""


def held_against(row: ReviewRow, events: EventQueries) -> Held:
    """Hold a review against its own digest, against the record's, and what is shown of it against both."""
    if hashlib.sha256(row.document.encode()).hexdigest() != row.sha256:
        return Held(sound=False, seq=None, what="the document is another than was signed")
    try:
        found = _entry_of(row.id, events)
    except RecordUnavailable as error:
        return Held(sound=False, seq=None, what=f"the record cannot be read: {error}")
    if found is None:
        wrong = _beside(row)
        return Held(sound=False, seq=None, what=wrong or "the record has no entry of it", unknown=not wrong)
    seq, sha256 = found
    if sha256 != row.sha256:
        return Held(sound=False, seq=seq, what=f"entry {seq} of the record has another digest")
    if wrong := _beside(row):
        return Held(sound=False, seq=seq, what=wrong)
    return Held(sound=True, seq=seq, what=f"entry {seq} of the record has the same digest")


def _beside(row: ReviewRow) -> str:
    """Say what stands beside the document and is not what it says: only the document has a digest."""
    try:
        signed = review_document(row.document)
    except NoReview as error:
        return f"the document is no review: {error}"
    said = {
        "area": (row.area, signed.area),
        "period": (row.period, signed.period),
        "operator": (row.operator, signed.operator),
        "time": (row.at, signed.at),
    }
    other = [name for name, (shown, meant) in said.items() if shown != meant]
    return f"it was signed with another {', '.join(other)} than is shown beside it" if other else ""


def _entry_of(review: str, events: EventQueries) -> tuple[int, object] | None:
    """Find the entry that tells of a review: its number, and the digest that it has."""
    before: int | None = None
    while rows := events.before(before, wanted=SIGNED):
        for row in rows:
            if row.credential == review:
                return row.seq, row.detail.get("sha256")
        before = rows[-1].seq
    return None
