from datetime import timedelta
from pathlib import Path

import pytest

from accessctl.home import Home
from accessctl.store import events as events_module
from accessctl.store.errors import RecordUnavailable
from accessctl.store.event_filter import TYPES_OF, EventFilter, Outcome
from accessctl.store.event_row import EventRow
from accessctl.store.events import EventQueries
from accessctl.store.people import PeopleReader
from policies.reasons import Reason
from tests.homes import NOON, Recording


@pytest.fixture
def events(home: Home) -> EventQueries:
    return EventQueries(home.record)


def numbers(rows: list[EventRow]) -> list[int]:
    return [row.seq for row in rows]


def test_an_entry_comes_with_its_run(recording: Recording, events: EventQueries) -> None:
    """An entry tells all it holds, and the controller, boot, rules and version it was written under."""
    recording.add("access_granted", door="gate", access_point="gate-in", person="p-1", reason="Granted.")
    (row,) = events.after(0)
    assert (row.seq, row.type, row.door, row.access_point) == (1, "access_granted", "gate", "gate-in")
    assert (row.person, row.credential, row.reason, row.detail) == ("p-1", None, "Granted.", {})
    assert (row.controller, row.boot, row.rules, row.version) == ("kade-1", "boot-1", "rules-1", "0.1.0")
    assert (row.at, row.mono_ns, row.clock_synced) == (NOON + timedelta(seconds=1), 1_000_000_000, True)


def test_the_epoch_names_the_file(home: Home, recording: Recording, events: EventQueries) -> None:
    """Every entry carries the name of the record's file, not that of the people's store."""
    recording.add("rex")
    people = PeopleReader(home.people)
    (row,) = events.after(0)
    assert row.epoch
    assert row.epoch != people.epoch()
    people.close()


def test_pages_go_forward(recording: Recording, events: EventQueries) -> None:
    """Pages after the last number give each entry once, oldest first."""
    for _ in range(5):
        recording.add("rex")
    assert numbers(events.after(0, limit=3)) == [1, 2, 3]
    assert numbers(events.after(3, limit=3)) == [4, 5]


def test_pages_go_backward(recording: Recording, events: EventQueries) -> None:
    """Without a number the newest entries come first; before a number, those that precede it."""
    for _ in range(5):
        recording.add("rex")
    assert numbers(events.before(limit=2)) == [5, 4]
    assert numbers(events.before(4, limit=9)) == [3, 2, 1]


def test_a_page_has_an_end(recording: Recording, events: EventQueries) -> None:
    """A page can be cut off before a number, so that a reader knows how far it has looked."""
    for _ in range(4):
        recording.add("rex")
    assert numbers(events.after(1, until=4)) == [2, 3]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (EventFilter(frozenset({"door_opened"})), [2]),
        (EventFilter(door="gate"), [1, 2]),
        (EventFilter(access_point="dock-in"), [3]),
        (EventFilter(person="p-1"), [1, 3]),
        (EventFilter(door="gate", person="p-1"), [1]),
        (EventFilter(door="gate' OR '1'='1"), []),
        (EventFilter(frozenset({"door_opened", "denied_passback"})), [2, 4]),
        (EventFilter(frozenset()), []),
        (EventFilter(outcome=Outcome.GRANTED), [1, 3]),
        (EventFilter(outcome=Outcome.REFUSED), [4]),
        (EventFilter(frozenset({"door_opened"}), outcome=Outcome.GRANTED), []),
        (EventFilter(since=NOON + timedelta(seconds=3)), [3, 4]),
        (EventFilter(since=NOON + timedelta(seconds=3, microseconds=1)), [4]),
        (EventFilter(until=NOON + timedelta(seconds=3)), [1, 2]),
        (EventFilter(until=NOON + timedelta(seconds=3, microseconds=1)), [1, 2, 3]),
        (EventFilter(since=NOON + timedelta(seconds=2), until=NOON + timedelta(seconds=4)), [2, 3]),
    ],
)
def test_filters(recording: Recording, events: EventQueries, wanted: EventFilter, found: list[int]) -> None:
    """Each filter narrows what is given, together they narrow further, and none is taken for SQL."""
    recording.add("access_granted", door="gate", access_point="gate-in", person="p-1")
    recording.add("door_opened", door="gate")
    recording.add("access_granted", door="dock", access_point="dock-in", person="p-1")
    recording.add("denied_passback", door="dock", person="p-2")
    assert numbers(events.after(0, wanted=wanted)) == found
    assert numbers(events.before(wanted=wanted)) == found[::-1]
    assert numbers(list(filter(wanted.matcher(), events.after(0)))) == found


