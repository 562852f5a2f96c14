"""The door process on its own: it opens doors with nobody else there, and releases none by itself."""

import shutil
import socket
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from accessctl.home import Home
from accessctl.link.answers import Done, Fault, MadeGenerator
from accessctl.link.requests import DoorOrder, MakeGenerator, OrderDoor, ReadCard
from accessctl.link.wire import encode
from tests.door.conftest import ALICE, STRANGER
from tests.whole.lived_in import BIOMETRICS_AND_PASSES
from tests.whole.processes import PATIENCE_S, Api, Door, Warehouse
from tests.whole.site import Site, at_shed

MOST_RSS_KIB = 45 * 1024
"""What a door without biometrics may take, so that the smallest Pi can run one."""


HEAVY = {
    *("fastapi", "httpx", "pyarrow", "pydantic", "segno", "sqlite_utils", "textual"),
    *("PIL", "cv2", "dlib", "numpy", "onnxruntime", "zxingcpp"),
    *("adafruit_fingerprint", "dbus_fast", "pkcs11", "serial", "smartcard"),
}
"""Never in the door process: the office's, and what devices need, which have processes of their own."""
ON_FIRST_USE = {"cryptography", "pyotp"}


def _types(home: Home) -> list[str]:
    with closing(sqlite3.connect(home.record)) as connection:
        return [row[0] for row in connection.execute("SELECT type FROM event ORDER BY seq")]


def test_a_badge_in_the_warehouse_releases_the_strike(home: Home, warehouse: Warehouse) -> None:
    """From a reader in another process to a strike in another process, with nobody else there."""
    with Door(home), warehouse.tool.watch(timeout_s=5) as edges:
        warehouse.tool.badge("front-in", ALICE)
        line = next(edge for edge in edges if edge.kind == "line" and edge.facts["released"])
        assert line.device == "front.strike"
        assert "access_granted" in _types(home)


def test_a_start_and_a_stop_release_nothing(home: Home, warehouse: Warehouse) -> None:
    """No strike is released from before the start until after the stop."""
    with warehouse.tool.watch(timeout_s=5) as edges:
        Door(home).stop()
        seen = []
        for edge in edges:
            seen.append(edge)
            if edge.kind == "detached":
                break
    assert not [edge for edge in seen if edge.kind == "line" and edge.facts["released"]]
    assert warehouse.released() == []


def test_a_released_door_is_secured_when_the_process_is_killed(home: Home, warehouse: Warehouse) -> None:
    """Whoever holds the line is gone, so the line rests, and the leaf is held."""
    door = Door(home)
    assert isinstance(door.ask(OrderDoor("o1", "front", DoorOrder.UNLOCK, "tester")), Done)
    assert warehouse.released() == ["front"]
    with warehouse.tool.watch(timeout_s=5) as edges:
        door.kill()
        assert any(edge.kind == "line" and not edge.facts["released"] for edge in edges)
    assert warehouse.released() == []
    with Door(home):
        assert warehouse.released() == []


def test_a_full_disk_opens_no_door_and_keeps_nobody_in(home: Home, warehouse: Warehouse) -> None:
    """With no room for the record a good card is refused; the exit button works; room brings it back."""
    small = home.path / "small"
    small.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", small], check=False)
    if mounted.returncode:
        pytest.skip("a file system of 400 KiB has to be mounted, which this user may not")
    try:
        _fill_up_and_try(home, warehouse, small)
    finally:
        subprocess.run(["umount", "-l", small], check=True)


def _fill(ballast: Path) -> None:
    with ballast.open("wb", buffering=0) as file:
        while True:
            file.write(b"\0" * 4096)


def _fill_up_and_try(home: Home, warehouse: Warehouse, small: Path) -> None:
    shutil.move(home.record, small / "record.db")
    home.record.symlink_to(small / "record.db")
    with Door(home) as door, warehouse.tool.watch(timeout_s=PATIENCE_S) as edges:
        ballast = small / "ballast"
        with pytest.raises(OSError, match="No space left"):
            _fill(ballast)
        # A full disk still has the log's last page to fill; after a few it is really over.
        for _ in range(10):
            warehouse.tool.badge("front-in", STRANGER)
        while door.status().record_ok:
            warehouse.tool.badge("front-in", STRANGER)
        warehouse.tool.badge("front-in", ALICE)
        shown = (edge.facts["pattern"] for edge in edges if edge.kind == "show")
        assert "refused" in next(shown).lower()
        assert warehouse.released() == []
        warehouse.tool.exit_request("front")
        assert any(edge.kind == "line" and edge.facts["released"] for edge in edges)
        ballast.unlink()
        assert any(edge.kind == "line" and not edge.facts["released"] for edge in edges)
        while not door.status().record_ok:
            pass
        warehouse.tool.badge("front-in", ALICE)
        assert any(edge.kind == "line" and edge.facts["released"] for edge in edges)
        assert "storage_restored" in _types(home)


@pytest.mark.parametrize("text", ["[site", ""])
def test_an_unreadable_site_file_releases_nothing(home: Home, warehouse: Warehouse, text: str) -> None:
    """The process says what is wrong and ends with status 2; no line was touched."""
    home.site_file.write_text(text)
    ended = subprocess.run(
        [sys.executable, "-m", "accessctl.door", "--home", home.path],
        capture_output=True,
        check=False,
        text=True,
    )
    assert ended.returncode == 2
    assert "site.toml" in ended.stderr
    assert warehouse.released() == []


