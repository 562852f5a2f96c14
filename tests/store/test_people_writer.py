import json
import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from accessctl.home import Home
from accessctl.store.errors import PeopleUnavailable
from accessctl.store.people import PeopleReader
from accessctl.store.people_errors import (
    DuplicateCard,
    DuplicatePerson,
    NoPin,
    UnknownCard,
    UnknownPerson,
)
from accessctl.store.people_queries import PeopleQueries, PersonRow
from accessctl.store.people_writer import NewCard, PeopleWriter
from policies.ids import PersonId
from policies.people import CardStatus, Validity
from tests.homes import NOON, OwnClock, new_home

OPERATOR = "local:maria"
TAG = bytes(range(32))
HASH = "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$aGFzaGhhc2g"
CARD = NewCard(TAG, "iso14443-uid", "F6")


def outbox(home: Home) -> list[dict[str, Any]]:
    with closing(sqlite3.connect(home.people)) as connection:
        connection.row_factory = sqlite3.Row
        rows = [dict(row) for row in connection.execute("SELECT * FROM outbox ORDER BY id")]
    return [{**row, "detail": json.loads(row["detail"])} for row in rows]


def ana(writer: PeopleWriter) -> PersonRow:
    return writer.add_person("Ana Marsh", ("picker", "driver"), OPERATOR)


def test_a_person_gets_a_pseudonym(writer: PeopleWriter, queries: PeopleQueries) -> None:
    """Whoever is added without an id gets one that says nothing about them."""
    person = ana(writer)
    assert re.fullmatch(r"p-[a-z2-7]{8}", person.id)
    assert queries.person(person.id) == person


def test_a_given_id_is_kept(writer: PeopleWriter) -> None:
    """An id that was chosen elsewhere is used as it is."""
    assert writer.add_person("Ana Marsh", (), OPERATOR, id_="ana").id == "ana"


def test_an_id_is_given_once(writer: PeopleWriter, queries: PeopleQueries) -> None:
    """A second person under the same id is refused, and the first stays as they were."""
    writer.add_person("Ana Marsh", (), OPERATOR, id_="ana")
    with pytest.raises(DuplicatePerson, match="there is a person ana already"):
        writer.add_person("Anatol Marsh", (), OPERATOR, id_="ana")
    assert [person.name for person in queries.people()] == ["Ana Marsh"]


def test_adding_goes_into_the_outbox(home: Home, writer: PeopleWriter) -> None:
    """The outbox says who was added by whom and with which roles, and keeps the name out."""
    validity = Validity(NOON, NOON + timedelta(days=90))
    person = writer.add_person("Ana Marsh", ("picker", "driver"), OPERATOR, validity=validity)
    (row,) = outbox(home)
    assert (row["type"], row["person"], row["operator"]) == ("person_added", person.id, OPERATOR)
    assert row["at"] == "2026-03-02T12:00:00+00:00"
    assert row["detail"] == {
        "roles": "picker, driver",
        "valid_from": "2026-03-02T12:00:00+00:00",
        "valid_until": "2026-05-31T12:00:00+00:00",
    }


def test_a_change_says_before_and_after(home: Home, writer: PeopleWriter) -> None:
    """Only what changed goes into the outbox, with both values."""
    person = ana(writer)
    writer.change_person(person.id, lambda row: replace(row, disabled=True, roles=("driver",)), OPERATOR)
    row = outbox(home)[-1]
    assert row["type"] == "person_changed"
    assert row["detail"] == {
        "roles_before": "picker, driver",
        "roles_after": "driver",
        "disabled_before": False,
        "disabled_after": True,
    }


def test_no_name_reaches_the_record(home: Home, writer: PeopleWriter, queries: PeopleQueries) -> None:
    """A new name is stored, and the outbox says no more than that it changed."""
    person = ana(writer)
    writer.change_person(person.id, lambda row: replace(row, name="Ana Marsh-Wilk"), OPERATOR)
    assert queries.names_of([person.id]) == {person.id: "Ana Marsh-Wilk"}
    assert outbox(home)[-1]["detail"] == {"name_changed": True}
    assert "Marsh" not in json.dumps(outbox(home))


def test_changing_nothing_is_no_change(home: Home, writer: PeopleWriter) -> None:
    """An edit that leaves everything as it was writes no row."""
    person = ana(writer)
    assert writer.change_person(person.id, lambda row: row, OPERATOR) == person
    assert len(outbox(home)) == 1


