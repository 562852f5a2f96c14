"""Everything the rules remember from one moment to the next.

Plain tables, and a list of what was changed since the last ``settle``: so that a step that could not be
recorded is taken back as a whole, and a step that was recorded can be kept by whoever has a disk.

Rule: whatever changes a table goes through ``put`` or ``drop``. Whoever decides reads only.
"""

from collections.abc import Hashable
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum
from typing import Any, Final, NamedTuple

from policies.degraded import Condition
from policies.door import DoorState
from policies.door_modes import DoorMode, ModeRule, Override
from policies.ids import AccessPointId, AreaId, CredentialId, DoorId, InputId, MemberId, PersonId
from policies.tries import Tries

_ABSENT: Final = object()
Table = dict[Any, Any]


class Sureness(Enum):
    """How sure it is where somebody is."""

    SEEN = "seen"
    """The leaf opened after the grant."""
    ASSUMED = "assumed"
    """The door has no position switch, or it does not answer; or nobody but an operator says so."""


class Stay(NamedTuple):
    """Where somebody is."""

    area: AreaId
    entered: tuple[tuple[AreaId, datetime], ...]
    """This area and those that it is a part of, each with the instant at which it was entered."""
    members: tuple[MemberId, ...]
    """The roles and groups under which this person is counted here."""
    forgiven: bool = False
    sureness: Sureness = Sureness.SEEN

    def entered_at(self, area: AreaId) -> datetime | None:
        """Give when the person came into this area; ``None``: is not there."""
        for entered, at in self.entered:  # asked at every badge, and faster than a generator
            if entered == area:
                return at
        return None


class Uses(NamedTuple):
    """How often somebody was let in."""

    total: int
    today: int
    day: date


class Guide(NamedTuple):
    """The escort who passed an access point last."""

    person: PersonId
    at: datetime


class FirstCard(NamedTuple):
    """Somebody came in, and unlocking that waited for it began."""

    rule: ModeRule
    at: datetime


class Muster(NamedTuple):
    """A muster that is going on."""

    since: datetime
    expected: frozenset[PersonId]
    safe: frozenset[PersonId]

    @property
    def missing(self) -> frozenset[PersonId]:
        """Who was inside and was not seen safe yet."""
        return self.expected - self.safe


SITE: Final = "site"
"""The scope of a lockdown that covers everything."""


class Change(NamedTuple):
    """One value that is another now."""

    table: str
    key: Hashable
    value: object
    """``None``: it is gone."""


@dataclass(slots=True)
class Memory:
    """The tables."""

    # Kept over a restart.
    stays: dict[PersonId, Stay] = field(default_factory=dict)
    uses: dict[PersonId, Uses] = field(default_factory=dict)
    seen: dict[PersonId, datetime] = field(default_factory=dict)
    escorts: dict[PersonId, PersonId] = field(default_factory=dict)
    """Each visitor inside, and who brought them where they are."""
    overrides: dict[DoorId, Override] = field(default_factory=dict)
    lockdowns: dict[str, str] = field(default_factory=dict)
    """The scope (``SITE`` or an area) and who ordered it."""
    freed: dict[DoorId, InputId] = field(default_factory=dict)
    """Doors under emergency release."""
    armed: dict[AreaId, str] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)
    muster: dict[str, Muster] = field(default_factory=dict)
    marks: dict[str, int] = field(default_factory=dict)
    """How far code generators and cards that count have come: nothing up to there counts again."""
    spent: dict[CredentialId, int] = field(default_factory=dict)
    """How often a pass or code that may be used so often has let somebody in."""
    tries: dict[str, Tries] = field(default_factory=dict)
    """Failed one-time codes, fingers and faces by person, and what was typed wrong by access point."""

    # Seen anew after each start.
    doors: dict[DoorId, DoorState] = field(default_factory=dict)
    modes: dict[DoorId, DoorMode] = field(default_factory=dict)
    """The mode that each door is in; a door that is missing is locked."""
    scheduled: dict[DoorId, DoorMode] = field(default_factory=dict)
    first_cards: dict[DoorId, FirstCard] = field(default_factory=dict)
    """Who came first, in the interval of a first-card rule that holds now."""
    companions: dict[AccessPointId, Any] = field(default_factory=dict)
    queued: dict[AccessPointId, Any] = field(default_factory=dict)
    guides: dict[AccessPointId, Guide] = field(default_factory=dict)
    guided: dict[PersonId, PersonId | None] = field(default_factory=dict)
    """Visitors who were granted and have not passed yet, and whose they were before, if anybody's."""
    counted: dict[tuple[DoorId, PersonId], date] = field(default_factory=dict)
    """Uses that are given back when the leaf is not opened, and the day for which they count."""
    headcounts: dict[AreaId, int] = field(default_factory=dict)
    member_counts: dict[tuple[AreaId, MemberId], int] = field(default_factory=dict)
    alone: dict[AreaId, bool] = field(default_factory=dict)
    """Areas with fewer people than their lower limit; ``True`` once that is an alarm."""
    parted: dict[PersonId, bool] = field(default_factory=dict)
    """Visitors without their escort; ``True`` once that is an alarm."""
    gone: dict[tuple[Condition, str | None], bool] = field(default_factory=dict)
    """Conditions that hold: ``(condition, None)`` for the site, ``(condition, access point or door)``."""
    inputs: dict[InputId, bool] = field(default_factory=dict)
    """Inputs that are active."""

    _log: list[tuple[str, Table, Hashable, object]] = field(default_factory=list, repr=False)

    @property
    def threat_level(self) -> int:
        """The site's threat level; nothing is usual."""
        return self.numbers.get("threat_level", 0)

    def put(self, table: str, key: Hashable, value: object) -> None:
        """Set a value."""
        rows: Table = getattr(self, table)
        self._log.append((table, rows, key, rows.get(key, _ABSENT)))
        rows[key] = value

    def drop(self, table: str, key: Hashable) -> None:
        """Forget a value, if it is there."""
        rows: Table = getattr(self, table)
        if key in rows:
            self._log.append((table, rows, key, rows.pop(key)))

    def undo(self) -> None:
        """Take back everything since the last ``settle``."""
        for _name, rows, key, before in reversed(self._log):
            if before is _ABSENT:
                rows.pop(key, None)
            else:
                rows[key] = before
        self._log.clear()

    def settle(self) -> None:
        """Let what was changed stand."""
        self._log.clear()

    def changes(self) -> tuple[Change, ...]:
        """Give what of the kept tables is another than at the last ``settle``, each key once."""
        touched = {(name, key): rows for name, rows, key, _ in self._log if name in KEPT}
        return tuple(Change(name, key, rows.get(key)) for (name, key), rows in touched.items())


KEPT: Final = frozenset(
    {
        "stays",
        "uses",
        "seen",
        "escorts",
        "overrides",
        "lockdowns",
        "freed",
        "armed",
        "numbers",
        "muster",
        "marks",
        "spent",
        "tries",
    }
)
"""The tables that outlive a restart."""
