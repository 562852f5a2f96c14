from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.api.people_who_log_in import Office
from tests.api.running import RunningApi
from tests.homes import OwnClock, new_home


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningApi]:
    """One server for all tests of a module: they leave it as they found it, or add people of their own."""
    running = RunningApi(new_home(tmp_path_factory.mktemp("api")))
    yield running
    running.close()


@pytest.fixture
def clock() -> OwnClock:
    return OwnClock()


@pytest.fixture
def office(tmp_path: Path, clock: OwnClock) -> Iterator[Office]:
    """A server of its own for each test, in time we own."""
    office = Office(RunningApi(new_home(tmp_path / "home"), now=clock), clock)
    yield office
    office.api.close()
