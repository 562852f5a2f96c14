"""A running site: its door and office, a hand in its warehouse, and what is recorded of all of it."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from threading import Event
from typing import Any, TypeVar

import httpx

from accessctl.home import Home
from tests.whole.processes import Api, Door, Warehouse

LOOKS = 3000
LOOK_S = 0.01
TOUCH_S = 0.1
"""A finger is taken off the sensor before it is laid on again."""
T = TypeVar("T")


def once(wanted: Callable[[], T | None], what: Callable[[], str], *, every_s: float = LOOK_S) -> T:
    """Wait until this is true of the site, and give what it said; fail when that takes far too long."""
    for _ in range(int(LOOKS * LOOK_S / every_s)):
        if found := wanted():
            return found
        Event().wait(every_s)
    raise AssertionError(what())


def at_shed(home: Home, lines: str, more: str = "") -> None:
    """Write into the site file what the shed asks for and has; ``more`` are sections of their own."""
    before, shed = home.site_file.read_text().split("[access_points.shed-in]")
    reader = 'reader = { kind = "simulated" }'
    assert reader in shed
    shed = shed.replace(reader, f"{reader}\n{lines}", 1)
    home.site_file.write_text(f"{before}[access_points.shed-in]{shed}{more}")


@dataclass
class Site:
    """A running site, and hands at its readers."""

    home: Home
    warehouse: Warehouse
    client: httpx.Client

    def rows(self) -> list[tuple[str, str | None]]:
        """Give type and reason of everything recorded."""
        with closing(sqlite3.connect(self.home.record)) as connection:
            return list(connection.execute("SELECT type, reason FROM event ORDER BY seq"))

    def types(self) -> list[str]:
        """Give the type of everything recorded."""
        return [type_ for type_, _ in self.rows()]

    def reasons(self) -> list[str]:
        """Give why people were let in or refused, and whatever else has a reason at an access point."""
        with closing(sqlite3.connect(self.home.record)) as connection:
            sql = (
                "SELECT reason FROM event WHERE reason IS NOT NULL AND access_point IS NOT NULL ORDER BY seq"
            )
            return [row[0] for row in connection.execute(sql)]

    def once(self, wanted: Callable[[], bool], what: str, *, every_s: float = LOOK_S) -> None:
        """Wait until something is so."""
        once(wanted, lambda: f"{what}; the record ends with {self.rows()[-3:]}", every_s=every_s)

    def next_reason(self, before: int, what: str) -> str:
        """Wait until more than ``before`` reasons are recorded, and give the first of those."""
        self.once(lambda: len(self.reasons()) > before, f"nothing came of {what}")
        return self.reasons()[before]

    def expect(self, before: int, what: str, reason: str) -> None:
        """Wait until more than ``before`` reasons are recorded; the first of those is this one."""
        found = self.next_reason(before, what)
        assert found == reason, f"{what}: {found}"

    def once_here(self, device: str) -> None:
        """Wait until a device works."""
        self.once(
            lambda: any(
                each["id"] == device and each["state"] == "here"
                for each in self.client.get("/v1/devices").json()
            ),
            f"{device} is not here",
        )

    def once_showing(self, at: str, *patterns: str) -> None:
        """Wait until a reader's lamp shows one of these."""

        def shows() -> bool:
            lamps = self.warehouse.tool.state()["annunciators"]
            return lamps[f"{at}.annunciator"] in patterns

        self.once(shows, f"{at} never showed {patterns}: {self.warehouse.tool.state()}")

    def types_in(self, digits: str, at: str, reason: str, *, card: bytes | None = None) -> None:
        """Badge where a card is wanted, and type; this is why what is recorded was recorded."""
        before = len(self.reasons())
        if card is not None:
            self.warehouse.tool.badge(f"{at}.reader", card)
            self.once_showing(at, "CODE_WANTED", "PIN_WANTED")
        for key in f"{digits}#":
            self.warehouse.tool.key(f"{at}.reader", key)
        self.expect(before, "what was typed", reason)

    def lays(self, finger: str, at: str, reason: str, *, card: bytes) -> None:
        """Badge, and lay a finger on the sensor until something comes of it; this is why."""
        before = len(self.reasons())
        self.warehouse.tool.badge(f"{at}.reader", card)

        def came() -> bool:
            # A sensor takes no notice before it was asked to look, which is not seen from here.
            self.warehouse.tool.finger(f"{at}.finger", finger)
            return len(self.reasons()) > before

        self.once(came, f"nothing came of {finger}", every_s=TOUCH_S)
        self.expect(before, finger, reason)

    def agrees(self, person: str, kind: str) -> None:
        """Record that a person agrees to the text in force."""
        version = self.client.get("/v1/consent-text").json()["version"]
        consent = {"kind": kind, "text_version": version}
        agreed = self.client.post(f"/v1/people/{person}/consents", json=consent)
        assert agreed.is_success, agreed.text

    def enrols_at(
        self, person: str, kind: str, at: str, meanwhile: Callable[[], object] = lambda: None
    ) -> dict[str, Any]:
        """Have a person agree and be enrolled, doing something again and again; gives how it ended."""
        self.agrees(person, kind)
        begun = self.client.post(f"/v1/people/{person}/biometrics", json={"kind": kind, "access_point": at})
        assert begun.is_success, begun.text
        found: dict[str, Any] = {}

        def ended() -> bool:
            found.update(self.client.get(f"/v1/enrolments/{begun.json()['id']}").json())
            if found["state"] != "goes on":
                return True
            meanwhile()
            return False

        self.once(ended, "the enrolment never ended", every_s=TOUCH_S)
        return found


@contextmanager
def running(home: Home) -> Iterator[tuple[Door, Api]]:
    """Run the door and the office of a home."""
    with Door(home) as door:
        api = Api(home)
        try:
            yield door, api
        finally:
            api.close()
