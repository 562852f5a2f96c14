"""What an area asks of those who enter it and stay in it."""

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum

from policies.ids import MemberId


class PassbackKind(Enum):
    """What becomes of somebody who enters an area that they have not left."""

    HARD = "hard"
    """Refused."""
    SOFT = "soft"
    """Granted, and reported."""
    TIMED = "timed"
    """Refused for a while after the entry, then forgotten."""


@dataclass(frozen=True, slots=True)
class Passback:
    """No second entry without an exit."""

    kind: PassbackKind
    forget_after: timedelta | None = None
    """For ``TIMED``: an entry this old, or older, is forgotten."""

    def __post_init__(self) -> None:
        """Refuse a time where none is used, and none where one is."""
        if (self.kind is PassbackKind.TIMED) != (self.forget_after is not None):
            raise ValueError("timed passback, and no other, forgets after a time")
        if self.forget_after is not None and self.forget_after <= timedelta():
            raise ValueError("timed passback must last longer than nothing")


@dataclass(frozen=True, slots=True)
class UpperLimit:
    """At most so many people in an area, or at most so many members of one role or group."""

    most: int
    member: MemberId | None = None
    """``None`` counts everybody."""
    report_only: bool = False
    """Whether one more is let in and reported, rather than refused."""

    def __post_init__(self) -> None:
        """Refuse a limit that nobody could keep."""
        if self.most < 0:
            raise ValueError("a limit must not be below nothing")


@dataclass(frozen=True, slots=True)
class LowerLimit:
    """At least so many people in an area, or nobody; fewer are an alarm after the grace time."""

    least: int
    grace: timedelta
    """So long may fewer be there, while others follow or leave. Without any, nobody enters alone."""

    def __post_init__(self) -> None:
        """Refuse a limit that is always kept, and a grace below nothing."""
        if self.least < 2:  # noqa: PLR2004 - one person is never fewer than one
            raise ValueError("a lower limit is two people or more")
        if self.grace < timedelta():
            raise ValueError("a grace time must not be below nothing")


@dataclass(frozen=True, slots=True)
class Together:
    """So many different people have to badge at the same access point before any of them may pass."""

    persons: int
    within: timedelta
    """From the first badge to the last."""
    members: tuple[MemberId, ...] = ()
    """Each of them must be a member of one of these roles and groups; empty: anybody counts."""
    one_of_each: bool = False
    """Whether no two may count for the same role or group."""

    def __post_init__(self) -> None:
        """Refuse what is no company, and what nobody could bring together."""
        if self.persons < 2:  # noqa: PLR2004 - one person is no company
            raise ValueError("together means two people or more")
        if self.within <= timedelta():
            raise ValueError("people need some time to badge one after the other")
        if self.one_of_each and len(self.members) < self.persons:
            raise ValueError("there are fewer roles and groups to choose from than people wanted")
