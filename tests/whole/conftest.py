"""Fixtures of the tests that run real processes."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from accessctl.home import Home
from tests.door.conftest import staffed_home
from tests.homes import let_in
from tests.whole.processes import Api, Warehouse
from tests.whole.site import running

__all__ = ["staffed_home"]

_ALWAYS = 'days = "every day", from = "00:00", to = "24:00"'


@pytest.fixture
def home(staffed_home: Path) -> Iterator[Home]:
    """A home of its own under a short path, since sockets lie in it. Alice and Bob work there."""
    with tempfile.TemporaryDirectory(prefix="acc-") as short:
        path = Path(short) / "home"
        shutil.copytree(staffed_home, path)
        home = Home(path)
        # These tests run on the machine's clock, whatever day it is.
        always = home.site_file.read_text().replace('days = "mon-fri", from = "06:00", to = "18:00"', _ALWAYS)
        home.site_file.write_text(always)
        let_in(home)
        yield home


@pytest.fixture
def warehouse(home: Home) -> Iterator[Warehouse]:
    """The simulated warehouse of that home."""
    running = Warehouse(home)
    yield running
    running.close()


@pytest.fixture
def api(home: Home, warehouse: Warehouse) -> Iterator[Api]:
    """All processes of that home."""
    assert warehouse.released() == []
    with running(home) as (door, api):
        assert door.status().record_ok
        yield api
