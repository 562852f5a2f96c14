"""What a process that answers one question reads of both files."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from sqlite_utils import Database

from accessctl.home import Home
from accessctl.store.entry import Entry, Moment
from accessctl.store.errors import PeopleUnavailable, RecordUnavailable
from accessctl.store.facts import FactQueries
from accessctl.store.holders import HolderQueries
from accessctl.store.memory_rows import rows_of
from accessctl.store.migrate import migrate
from accessctl.store.people_writer import NewCard, PeopleWriter
from accessctl.store.record import Change, RecordWriter
from accessctl.store.record_schema import record_migrations
from hardware.signals import Technology
from policies.factors import Factor
from policies.ids import AreaId, CredentialId, MemberId, PersonId
from policies.lockout import WrongPins
from policies.memory import Memory, Uses
from policies.people import CardStatus
from policies.presence import move
from tests.homes import NOON, RUN

ANA, HALL, STAFF = PersonId("ana"), AreaId("hall"), MemberId("staff")


@pytest.fixture
def record(home: Home) -> Iterator[RecordWriter]:
    writer = RecordWriter(home.record, RUN)
    yield writer
    writer.close()


def some_memory() -> Memory:
    memory = Memory()
    move(memory, ANA, (HALL,), NOON, (STAFF,))
    memory.put("uses", ANA, Uses(3, 1, NOON.date()))
    memory.put("numbers", "threat_level", 2)
    memory.put("lockdowns", HALL, "local:maria")
    return memory


# ------------------------------------------------------------------------------------------- the facts


def test_facts_are_read_back_and_heads_are_counted(home: Home, record: RecordWriter) -> None:
    """Whoever only looks sees what the rules knew when they last wrote, with everybody counted."""
    memory = some_memory()
    record.append(Change((), facts=rows_of(memory.changes())))
    memory.settle()
    found = FactQueries(home.record).memory()
    assert found == memory
    assert (found.headcounts, found.member_counts) == ({HALL: 1}, {(HALL, STAFF): 1})


def test_a_fact_that_is_gone_is_not_read(home: Home, record: RecordWriter) -> None:
    """A lockdown that was lifted is not remembered."""
    memory = some_memory()
    record.append(Change((), facts=rows_of(memory.changes())))
    memory.settle()
    memory.drop("lockdowns", HALL)
    record.append(Change((), facts=rows_of(memory.changes())))
    assert FactQueries(home.record).memory().lockdowns == {}


def test_a_damaged_fact_is_left_out(home: Home, record: RecordWriter) -> None:
    """One row that cannot be read takes no other with it."""
    rows = (("stays", "bob", "{}"), ("numbers", "threat_level", "2"))
    record.append(Change((), facts=rows))
    found = FactQueries(home.record).memory()
    assert (found.stays, found.threat_level) == ({}, 2)


def test_wrong_pins_are_read(home: Home, record: RecordWriter) -> None:
    """Whoever has to wait after wrong PINs is known by when."""
    entry = Entry(Moment(NOON, 1, clock_synced=True), "denied_incorrect_authentication_factor")
    for person, wrong in ((ANA, WrongPins(6, NOON + timedelta(minutes=2))), ("bob", WrongPins(1))):
        record.append(Change((entry,), (PersonId(person), wrong)))
    assert FactQueries(home.record).wrong_pins() == {
        ANA: WrongPins(6, NOON + timedelta(minutes=2)),
        "bob": WrongPins(1),
    }


def test_a_record_that_is_missing_says_so(tmp_path: Path) -> None:
    """No file is made by looking, and the error names it."""
    with pytest.raises(RecordUnavailable, match="record"):
        FactQueries(tmp_path / "record.db").memory()
    assert not (tmp_path / "record.db").exists()


# --------------------------------------------------------------------------------------- the migration


def test_a_record_of_the_first_version_is_brought_up_to_date(tmp_path: Path) -> None:
    """Every entry, count and order is kept, and the rules begin with knowing nothing."""
    home = Home(tmp_path)
    db = Database(home.record)
    db.enable_wal()
    record_migrations.apply(db, stop_before="m002_memory")
    with db.conn:
        db.execute("INSERT INTO run (controller, boot, rules, version) VALUES ('c', 'b', 'r', '0.1')")
        db.execute(
            "INSERT INTO event (at_ms, mono_ns, clock_synced, run, type) VALUES (5, 6, 1, 1, 'door_opened')"
        )
        db.execute("INSERT INTO wrong_pin (person, count) VALUES ('ana', 2)")
        db.execute("INSERT INTO done_order (id, seq) VALUES ('o-1', 1)")
    epoch = db.execute("SELECT value FROM meta WHERE key = 'epoch'").fetchone()
    db.close()
    queries = FactQueries(home.record)
    with pytest.raises(RecordUnavailable, match="another version"):
        queries.memory()
    migrate(home)
    assert queries.memory() == Memory()
    assert queries.wrong_pins() == {ANA: WrongPins(2)}
    with closing(sqlite3.connect(home.record)) as after:
        assert after.execute("SELECT seq, at_ms, type FROM event").fetchall() == [(1, 5, "door_opened")]
        assert after.execute("SELECT id, seq FROM done_order").fetchall() == [("o-1", 1)]
        assert after.execute("SELECT value FROM meta WHERE key = 'epoch'").fetchone() == epoch
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            after.execute("DELETE FROM event")


def test_bringing_up_to_date_twice_changes_nothing(home: Home, record: RecordWriter) -> None:
    """What the rules remember is still there after another start."""
    memory = some_memory()
    record.append(Change((), facts=rows_of(memory.changes())))
    memory.settle()
    migrate(home)
    assert FactQueries(home.record).memory() == memory


# ----------------------------------------------------------------------------------------- the holders


def enrol(writer: PeopleWriter, person: str, number: int, technology: str = Technology.ISO14443_UID) -> str:
    return writer.enrol_card(person, NewCard(bytes([number]) * 32, technology, "01"), "tester").id


def test_everybody_is_given_with_everything_they_have(home: Home, writer: PeopleWriter) -> None:
    """People are given by card and by code, what counts first; who has neither is left out."""
    for id_ in ("ana", "bob", "cem"):
        writer.add_person(id_.title(), ("staff",), "tester", id_=id_)
    lost, good = enrol(writer, "ana", 1), enrol(writer, "ana", 2)
    writer.change_card_status(lost, CardStatus.LOST, "tester")
    code = enrol(writer, "bob", 3, Technology.CODE)
    queries = HolderQueries(home.people)
    found = [(bearer.holder.person.id, bearer.holder.card.id, bearer.shows) for bearer in queries.everybody()]
    assert found == [
        ("ana", good, Factor.CARD),
        ("ana", lost, Factor.CARD),
        ("bob", code, Factor.PIN),
    ]
    assert [bearer.holder.card.id for bearer in queries.of("ana")] == [good, lost]
    assert queries.of("cem") == queries.of("nobody") == []
    assert queries.by_credential()[code].holder.person.id == "bob"
    assert queries.by_credential().keys() == {CredentialId(id_) for id_ in (good, lost, code)}
    assert queries.names() == {"ana": "Ana", "bob": "Bob", "cem": "Cem"}


def test_people_that_cannot_be_read_are_no_people(tmp_path: Path) -> None:
    """A people's store that is missing is told, not taken for an empty one."""
    with pytest.raises(PeopleUnavailable, match="people"):
        HolderQueries(tmp_path / "people.db").everybody()
