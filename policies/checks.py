"""What can be said against a request, one function for each objection, and in which order.

What depends on other people stands in ``company_checks``, what depends on what was shown in
``factor_checks``; the order of rank of them all stands at the end of this file.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from policies.case import Case
from policies.company_checks import (
    area_has_room,
    escort_is_there,
    nobody_would_be_alone,
    person_is_not_inside_already,
    role_counts_here,
)
from policies.degraded import Condition, Fallback
from policies.door_modes import DoorMode
from policies.factor_checks import (
    biometric_may_be_tried,
    card_proves_a_key,
    code_may_be_tried,
    enough_is_proven,
    factor_is_right,
    nothing_is_replayed,
    pin_may_be_tried,
    reader_takes_keys,
    request_stands,
    sensor_answers,
)
from policies.ids import QualificationId
from policies.interlock import busy_sibling
from policies.memory import Uses
from policies.people import Qualification
from policies.reasons import Reason
from policies.schedule import Schedule

Check = Callable[[Case], Reason | None]
"""Gives the reason to refuse, or ``None`` when it has nothing against the request."""


# ---------------------------------------------------------------------------- the card and the person


def card_is_active(case: Case) -> Reason | None:
    """Refuse a card that was revoked, lost, stolen or withdrawn."""
    return case.card.status.refusal


def person_is_enabled(case: Case) -> Reason | None:
    """Refuse a person whom an admin has disabled."""
    return Reason.PERSON_DISABLED if case.person.disabled else None


def card_is_valid(case: Case) -> Reason | None:
    """Refuse a card before or after its time."""
    return case.card.validity.refusal_at(case.now)


def person_is_valid(case: Case) -> Reason | None:
    """Refuse a person before or after their time."""
    return case.person.validity.refusal_at(case.now)


def credential_counts_here(case: Case) -> Reason | None:
    """Refuse a pass or code that was made for other doors."""
    points = case.card.points
    return Reason.OTHER_DOOR if points is not None and case.point.point.id not in points else None


def credential_is_not_spent(case: Case) -> Reason | None:
    """Refuse a pass or code that has let somebody in as often as it may."""
    uses = case.card.uses
    if uses is None:
        return None
    return Reason.CREDENTIAL_SPENT if case.memory.spent.get(case.card.id, 0) >= uses else None


# ------------------------------------------------------------------------------- the site and the door


def lockdown_lets_pass(case: Case) -> Reason | None:
    """Refuse in a lockdown everybody whom the site does not let pass then."""
    locked = case.memory.modes.get(case.point.point.door) is DoorMode.LOCKED_DOWN
    return Reason.LOCKED_DOWN if locked and not case.crowd.traits.passes_lockdown else None


def door_is_not_blocked(case: Case) -> Reason | None:
    """Refuse everybody at a door that is blocked."""
    blocked = case.memory.modes.get(case.point.point.door) is DoorMode.BLOCKED
    return Reason.DOOR_BLOCKED if blocked else None


def threat_level_is_met(case: Case) -> Reason | None:
    """Refuse a person who may not pass at so high a threat level."""
    level = case.memory.numbers.get("threat_level", 0)
    return Reason.THREAT_LEVEL if level > case.crowd.traits.threat_authority else None


def devices_allow_it(case: Case) -> Reason | None:
    """Refuse where the site wants nobody let in while a device or the mains is gone."""
    if not case.memory.gone:
        return None
    for condition in (Condition.READER_LOST, Condition.CONTACT_LOST, Condition.ON_BATTERY):
        if case.fallback(condition) is Fallback.REFUSE:
            return Reason.DEGRADED
    if case.fallback(Condition.CLOCK_UNTRUSTED) is Fallback.REFUSE:
        return Reason.CLOCK_UNTRUSTED
    return None


# --------------------------------------------------------------------------------------------- rights


def no_level_denies(case: Case) -> Reason | None:
    """Refuse where a role or group is denied the access point, whatever another one allows."""
    for schedule in case.crowd.denies.get(case.point.point.id, ()):
        if schedule.holds_at(case.now):
            return Reason.DENIED_BY_LEVEL
    return None


def level_covers_point(case: Case) -> Reason | None:
    """Refuse where no level covers the access point, or none of them at this time."""
    own = case.crowd.allows.get(case.point.point.id, ())
    if _gives_a_right(own, case):
        return None
    lent = _lent_to(case)
    if _gives_a_right(lent, case, for_a_while=True):
        return None
    if not own and not lent:
        return Reason.NO_ACCESS_LEVEL
    return Reason.OUTSIDE_SCHEDULE if _in_place_of_hours(case) is None else Reason.CLOCK_UNTRUSTED


def _gives_a_right(schedules: tuple[Schedule, ...], case: Case, *, for_a_while: bool = False) -> bool:
    """Whether one of these schedules gives a right now, as far as the clock is to be trusted."""
    instead = _in_place_of_hours(case)
    if instead is None:
        for schedule in schedules:  # noqa: SIM110 - every badge asks, and any() takes as long again
            if schedule.holds_at(case.now):
                return True
        return False
    if instead is Fallback.IGNORE_SCHEDULES:
        return bool(schedules)
    # What ends, and what is denied at some hours, is no right that holds at every hour.
    timed = for_a_while or case.point.point.id in case.crowd.denies
    return not timed and any(schedule.always for schedule in schedules)


def _in_place_of_hours(case: Case) -> Fallback | None:
    """Give what counts while the clock is not to be trusted; ``None``: the hours, as usual."""
    if not case.memory.gone:
        return None
    fallback = case.fallback(Condition.CLOCK_UNTRUSTED)
    return None if fallback is Fallback.AS_USUAL else fallback


def _lent_to(case: Case) -> tuple[Schedule, ...]:
    """Give the schedules on which somebody may pass here by temporary access that has not ended."""
    found: list[Schedule] = []
    for access in case.person.temporary:
        lent = case.rulebook.levels.get(access.level, {}).get(case.point.point.id, ())
        if lent and access.validity.refusal_at(case.now) is None:
            found += lent
    return tuple(found)


def person_was_seen_lately(case: Case) -> Reason | None:
    """Refuse a person who was away for so long that access expired."""
    limit = case.crowd.traits.unseen_limit
    if limit is None:
        return None
    seen, added = case.memory.seen.get(case.person.id), case.person.seen_from
    if seen is not None and case.now - seen < limit:
        return None
    last = added if seen is None else seen if added is None else max(seen, added)
    return Reason.NOT_SEEN if last is not None and case.now - last >= limit else None


def uses_are_left(case: Case) -> Reason | None:
    """Refuse a person who has been let in as often as they may."""
    limits = case.person.uses
    if limits is None:
        return None
    spent = case.memory.uses.get(case.person.id)
    if limits.total is not None and (0 if spent is None else spent.total) >= limits.total:
        return Reason.USES_SPENT
    if limits.a_day is not None and _spent_today(spent, case) >= limits.a_day:
        return Reason.DAILY_USES_SPENT
    return None


def _spent_today(spent: Uses | None, case: Case) -> int:
    if spent is None or spent.day != case.now.astimezone(case.rulebook.timezone).date():
        return 0
    return spent.today


def qualifications_are_held(case: Case) -> Reason | None:
    """Refuse a person who lacks what the area wants, or whose qualification has expired."""
    for wanted in case.point.requires:
        objection = _lacks(wanted, case.person.qualifications, case.now)
        if objection is not None:
            return objection
    return None


def _lacks(wanted: QualificationId, held: tuple[Qualification, ...], now: datetime) -> Reason | None:
    objection = Reason.PREREQUISITE_MISSING
    for each in held:
        if each.id != wanted:
            continue
        if each.until is None or now < each.until:
            return None
        objection = Reason.PREREQUISITE_EXPIRED
    return objection


# -------------------------------------------------------------------------- the record, the other doors


def record_can_be_written(case: Case) -> Reason | None:
    """Refuse while the record cannot be written: no door opens without its record."""
    if not case.memory.gone:
        return None
    unrecorded = case.fallback(Condition.RECORD_UNWRITABLE) is Fallback.REFUSE
    return Reason.RECORD_UNAVAILABLE if unrecorded else None


def interlock_is_shut(case: Case) -> Reason | None:
    """Refuse while another door of the interlock is off its latch. Emergency release outranks this."""
    siblings = case.point.door.siblings
    if not siblings or case.memory.modes.get(case.point.point.door) is DoorMode.FREE:
        return None
    return (
        Reason.INTERLOCKED
        if busy_sibling(siblings, case.memory.doors, case.memory.gone) is not None
        else None
    )


# ------------------------------------------------------------------------------------------ the order

CHECKS: Final[tuple[Check, ...]] = (
    request_stands,
    card_is_active,
    person_is_enabled,
    card_is_valid,
    person_is_valid,
    credential_counts_here,
    credential_is_not_spent,
    nothing_is_replayed,
    card_proves_a_key,
    lockdown_lets_pass,
    door_is_not_blocked,
    threat_level_is_met,
    devices_allow_it,
    no_level_denies,
    level_covers_point,
    person_was_seen_lately,
    uses_are_left,
    qualifications_are_held,
    person_is_not_inside_already,
    area_has_room,
    nobody_would_be_alone,
    escort_is_there,
    role_counts_here,
    enough_is_proven,
    sensor_answers,
    reader_takes_keys,
    pin_may_be_tried,
    code_may_be_tried,
    biometric_may_be_tried,
    factor_is_right,
    record_can_be_written,
)
"""In order of rank: the first that objects decides."""

BREAK_GLASS_CHECKS: Final[tuple[Check, ...]] = (
    request_stands,
    card_is_active,
    person_is_enabled,
    card_is_valid,
    person_is_valid,
    credential_counts_here,
    credential_is_not_spent,
    lockdown_lets_pass,
    door_is_not_blocked,
    factor_is_right,
    record_can_be_written,
)
"""What counts for a break-glass code: rights, hours, passback and the rest do not. It is loud instead."""

FREE_CHECKS: Final[tuple[Check, ...]] = (
    lockdown_lets_pass,
    door_is_not_blocked,
    threat_level_is_met,
    devices_allow_it,
    area_has_room,
    record_can_be_written,
)
"""What counts where nobody is asked who they are."""

LEAVING_CHECKS: Final[tuple[Check, ...]] = (
    card_is_active,
    person_is_enabled,
    card_is_valid,
    person_is_valid,
    no_level_denies,
    level_covers_point,
)
"""What is noted of somebody who leaves. It refuses nothing."""