def test_a_failing_edit_changes_nothing(home: Home, writer: PeopleWriter, queries: PeopleQueries) -> None:
    """Whatever an edit raises comes through, and neither the person nor the outbox has changed."""
    person = ana(writer)
    with pytest.raises(ZeroDivisionError):
        writer.change_person(person.id, lambda row: replace(row, name=str(1 // 0)), OPERATOR)
    assert queries.person(person.id) == person
    assert len(outbox(home)) == 1


def test_change_and_outbox_are_one(home: Home, writer: PeopleWriter, queries: PeopleQueries) -> None:
    """When the outbox cannot be written, the change is not made either."""
    person = ana(writer)
    with closing(sqlite3.connect(home.people)) as connection:
        connection.execute(
            "CREATE TRIGGER full_ BEFORE INSERT ON outbox BEGIN SELECT raise(ABORT, 'disk full'); END"
        )
    with pytest.raises(PeopleUnavailable, match="disk full"):
        writer.change_person(person.id, lambda row: replace(row, disabled=True), OPERATOR)
    found = queries.person(person.id)
    assert found is not None
    assert not found.disabled


def test_the_writer_recovers(home: Home, writer: PeopleWriter) -> None:
    """After a fault the next change opens the file again."""
    ana(writer)
    moved = home.people.with_suffix(".away")
    writer.close()
    home.people.rename(moved)
    with pytest.raises(PeopleUnavailable, match=r"people\.db"):
        ana(writer)
    moved.rename(home.people)
    ana(writer)


def removed(home: Home) -> None:
    for file in home.path.glob("people.db*"):
        file.unlink()


def replaced(home: Home) -> None:
    removed(home)
    new_home(home.path)


@pytest.mark.parametrize("accident", [removed, replaced])
def test_no_change_goes_into_a_file_that_is_gone(
    home: Home, writer: PeopleWriter, queries: PeopleQueries, accident: Callable[[Home], None]
) -> None:
    """When its file was removed or replaced, a change is not said to be done; the next one finds the new."""
    ana(writer)
    accident(home)
    with pytest.raises(PeopleUnavailable, match=r"people\.db was moved or removed while in use"):
        ana(writer)
    new_home(home.path)
    person = ana(writer)
    assert [found.id for found in queries.people()] == [person.id]


def test_a_change_is_taken_back_when_its_file_goes(
    home: Home, writer: PeopleWriter, queries: PeopleQueries
) -> None:
    """A file that is moved away in the middle of a change does not keep it."""
    person = ana(writer)
    away = home.path / "away"
    away.mkdir()

    def disabled_meanwhile(row: PersonRow) -> PersonRow:
        for file in home.path.glob("people.db*"):
            file.rename(away / file.name)
        return replace(row, disabled=True)

    with pytest.raises(PeopleUnavailable, match="moved or removed"):
        writer.change_person(person.id, disabled_meanwhile, OPERATOR)
    for file in away.iterdir():
        file.rename(home.path / file.name)
    found = queries.person(person.id)
    assert found is not None
    assert not found.disabled


def test_the_door_process_sees_a_card(home: Home, writer: PeopleWriter) -> None:
    """A card that was enrolled is found by its tag, with its person's rights."""
    person = ana(writer)
    card = writer.enrol_card(person.id, CARD, OPERATOR)
    reader = PeopleReader(home.people)
    holder = reader.holder_of(TAG)
    reader.close()
    assert holder is not None
    assert (holder.card.id, holder.card.status) == (card.id, CardStatus.ACTIVE)
    assert (holder.person.id, holder.person.roles) == (person.id, ("picker", "driver"))


def test_a_card_is_enrolled_once(writer: PeopleWriter) -> None:
    """A card that somebody has already is refused, and the refusal says whose it is by id."""
    card = writer.enrol_card(ana(writer).id, CARD, OPERATOR)
    other = writer.add_person("Bo Lund", (), OPERATOR)
    with pytest.raises(DuplicateCard) as refused:
        writer.enrol_card(other.id, CARD, OPERATOR)
    assert str(refused.value) == f"this card is enrolled already: it is {card.id} of {card.person}"
    assert TAG.hex() not in str(refused.value)


def test_a_revoked_card_cannot_come_back(writer: PeopleWriter) -> None:
    """A card that was reported stolen stays enrolled, so that it cannot be enrolled anew unnoticed."""
    person = ana(writer)
    card = writer.enrol_card(person.id, CARD, OPERATOR)
    writer.change_card_status(card.id, CardStatus.STOLEN, OPERATOR)
    with pytest.raises(DuplicateCard, match="already"):
        writer.enrol_card(person.id, CARD, OPERATOR)


def test_a_status_changes_once(home: Home, writer: PeopleWriter) -> None:
    """Revoking says before and after; revoking again for the same reason says nothing."""
    card = writer.enrol_card(ana(writer).id, CARD, OPERATOR)
    for _ in range(2):
        assert writer.change_card_status(card.id, CardStatus.LOST, OPERATOR).status is CardStatus.LOST
    last = outbox(home)[-1]
    assert (last["type"], last["credential"]) == ("credential_revoked", card.id)
    assert last["detail"] == {"kind": "card", "hint": "F6", "status_before": "active", "status_after": "lost"}
    assert len(outbox(home)) == 3


def test_a_card_that_is_found_again_counts_again(home: Home, writer: PeopleWriter) -> None:
    """Making a card active is a change, not a revocation."""
    card = writer.enrol_card(ana(writer).id, CARD, OPERATOR)
    writer.change_card_status(card.id, CardStatus.LOST, OPERATOR)
    assert writer.change_card_status(card.id, CardStatus.ACTIVE, OPERATOR).status is CardStatus.ACTIVE
    assert outbox(home)[-1]["type"] == "credential_changed"


def test_a_pin_replaces_a_pin(home: Home, writer: PeopleWriter) -> None:
    """The first PIN is enrolled, the next one changes it, and the last one set is the one that counts."""
    person = ana(writer)
    writer.set_pin(person.id, "old", OPERATOR)
    writer.set_pin(person.id, HASH, OPERATOR)
    reader = PeopleReader(home.people)
    assert reader.pin_hashes_of(PersonId(person.id)) == (HASH, None)
    reader.close()
    assert [row["type"] for row in outbox(home)[1:]] == ["credential_enrolled", "credential_changed"]


def test_a_pin_can_be_taken_away(writer: PeopleWriter, queries: PeopleQueries) -> None:
    """Once removed, a PIN is gone, and cannot be removed again."""
    person = ana(writer)
    writer.set_pin(person.id, HASH, OPERATOR)
    writer.remove_pin(person.id, OPERATOR)
    found = queries.person(person.id)
    assert found is not None
    assert not found.has_pin
    with pytest.raises(NoPin, match="has no PIN"):
        writer.remove_pin(person.id, OPERATOR)


def test_no_secret_goes_into_the_outbox(home: Home, writer: PeopleWriter) -> None:
    """Neither a card's tag nor a PIN's hash is in any row of the outbox."""
    person = ana(writer)
    writer.enrol_card(person.id, CARD, OPERATOR)
    writer.set_pin(person.id, HASH, OPERATOR)
    everything = json.dumps(outbox(home))
    assert TAG.hex() not in everything
    assert HASH not in everything
    assert "F6" in everything


@pytest.mark.parametrize(
    "change",
    [
        lambda w: w.change_person("p-nobody", lambda row: row, OPERATOR),
        lambda w: w.set_pin("p-nobody", HASH, OPERATOR),
        lambda w: w.remove_pin("p-nobody", OPERATOR),
        lambda w: w.enrol_card("p-nobody", CARD, OPERATOR),
    ],
    ids=["change", "pin", "no pin", "card"],
)
def test_nobody_cannot_be_changed(
    home: Home, writer: PeopleWriter, change: Callable[[PeopleWriter], object]
) -> None:
    """A change to a person who is not there is refused by name and leaves no trace."""
    with pytest.raises(UnknownPerson, match="there is no person p-nobody"):
        change(writer)
    assert outbox(home) == []


def test_an_unknown_card_cannot_be_revoked(writer: PeopleWriter) -> None:
    """A card that is not there cannot change its status."""
    with pytest.raises(UnknownCard, match="there is no card c-none"):
        writer.change_card_status("c-none", CardStatus.LOST, OPERATOR)


def test_a_commit_survives_a_power_cut(writer: PeopleWriter) -> None:
    """The file is written with a WAL and a full sync at every commit, and checks its references."""
    ana(writer)
    assert writer._db is not None
    pragmas = {
        name: writer._db.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous")
    }
    assert pragmas == {"journal_mode": "wal", "synchronous": 2}
    assert writer._db.execute("PRAGMA foreign_keys").fetchone()[0] == 1


def test_the_own_clock_is_used(home: Home, writer: PeopleWriter, clock: OwnClock) -> None:
    """Instants come from the clock that was given, in UTC."""
    clock.pass_(timedelta(hours=1))
    assert ana(writer).added_at == NOON + timedelta(hours=1)
    assert outbox(home)[0]["at"] == "2026-03-02T13:00:00+00:00"


def test_a_store_of_a_later_version_is_left_alone(home: Home, queries: PeopleQueries) -> None:
    """What its schema means is not known here, so nothing is written into it."""
    with closing(sqlite3.connect(home.people)) as connection, connection:
        connection.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('people', 'm999', '')"
        )
    with (
        closing(PeopleWriter(home.people)) as later,
        pytest.raises(PeopleUnavailable, match="another version"),
    ):
        later.add_person("Nobody Yet", ("picker",), "tester", id_="nobody")
    assert queries.person("nobody") is None
