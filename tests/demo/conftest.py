import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from accessctl.config import Site, load
from accessctl.demo.player import play_in
from accessctl.demo.seed import prepare, site_text
from accessctl.home import Home

SEEDED_AT = datetime(2026, 3, 16, 9, tzinfo=UTC)


@dataclass(frozen=True)
class PlayedDay:
    home: Home
    lines: list[str]
    types: dict[str, int]

    def of_type(self, kind: str) -> list[str]:
        return [line for line in self.lines if line.split()[2] == kind]


@pytest.fixture(scope="session")
def played(tmp_path_factory: pytest.TempPathFactory) -> PlayedDay:
    home = Home(tmp_path_factory.mktemp("day"))
    lines: list[str] = []
    types = play_in(home, lines.append)
    return PlayedDay(home, lines, dict(types))


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
