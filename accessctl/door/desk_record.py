"""What is entered about the record itself: what its notary has found, and what operators did with it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict
from typing import Any, Final

from accessctl.door.clock import Clock
from accessctl.door.recorder import Recorder
from accessctl.link.answers import Answer, Done, Fault, FaultCode
from accessctl.link.requests import LONGEST_TOLD, OfTheRecord, TellOfExport, TellOfRecord
from accessctl.store.entry import Entry
from accessctl.store.record import Change
from policies.event_types import EventType
from policies.ids import PersonId

LONGEST: Final = LONGEST_TOLD
"""Characters of a text. Whoever asks here is trusted, but an entry has to fit into a bundle of entries."""
_TYPES: Final[Mapping[OfTheRecord, EventType]] = {
    OfTheRecord.BEGUN: EventType.LOG_BEGUN,
    OfTheRecord.ROLLBACK: EventType.LOG_ROLLBACK,
    OfTheRecord.INTEGRITY_FAILURE: EventType.LOG_INTEGRITY_FAILURE,
    OfTheRecord.ANCHOR_LOST: EventType.LOG_ANCHOR_LOST,
    OfTheRecord.ANCHOR_RESTORED: EventType.LOG_ANCHOR_RESTORED,
}
_FACTS: Final = ("operator", "origin", "finding", "anchor", "seq", "size")
_OF_EXPORT: Final = ("operator", "last", "since", "until", "size", "root")


class RecordDesk:
    """Enters it. Used from the loop's thread. No door waits for this, and none moves by it."""

    def __init__(self, recorder: Recorder, clock: Clock) -> None:
        """Take who writes, and a clock."""
        self._recorder, self._clock = recorder, clock

    def answers(self) -> dict[type, Callable[[Any], Awaitable[Answer]]]:
        """Give what is answered here."""
        return {TellOfRecord: self._tell, TellOfExport: self._tell_of_export}

    async def _tell(self, request: TellOfRecord) -> Answer:
        facts = {name: value for name in _FACTS if (value := getattr(request, name))}
        entry = Entry(self._clock.moment(), _TYPES[request.what], reason=request.reason, detail=facts)
        return self._entered(request, entry)

    async def _tell_of_export(self, request: TellOfExport) -> Answer:
        facts = {name: value for name in _OF_EXPORT if (value := getattr(request, name))}
        person = PersonId(request.person) if request.person else None
        detail = {"format": request.form, "entries": request.entries, **facts}
        entry = Entry(self._clock.moment(), EventType.LOG_EXPORT, person=person, detail=detail)
        return self._entered(request, entry)

    def _entered(self, request: TellOfRecord | TellOfExport, entry: Entry) -> Answer:
        """Enter it once, if it fits."""
        texts = [text for text in asdict(request).values() if isinstance(text, str)]
        if not request.id or any(len(text) > LONGEST for text in texts):
            return Fault(
                FaultCode.UNUSABLE, f"an id is wanted, and no text of more than {LONGEST} characters"
            )
        if self._recorder.was_done(request.id):
            return Done(self._recorder.seq, repeated=True)
        return Done(self._recorder.write(Change((entry,), order=request.id)))
