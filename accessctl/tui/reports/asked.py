"""What a report is asked to go by: kept from report to report, each takes of it what it can."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accessctl.tui.events.picking import Somebody
from accessctl.tui.look import DOTS
from accessctl.tui.times import day_and_minute
from accessctl.tui.words import _, many

Kind = Mapping[str, Any]
"""A report that there is, as ``GET /reports`` tells it."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is ``None`` does not matter."""

    since: datetime | None = None
    until: datetime | None = None
    person: Somebody | None = None
    area: str | None = None
    door: str | None = None
    operator: str | None = None

    def query(self, kind: Kind) -> dict[str, str | None]:
        """Give what the API is asked for, of this report."""
        by = {
            "person": None if self.person is None else self.person.id,
            "area": self.area,
            "door": self.door,
            "operator": self.operator,
        }
        asked = {name: value for name, value in by.items() if name in kind["by"]}
        if kind["days"] is not None:
            asked["since"] = None if self.since is None else self.since.isoformat()
        if ends(kind):
            asked["until"] = None if self.until is None else self.until.isoformat()
        return asked

    def in_words(self, kind: Kind, names: Mapping[str, str]) -> str:
        """Say it of this report. ``names`` are those of areas and doors."""
        return " · ".join(self._parts(kind, names))

    def _parts(self, kind: Kind, names: Mapping[str, str]) -> Iterator[str]:
        yield _("as it is now") if kind["days"] is None else self._when(kind)
        if "person" in kind["by"]:
            yield _("anybody") if self.person is None else self.person.name
        if "area" in kind["by"]:
            yield _("any area") if self.area is None else names.get(self.area, self.area)
        if "door" in kind["by"]:
            yield _("any door") if self.door is None else names.get(self.door, self.door)
        if "operator" in kind["by"]:
            yield _("any operator") if self.operator is None else self.operator

    def _when(self, kind: Kind) -> str:
        until = day_and_minute(self.until if ends(kind) else None)
        if self.since is None:
            last = many("the last {count} day", "the last {count} days", kind["days"])
            return f"{last} {DOTS} {until}" if until else last
        since = day_and_minute(self.since)
        return f"{since} {DOTS} {until}" if until else _("since {when}").format(when=since)


def ends(kind: Kind) -> bool:
    """Whether a report can be asked to end before now."""
    return kind["days"] is not None and bool(kind["until"])
