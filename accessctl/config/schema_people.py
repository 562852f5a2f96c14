"""What a site file may say of people: levels, and the roles and groups that have them."""

from datetime import timedelta
from typing import Final

from accessctl.config.kinds import Flag, Many, Ref, Refs, Text, Whole
from accessctl.config.reading import Table, key
from accessctl.config.schema_areas import LONGEST_WAIT_S
from accessctl.config.times import Clock, Seconds
from policies.rulebook import EscortRules

HIGHEST_THREAT: Final = 9
TEN_YEARS_D: Final = 3650
_USUAL: Final = EscortRules()


class PolicyTable(Table):
    """Some access points and when they may be passed."""

    access_points: tuple[str, ...] = key(Refs("access_points"))
    schedule: str = key(Ref("schedules"))


class LevelTable(Table):
    """A set of access policies."""

    policies: tuple[PolicyTable, ...] = key(Many(PolicyTable))


class MemberTable(Table):
    """A role or a group: what its members may do and have to do."""

    name: str = key(Text(unique_in="members"))
    levels: tuple[str, ...] = key(Refs("levels", fewest=0), ())
    denies: tuple[str, ...] = key(Refs("levels", fewest=0), ())
    passes_lockdown: bool = key(Flag(), default=False)
    threat_authority: int = key(Whole(0, HIGHEST_THREAT), 0)
    exempt_from_passback: bool = key(Flag(), default=False)
    may_escort: bool = key(Flag(), default=False)
    needs_escort: bool = key(Flag(), default=False)
    expires_unseen_days: int | None = key(Whole(1, TEN_YEARS_D, "days"), None)


class EscortTable(Table):
    """How visitors are brought through doors."""

    within_s: timedelta = key(Seconds(1, LONGEST_WAIT_S), _USUAL.within)
    grace_s: timedelta = key(Seconds(0, LONGEST_WAIT_S), _USUAL.grace)
    most_visitors: int = key(Whole(1, 100, "visitors"), _USUAL.most_visitors)


class PassbackTable(Table):
    """When passback is forgotten by itself."""

    forgive_at: int = key(Clock())
