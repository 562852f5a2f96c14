"""An OSDP reader on a real line, its driver's process, the door process, and somebody at the cable."""

import os
import signal
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from threading import Event

import pytest

pytest.importorskip("osdp", reason="pip install 'accessctl[osdp]'")

from accessctl.home import Home
from accessctl.keys.reader_keys import ReaderKeys
from accessctl.keys.root import Purpose, RootKey
from hardware.card_formats import FORMATS
from hardware.readers.wiegand import encode
from hardware.simulated.osdp_device import SimulatedOsdpLine, SimulatedOsdpReader, Way
from tests.door.conftest import ALICE, STRANGER
from tests.hardware.osdp_thief import Player, Recorder, strike_out_encryption
from tests.whole.processes import Door, Warehouse, children

LOOKS, LOOK_S = 2000, 0.01
READER = "shed-in.reader"
WRONG_KEY = bytes.fromhex("5e07c94431fa8db0629b1ce8773d04a6")


@dataclass
class Wall:
    """A door with an OSDP reader beside it, paired."""

    home: Home
    warehouse: Warehouse
    line: SimulatedOsdpLine
    reader: SimulatedOsdpReader
    seen: int = 0

    def events(self) -> list[str]:
        """The types of everything that was recorded at the access point, in order."""
        with closing(sqlite3.connect(self.home.record)) as connection:
            sql = "SELECT type FROM event WHERE access_point = 'shed-in' ORDER BY seq"
            return [row[0] for row in connection.execute(sql)]

    def until(self, kind: str) -> None:
        """Wait until this is recorded, after what was waited for before. Nothing is granted meanwhile."""
        for _ in range(LOOKS):
            for number, each in enumerate(self.events()[self.seen :], self.seen + 1):
                assert kind == each or not each.startswith("access_granted"), "somebody was let in"
                if each == kind:
                    self.seen = number
                    return
            Event().wait(LOOK_S)
        raise AssertionError(f"expected {kind}, recorded is {self.events()[self.seen :]}")

    def grants(self, number: bytes = ALICE) -> None:
        """Hold a card to the reader until it is granted: what is shown too early has to be shown again."""
        before = self.events().count("access_granted")
        for _ in range(LOOKS):
            self.reader.show(number)
            for _ in range(20):
                if self.events().count("access_granted") > before:
                    self.seen = len(self.events())
                    return
                Event().wait(LOOK_S)
        raise AssertionError("the card is not granted")


def wall_of(home: Home, warehouse: Warehouse, format_: str = "") -> Wall:
    reader = SimulatedOsdpReader(3)
    line = SimulatedOsdpLine(reader)
    keys = ReaderKeys(home.reader_keys, RootKey.load(home.root_key).derive(Purpose.READER_KEYS))
    reader.key = keys.begin(READER)
    keys.works(READER, reader.key)
    before, shed = home.site_file.read_text().split("[access_points.shed-in]")
    osdp = f'{{ kind = "osdp", bus = "yard", address = 3, keypad = true{format_} }}'
    shed = shed.replace('{ kind = "simulated" }', osdp)
    bus = f'[buses.yard]\nport = "{line.port}"\nbaud = 115200\n\n'
    home.site_file.write_text(f"{before}{bus}[access_points.shed-in]{shed}")
    return Wall(home, warehouse, line, reader)


@pytest.fixture
def hung(home: Home, warehouse: Warehouse) -> Iterator[Wall]:
    """The reader hangs on the wall; no door process runs yet."""
    wall = wall_of(home, warehouse)
    with wall.line:
        yield wall


@pytest.fixture
def wall(hung: Wall) -> Iterator[Wall]:
    """The door process runs, and the channel is up."""
    with Door(hung.home):
        hung.until("reader_online")
        yield hung


def test_a_card_releases_the_strike_and_a_stranger_is_refused(wall: Wall) -> None:
    """From the reader over the encrypted line and out of the driver's process to the strike."""
    with wall.warehouse.tool.watch(timeout_s=20) as edges:
        wall.grants()
        assert any(edge.kind == "line" and edge.facts["released"] for edge in edges)
    wall.reader.show(STRANGER)
    wall.until("denied_unknown_credential")
    assert ALICE not in wall.line.captured(Way.TO_PANEL)


