"""A card and a finger at real sensors: fprintd with libfprint's virtual device, and one on a serial line.

From the consent to the erasure, through the API and the door process, which drives the sensor from a process
of its own.
"""

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from accessctl.home import Home
from tests.door.conftest import ALICE, BOB
from tests.hardware.private_fprintd import PrivateFprintd, why_not
from tests.hardware.uart_sensor import UartFinger
from tests.whole.processes import Warehouse
from tests.whole.site import Site, at_shed, running

CONSENT = """
[biometrics]
consent_version = "1"
consent_text = "I agree that a template of my finger is kept. I can come in without."
equal_way = "The guard opens."
"""


@dataclass
class Wall(Site):
    """A running site whose shed wants a card and a finger."""

    touch: Callable[[str], object]
    """Lay the finger of this name on the sensor, which waits for one."""

    def enrols(self, person: str, finger: str) -> dict[str, Any]:
        """Have a person agree and give a finger; touches again for as long as the sensor asks."""
        return self.enrols_at(person, "fingerprint", "shed-in", lambda: self.touch(finger))

    def shows(self, card: bytes, finger: str, reason: str) -> None:
        """Badge and touch; this is the reason of what is recorded."""
        before = len(self.reasons())
        self.warehouse.tool.badge("shed-in.reader", card)
        self.once_showing("shed-in", "FINGER_WANTED")
        self.touch(finger)
        assert self.next_reason(before, finger) == reason


@contextmanager
def wall_of(home: Home, warehouse: Warehouse, sensor: str, touch: Callable[[str], object]) -> Iterator[Wall]:
    at_shed(home, f'asks = "card_and_fingerprint"\nfinger = {sensor}', CONSENT)
    with running(home) as (_, api):
        wall = Wall(home, warehouse, api.client, touch)
        wall.once_here("shed-in.finger")
        yield wall


@contextmanager
def uart(home: Home, warehouse: Warehouse) -> Iterator[Wall]:
    with (
        tempfile.TemporaryDirectory() as folder,
        UartFinger(Path(folder) / "port") as sensor,
        wall_of(
            home, warehouse, f'{{ kind = "uart", port = "{Path(sensor.path).resolve()}" }}', sensor.touch
        ) as wall,
    ):
        yield wall


@contextmanager
def fprintd(home: Home, warehouse: Warehouse) -> Iterator[Wall]:
    if (why := why_not()) is not None:
        pytest.skip(why)
    with PrivateFprintd() as service:
        os.environ["DBUS_SYSTEM_BUS_ADDRESS"] = service.address
        try:
            with wall_of(
                home, warehouse, '{ kind = "fprintd" }', lambda finger: service.sensor(f"SCAN {finger}")
            ) as wall:
                yield wall
        finally:
            del os.environ["DBUS_SYSTEM_BUS_ADDRESS"]


@pytest.mark.parametrize(
    ("sensor", "others"),
    [
        (uart, "What was shown belongs to two different people."),
        (fprintd, "The finger is not this person's."),
    ],
    ids=["uart", "fprintd"],
)
def test_a_card_and_its_holders_finger_open(
    home: Home,
    warehouse: Warehouse,
    sensor: Callable[[Home, Warehouse], Any],
    others: str,
) -> None:
    """Enrolled after a consent; nobody else's finger opens with this card; erased, there is none any more."""
    with sensor(home, warehouse) as wall:
        refused = wall.client.post(
            "/v1/people/alice/biometrics", json={"kind": "fingerprint", "access_point": "shed-in"}
        )
        assert refused.status_code == httpx.codes.CONFLICT
        assert wall.enrols("alice", "alices-thumb")["state"] == "enrolled"
        assert wall.enrols("bob", "bobs-thumb")["state"] == "enrolled"
        wall.shows(ALICE, "alices-thumb", "Granted.")
        wall.shows(BOB, "bobs-thumb", "Granted.")
        wall.shows(ALICE, "bobs-thumb", others)
        wall.shows(ALICE, "somebodys-thumb", "The finger is not this person's.")
        receipt = wall.client.delete("/v1/people/alice/biometrics")
        assert receipt.is_success, receipt.text
        wall.warehouse.tool.badge("shed-in.reader", ALICE)
        wall.once(lambda: "denied_credential_not_provisioned" in wall.types(), "she is asked for a finger")
        wall.shows(BOB, "bobs-thumb", "Granted.")
