"""Where in the record somebody is: after an entry, in the file that had it.

A number alone names nothing once the record's file was replaced by another one, which a restore does: the
other one has an entry of that number too, or will have. So what a stream gives as ``id`` is both,
``EPOCH-SEQ``. A plain number is taken as well, and believed to be of the record that is there.
"""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Final, Self

from accessctl.api.problems import Refusal
from accessctl.store.errors import StoreError
from accessctl.store.events import EventQueries

PLACE: Final = r"^([0-9a-z]{1,64}-)?[0-9]{1,18}$"


@dataclass(frozen=True, slots=True)
class Place:
    """After which entry."""

    epoch: str | None
    """Names the file; ``None``: whichever is there."""
    seq: int

    @classmethod
    def of(cls, text: str) -> Self:
        """Read what ``PLACE`` matches."""
        epoch, _, seq = text.rpartition("-")
        return cls(epoch or None, int(seq))

    def __str__(self) -> str:
        """Write it as it was read."""
        return str(self.seq) if self.epoch is None else f"{self.epoch}-{self.seq}"


def begin(events: EventQueries, asked: str | None) -> Place:
    """Give where a stream begins: where it was asked for, or with what comes.

    In a record of which the client knows nothing everything is new to it. Raises ``Refusal`` for what lies
    ahead of the record: until that is reached, everything would be passed over without a word.
    """
    place = None if asked is None else Place.of(asked)
    try:
        end = events.end()
    except StoreError:
        if place is None:
            raise
        return place  # the stream looks again for as long as it is open
    if place is None:
        return Place(end.epoch, end.last)
    if place.epoch not in {None, end.epoch}:
        return Place(end.epoch, 0)
    if place.seq > end.last:
        what = (
            f"the record ends with {end.last}, so nothing has come after {place.seq}: perhaps it was"
            f" replaced by another record since; begin after 0 for all of it, or after {end.last}"
        )
        raise Refusal(HTTPStatus.CONFLICT, "ahead-of-record", what)
    return Place(end.epoch, place.seq)
