"""A hand in the demo's warehouse, as the view wants one."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from accessctl.simulation import Simulation, SimulationError, warehouse_at
from accessctl.tui.warehouse.ports import NotDone


class WarehouseHands:
    """Connects anew for everything it does, so that a warehouse that was restarted is found again."""

    def __init__(self, socket: Path) -> None:
        """Remember where the warehouse is."""
        self._socket = socket

    def badge(self, access_point: str, number: bytes) -> None:
        """Show a card."""
        with self._warehouse() as warehouse:
            warehouse.badge(access_point, number)

    def press(self, access_point: str, keys: str) -> None:
        """Press keys, one after the other."""
        with self._warehouse() as warehouse:
            warehouse.press(access_point, keys)

    def leaf(self, door: str, *, opened: bool, force: bool) -> None:
        """Open or close a leaf."""
        with self._warehouse() as warehouse:
            warehouse.leaf(door, opened=opened, force=force)

    def exit_request(self, door: str) -> None:
        """Press the exit button."""
        with self._warehouse() as warehouse:
            warehouse.exit_request(door)

    def state(self) -> dict[str, Any]:
        """Tell how everything stands in the warehouse."""
        with self._warehouse() as warehouse:
            return warehouse.state()

    @contextmanager
    def _warehouse(self) -> Iterator[Simulation]:
        try:
            with warehouse_at(self._socket) as warehouse:
                yield warehouse
        except SimulationError as error:
            raise NotDone(str(error)) from error
