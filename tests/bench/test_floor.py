"""The floor that a badge is measured against: it speaks to the warehouse as the door process does."""

from collections.abc import Iterator
from contextlib import closing

import pytest

from accessctl.home import Home
from tests.bench.one_home import bench_home
from tests.bench.path import FLOOR, badges, floor_process
from tests.whole.processes import Warehouse


@pytest.fixture(scope="module")
def home() -> Iterator[Home]:
    with bench_home() as home:
        yield home


@pytest.mark.parametrize("how", [(), ("bare",), ("argon2",)])
def test_the_floor_is_attached_and_releases_at_a_card(home: Home, how: tuple[str, ...]) -> None:
    """However little it does between the two."""
    with closing(Warehouse(home)) as warehouse, floor_process(home, warehouse, *how):
        assert len(badges(warehouse, FLOOR, 2).us) == 2
