from collections.abc import Iterator

import pytest

from tests.api.running import RunningApi
from tests.homes import new_home


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningApi]:
    """One server for all tests of a module: they leave it as they found it, or add people of their own."""
    running = RunningApi(new_home(tmp_path_factory.mktemp("api")))
    yield running
    running.close()
