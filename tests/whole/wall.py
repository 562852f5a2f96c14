"""A door of a running site with a real PC/SC reader beside it, and a virtual card to hold to it."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from threading import Event

import pytest

from accessctl.home import Home
from tests.hardware.private_pcscd import READER, PrivatePcscd, why_not
from tests.hardware.virtual_card import ATR_ISO14443A, Answer, VirtualCard
from tests.whole.processes import Warehouse

LOOKS = 2000
LOOK_S = 0.01


@dataclass
class Wall:
    """A door with a real reader beside it."""

    home: Home
    pcscd: PrivatePcscd
    warehouse: Warehouse

    def card(self, answer: Answer, *, atr: bytes = ATR_ISO14443A) -> VirtualCard:
        """Make a card for the reader on the wall."""
        return VirtualCard(self.pcscd.port, answer, atr=atr)

    def types(self) -> list[str]:
        """The types of everything that was recorded at the access point."""
        with closing(sqlite3.connect(self.home.record)) as connection:
            sql = "SELECT type FROM event WHERE access_point = 'shed-in' ORDER BY seq"
            return [row[0] for row in connection.execute(sql)]

    def expect(self, *types: str) -> None:
        """Wait until these were recorded, after those that were expected before."""
        for _ in range(LOOKS):
            if self.types()[self.seen :] == list(types):
                self.seen += len(types)
                return
            Event().wait(LOOK_S)
        raise AssertionError(f"expected {types}, recorded is {self.types()[self.seen :]}")

    def once_online(self) -> None:
        """Wait until the reader was found, after a start."""
        self.skip_to("reader_online")

    def skip_to(self, kind: str) -> None:
        """Wait until this was recorded, and expect no more of what was recorded before it."""
        for _ in range(LOOKS):
            if kind in self.types()[self.seen :]:
                self.seen = len(self.types())
                return
            Event().wait(LOOK_S)
        raise AssertionError(f"expected {kind}, recorded is {self.types()[self.seen :]}")

    def skip_refusals(self) -> None:
        """Expect no more of the refusals that were recorded last."""
        while self.types()[self.seen :][:1] and self.types()[self.seen].startswith("denied_"):
            self.seen += 1

    def prompted(self) -> None:
        """Give whoever was asked to wait for a card the time to begin."""
        Event().wait(0.7)

    seen: int = 0


@contextmanager
def hung_on(home: Home, warehouse: Warehouse, more: str = "") -> Iterator[Wall]:
    """Let the shed's reader be a real one, everything else as it was; no door process runs yet.

    ``more`` is said of the reader besides.
    """
    if missing := why_not():
        pytest.skip(missing)
    before, shed = home.site_file.read_text().split("[access_points.shed-in]")
    real = shed.replace('{ kind = "simulated" }', f'{{ kind = "pcsc", name = "{READER}"{more} }}')
    home.site_file.write_text(f"{before}[access_points.shed-in]{real}")
    with PrivatePcscd() as pcscd:
        pcscd.start()
        yield Wall(home, pcscd, warehouse)
