from collections.abc import Iterator

import pytest

from tests.tui.rig import Site, running_site
from tests.web.rig import Served, served


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with running_site() as running:
        yield running


@pytest.fixture(scope="module")
def server(site: Site) -> Iterator[Served]:
    with served(site, "--consoles", "4") as running:
        yield running
