"""What the table of events keeps of the record, and what it waits for."""

import asyncio

from accessctl.client import Event
from accessctl.tui.events.blocks import BLOCK, Blocks, Waiting
from accessctl.tui.events.history import FoundEntries, WholeRecord
from accessctl.tui.events.status import Looking, how_much
from accessctl.tui.look import ALARM
from tests.tui.events_made import EPOCH, entry


def _whole(newest: int) -> WholeRecord:
    whole = WholeRecord()
    whole.take([entry(newest)])
    return whole


def _seq(event: Event | None) -> int | None:
    return None if event is None else event["seq"]


def test_the_newest_entry_is_the_first_row() -> None:
    """A row's number follows from its place, whatever of the record is here."""
    whole = _whole(1_000_000)
    assert len(whole) == 1_000_000
    assert (whole.number(0), whole.number(999_999)) == (1_000_000, 1)
    assert _seq(whole.event(0)) == 1_000_000


def test_a_row_that_is_not_here_is_waited_for() -> None:
    """Its block is fetched, and every row of it is there then."""
    whole = _whole(1000)
    assert whole.row(500) is None
    assert asyncio.run(whole.waiting.next()) == ("all", 4)
    whole.put(("all", 4), [entry(seq) for seq in range(401, 501)])
    assert [_seq(whole.event(index)) for index in (500, 599)] == [500, 401]
    assert whole.row(500) is not None


def test_what_does_not_come_is_not_asked_for_again() -> None:
    """A number without an entry is shown as nothing, and the API is left alone."""
    whole = _whole(1000)
    whole.loading(("all", 4))
    whole.put(("all", 4), [entry(450)])
    assert whole.row(500) is not None
    assert whole.event(500) is None
    assert len(whole.waiting) == 0


def test_entries_that_come_are_counted_once() -> None:
    """What was heard of before changes nothing."""
    whole = _whole(10)
    assert whole.take([entry(10), entry(11), entry(12)]) == 2
    assert whole.take([entry(11), entry(12)]) == 0
    assert len(whole) == 12


def test_another_record_begins_anew() -> None:
    """Numbers of a file that was replaced mean nothing any more."""
    whole = _whole(1000)
    assert whole.take([entry(3, epoch="another")]) is None
    assert len(whole) == 3
    assert whole.row(2) is None


def test_only_a_few_blocks_are_kept() -> None:
    """However far one scrolls, the oldest fall out."""
    blocks = Blocks()
    for number in range(200):
        blocks.put(("all", number), [entry(number)])
    assert len(blocks) < 30
    assert blocks.find(("all", 199), 199) is not None
    assert blocks.find(("all", 0), 0) is None


def test_what_was_wanted_last_comes_first_and_the_rest_is_forgotten() -> None:
    """Whoever scrolls fast waits for what is in sight and not for all that flew past."""
    waiting = Waiting()
    for number in range(500):
        waiting.want(("all", number))
    assert len(waiting) == 3
    assert asyncio.run(waiting.next()) == ("all", 499)
    waiting.want(("all", 499))
    assert len(waiting) == 2, "what is being fetched is not waited for twice"


def test_what_was_found_grows_below_and_above() -> None:
    """Older entries come behind the others, newer ones before them."""
    found = FoundEntries({}, 1000, EPOCH)
    found.take_older({"events": [entry(990), entry(700)], "next": 700})
    assert found.take_newer({"events": [entry(1003), entry(1007)], "next": None}, 1008) == 2
    assert [found.number(index) for index in range(len(found))] == [1007, 1003, 990, 700]
    assert [_seq(found.event(index)) for index in range(4)] == [1007, 1003, 990, 700]
    assert (found.newest, found.reached) == (1008, 700)


def test_newer_entries_are_found_once() -> None:
    """A page that was asked for twice adds nothing the second time."""
    found = FoundEntries({}, 1000, EPOCH)
    page = {"events": [entry(1003)], "next": None}
    found.take_newer(page, 1003)  # type: ignore[arg-type]
    assert found.take_newer(page, 1003) == 0  # type: ignore[arg-type]
    assert len(found) == 1


def test_what_fell_out_is_fetched_again() -> None:
    """Of entries that were found, the numbers stay."""
    found = FoundEntries({}, 100_000, EPOCH)
    for first in range(100_000, 0, -1000):
        events = [entry(seq) for seq in range(first, first - BLOCK, -1)]
        found.take_older({"events": events, "next": first - BLOCK})
    assert found.row(0) is None
    assert asyncio.run(found.waiting.next()) == ("older", 0)
    found.put(("older", 0), [entry(seq) for seq in range(100_000, 100_000 - BLOCK, -1)])
    assert _seq(found.event(0)) == 100_000


def test_how_far_was_looked_is_said() -> None:
    """While it is searched, when somebody has stopped it, and when everything was looked at."""
    found = FoundEntries({}, 1000, EPOCH)
    found.take_older({"events": [entry(990)], "next": 701})
    assert "30 % looked at" in how_much(found, Looking(searching=True), 0)
    assert "stopped: m looks on" in how_much(found, Looking(stopped=True), 0)
    found.take_older({"events": [], "next": None})
    assert how_much(found, Looking(), 0).startswith("1 entry")
    assert "12 newer above" in how_much(found, Looking(), 12)
    assert how_much(found, Looking(trouble="no answer"), 0).startswith(f"{ALARM} no answer")
