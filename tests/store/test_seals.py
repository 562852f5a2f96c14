"""Each person has a seal of their name, made with the person, and gone with the person."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from sqlite_utils import Database

from accessctl.evidence.seal import seal_of
from accessctl.home import Home
from accessctl.store.bulk_writer import Planned
from accessctl.store.migrate import migrate
from accessctl.store.people import PeopleReader
from accessctl.store.people_queries import PersonRow
from accessctl.store.people_schema import people_migrations
from accessctl.store.people_writer import PeopleWriter
from accessctl.store.scrubbing import Hint, search
from policies.ids import PersonId
from policies.people import Validity
from tests.homes import NOON

OPERATOR = "local:maria"


def seals(home: Home) -> dict[str, tuple[bytes, str]]:
    """Give salt and seal of everybody."""
    with closing(sqlite3.connect(home.people)) as connection:
        rows = connection.execute("SELECT person, salt, seal FROM seal").fetchall()
        return {person: (salt, seal) for person, salt, seal in rows}


def told(home: Home) -> list[tuple[str, str | None]]:
    """Give type and seal of everything that was told."""
    with closing(sqlite3.connect(home.people)) as connection:
        return connection.execute("SELECT type, seal FROM outbox ORDER BY id").fetchall()


def row(id_: str, name: str) -> PersonRow:
    """Give somebody new, as an import has them."""
    return PersonRow(id_, name, ("cleaner",), Validity(), disabled=False, added_at=NOON, seen_from=NOON)


def test_whoever_is_added_has_one(writer: PeopleWriter, home: Home) -> None:
    """Of their own name, with a salt of their own; and the entry about it carries it."""
    for person in ("ana", "ben"):
        writer.add_person("Ana Marsh", (), OPERATOR, id_=person)
    found = seals(home)
    for person, (salt, seal) in found.items():
        assert seal == seal_of(person, "Ana Marsh", salt)
    assert found["ana"][0] != found["ben"][0]
    assert told(home) == [("person_added", found["ana"][1]), ("person_added", found["ben"][1])]


def test_another_name_is_sealed_anew(writer: PeopleWriter, home: Home) -> None:
    """With the same salt, so that what was recorded under the old name can still be proven."""
    writer.add_person("Ana Marsh", (), OPERATOR, id_="ana")
    (salt, before) = seals(home)["ana"]
    writer.change_person("ana", lambda person: replace(person, roles=("picker",)), OPERATOR)
    assert seals(home)["ana"] == (salt, before)
    writer.change_person("ana", lambda person: replace(person, name="Ana Bell"), OPERATOR)
    assert seals(home)["ana"] == (salt, seal_of("ana", "Ana Bell", salt))
    assert told(home)[-1] == ("person_changed", seal_of("ana", "Ana Bell", salt))


def test_what_tells_of_a_deletion_still_has_it(writer: PeopleWriter, home: Home) -> None:
    """And the salt is in no file any more."""
    writer.add_person("Ana Marsh", (), OPERATOR, id_="ana")
    (salt, seal) = seals(home)["ana"]
    deletion = writer.delete_person("ana", OPERATOR)
    assert told(home)[-1] == ("person_deleted", seal)
    assert seals(home) == {}
    needles = [needle for needle in deletion.erasure.needles if not isinstance(needle, Hint)]
    assert salt in needles
    assert search(home.people, [salt])[0], "before it is scrubbed the log still has it"
    writer.scrub({deletion.erasure.receipt: deletion.erasure.needles})
    assert not search(home.people, [salt])[0]


def test_an_import_makes_them_too(writer: PeopleWriter, home: Home) -> None:
    """For new people and new names, with the salts of those that are there; every row told has it."""
    writer.add_person("Ana Marsh", (), OPERATOR, id_="ana")
    ben = writer.add_person("Ben Ode", (), OPERATOR, id_="ben")
    before = seals(home)
    ana = replace(row("ana", "Ana Marsh"), roles=())
    writer.import_people(
        OPERATOR,
        lambda _stored, _now: iter(
            [
                Planned(ana, replace(ana, name="Ana Bell")),
                Planned(ben, replace(ben, roles=("cleaner",))),
                Planned(None, row("cy", "Cy Dent")),
            ]
        ),
    )
    after = seals(home)
    assert after["ana"] == (before["ana"][0], seal_of("ana", "Ana Bell", before["ana"][0]))
    assert after["ben"] == before["ben"]
    assert after["cy"][1] == seal_of("cy", "Cy Dent", after["cy"][0])
    last = [(type_, seal) for type_, seal in told(home)[2:] if type_ != "people_imported"]
    changed = "person_changed"
    assert last == [(changed, after["ana"][1]), (changed, after["ben"][1]), ("person_added", after["cy"][1])]


def test_a_store_of_before_gets_them(tmp_path: Path) -> None:
    """Everybody who is there is sealed when it is brought up to date; rows that wait have none."""
    home = Home(tmp_path)
    db = Database(home.people)
    db.enable_wal()
    people_migrations.apply(db, stop_before="m009_seals")
    with db.conn:
        for person in ("ana", "ben"):
            db.execute(
                "INSERT INTO person (id, name, roles, groups, added_at) VALUES (?, 'Ana', '[]', '[]', ?)",
                [person, NOON.isoformat()],
            )
        db.execute(
            "INSERT INTO outbox (at, type, person, operator, detail)"
            " VALUES ('', 'person_added', 'ana', '', '')"
        )
    db.close()
    migrate(home)
    found = seals(home)
    assert found.keys() == {"ana", "ben"}
    assert all(seal == seal_of(person, "Ana", salt) for person, (salt, seal) in found.items())
    assert told(home) == [("person_added", None)]


def test_who_cannot_be_read_has_none(writer: PeopleWriter, home: Home) -> None:
    """Asking for it never raises, whatever is wrong with the store."""
    writer.add_person("Ana Marsh", (), OPERATOR, id_="ana")
    with closing(PeopleReader(home.people)) as reader:
        assert reader.seal_if_known(PersonId("ana")) == seals(home)["ana"][1]
        assert reader.seal_if_known(PersonId("nobody")) is None
    writer.close()
    home.people.write_bytes(b"not a database" * 500)
    with closing(PeopleReader(home.people)) as reader:
        assert reader.seal_if_known(PersonId("ana")) is None


@pytest.mark.parametrize("name", ["Ana", "Łucja", "\U0001d49cna", '"\\'])
def test_any_name_is_sealed(writer: PeopleWriter, home: Home, name: str) -> None:
    """In whatever letters."""
    person = writer.add_person(name, (), OPERATOR)
    salt, seal = seals(home)[person.id]
    assert seal == seal_of(person.id, name, salt)
