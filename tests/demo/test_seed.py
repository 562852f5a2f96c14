import sqlite3
import stat
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from accessctl.config import Site
from accessctl.demo.holders import holder_of
from accessctl.demo.roster import BY_HANDLE, ROSTER
from accessctl.demo.seed import NotADemo, person_id, prepare
from accessctl.home import Home
from accessctl.install import starter
from accessctl.store.migrate import migrate
from accessctl.store.people import PeopleReader
from accessctl.store.people_queries import PeopleQueries
from accessctl.store.people_writer import PeopleWriter
from policies.ids import CredentialId
from tests.demo.conftest import SEEDED_AT


def rows_of(home: Home) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(home.people)) as people:
        return [
            row
            for table in ("person", "card", "pin", "outbox")
            for row in people.execute(f"SELECT * FROM {table}")  # noqa: S608 - four names
        ]


def test_the_roster_is_enrolled(home: Home) -> None:
    """Everybody has a card, those who need one a PIN or a code, and what is particular about them is so."""
    queries = PeopleQueries(home.people)
    people = {row.name: row for row in queries.people()}
    cards = {row.person: row for row in queries.cards() if not row.is_code}
    assert len(people) == len(cards) == len(ROSTER) == 40
    for person in ROSTER:
        row, card = people[person.name], cards[person_id(person)]
        assert (row.roles, row.groups, row.disabled) == ((person.role,), person.groups, person.disabled)
        assert (row.has_pin, row.has_duress_pin, row.has_code) == (
            person.pin_code is not None,
            person.duress_pin_code is not None,
            person.keypad_code is not None,
        )
        assert (row.uses, row.exempt, row.extended) == (person.uses, person.exempt, person.extended)
        assert (card.status, card.validity) == (person.card_status, person.card_validity)


def test_the_rules_are_told_what_the_store_holds(home: Home, site: Site) -> None:
    """Whom the rules are asked about before the doors run is whom they will meet, but for the ids."""
    made = SEEDED_AT.astimezone(site.timezone)
    cards = {row.person: row.id for row in PeopleQueries(home.people).cards() if not row.is_code}
    with closing(PeopleReader(home.people)) as reader:
        for person in ROSTER:
            asked = holder_of(person, made)
            met = reader.holder_of_card(CredentialId(cards[person_id(person)]))
            assert met is not None
            assert replace(met.person, id=asked.person.id) == asked.person
            assert replace(met.card, id=asked.card.id) == asked.card


def test_what_ends_today_ends_today_whenever_that_is(tmp_path: Path) -> None:
    """Contracts and loans are counted from the day on which the home is made, in the site's time."""
    home = Home(tmp_path / "h")
    prepare(home, lambda: datetime(2031, 7, 1, 21, 30, tzinfo=UTC))
    leila = PeopleQueries(home.people).person(person_id(BY_HANDLE["leila-karimi"]))
    ana = PeopleQueries(home.people).person(person_id(BY_HANDLE["ana-marsh"]))
    assert leila is not None
    assert leila.validity.end == datetime(2031, 7, 1, 17, tzinfo=UTC)
    assert ana is not None
    assert [loan.validity.end for loan in ana.temporary] == [datetime(2031, 7, 1, 19, tzinfo=UTC)]


def test_a_home_is_for_its_owner_alone(tmp_path: Path) -> None:
    """Folder and root key are closed to everybody else."""
    home = Home(tmp_path / "h")
    prepare(home)
    assert stat.S_IMODE(home.path.stat().st_mode) == 0o700
    assert stat.S_IMODE(home.root_key.stat().st_mode) == 0o600


def test_seeding_again_changes_nothing(home: Home) -> None:
    """Whoever plays with the warehouse finds it tomorrow as they left it."""
    with closing(PeopleWriter(home.people)) as writer:
        writer.change_person(person_id(ROSTER[0]), lambda row: replace(row, disabled=True), "somebody")
    home.site_file.write_text(home.site_file.read_text() + "\n# mine\n")
    before = rows_of(home), home.site_file.read_text(), home.root_key.read_bytes()
    prepare(home)
    assert (rows_of(home), home.site_file.read_text(), home.root_key.read_bytes()) == before


def test_seeding_goes_on_where_it_was_interrupted(home: Home) -> None:
    """What an interruption left out is added by the next start, once."""
    last = person_id(ROSTER[-1])
    with closing(sqlite3.connect(home.people, isolation_level=None)) as people:
        people.execute("DELETE FROM card WHERE person = ?", (last,))
    home.site_file.unlink()
    prepare(home)
    assert len(PeopleQueries(home.people).cards(person=last)) == 1
    assert home.site_file.exists()


def test_a_real_installation_gets_no_public_cards(tmp_path: Path) -> None:
    """A home that holds anything but the demo is refused and left as it is."""
    home = Home(tmp_path)
    home.site_file.write_text(starter())
    with pytest.raises(NotADemo, match="nothing in it was changed"):
        prepare(home)
    assert [path.name for path in tmp_path.iterdir()] == ["site.toml"]
    home.site_file.unlink()
    migrate(home)
    with closing(PeopleWriter(home.people)) as writer:
        writer.add_person("Somebody Else", ("staff",), "somebody")
    with pytest.raises(NotADemo):
        prepare(home)
    assert [row.name for row in PeopleQueries(home.people).people()] == ["Somebody Else"]
