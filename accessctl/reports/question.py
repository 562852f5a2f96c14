"""What somebody asks a report for, and what a report is worked out with."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Self

from accessctl.config import Site
from accessctl.foresight.situation import Status, site_in_force
from accessctl.home import Home
from accessctl.reports.catalogue import KINDS, MOST_ROWS, USUAL_ROWS, By, ReportKind
from accessctl.reports.reading import RecordScan
from accessctl.reports.value import Cell, Chart, Named, Report, Table
from accessctl.store.errors import PeopleUnavailable
from accessctl.store.people_queries import PeopleQueries
from policies.ids import AccessPointId, AreaId, DoorId


class NoSuchThing(LookupError):
    """A question names an area, a door or a report that is not there."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One question."""

    kind: ReportKind
    now: datetime
    since: datetime | None
    until: datetime | None
    by: Mapping[By, str] = field(default_factory=dict)
    rows: int = USUAL_ROWS
    names: bool = False
    """Whether whoever asks may see people's names."""
    silent: bool = False
    """Whether they may be told of silent alarms."""
    status: Status | None = None
    """What the door process says of itself, if it answers."""

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> Self:
        """Read a question. Raises ``NoSuchThing`` for a report that there is not."""
        kind = KINDS.get(said["kind"])
        if kind is None:
            raise NoSuchThing(f"there is no report {said['kind']}")
        now = datetime.fromisoformat(said["now"])
        since, until = (said.get(each) and datetime.fromisoformat(said[each]) for each in ("since", "until"))
        if kind.days is not None and since is None:
            since = (until or now) - timedelta(days=kind.days)
        return cls(
            kind,
            now,
            since,
            until or (now if kind.days is not None else None),
            {by: said[by.value] for by in kind.by if said.get(by.value) is not None},
            min(int(said.get("rows") or USUAL_ROWS), MOST_ROWS),
            names=bool(said.get("names")),
            silent=bool(said.get("silent")),
            status=said.get("status"),
        )

    @property
    def span(self) -> tuple[datetime, datetime]:
        """From when until when. For a kind that goes by time alone."""
        return self.since or self.now, self.until or self.now


class Desk:
    """What a report is worked out with: the record, the site file, and who may be called by name."""

    def __init__(self, home: Home, asked: Asked) -> None:
        """Read which site file is in force. Raises ``SiteInvalid``; ``NoSuchThing`` for unknown places."""
        self.home, self.asked = home, asked
        self.record = RecordScan(home.record, silent=asked.silent)
        revision = None if asked.status is None else asked.status["rules"]
        self.site: Site = site_in_force(home, revision)
        self._people = PeopleQueries(home.people)
        self._check(By.AREA, self.site.areas, "area")
        self._check(By.DOOR, self.site.doors, "door")

    def _check(self, by: By, known: Mapping[Any, object], what: str) -> None:
        if (wanted := self.asked.by.get(by)) is not None and wanted not in known:
            raise NoSuchThing(f"there is no {what} {wanted}")

    def people(self, ids: Iterable[str | None]) -> Callable[[str | None], Named | None]:
        """Give what says who somebody is: by name as far as that may be seen and is still known."""
        wanted = {each for each in ids if each is not None} if self.asked.names else set[str]()
        names: dict[str, str] = {}
        if wanted:
            with suppress(PeopleUnavailable):
                names = self._people.names_of(wanted)

        def named(person: str | None) -> Named | None:
            return None if person is None else Named(person, names.get(person))

        return named

    def area(self, area: str | None) -> Named | None:
        """Name an area."""
        known = None if area is None else self.site.areas.get(AreaId(area))
        return None if area is None else Named(area, None if known is None else known.name)

    def door(self, door: str | None) -> Named | None:
        """Name a door."""
        known = None if door is None else self.site.doors.get(DoorId(door))
        return None if door is None else Named(door, None if known is None else known.name)

    def point(self, point: str | None) -> Named | None:
        """Name an access point."""
        known = None if point is None else self.site.access_points.get(AccessPointId(point))
        return None if point is None else Named(point, None if known is None else known.name)

    @property
    def unknown_before(self) -> datetime | None:
        """Before when the record tells of no badge, where that is in the time that is asked about.

        Of what was not used since nobody may say more than that.
        """
        since, _ = self.asked.span
        known = self.record.access_since or self.asked.now
        return known if known > since else None

    def report(
        self,
        summary: Iterable[str],
        charts: Iterable[Chart] = (),
        tables: Iterable[Table] = (),
        notes: Iterable[str] = (),
    ) -> Report:
        """Put a report together, with what every one has to say of its sources."""
        asked, kind = self.asked, self.asked.kind
        return Report(
            kind.name,
            kind.title,
            self.site.name,
            self.site.timezone.key,
            asked.now,
            asked.since,
            asked.until,
            tuple(summary),
            tuple(chart for chart in charts if any(chart.sums())),
            tuple(tables),
            (*notes, *self._of_the_record()),
            self._facts(),
            self.record.last,
        )

    def _facts(self) -> tuple[tuple[str, Cell], ...]:
        shown: dict[By, Callable[[str], Cell]] = {
            By.PERSON: lambda id_: self.people([id_])(id_),
            By.AREA: self.area,
            By.DOOR: self.door,
        }
        return tuple((by.value.capitalize(), shown.get(by, str)(id_)) for by, id_ in self.asked.by.items())

    def _of_the_record(self) -> Iterable[str]:
        record, since = self.record, self.asked.since
        if record.last == 0:
            yield "The record is empty."
        elif record.first_at is not None and since is not None and since < record.first_at:
            yield f"The record has nothing before {record.first_at:%Y-%m-%d %H:%M} UTC."
        if record.absent:
            yield f"{record.absent:,} older entries are not in the record any more: pruned, or gone."
        if not self.asked.names and self.asked.kind.people:
            yield "Names are left out: whoever asked for this may not see them, or not now."


class Newest:
    """Keeps the last rows of many, and counts all of them."""

    def __init__(self, most: int) -> None:
        """Keep so many at most."""
        self._most = most
        self._kept: list[tuple[Any, ...]] = []
        self.total = 0

    def add(self, *row: Any) -> None:  # noqa: ANN401 - whatever a report makes cells of
        """Take one more."""
        self.total += 1
        self._kept.append(row)
        if len(self._kept) >= 2 * self._most:
            del self._kept[: -self._most]

    @property
    def rows(self) -> list[tuple[Any, ...]]:
        """Give those that are kept, the newest first."""
        return self._kept[-self._most :][::-1]


def most_common(counts: Counter[Any], most: int) -> list[tuple[Any, int]]:
    """Give what was counted most often, in an order that is the same each time."""
    return sorted(counts.items(), key=lambda each: (-each[1], str(each[0])))[:most]
