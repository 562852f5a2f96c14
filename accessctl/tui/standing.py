"""How everything stands, as the console knows it: what came last, and whether it may be believed still."""

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, Flag, auto
from typing import Any, Final

from accessctl.client import Alarm, Event

RECENT: Final = 500
"""So many of the newest entries are kept for the board. The record keeps everything."""
DECISIONS: Final = ("access_granted", "denied_", "manual_unlock")


class News(Flag):
    """What has changed."""

    NOTHING = 0
    STATUS = auto()
    EVENTS = auto()
    ALARMS = auto()
    LINE = auto()
    """Whether anything that is shown may be believed."""


class Silent(Enum):
    """Who does not answer."""

    API = auto()
    """Doors do not need it."""
    DOORS = auto()
    """The door process: without it nobody decides."""
    NEITHER = auto()
    """That is not known."""


@dataclass(slots=True)
class Standing:
    """What is known. Changed by the console alone; screens read it."""

    status: dict[str, Any] | None = None
    """``GET /status``."""
    site: dict[str, Any] | None = None
    """``GET /site``: lockdowns, emergency, muster, areas."""
    alarms: tuple[Alarm, ...] = ()
    """Those that are open, the newest first."""
    recent: deque[Event] = field(default_factory=lambda: deque(maxlen=RECENT))
    """The newest entries, oldest first."""
    last_at: dict[str, Event | None] = field(default_factory=dict)
    """By door: the last decision about somebody, or order to let somebody through.

    ``None``: there never was one. A door of which that is not known is not there.
    """
    known_at: datetime | None = None
    """When ``status`` was true."""
    trouble: str | None = "nothing is known yet"
    """Why what is shown may be old; ``None`` while it may be believed."""
    silent: Silent = Silent.NEITHER
    """Whose silence the trouble is."""

    @property
    def believed(self) -> bool:
        """Whether doors may be shown as they are here."""
        return self.trouble is None and self.status is not None

    @property
    def doors(self) -> list[dict[str, Any]]:
        """The doors, as they stood when they were last heard of."""
        return [] if self.status is None else list(self.status["doors"])

    def door(self, id_: str) -> dict[str, Any] | None:
        """Give one door."""
        return next((door for door in self.doors if door["id"] == id_), None)

    def readers_of(self, door: str) -> list[dict[str, Any]]:
        """Give the readers and keypads of a door."""
        return [] if self.status is None else [r for r in self.status["readers"] if r["door"] == door]

    def alarms_at(self, door: str) -> list[Alarm]:
        """Give the open alarms of a door, those of its readers included."""
        points = {reader["access_point"] for reader in self.readers_of(door)}
        return [alarm for alarm in self.alarms if alarm["door"] == door or alarm["access_point"] in points]

    def take(self, events: Iterable[Event]) -> None:
        """Take entries, oldest first."""
        door_of = {r["access_point"]: r["door"] for r in self.status["readers"]} if self.status else {}
        for event in events:
            self.recent.append(event)
            if event["type"].startswith(DECISIONS):
                door = event["door"] or door_of.get(event["access_point"] or "")
                if door is not None:
                    self.last_at[door] = event

    def take_last(self, found: Mapping[str, Event | None]) -> None:
        """Take what was the last at doors of which nothing is known; what came meanwhile is newer."""
        for door, event in found.items():
            self.last_at.setdefault(door, event)
