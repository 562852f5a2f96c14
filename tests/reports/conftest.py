"""A site with people and a record of what they did, and how reports about it are asked for."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from accessctl.home import Home
from accessctl.reports.__main__ import answer
from accessctl.reports.as_json import from_json
from accessctl.reports.value import Named, Report, Row
from accessctl.store.entry import Entry, Moment
from accessctl.store.record import Change, RecordWriter
from policies.ids import AccessPointId, CredentialId, DoorId, PersonId
from policies.people import Validity
from tests.door.site import SITE
from tests.door.story import Office, make_home
from tests.homes import NOON, RUN

WRONG_PIN = "The PIN is wrong."


@dataclass
class Site:
    """What has happened so far; minutes count from noon on a Monday."""

    home: Home
    office: Office
    cards: dict[str, str] = field(default_factory=dict)
    told: list[Entry] = field(default_factory=list)

    def person(self, id_: str, role: str = "staff") -> str:
        self.office.person(id_, role=role)
        number = 1 + len(self.cards)
        self.cards[id_] = self.office.card(id_, bytes([4, 1, 2, 3, 4, 5, number]))
        return id_

    def lend(self, person: str, level: str, until: datetime) -> None:
        self.office.writer.lend(person, level, Validity(None, until), "tester")

    def tell(
        self,
        minute: float,
        type_: str,
        point: str | None = None,
        person: str | None = None,
        *,
        door: str | None = None,
        reason: str | None = None,
        **detail: object,
    ) -> None:
        """Remember an entry; ``recorded`` writes them all."""
        at = NOON + timedelta(minutes=minute)
        card = self.cards.get(person or "") if type_.startswith(("access_granted", "denied")) else None
        where = door or (None if point is None else point.partition("-")[0])
        self.told.append(
            Entry(
                Moment(at, int(minute * 6e10), clock_synced=True),
                type_,
                None if where is None else DoorId(where),
                None if point is None else AccessPointId(point),
                None if person is None else PersonId(person),
                None if card is None else CredentialId(card),
                reason,
                detail,
            )
        )

    def passes(self, minute: float, point: str, person: str) -> None:
        """Somebody badges, and the leaf opens; at the shed nothing tells that it does."""
        self.tell(minute, "access_granted", point, person, reason="Granted.")
        if not point.startswith("shed"):
            self.tell(minute + 0.05, "access_taken", point, person)

    def recorded(self) -> None:
        with closing(RecordWriter(self.home.record, RUN)) as writer:
            writer.append(Change(tuple(self.told)))
        self.told.clear()

    def json(self, kind: str, **asked: object) -> dict[str, Any]:
        """Give what is answered: an hour from noon on, unless another time is asked about."""
        if self.told:
            self.recorded()
        now = asked.pop("now", NOON + timedelta(hours=1))
        assert isinstance(now, datetime)
        asked = {"since": NOON.isoformat(), "names": True, **asked}
        return answer(self.home, {"kind": kind, "now": now.isoformat(), **asked})

    def report(self, kind: str, **asked: object) -> Report:
        found = self.json(kind, **asked)
        assert "error" not in found, found
        return from_json(found)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """Alice, Bob and Carl are staff, with a card each; nothing has happened."""
    home = make_home(tmp_path, SITE)
    made = Site(home, Office(home))
    with closing(made.office.writer):
        for name in ("alice", "bob", "carl"):
            made.person(name)
        yield made


def rows(report: Report, title: str) -> tuple[Row, ...]:
    """Give the rows of a table."""
    return next(table.rows for table in report.tables if table.title == title)


def column(report: Report, title: str, key: str) -> list[Any]:
    """Give one column of a table, people and places by their ids."""
    table = next(table for table in report.tables if table.title == title)
    at = [each.key for each in table.columns].index(key)
    return [cell.id if isinstance(cell := row[at], Named) else cell for row in table.rows]


def total(report: Report, title: str) -> float:
    """Give what a chart whose title begins so adds up to."""
    return next(sum(chart.sums()) for chart in report.charts if chart.title.startswith(title))
