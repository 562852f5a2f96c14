"""The list as it is shown everywhere: areas, who is there, how sure that is, and who was seen safe."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum

from accessctl.muster_sheet.doubts import Doubt


class Standing(IntEnum):
    """What is asked of somebody, in the order in which they are listed."""

    MISSING = 0
    """Was inside when the muster began, and was not seen safe yet."""
    INSIDE = 1
    """Is inside, and no muster is going on."""
    LATE = 2
    """Came in after the muster began, so that it does not look for them."""
    MAYBE = 3
    """Was let in and the leaf did not open: not counted as inside, and may be there."""
    SAFE = 4


@dataclass(frozen=True, slots=True)
class MusterPerson:
    """Somebody on the list."""

    person: str
    """A pseudonym."""
    name: str | None
    """``None`` where it was erased, and for who may not see names."""
    standing: Standing
    since: datetime | None
    """When the area was entered."""
    doubts: tuple[Doubt, ...] = ()
    """Why it is not sure that they are there, what weighs most first. None: they were seen to go in."""
    safe_by: str = ""
    """Who ticked them off: an operator, or a muster point in words; empty where nobody knows."""
    safe_at: datetime | None = None
    unsent: bool = False
    """Ticked off here, and the controller does not know it yet."""
    expected: bool = False
    """Whether the muster looks for them."""

    @property
    def safe(self) -> bool:
        """Whether they were seen safe."""
        return self.standing is Standing.SAFE

    @property
    def shown(self) -> str:
        """The name; the pseudonym where there is none."""
        return self.name or self.person


@dataclass(frozen=True, slots=True)
class MusterArea:
    """An area with those who were there last."""

    id: str | None
    """``None``: nobody knows where they are."""
    name: str
    people: tuple[MusterPerson, ...]
    """Who is missing first, then by name."""

    def standing(self, *wanted: Standing) -> list[MusterPerson]:
        """Give those of whom this is asked."""
        return [each for each in self.people if each.standing in wanted]


@dataclass(frozen=True, slots=True)
class MusterView:
    """The whole list at one instant."""

    site: str
    running: bool
    """Whether a muster is going on. If not, this is who is inside."""
    since: datetime | None
    """When it began."""
    as_of: datetime
    """When all this was true."""
    areas: tuple[MusterArea, ...]
    """Those where somebody is missing first, then by name."""
    partial: str = ""
    """Why something of it is older than the rest; empty when nothing is."""

    @property
    def people(self) -> list[MusterPerson]:
        """Everybody on the list."""
        return [person for area in self.areas for person in area.people]

    def count(self, *wanted: Standing) -> int:
        """Give of how many people this is asked."""
        return sum(person.standing in wanted for person in self.people)

    @property
    def missing(self) -> int:
        """How many of those whom the muster looks for are missing."""
        return self.count(Standing.MISSING)

    @property
    def expected(self) -> int:
        """How many the muster looks for."""
        return sum(person.expected for person in self.people)

    @property
    def safe(self) -> int:
        """How many of them were seen safe."""
        return self.expected - self.missing

    @property
    def inside(self) -> int:
        """How many are on the site as the opened leaves say, while no muster is going on."""
        return self.count(Standing.INSIDE)


def tick_key(view: MusterView, person: str) -> str:
    """Give the key with which a tick-off is sent, so that sent twice it counts and is recorded once."""
    began = "" if view.since is None else view.since.isoformat()
    return hashlib.sha256(f"{began}/{person}".encode()).hexdigest()[:24]