def test_tamper_and_power_are_events(wall: Wall) -> None:
    """Whoever opens the housing, or takes its supply, stands in the record; so does the end of it."""
    wall.reader.tamper(active=True)
    wall.until("reader_tamper")
    wall.reader.tamper(active=False)
    wall.until("reader_tamper_restored")
    wall.reader.fail_power(failed=True)
    wall.until("reader_power_failed")
    wall.reader.fail_power(failed=False)
    wall.until("reader_power_restored")


def test_a_reader_that_goes_comes_back(wall: Wall) -> None:
    """Pulled and plugged in again, it is offline, online, and reads."""
    wall.reader.unplug()
    wall.until("reader_offline")
    wall.reader.plug_in()
    wall.until("reader_online")
    wall.grants()


def test_a_driver_that_is_killed_takes_nothing_along(hung: Wall) -> None:
    """Its process is started anew; the door process, and what it knows, stay as they are."""
    with Door(hung.home) as door:
        hung.until("reader_online")
        (driver,) = children(door.process.pid)
        os.kill(driver, signal.SIGKILL)
        hung.until("reader_offline")
        hung.until("reader_online")
        hung.grants()
        assert door.process.poll() is None


def test_a_reader_with_another_key_grants_nothing(hung: Wall) -> None:
    """A reader that was put in the place of ours is an event, and its cards are not read."""
    hung.reader.key = WRONG_KEY
    with Door(hung.home):
        hung.until("reader_insecure")
        hung.reader.show(ALICE)
        assert "access_granted" not in hung.events()
        assert hung.warehouse.released() == []


def test_a_reader_in_install_mode_grants_nothing(hung: Wall) -> None:
    """A reader that was reset to its install key is an event; ours is not given to it."""
    own, hung.reader.key = hung.reader.key, None
    assert own is not None
    with Door(hung.home):
        hung.until("reader_insecure")
        hung.reader.show(ALICE)
        assert "access_granted" not in hung.events()
        assert own not in hung.line.captured(Way.TO_READER)


def test_an_edited_capability_reply_grants_nothing(hung: Wall) -> None:
    """Whoever strikes encryption out of what the reader can do gets an event; without them it works."""
    hung.line.meddle = strike_out_encryption
    with Door(hung.home):
        hung.until("reader_insecure")
        hung.reader.show(ALICE)
        assert "access_granted" not in hung.events()
        hung.line.meddle = None
        hung.until("reader_online")
        hung.grants()


def test_a_recorded_session_grants_nothing(hung: Wall) -> None:
    """All that went over the line while a card was granted, played again to a new start, is an event."""
    recorder = Recorder()
    hung.line.meddle = recorder
    with Door(hung.home):
        hung.until("reader_online")
        hung.grants()
    granted = hung.events().count("access_granted")
    hung.line.meddle = Player(hung.line, recorder.answers)
    with Door(hung.home):
        hung.until("reader_insecure")
        assert hung.events().count("access_granted") == granted


def test_a_parity_error_grants_nothing(home: Home, warehouse: Warehouse) -> None:
    """A number with a wrong parity bit, or of another length, is refused with that reason."""
    wall = wall_of(home, warehouse, ', format = "h10301"')
    good = encode(FORMATS["h10301"], 123, 4567)
    bad = (1 - good[0], *good[1:])
    with wall.line, Door(wall.home):
        wall.until("reader_online")
        while "denied_unknown_credential" not in wall.events():  # a sound number, of nobody
            wall.reader.show(packed(good), len(good))
            Event().wait(0.2)
        for bits in (bad, (*good, 0), good[:-1], [0] * 26, [1] * 26):
            wall.reader.show(packed(bits), len(bits))
            wall.until("denied_factor_error")
        assert "access_granted" not in wall.events()


def packed(bits: Sequence[int]) -> bytes:
    """Put bits into bytes, the first one highest, as OSDP has them."""
    return int("".join(map(str, bits)).ljust(-(-len(bits) // 8) * 8, "0"), 2).to_bytes(
        -(-len(bits) // 8), "big"
    )
