import asyncio
import functools
from collections.abc import Awaitable, Callable

import pytest

from accessctl.tui.app import WarehouseView
from accessctl.tui.ports import Cardholder, Scene, Stage
from tests.tui.fakes import FakeWarehouse

CAST = (
    Cardholder("ana-marsh", "Ana Marsh", "picker-early", FakeWarehouse.GOOD),
    Cardholder("joel-hartnell", "Joel Hartnell", "picker-early", b"\x05\x05\x05\x05", "PIN 1234"),
)


@pytest.fixture(autouse=True)
def no_animations(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEXTUAL_ANIMATIONS", "none")


@pytest.fixture
def warehouse() -> FakeWarehouse:
    return FakeWarehouse()


def view_of(warehouse: FakeWarehouse, *scenes: Scene) -> WarehouseView:
    """Build a view that looks when it is told to, and after everything that it does itself."""
    stage = Stage(
        CAST, scenes, "From another terminal: accessctl sim badge ana-marsh gate-in", ("", "gate-in")
    )
    return WarehouseView(warehouse, warehouse, stage, look_every_s=3600)


def in_a_loop(test: Callable[..., Awaitable[None]]) -> Callable[..., None]:
    @functools.wraps(test)
    def run(**fixtures: object) -> None:
        asyncio.run(test(**fixtures))  # type: ignore[arg-type]  # a coroutine function gives a coroutine

    return run
