from collections.abc import Iterator
from pathlib import Path

import pytest

from accessctl.home import Home
from accessctl.store.people_queries import PeopleQueries
from accessctl.store.people_writer import PeopleWriter
from tests.homes import OwnClock, Recording, new_home


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return new_home(tmp_path / "home")


@pytest.fixture
def clock() -> OwnClock:
    return OwnClock()


@pytest.fixture
def writer(home: Home, clock: OwnClock) -> Iterator[PeopleWriter]:
    writer = PeopleWriter(home.people, clock)
    yield writer
    writer.close()


@pytest.fixture
def queries(home: Home) -> PeopleQueries:
    return PeopleQueries(home.people)


@pytest.fixture
def recording(home: Home) -> Iterator[Recording]:
    recording = Recording(home)
    yield recording
    recording.close()
