"""How an installation is kept, and what the doctor says of it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from accessctl.doctor.__main__ import examined
from accessctl.doctor.finding import Weight
from accessctl.doctor.standing import (
    ClockFacts,
    Copies,
    Disk,
    Store,
    copies_of,
    disk_of,
    newest_run,
    site_revision,
    stores_of,
)
from accessctl.doctor.upkeep import MIB, Standing, backups, clock, disk, stands, unreadable
from accessctl.home import Home
from tests.door.story import make_home

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
WELL = Standing("7c1e0f9a2b3d", record_ok=True, keys_ok=True, unrecorded=0)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    (tmp_path / "home").mkdir(mode=0o700)
    return make_home(tmp_path / "home")


def test_a_site_that_stands_well_has_no_findings() -> None:
    """Its site file is the one in force, and nothing is gone."""
    assert [*stands(WELL, "7c1e0f9a2b3d")] == []


@pytest.mark.parametrize(
    ("standing", "about"),
    [
        (Standing("1", record_ok=False, keys_ok=True, unrecorded=0), "record.db"),
        (Standing("1", record_ok=True, keys_ok=True, unrecorded=3), "record.db"),
        (Standing("1", record_ok=True, keys_ok=False, unrecorded=0), "root.key"),
        (Standing("1", record_ok=True, keys_ok=True, unrecorded=0, conditions=["on_battery"]), "mains"),
        (Standing("2", record_ok=True, keys_ok=True, unrecorded=0), "site.toml"),
    ],
)
def test_what_the_door_process_lacks_is_found(standing: Standing, about: str) -> None:
    """Each with what it is about and what to do."""
    (finding,) = stands(standing, "1")
    assert (finding.about, finding.weight) == (about, Weight.WRONG)
    assert finding.do


@pytest.mark.parametrize(
    ("facts", "conditions", "found"),
    [
        (ClockFacts(kept_right=True, error_s=0.01), [], 0),
        (ClockFacts(kept_right=None, error_s=None), [], 0),
        (ClockFacts(kept_right=False, error_s=None), None, 1),
        (ClockFacts(kept_right=True, error_s=0.01), ["clock_untrusted"], 1),
        (ClockFacts(kept_right=False, error_s=None), ["clock_untrusted"], 1),
    ],
)
def test_a_clock_that_nothing_keeps_right_is_found_once(
    facts: ClockFacts, conditions: list[str] | None, found: int
) -> None:
    """What the door process says of it counts first; nobody knowing is no finding."""
    assert len([*clock(facts, conditions)]) == found


@pytest.mark.parametrize(
    ("free", "weights"), [(5_000, []), (900, [Weight.NOTE]), (150, [Weight.WRONG]), (0, [Weight.WRONG])]
)
def test_a_disk_is_said_to_fill_before_it_is_full(free: int, weights: list[Weight]) -> None:
    """First as a note, then as something that is wrong."""
    assert [each.weight for each in disk(Disk(free * MIB, 10_000 * MIB))] == weights


def test_a_disk_that_nobody_could_look_at_is_no_finding(tmp_path: Path) -> None:
    """It is unknown, which is said elsewhere."""
    assert disk_of(Home(tmp_path / "nowhere")) is None
    assert [*disk(None)] == []


@pytest.mark.parametrize(
    ("newest", "words"),
    [(None, ["there is none"]), (NOW - timedelta(days=9), ["the newest is 9 days old"]), (NOW, [])],
)
def test_a_missing_or_old_backup_is_found(newest: datetime | None, words: list[str]) -> None:
    """A backup of this week is good enough."""
    copies = Copies(0 if newest is None else 1, newest, None if newest is None else 1)
    assert [each.what for each in backups(copies, NOW)] == words


def test_a_store_that_cannot_be_read_is_found(home: Home) -> None:
    """Both are looked at, with their sizes."""
    record, people = stores_of(home)
    assert (record.wrong, people.wrong) == (None, None)
    assert min(record.size, people.size) > 0
    home.record.write_bytes(b"this is no database")
    home.people.unlink()
    found = [*unreadable([*stores_of(home), Store("other.db", 1, None)])]
    assert [each.about for each in found] == ["record.db", "people.db"]


def test_a_home_is_measured(home: Home) -> None:
    """What is not there is nothing, and no error."""
    assert copies_of(home) == Copies(0, None, None)
    revision = site_revision(home)
    assert revision is not None
    assert len(revision) == 12
    home.site_file.unlink()
    assert site_revision(home) is None
    home.record.unlink()
    assert newest_run(home) is None


def test_a_home_is_examined_while_nothing_runs(home: Home) -> None:
    """That the door process is silent is a finding; a broken site file is told once."""
    found = examined(home, {"status": None, "devices": None}, NOW)
    assert [each["about"] for each in found["findings"] if each["weight"] == "wrong"][:1] == [
        "the door process"
    ]
    home.site_file.write_text("nonsense")
    found = examined(home, {"status": None, "devices": None}, NOW)
    assert found["findings"][0]["about"] == "site.toml"
