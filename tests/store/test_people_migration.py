"""A people's store of an earlier version is brought up to date with everybody in it."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlite_utils import Database

from accessctl.home import Home
from accessctl.store.errors import PeopleUnavailable
from accessctl.store.migrate import migrate
from accessctl.store.people import PeopleReader
from accessctl.store.people_queries import PeopleQueries
from accessctl.store.people_schema import people_migrations
from accessctl.store.people_writer import NewCard, PeopleWriter
from policies.ids import PersonId
from policies.people import Card, CardStatus, Holder, Person, UseLimits, Validity
from tests.homes import NOON, OwnClock

TAG = bytes(range(32))
ADDED = "2025-11-03T07:30:00+00:00"
UNTIL = "2026-12-31T18:00:00+00:00"


def fill(connection: sqlite3.Connection) -> None:
    connection.execute(
        "INSERT INTO person (id, name, roles, valid_until, disabled, added_at) VALUES (?, ?, ?, ?, ?, ?)",
        ("ana", "Ana Marsh", '["picker", "driver"]', UNTIL, 0, ADDED),
    )
    connection.execute(
        "INSERT INTO card (tag, id, person, hint, status, enrolled_at) VALUES (?, ?, ?, ?, ?, ?)",
        (TAG, "c-1", "ana", "F6", "lost", ADDED),
    )
    connection.execute("INSERT INTO pin (person, hash, set_at) VALUES ('ana', 'the hash', ?)", (ADDED,))
    connection.execute(
        "INSERT INTO outbox (at, type, person, operator, detail) VALUES (?, ?, 'ana', 'tester', '{}')",
        (ADDED, "person_added"),
    )


@pytest.fixture
def old(tmp_path: Path) -> Home:
    """A home whose people's store the first version has written."""
    home = Home(tmp_path)
    db = Database(home.people)
    db.enable_wal()
    people_migrations.apply(db, stop_before="m002_rules_about_people")
    with db.conn:
        fill(db.conn)
    db.close()
    return home


@pytest.fixture
def reader(old: Home) -> Iterator[PeopleReader]:
    reader = PeopleReader(old.people)
    yield reader
    reader.close()


def test_an_old_store_is_not_read_as_a_new_one(reader: PeopleReader) -> None:
    """Until it is brought up to date, nobody is looked up in it."""
    with pytest.raises(PeopleUnavailable, match="another version"):
        reader.holder_of(TAG)


def test_everybody_is_still_there(old: Home, reader: PeopleReader) -> None:
    """Person, card and PIN are as they were; what is new is as it usually is, and counts from the start."""
    before = epoch_and_outbox(old)
    migrate(old)
    added = datetime(2025, 11, 3, 7, 30, tzinfo=UTC)
    validity = Validity(None, datetime(2026, 12, 31, 18, tzinfo=UTC))
    assert reader.holder_of(TAG) == Holder(
        Person("ana", ("picker", "driver"), validity, has_pin=True, seen_from=added),  # type: ignore[arg-type]
        Card("c-1", CardStatus.LOST, clonable=True),  # type: ignore[arg-type]
    )
    assert reader.pin_hashes_of(PersonId("ana")) == ("the hash", None)
    assert epoch_and_outbox(old) == before


def epoch_and_outbox(home: Home) -> object:
    with closing(sqlite3.connect(home.people)) as connection:
        meta = connection.execute("SELECT * FROM meta").fetchall()
        return meta, connection.execute(
            "SELECT id, at, type, person, credential, operator, detail FROM outbox"
        ).fetchall()


def test_admins_see_what_was_not_kept_before(old: Home) -> None:
    """How an old card was read is unknown, and nobody has a limit or an exception that nobody gave."""
    migrate(old)
    queries = PeopleQueries(old.people)
    person, card = queries.person("ana"), queries.card("c-1")
    assert person is not None
    assert card is not None
    assert (card.technology, card.hint, card.is_code) == ("unknown", "F6", False)
    assert (person.groups, person.uses, person.exempt, person.extended) == ((), UseLimits(), False, False)
    assert (person.qualifications, person.temporary, person.has_duress_pin) == ((), (), False)
    assert person.seen_from == person.added_at


def test_a_migrated_store_is_worked_with(old: Home, reader: PeopleReader) -> None:
    """Whatever is new can be written into a store that is old."""
    migrate(old)
    with closing(PeopleWriter(old.people, OwnClock())) as writer:
        writer.set_duress_pin("ana", "another hash", "tester")
        writer.qualify("ana", "induction", None, "tester")
        writer.lend("ana", "cage", Validity(end=NOON + timedelta(days=1)), "tester")
        writer.enrol_card("ana", NewCard(bytes(32), "iso14443-uid", "00"), "tester")
    holder = reader.holder_of(TAG)
    assert holder is not None
    assert [each.id for each in holder.person.qualifications] == ["induction"]
    assert [each.level for each in holder.person.temporary] == ["cage"]


def test_migrating_again_changes_nothing(old: Home) -> None:
    """Every start asks for it."""
    for _ in range(2):
        migrate(old)
    with closing(sqlite3.connect(old.people)) as connection:
        names = [name for (name,) in connection.execute("SELECT name FROM _sqlite_migrations ORDER BY id")]
        assert names == [migration.name for migration in people_migrations._migrations]
        (roles,) = connection.execute("SELECT roles FROM person").fetchone()
    assert json.loads(roles) == ["picker", "driver"]
