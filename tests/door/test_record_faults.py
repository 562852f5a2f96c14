"""What a door does when its stores do not: nothing opens by a badge, everybody gets out, nothing is lost."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest

from accessctl.config import load
from accessctl.door.executive import Along
from accessctl.link.answers import Done, Fault, FaultCode, Status
from accessctl.link.requests import AskStatus, DoorOrder, OrderDoor
from accessctl.store.entry import Entry
from accessctl.store.record import Change
from hardware.ports import Pattern
from policies.ids import AccessPointId
from policies.reasons import Reason
from policies.requests import Request
from tests.door.conftest import ALICE
from tests.door.site import SITE
from tests.door.story import Story


def _keys_ok(story: Story) -> bool:
    status = story.ask(AskStatus())
    assert isinstance(status, Status)
    return status.keys_ok


@contextmanager
def _locked(story: Story) -> Iterator[None]:
    """Let another program hold the record's write lock."""
    with closing(sqlite3.connect(story.home.record, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


def test_no_badge_opens_a_door_that_cannot_be_recorded(story: Story) -> None:
    """While the record is locked a good card is refused by light and tone, and the strike does not move."""
    with _locked(story):
        story.badge("front-in", ALICE)
        assert not story.released("front")
        assert story.shown("front-in")[-1] is Pattern.REFUSED
    story.badge("front-in", ALICE)
    assert story.released("front")


def test_what_could_not_be_recorded_is_recorded_later(story: Story) -> None:
    """Refusals and leaves are kept with their own instants, and the record says that it had a gap."""
    mark = story.mark()
    with _locked(story):
        story.badge("front-in", ALICE).opens("front").closes("front")
        assert not story.process.recorder.ok
        story.after(3)
    story.after(1)
    assert story.types(since=mark) == [
        "storage_fault",
        Reason.RECORD_UNAVAILABLE.event_type,
        "door_opened",
        "door_forced_open",
        "door_forced_open_restored",
        "door_closed",
        "storage_restored",
    ]
    assert '"recorded_late":5' in (story.last().detail or "")
    assert story.process.recorder.ok


def test_everybody_gets_out_while_the_record_is_locked(story: Story) -> None:
    """The exit button and the reader on the way out release the door, record or no record."""
    with _locked(story):
        story.wants_out("front")
        assert story.released("front")
        story.after(6)
        assert not story.released("front")
        story.badge("front-out", ALICE)
        assert story.released("front")


def test_an_order_that_cannot_be_recorded_is_not_carried_out(story: Story) -> None:
    """An operator is told, and the door stays as it is; securing a door is done all the same."""
    with _locked(story):
        answer = story.ask(OrderDoor("o1", "front", DoorOrder.UNLOCK, "local:root"))
        assert isinstance(answer, Fault)
        assert answer.code is FaultCode.RECORD_UNAVAILABLE
        assert not story.released("front")
    assert isinstance(story.ask(OrderDoor("o1", "front", DoorOrder.UNLOCK, "local:root")), Done)
    assert story.released("front")
    with _locked(story):
        answer = story.ask(OrderDoor("o2", "front", DoorOrder.LOCK, "local:root"))
        assert isinstance(answer, Fault)
        assert not story.released("front")


def test_a_lock_order_given_twice_in_a_fault_does_not_jam_the_record(story: Story) -> None:
    """The same order, noted twice while the record was away, is written without ado when it is back."""
    with _locked(story):
        for _ in range(2):
            story.ask(OrderDoor("o1", "front", DoorOrder.LOCK, "local:root"))
    mark = story.mark()
    story.after(1)
    assert story.process.recorder.ok
    assert story.process.recorder.unrecorded == 0
    assert story.types(since=mark).count("door_locked") == 1


def test_a_wrong_pin_counts_even_if_it_cannot_be_recorded(story: Story) -> None:
    """Locking the record wins nobody tries at a PIN."""
    for _ in range(5):
        story.badge("cage-in", ALICE)
        with _locked(story):
            story.keys("cage-in", "0000#")
    story.badge("cage-in", ALICE)
    assert story.last().type == Reason.LOCKED_OUT.event_type


def test_a_start_without_a_record_secures_and_lets_out(story: Story) -> None:
    """The door process starts with its record missing: no badge opens, leaving is free."""
    story.process.stop()
    hidden = story.home.path / "hidden.db"
    story.home.record.rename(hidden)
    story.start_process(load(SITE))
    story.badge("front-in", ALICE)
    assert not story.released("front")
    story.wants_out("front")
    assert story.released("front")
    hidden.rename(story.home.record)
    story.after(10).badge("front-in", ALICE)
    assert story.released("front")
    assert "storage_restored" in story.types()


@pytest.mark.parametrize("lost", ["people", "root_key"])
def test_no_card_counts_while_it_cannot_be_checked(story: Story, lost: str) -> None:
    """Without the people's store or the root key a card is refused as uncheckable, and leaving is free."""
    story.process.stop()
    path = getattr(story.home, lost)
    hidden = story.home.path / "hidden"
    path.rename(hidden)
    story.start_process(load(SITE))
    story.badge("front-in", ALICE)
    assert story.last().type == Reason.AUTHENTICATION_UNAVAILABLE.event_type
    assert not story.released("front")
    story.badge("front-out", ALICE)
    assert story.released("front")
    assert not _keys_ok(story)
    hidden.rename(path)
    story.after(10).badge("front-in", ALICE)
    assert story.released("front")
    assert _keys_ok(story)


def _unwritable(story: Story) -> Entry:
    return Entry(story.clock.moment(), "access_taken", reason="half a pair: \ud800")


def test_a_badge_whose_record_no_row_can_hold_opens_nothing(story: Story) -> None:
    """It is refused, though the record itself is well; the next badge opens."""
    with closing(sqlite3.connect(story.home.people)) as people:
        ((card,),) = people.execute("SELECT id FROM card WHERE person = 'alice'").fetchall()
    request = Request(AccessPointId("front-in"), story.process.people.holder_of_card(card))
    executive = story.process.executive
    executive.permit_or_refuse(
        lambda: executive.warden.present(request, story.clock.now(), {}),
        lambda turn: Along((_unwritable(story),)) if turn.releases else Along(),
    )
    assert not story.released("front")
    assert story.shown("front-in")[-1] is Pattern.REFUSED
    story.after(2).badge("front-in", ALICE)
    assert story.released("front")


def test_what_no_row_can_hold_holds_nothing_up(story: Story) -> None:
    """It is lost, which the record says; what it came with and what waits behind it is written."""
    mark = story.mark()
    recorder = story.process.recorder
    fact = ("lockdown", "site", '"told"')
    assert not recorder.note(Change((_unwritable(story),), facts=(fact,)))
    with _locked(story):
        story.opens("front")
    story.after(2)
    assert recorder.ok
    assert recorder.unrecorded == 0
    types = story.types(since=mark)
    assert (types[0], types[-1]) == ("storage_fault", "storage_restored")
    assert {"door_opened", "door_forced_open"} <= set(types)
    assert "access_taken" not in types
    assert '"lost":1' in (story.last().detail or "")
    assert fact in recorder.facts()


def test_the_record_refuses_to_be_changed(story: Story) -> None:
    """Neither update nor delete nor replace gets past the record's own triggers."""
    story.badge("front-in", ALICE)
    with closing(sqlite3.connect(story.home.record, isolation_level=None)) as connection:
        connection.execute("PRAGMA recursive_triggers=ON")
        for attempt in (
            "UPDATE event SET type = 'door_closed'",
            "DELETE FROM event",
            "INSERT OR REPLACE INTO event SELECT * FROM event LIMIT 1",
            "UPDATE run SET rules = ''",
        ):
            with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                connection.execute(attempt)


def test_a_count_that_had_to_wait_does_not_undo_a_newer_one(story: Story) -> None:
    """Four wrong PINs in a fault and a fifth after it lock out, and still do after a crash."""
    for _ in range(4):
        story.badge("cage-in", ALICE)
        with _locked(story):
            story.keys("cage-in", "0000#")
    story.badge("cage-in", ALICE).keys("cage-in", "0000#")
    assert story.last().type == "lockout_max_attempts"
    story.after(2).restart(crash=True)
    story.badge("cage-in", ALICE)
    assert story.last().type == Reason.LOCKED_OUT.event_type


@pytest.mark.parametrize("gone", ["record.db", "record.db-wal"])
def test_a_record_that_is_removed_under_us_is_noticed(story: Story, gone: str) -> None:
    """No door is released into a file that nobody will find again; leaving is free as ever."""
    (story.home.path / gone).unlink()
    story.after(1).badge("front-in", ALICE)
    assert not story.released("front")
    assert not story.process.recorder.ok
    story.wants_out("front")
    assert story.released("front")


def test_a_record_written_by_a_later_version_is_left_alone(story: Story) -> None:
    """Its schema is not ours, so nothing is written into it, and no door opens by a badge."""
    story.process.stop()
    with closing(sqlite3.connect(story.home.record, isolation_level=None)) as connection:
        connection.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('record', 'm999', '')"
        )
        before = connection.execute("SELECT count(*) FROM event").fetchone()
    story.start_process(load(SITE))
    story.badge("front-in", ALICE)
    assert not story.released("front")
    story.wants_out("front")
    assert story.released("front")
    with closing(sqlite3.connect(story.home.record)) as connection:
        assert connection.execute("SELECT count(*) FROM event").fetchone() == before


def test_a_peoples_store_that_goes_away_is_said(story: Story) -> None:
    """The keys stay in memory, yet without the store no card counts, and the status says so at once."""
    story.badge("front-in", ALICE)
    assert _keys_ok(story)
    story.home.people.rename(story.home.path / "hidden.db")
    story.after(1)
    assert not _keys_ok(story)
