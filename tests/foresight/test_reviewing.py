"""Who has access by right: roles, groups, loans, and what takes it away."""

from datetime import timedelta
from pathlib import Path

import pytest

from accessctl.foresight.reviewing import NoSuchArea, who_has_access
from accessctl.home import Home
from accessctl.store.people_queries import PersonRow
from accessctl.store.people_writer import PeopleWriter
from policies.calendar import HolidayType
from policies.people import Validity
from tests.homes import NOON, let_in, new_home

WHOLE = '[{ from = "00:00", to = "24:00" }]'
MORE = f"""
[schedules.every-hour]
weekly = [{{ days = "every day", from = "00:00", to = "24:00" }}]
holidays = {{ {", ".join(f"{kind.name.lower()} = {WHOLE}" for kind in HolidayType)} }}

[levels.never]
policies = [{{ access_points = ["entrance-in"], schedule = "every-hour" }}]

[groups.acme]
name = "Acme"
levels = ["warehouse-day"]

[groups.barred]
name = "Barred"
levels = []
denies = ["never"]
"""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = new_home(tmp_path / "home")
    let_in(home)
    home.site_file.write_text(home.site_file.read_text() + MORE)
    return home


def add(home: Home, name: str, *roles: str, groups: tuple[str, ...] = (), until: int | None = None) -> str:
    """Add somebody whose access ends so many days after noon."""
    writer = PeopleWriter(home.people, lambda: NOON)
    end = None if until is None else NOON + timedelta(days=until)
    row: PersonRow = writer.add_person(
        name, roles or ("nothing",), "maria", groups=groups, validity=Validity(None, end), id_=name
    )
    writer.close()
    return row.id


def rights(home: Home) -> dict[str, list[tuple[str, str]]]:
    """Give by whom what is held: by and id of each right."""
    found = who_has_access(home, "warehouse", None, NOON)
    return {
        each["person"]: [(right["by"], right["id"]) for right in each["rights"]] for each in found["people"]
    }


def test_each_right_is_named(home: Home) -> None:
    """Role and group are two rights of one person; whoever has none is not there."""
    add(home, "ana", "staff", groups=("acme",))
    add(home, "bo")
    assert rights(home) == {"ana": [("role", "staff"), ("group", "acme")]}


def test_a_loan_is_a_right_until_it_ends(home: Home) -> None:
    """With the instant at which it does; one that has ended is none."""
    add(home, "ana")
    writer = PeopleWriter(home.people, lambda: NOON)
    span = Validity(None, NOON + timedelta(days=1))
    loan = writer.lend("ana", "warehouse-day", span, "maria")
    writer.close()
    assert rights(home) == {"ana": [("loan", loan.id)]}
    later = who_has_access(home, "warehouse", None, NOON + timedelta(days=2))
    assert later["people"] == []


def test_who_is_barred_at_every_hour_or_over_has_no_access(home: Home) -> None:
    """A denial beats every right; a validity that has ended ends it, one that is to come does not."""
    add(home, "ana", "staff", groups=("barred",))
    add(home, "bo", "staff", until=-1)
    add(home, "cy", "staff", until=1)
    assert list(rights(home)) == ["cy"]


def test_the_hour_makes_no_difference(home: Home) -> None:
    """On a Sunday the same people have access: it is about rights. The same rights give the same value."""
    add(home, "ana", "staff")
    sunday = NOON + timedelta(days=6, hours=11)
    assert who_has_access(home, "warehouse", None, NOON) == who_has_access(home, "warehouse", None, sunday)


def test_an_area_that_there_is_not_is_said(home: Home) -> None:
    """A slip of the pen is no area without people."""
    with pytest.raises(NoSuchArea, match="no area vault"):
        who_has_access(home, "vault", None, NOON)
