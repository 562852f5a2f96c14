"""Which entries are wanted: as the API is asked, and in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from accessctl.tui.look import DOTS
from accessctl.tui.times import day_and_minute
from accessctl.tui.words import _

Query = Mapping[str, str | tuple[str, ...] | None]


@dataclass(frozen=True, slots=True)
class Wanted:
    """A filter; what is ``None`` does not matter."""

    person: str | None = None
    """An id."""
    person_name: str | None = None
    """What is shown for it."""
    door: str | None = None
    access_point: str | None = None
    kind: str | None = None
    """What is shown for the types: one of them, or what a group of them is called."""
    types: tuple[str, ...] = ()
    outcome: str | None = None
    """``granted`` or ``refused``."""
    since: datetime | None = None
    until: datetime | None = None
    """The first instant that is not wanted any more."""

    @property
    def anything(self) -> bool:
        """Whether every entry is wanted."""
        return not any(self.query().values())

    def query(self) -> Query:
        """Give what the API is asked for."""
        return {
            "person": self.person,
            "door": self.door,
            "access_point": self.access_point,
            "type": self.types or None,
            "outcome": self.outcome,
            "since": _iso(self.since),
            "until": _iso(self.until),
        }

    def in_words(self, names: Mapping[str, str]) -> str:
        """Say what is wanted. ``names`` are those of doors and access points."""
        if self.anything:
            return _("Everything that was recorded")
        said = {
            "granted": _("granted"),
            "refused": _("refused"),
            None: "",
        }[self.outcome]
        parts = [said, self.kind or ""]
        if self.person:
            parts.append(_("by {person}").format(person=self.person_name or self.person))
        parts += [
            _("at {place}").format(place=names.get(at, at)) for at in (self.door, self.access_point) if at
        ]
        return " · ".join([part for part in (*parts, self._when()) if part])

    def _when(self) -> str:
        since, until = day_and_minute(self.since), day_and_minute(self.until)
        if self.since and self.until:
            return f"{since} {DOTS} {until}"
        if self.since:
            return _("since {when}").format(when=since)
        return _("until {when}").format(when=until) if self.until else ""


def _iso(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()