def test_a_locked_record_makes_no_crash(home: Home, warehouse: Warehouse) -> None:
    """Another program holds the lock: an order is refused in words, and granted when the lock is gone."""
    with Door(home) as door:
        with closing(sqlite3.connect(home.record, isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            refused = door.ask(OrderDoor("o1", "front", DoorOrder.RELEASE, "tester"))
            assert isinstance(refused, Fault)
            assert warehouse.released() == []
            other.execute("ROLLBACK")
        assert isinstance(door.ask(OrderDoor("o1", "front", DoorOrder.RELEASE, "tester")), Done)
        assert warehouse.released() == ["front"]


def imported_by(door: Door) -> set[str]:
    """Give the modules that a process has loaded so far, of one started with ``-X importtime``."""
    log = door.log.read_text(errors="replace")
    found = {line.rpartition("|")[2].strip() for line in log.splitlines() if line.startswith("import time:")}
    assert "gpiozero" in found, "the log of imports was not read"
    return found


def test_the_door_process_is_lean(home: Home, warehouse: Warehouse) -> None:
    """At rest it stays below 45 MiB, and none of the heavy libraries is in it."""
    with Door(home, "-X", "importtime") as door, warehouse.tool.watch(timeout_s=5) as edges:
        warehouse.tool.badge("cage-in", ALICE)
        for key in "4711#":
            warehouse.tool.key("cage-in", key)
        assert any(edge.kind == "line" and edge.facts["released"] for edge in edges)
        status = Path(f"/proc/{door.process.pid}/status").read_text()
        rss = int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1])
        assert not (HEAVY | ON_FIRST_USE) & imported_by(door)
    assert rss < MOST_RSS_KIB


def test_what_seals_and_counts_codes_is_loaded_on_first_use(home: Home, warehouse: Warehouse) -> None:
    """Whoever gives somebody a code generator pays for it, and nobody before."""
    with Door(home, "-X", "importtime") as door:
        assert not ON_FIRST_USE & imported_by(door)
        assert isinstance(door.ask(MakeGenerator("alice", "g-1", "Alice")), MadeGenerator)
        assert imported_by(door) >= ON_FIRST_USE
        assert not HEAVY & imported_by(door)


@pytest.mark.parametrize("device", ["simulated", "files"])
def test_no_library_of_a_sensor_or_a_camera_is_in_the_door_process(
    home: Home, warehouse: Warehouse, tmp_path: Path, device: str
) -> None:
    """They are in processes of their own; also after somebody was enrolled and came in by a finger."""
    camera = '{ kind = "simulated" }'
    if device == "files":
        camera = f'{{ kind = "files", source = "{tmp_path}", passes = true }}'
    lines = f'asks = "card_and_biometric"\nfinger = {{ kind = "simulated" }}\ncamera = {camera}'
    at_shed(home, lines, BIOMETRICS_AND_PASSES)
    with Door(home, "-X", "importtime") as door:
        api = Api(home)
        try:
            site = Site(home, warehouse, api.client)
            found = site.enrols_at(
                "alice", "fingerprint", "shed-in", lambda: warehouse.tool.finger("shed-in", "thumb")
            )
            assert found["state"] == "enrolled", found
            site.lays("thumb", "shed-in", "Granted.", card=ALICE)
        finally:
            api.close()
        assert not HEAVY & imported_by(door)


def test_a_second_door_process_is_refused(home: Home, warehouse: Warehouse) -> None:
    """Two of them would drive the same strikes; the first is not disturbed."""
    with Door(home) as door:
        second = subprocess.run(
            [sys.executable, "-m", "accessctl.door", "--home", home.path],
            capture_output=True,
            check=False,
            text=True,
        )
        assert second.returncode == 2
        assert "already runs" in second.stderr
        assert isinstance(door.ask(OrderDoor("o1", "front", DoorOrder.RELEASE, "tester")), Done)
        assert warehouse.released() == ["front"]


@pytest.mark.parametrize("which", ["people", "record"])
def test_a_corrupt_store_at_the_start_keeps_nobody_in(home: Home, warehouse: Warehouse, which: str) -> None:
    """The process starts with garbage for a store: no badge counts, the exit button does."""
    store = getattr(home, which)
    store.write_bytes(b"garbage" * 5000)
    with Door(home) as door, warehouse.tool.watch(timeout_s=5) as edges:
        warehouse.tool.badge("front-in", ALICE)
        assert any(edge.kind == "show" and edge.facts["pattern"] == "REFUSED" for edge in edges)
        assert warehouse.released() == []
        warehouse.tool.exit_request("front")
        assert any(edge.kind == "line" and edge.facts["released"] for edge in edges)
        assert door.status().record_ok is (which == "people")


def test_a_card_shown_after_the_enrolling_client_has_gone_is_not_enrolled(
    home: Home, warehouse: Warehouse
) -> None:
    """Whoever stopped waiting must not be given the next stranger's card; it is refused as ever."""
    with Door(home) as door, warehouse.tool.watch(timeout_s=5) as edges:
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(str(home.door_socket))
            client.sendall(encode(ReadCard("front-in", 60)))
            assert any(edge.kind == "show" and edge.facts["pattern"] == "PIN_WANTED" for edge in edges)
        assert any(edge.kind == "show" and edge.facts["pattern"] == "IDLE" for edge in edges)
        warehouse.tool.badge("front-in", STRANGER)
        assert any(edge.kind == "show" and edge.facts["pattern"] == "REFUSED" for edge in edges)
        assert door.status().record_ok
