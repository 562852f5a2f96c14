import shutil
from dataclasses import dataclass
from datetime import UTC, datetime, time
from pathlib import Path

import pytest

from accessctl.config import Site, load
from accessctl.demo.day import DATE
from accessctl.demo.player import play_in
from accessctl.demo.roster import BY_HANDLE
from accessctl.demo.seed import person_id, prepare, site_text
from accessctl.demo.steps import at
from accessctl.home import Home
from accessctl.store.event_row import EventRow
from accessctl.store.events import EventQueries

SEEDED_AT = datetime(2026, 3, 16, 9, tzinfo=UTC)


@dataclass(frozen=True)
class PlayedDay:
    home: Home
    lines: list[str]
    types: dict[str, int]
    rows: list[EventRow]
    midnight: datetime

    def of_type(self, kind: str) -> list[str]:
        return [line for line in self.lines if line.split()[2] == kind]

    def entries(
        self, who: str = "", *, where: str = "", since: str = "00:00", until: str = "32:00"
    ) -> list[EventRow]:
        """Give the entries of somebody, at an access point or door, between two times of the day."""
        start, end = (self.midnight + at(f"{clock}:00").time for clock in (since, until))
        person = person_id(BY_HANDLE[who]) if who else ""
        return [
            row
            for row in self.rows
            if start <= row.at < end
            and (not who or row.person == person)
            and (not where or where in {row.access_point, row.door})
        ]

    def told(
        self, who: str = "", *, where: str = "", since: str = "00:00", until: str = "32:00"
    ) -> list[str]:
        """Give the types of these entries, in order."""
        return [row.type for row in self.entries(who, where=where, since=since, until=until)]


@pytest.fixture(scope="session")
def played(tmp_path_factory: pytest.TempPathFactory, site: Site) -> PlayedDay:
    home = Home(tmp_path_factory.mktemp("day"))
    lines: list[str] = []
    types = play_in(home, lines.append)
    queries = EventQueries(home.record)
    rows: list[EventRow] = []
    while more := queries.after(rows[-1].seq if rows else 0):
        rows += more
    return PlayedDay(home, lines, dict(types), rows, datetime.combine(DATE, time(), site.timezone))


@pytest.fixture(scope="session")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("seeded")
    prepare(Home(folder), lambda: SEEDED_AT)
    return folder


@pytest.fixture
def home(seeded: Path, tmp_path: Path) -> Home:
    folder = tmp_path / "h"
    shutil.copytree(seeded, folder)
    return Home(folder)


@pytest.fixture(scope="session")
def site() -> Site:
    return load(site_text().decode())
