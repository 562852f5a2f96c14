"""A finger that a sensor learnt and nobody stored: whatever went wrong, the sensor forgets it in the end."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from threading import Event

import httpx
import pytest

from accessctl.home import Home
from tests.hardware.uart_sensor import INDEX, UartFinger, silence
from tests.whole.processes import Api, Door, Warehouse

LOOKS = 1500
LOOK_S = 0.02
CONSENT = """
[biometrics]
consent_version = "1"
consent_text = "I agree."
equal_way = "The guard opens."
"""


class Gate:
    """A running site whose shed has a sensor on a serial line. Alice lays her finger on it, unattended."""

    def __init__(self, home: Home, sensor: UartFinger) -> None:
        self.home, self.sensor = home, sensor
        self.door, self.api = Door(home), Api(home)

    def once(self, wanted: Callable[[], bool], what: str) -> None:
        """Wait until this holds."""
        for _ in range(LOOKS):
            if wanted():
                return
            Event().wait(LOOK_S)
        raise AssertionError(what)

    def once_here(self) -> None:
        """Wait until the sensor was found."""
        self.once(lambda: self._state() == "here", "the sensor is not found")

    def _state(self) -> str | None:
        devices = self.api.client.get("/v1/devices").json()
        return next((each["state"] for each in devices if each["id"] == "shed-in.finger"), None)

    def learns(self) -> str:
        """Have the sensor keep Alice's finger; give the enrolment, which nobody has asked for."""
        self.once_here()
        consent = {"kind": "fingerprint", "text_version": "1"}
        assert self.api.client.post("/v1/people/alice/consents", json=consent).is_success
        wanted = {"kind": "fingerprint", "access_point": "shed-in"}
        begun = self.api.client.post("/v1/people/alice/biometrics", json=wanted)
        assert begun.is_success, begun.text
        for _ in range(2):
            self.sensor.touch("alices-thumb")
        self.once(lambda: bool(self.sensor.kept), "the sensor keeps nothing")
        enrolment: str = begun.json()["id"]
        return enrolment

    def noted(self) -> list[str]:
        """The names of what the sensor has yet to forget."""
        with closing(sqlite3.connect(self.home.people)) as connection:
            return [name for (name,) in connection.execute("SELECT template FROM forgetting")]

    def ten_minutes_later(self) -> None:
        """Let the office start anew, once what is noted is due."""
        self.api.close()
        with closing(sqlite3.connect(self.home.people)) as connection, connection:
            connection.execute("UPDATE forgetting SET due = '2000-01-01T00:00:00+00:00'")
        self.api = Api(self.home)

    def cut_the_power(self) -> None:
        """End both processes in the middle of it, and start them."""
        self.api.process.kill()
        self.api.process.wait()
        self.killed_door()
        self.api.close()
        self.api = Api(self.home)

    def killed_door(self) -> None:
        """End the door process in the middle of it, and start it."""
        self.door.kill()
        self.door = Door(self.home)

    def close(self) -> None:
        self.api.close()
        self.door.stop()


@pytest.fixture
def gate(home: Home, warehouse: Warehouse, tmp_path: Path) -> Iterator[Gate]:
    del warehouse
    with UartFinger(tmp_path / "port") as sensor:
        before, shed = home.site_file.read_text().split("[access_points.shed-in]")
        port = Path(sensor.path).resolve()
        finger = f'\nasks = "card_and_fingerprint"\nfinger = {{ kind = "uart", port = "{port}" }}'
        reader = 'reader = { kind = "simulated" }'
        shed = shed.replace(reader, reader + finger, 1)
        home.site_file.write_text(f"{before}[access_points.shed-in]{shed}{CONSENT}")
        gate = Gate(home, sensor)
        yield gate
        gate.close()


def test_a_line_that_fails_leaves_no_finger(gate: Gate) -> None:
    """The sensor kept it and could not say so, nor be told to forget: it is told later."""
    gate.sensor.spoil(silence, INDEX)
    enrolment = gate.learns()
    answers: list[str] = []

    def failed() -> bool:
        answers.append(gate.api.client.get(f"/v1/enrolments/{enrolment}").json()["state"])
        return answers[-1] != "goes on"

    gate.once(failed, "the enrolment never ended")
    assert answers[-1] == "failed"
    assert gate.noted() == ["slot-0"]
    gate.sensor.mend()
    gate.once_here()
    gate.ten_minutes_later()
    gate.once(lambda: not gate.noted(), "it was not worked off")
    assert gate.sensor.kept == {}


@pytest.mark.parametrize("died", [Gate.killed_door, Gate.cut_the_power], ids=["door", "both"])
def test_processes_that_die_leave_no_finger(gate: Gate, died: Callable[[Gate], None]) -> None:
    """Before anybody fetched it; the name is given to nobody until the sensor has forgotten."""
    enrolment = gate.learns()
    died(gate)
    gate.once_here()
    ended = gate.api.client.get(f"/v1/enrolments/{enrolment}")
    assert ended.status_code == httpx.codes.NOT_FOUND or ended.json()["state"] == "failed"
    assert gate.sensor.kept == {0: "alices-thumb"}
    assert gate.noted() == ["slot-0"]
    gate.ten_minutes_later()
    gate.once(lambda: not gate.noted(), "it was not worked off")
    assert gate.sensor.kept == {}