def test_every_decision_has_an_outcome_or_is_none_yet() -> None:
    """A new reason counts as granted or refused, or is one of the few that are neither."""
    neither = {
        "verification_required",
        "authorization_delayed",
        "passback_detected",
        "occupancy_exceeded",
        "visitor_left_behind",
    }
    assert {reason.event_type for reason in Reason} == neither.union(*TYPES_OF.values())


def test_what_is_rare_is_looked_for_in_short_reads(
    recording: Recording, events: EventQueries, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stretch by stretch everything is found once, from either end, and a full page ends in between."""
    monkeypatch.setattr(events_module, "STRETCH", 2)
    rare = EventFilter(frozenset({"rare"}))
    for number in range(1, 12):
        recording.add("rare" if number in {1, 4, 5, 11} else "rex")
    assert numbers(events.after(0, wanted=rare)) == [1, 4, 5, 11]
    assert numbers(events.before(wanted=rare)) == [11, 5, 4, 1]
    assert numbers(events.after(1, wanted=rare, limit=2)) == [4, 5]
    assert numbers(events.before(11, wanted=rare, limit=1)) == [5]
    assert numbers(events.after(0)) == list(range(1, 12))
    assert numbers(events.before()) == list(range(11, 0, -1))


@pytest.mark.parametrize("looks", [1, 2, 3, 5, 100])
def test_looking_can_be_given_up_and_gone_on_with(
    recording: Recording, events: EventQueries, monkeypatch: pytest.MonkeyPatch, looks: int
) -> None:
    """Who looks at so many entries only is told how far that was, and finds the rest from there."""
    monkeypatch.setattr(events_module, "STRETCH", 2)
    rare = EventFilter(frozenset({"rare"}))
    for number in range(1, 10):
        recording.add("rare" if number in {2, 3, 9} else "rex")
    forward, seq, more = list[int](), 0, True
    while more:
        found = events.page_after(seq, wanted=rare, looks=looks)
        assert found.reached > seq
        forward, seq, more = forward + numbers(found.rows), found.reached, found.more
    assert (forward, seq) == ([2, 3, 9], 9)
    backward, seq, more = list[int](), 10, True
    while more:
        found = events.page_before(seq, wanted=rare, looks=looks)
        assert found.reached < seq
        backward, seq, more = backward + numbers(found.rows), found.reached, found.more
    assert backward == [9, 3, 2]


def test_a_full_page_at_the_end_is_the_last_one(recording: Recording, events: EventQueries) -> None:
    """A page that holds the last entry there is says that there is nothing behind it."""
    for _ in range(4):
        recording.add("rex")
    assert events.page_after(0, limit=3).more
    assert not events.page_after(1, limit=3).more
    assert events.page_before(limit=3).more
    assert not events.page_before(4, limit=3).more
    assert not events.page_after(9).more


def test_one_entry(recording: Recording, events: EventQueries) -> None:
    """An entry is found by its number; what has no entry gives nothing."""
    for _ in range(3):
        recording.add("rex")
    found = events.one(2)
    assert found is not None
    assert found.seq == 2
    assert events.one(4) is None


def test_the_last_number(recording: Recording, events: EventQueries) -> None:
    """An empty record ends at 0, another at its newest entry."""
    assert events.last_seq() == 0
    recording.add("rex")
    assert events.last_seq() == 1


def test_a_record_that_is_gone_is_a_fault(tmp_path: Path) -> None:
    """A file that cannot be opened is told from an empty record."""
    with pytest.raises(RecordUnavailable, match=r"record\.db"):
        EventQueries(tmp_path / "record.db").after(0)
