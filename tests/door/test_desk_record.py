"""What the door process enters about the record itself, when it is asked over the link."""

import asyncio
from typing import cast

import pytest

from accessctl.door.clock import Clock
from accessctl.door.desk_record import LONGEST, RecordDesk
from accessctl.door.recorder import Recorder
from accessctl.link.answers import Done, Fault, FaultCode
from accessctl.link.requests import OfTheRecord, TellOfExport, TellOfRecord
from accessctl.store.entry import Entry, Moment
from accessctl.store.record import Change
from policies.event_types import EventType
from tests.homes import NOON


class Kept:
    """A recorder and a clock that keep what they are given."""

    def __init__(self) -> None:
        self.seq = 40
        self.changes: list[Change] = []

    def moment(self) -> Moment:
        return Moment(NOON, 1, clock_synced=True)

    def was_done(self, order: str) -> bool:
        return any(change.order == order for change in self.changes)

    def write(self, change: Change) -> int:
        self.changes.append(change)
        self.seq += 1
        return self.seq

    def entries(self) -> list[Entry]:
        return [entry for change in self.changes for entry in change.entries]


@pytest.fixture
def kept() -> Kept:
    return Kept()


@pytest.fixture
def desk(kept: Kept) -> RecordDesk:
    return RecordDesk(cast("Recorder", kept), cast("Clock", kept))


def ask(desk: RecordDesk, request: TellOfRecord | TellOfExport) -> object:
    return asyncio.run(desk.answers()[type(request)](request))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("what", "type_"),
    [
        (OfTheRecord.BEGUN, EventType.LOG_BEGUN),
        (OfTheRecord.ROLLBACK, EventType.LOG_ROLLBACK),
        (OfTheRecord.INTEGRITY_FAILURE, EventType.LOG_INTEGRITY_FAILURE),
        (OfTheRecord.ANCHOR_LOST, EventType.LOG_ANCHOR_LOST),
        (OfTheRecord.ANCHOR_RESTORED, EventType.LOG_ANCHOR_RESTORED),
    ],
)
def test_each_word_is_one_type_of_entry(desk: RecordDesk, kept: Kept, what: OfTheRecord, type_: str) -> None:
    """Nothing else can be entered this way; what is empty stays out of it."""
    request = TellOfRecord("f-1", what, "entry 5 is missing", origin="accessctl/a/b", finding="f-1", seq=5)
    assert ask(desk, request) == Done(41)
    (entry,) = kept.entries()
    assert (entry.type, entry.reason) == (type_, "entry 5 is missing")
    assert entry.detail == {"origin": "accessctl/a/b", "finding": "f-1", "seq": 5}


def test_the_same_id_is_entered_once(desk: RecordDesk, kept: Kept) -> None:
    """The notary asks until it hears that it is done."""
    request = TellOfRecord("f-1", OfTheRecord.ROLLBACK, "it is shorter")
    ask(desk, request)
    assert ask(desk, request) == Done(41, repeated=True)
    assert len(kept.entries()) == 1


@pytest.mark.parametrize(
    "request_",
    [
        TellOfRecord("", OfTheRecord.ROLLBACK, "it is shorter"),
        TellOfRecord("f-1", OfTheRecord.ROLLBACK, "x" * (LONGEST + 1)),
        TellOfRecord("f-1", OfTheRecord.ROLLBACK, "x", anchor="x" * (LONGEST + 1)),
    ],
)
def test_what_would_not_fit_is_refused(desk: RecordDesk, kept: Kept, request_: TellOfRecord) -> None:
    """An entry has to fit into a bundle of entries, and one without an id could be entered twice."""
    answer = ask(desk, request_)
    assert isinstance(answer, Fault)
    assert answer.code is FaultCode.UNUSABLE
    assert not kept.entries()


def test_an_export_is_entered_once(desk: RecordDesk, kept: Kept) -> None:
    """Who took out what, under which head, and whose name went along; asked again, nothing is entered."""
    told = TellOfExport("x-1", "root", "proof", 1, 40, size=41, root="cm9vdA==", person="p-1")
    for repeated in (False, True):
        assert ask(desk, told) == Done(41, repeated=repeated)
    (entry,) = kept.entries()
    assert (entry.type, entry.person) == (EventType.LOG_EXPORT, "p-1")
    facts = {"entries": 1, "last": 40, "size": 41, "root": "cm9vdA=="}
    assert entry.detail == {"format": "proof", "operator": "root", **facts}


def test_what_is_empty_stays_out_of_an_export(desk: RecordDesk, kept: Kept) -> None:
    """But for how many entries there were: none is worth saying too."""
    ask(desk, TellOfExport("x-1", "root", "csv", 0))
    (entry,) = kept.entries()
    assert (entry.person, entry.detail) == (None, {"format": "csv", "operator": "root", "entries": 0})


def test_an_export_that_would_not_fit_is_refused(desk: RecordDesk, kept: Kept) -> None:
    """As everything else that is told here."""
    assert isinstance(ask(desk, TellOfExport("x-1", "x" * (LONGEST + 1), "csv", 1)), Fault)
    assert not kept.changes
