"""The doctor names break-glass codes."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from accessctl.config import Site, load
from accessctl.doctor.emergencies import emergencies
from accessctl.doctor.finding import Finding, Weight
from accessctl.home import Home
from accessctl.store.people_writer import NewCard, PeopleWriter
from policies.people import CardStatus, Validity
from tests.door.site import SITE
from tests.homes import NOON, new_home

ALLOWED = load(SITE.replace("most = 100\n", "most = 100\nbreak_glass = true\n"))
FORBIDDEN = load(SITE)
YEAR = timedelta(days=365)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return new_home(tmp_path / "home")


@pytest.fixture
def writer(home: Home) -> Iterator[PeopleWriter]:
    with closing(PeopleWriter(home.people)) as writer:
        writer.add_person("Envelope 1", ("staff",), "tester", id_="p-glass")
        yield writer


def glass(writer: PeopleWriter, lasts: timedelta = YEAR, *, number: int = 1, break_glass: bool = True) -> str:
    code = NewCard(
        bytes([number]) * 32,
        "code",
        "",
        Validity(None, NOON + lasts),
        points=("front-in", "cage-in"),
        uses=2,
        label="in the guard's safe",
        break_glass=break_glass,
    )
    return writer.enrol_codes("p-glass", [code], 100, "tester")[0].id


def found(home: Home, site: Site = ALLOWED) -> list[Finding]:
    return list(emergencies(site, home, NOON))


def test_every_code_that_counts_is_named(home: Home, writer: PeopleWriter) -> None:
    """Where it opens, who has it, and how it is ended; that is no mistake, only to be known."""
    code = glass(writer)
    (finding,) = found(home)
    assert finding.about == code
    assert finding.what == "a break-glass code for front-in, cage-in lies at p-glass (in the guard's safe)"
    assert f"accessctl codes revoke {code}" in finding.do
    assert finding.weight is Weight.NOTE


def test_one_that_ends_soon_is_said(home: Home, writer: PeopleWriter) -> None:
    """So that a new one is made before the emergency."""
    glass(writer, timedelta(days=20))
    (finding,) = found(home)
    assert "and ends at 2026-03-22 12:00+00:00" in finding.what
    assert "accessctl codes make --break-glass" in finding.do


def test_where_there_should_be_one_it_is_said(home: Home, writer: PeopleWriter) -> None:
    """Revoked ones, those that are over or used up, and other codes are none."""
    writer.change_card_status(glass(writer, number=1), CardStatus.REVOKED, "tester")
    glass(writer, -timedelta(days=1), number=2)
    glass(writer, number=3, break_glass=False)
    used = glass(writer, number=4)
    assert len(found(home)) == 1
    assert found(home)[0].about == used
    with closing(sqlite3.connect(home.record)) as record:
        record.execute("INSERT INTO memory (name, key, value) VALUES ('spent', ?, '2')", (used,))
        record.commit()
    (finding,) = found(home)
    assert finding.what == "there may be break-glass codes, and there is none"


def test_one_that_opens_nothing_is_said(home: Home, writer: PeopleWriter) -> None:
    """Where the site file does not allow them any more."""
    code = glass(writer)
    (finding,) = found(home, FORBIDDEN)
    assert (finding.about, "opens nothing" in finding.what) == (code, True)


def test_a_site_without_them_hears_nothing(home: Home, writer: PeopleWriter) -> None:
    """Negative control; nor does one whose store cannot be read, which is found elsewhere."""
    assert found(home, FORBIDDEN) == []
    home.people.unlink()
    assert found(home, ALLOWED) == []
