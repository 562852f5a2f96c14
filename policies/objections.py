"""The first objection to a request, without asking where nothing can be objected.

Most access points have few rules, and a check that has nothing to look at costs as much as one that has. So
it is worked out once for each access point which checks can object there at all.
"""

from collections.abc import Callable, Mapping
from typing import Final

from policies.case import Case
from policies.checks import (
    BREAK_GLASS_CHECKS,
    CHECKS,
    Check,
    devices_allow_it,
    no_level_denies,
    person_was_seen_lately,
    qualifications_are_held,
    record_can_be_written,
)
from policies.company_checks import (
    area_has_room,
    escort_is_there,
    nobody_would_be_alone,
    person_is_not_inside_already,
    role_counts_here,
)
from policies.factor_checks import (
    biometric_may_be_tried,
    card_proves_a_key,
    code_may_be_tried,
    enough_is_proven,
    pin_may_be_tried,
    reader_takes_keys,
    sensor_answers,
)
from policies.factors import Factor
from policies.ids import AccessPointId
from policies.presence import refuses
from policies.reasons import Reason
from policies.rulebook import PointRules, Rulebook

_ONLY_WHERE: Final[Mapping[Check, Callable[[PointRules, Rulebook], bool]]] = {
    devices_allow_it: lambda _point, _book: False,
    no_level_denies: lambda _point, book: bool(book.denies_of),
    person_was_seen_lately: lambda _point, book: book.watches_unseen,
    qualifications_are_held: lambda point, _book: bool(point.requires),
    person_is_not_inside_already: lambda point, _book: any(refuses(each) for _, each in point.passbacks),
    area_has_room: lambda point, _book: any(not limit.report_only for _, limit in point.upper_limits),
    nobody_would_be_alone: lambda point, _book: bool(point.never_alone),
    escort_is_there: lambda _point, book: any(each.needs_escort for each in book.traits_of.values()),
    role_counts_here: lambda point, _book: point.together is not None,
    enough_is_proven: lambda point, _book: point.assurance > 0,
    sensor_answers: lambda _point, _book: False,
    card_proves_a_key: lambda point, _book: point.refuses_clonable,
    reader_takes_keys: lambda point, _book: point.may_ask_for(Factor.PIN) or point.may_ask_for(Factor.CODE),
    pin_may_be_tried: lambda point, _book: point.may_ask_for(Factor.PIN),
    code_may_be_tried: lambda point, _book: point.may_ask_for(Factor.CODE),
    biometric_may_be_tried: lambda point, _book: (
        point.may_ask_for(Factor.FINGERPRINT) or point.may_ask_for(Factor.FACE)
    ),
    record_can_be_written: lambda _point, _book: False,
}
"""Where a check can object at all while nothing is gone. What is not named here can object anywhere."""


def checks_for(case: Case) -> tuple[Check, ...]:
    """Give those of ``CHECKS`` that can object to this request, whoever asks, in their order.

    Most access points have few rules, and a check that has nothing to look at costs as much as one that has.
    """
    if case.card.break_glass:
        return BREAK_GLASS_CHECKS
    if case.memory.gone:
        return CHECKS
    known: dict[AccessPointId, tuple[Check, ...]] = case.rulebook.relevant_checks
    checks = known.get(case.point.point.id)
    if checks is None:
        checks = known[case.point.point.id] = tuple(
            check for check in CHECKS if _ONLY_WHERE.get(check, _anywhere)(case.point, case.rulebook)
        )
    return checks


def _anywhere(_point: PointRules, _book: Rulebook) -> bool:
    return True


def objection_to(case: Case) -> Reason | None:
    """Give the first objection to one person, as far as it does not depend on others who badge."""
    return first_objection(checks_for(case), case)


def first_objection(checks: tuple[Check, ...], case: Case) -> Reason | None:
    """Give the first objection that these checks have, in their order."""
    for check in checks:
        objection = check(case)
        if objection is not None:
            return objection
    return None
