"""Asking less must not change an answer: what is left out could not have objected."""

from datetime import timedelta
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.area_rules import LowerLimit, Together, UpperLimit
from policies.case import Case, case_of
from policies.checks import CHECKS, card_is_active, person_is_enabled
from policies.degraded import Condition
from policies.factors import ALL_FACTORS, Asks, Factor
from policies.ids import QualificationId
from policies.lockout import WrongPins
from policies.objections import checks_for, first_objection, objection_to
from policies.people import Card, CardStatus
from policies.places import AsksWhen
from policies.reasons import Reason
from policies.requests import Request
from policies.rulebook import Rulebook, Traits
from tests.policies.any_site import moment_of
from tests.policies.scene import Scene, asks
from tests.policies.sites import ALICE, GUARD, HARD, SOFT, STAFF, area, level, person, site, way_in
from tests.policies.values import AT_NIGHT, MINUTE, NOON

FAILURES: Final = (None, Reason.WRONG_PIN, Reason.FACTOR_TIMEOUT)


@settings(deadline=None, max_examples=400)
@given(st.integers(0, 2**32), st.integers(0, ALL_FACTORS.value), st.sampled_from(FAILURES), st.booleans())
def test_the_checks_that_are_asked_say_what_all_of_them_would(
    seed: int, proven: int, failure: Reason | None, waits: bool
) -> None:
    """Whatever the rules, whoever asks, and whatever they show: the first objection is the same."""
    moment = moment_of(seed)
    wrong = WrongPins(5, NOON + MINUTE) if waits else WrongPins()
    for point in moment.rulebook.points:
        for holder in moment.people:
            request = Request(point, holder, Factor(proven), failure, wrong_pins=wrong)
            case = case_of(request, moment.rulebook, NOON, moment.memory)
            assert objection_to(case) is first_objection(CHECKS, case), case


USUAL: Final = [
    "request_stands",
    "card_is_active",
    "person_is_enabled",
    "card_is_valid",
    "person_is_valid",
    "credential_counts_here",
    "credential_is_not_spent",
    "nothing_is_replayed",
    "lockdown_lets_pass",
    "door_is_not_blocked",
    "threat_level_is_met",
    "level_covers_point",
    "uses_are_left",
    "factor_is_right",
]


def asked_at(book: Rulebook, point: str = "front-in") -> list[str]:
    return [check.__name__ for check in checks_for(Scene(book).case(asks(ALICE, point)))]


def test_where_there_is_no_rule_nothing_is_asked_about_it() -> None:
    """A plain door asks about card, person, site, hour, uses and the factor: the rest cannot object."""
    assert asked_at(site()) == USUAL


@pytest.mark.parametrize(
    ("book", "more"),
    [
        (site(denies_of={GUARD: [level("no", ["back-in"])]}), "no_level_denies"),
        (site(traits_of={GUARD: Traits(unseen_limit=MINUTE)}), "person_was_seen_lately"),
        (site(traits_of={GUARD: Traits(needs_escort=True)}), "escort_is_there"),
        (site(areas=[area("hall", requires=(QualificationId("q"),))]), "qualifications_are_held"),
        (site(areas=[area("hall", passback=HARD)]), "person_is_not_inside_already"),
        (site(areas=[area("hall", passback=SOFT)]), None),
        (site(areas=[area("hall", upper_limits=(UpperLimit(1),))]), "area_has_room"),
        (site(areas=[area("hall", upper_limits=(UpperLimit(1, report_only=True),))]), None),
        (site(areas=[area("hall", lower_limit=LowerLimit(2, timedelta()))]), "nobody_would_be_alone"),
        (site(areas=[area("hall", lower_limit=LowerLimit(2, MINUTE))]), None),
        (site(areas=[area("hall", together=Together(2, MINUTE))]), "role_counts_here"),
        (site(areas=[area("hall", assurance=1)]), "enough_is_proven"),
        (site(areas=[area("hall", refuses_clonable=True)]), "card_proves_a_key"),
        (site(points=[way_in("front", Asks.CARD_AND_PIN)]), "reader_takes_keys pin_may_be_tried"),
        (
            site(points=[way_in("front", asks_when=(AsksWhen(Asks.CARD_AND_PIN, AT_NIGHT),))]),
            "reader_takes_keys pin_may_be_tried",
        ),
        (site(points=[way_in("front", Asks.CARD_AND_CODE)]), "reader_takes_keys code_may_be_tried"),
        (site(points=[way_in("front", Asks.CARD_AND_BIOMETRIC)]), "biometric_may_be_tried"),
    ],
)
def test_each_rule_brings_its_check(book: Rulebook, more: str | None) -> None:
    """In its place of rank, and only where the rule is in force."""
    expected = {*USUAL, *(more or "").split()}
    asked = asked_at(book)
    assert set(asked) == expected
    assert asked == [check.__name__ for check in CHECKS if check.__name__ in expected]
    site_wide = {"no_level_denies", "person_was_seen_lately", "escort_is_there"}
    assert asked_at(book, "store-in") == (asked if more in site_wide else USUAL)


def test_while_something_is_gone_everything_is_asked() -> None:
    """What a device that is gone changes is not foreseen for each access point."""
    at = Scene(site()).gone(Condition.ON_BATTERY)
    assert checks_for(at.case(asks(ALICE))) is CHECKS


def test_which_checks_matter_is_worked_out_once() -> None:
    """The second badge at an access point finds them ready; another access point has its own."""
    at = Scene(site(areas=[area("hall", passback=HARD)]))
    first = checks_for(at.case(asks(ALICE)))
    assert checks_for(at.case(asks(person("bob"), "front-in"))) is first
    assert checks_for(at.case(asks(ALICE, "store-in"))) != first


def test_the_first_objection_is_given() -> None:
    """The checks after it are not asked any more."""

    def is_never_asked(_case: Case) -> Reason | None:
        raise AssertionError

    lost = person("alice", STAFF, card=Card(ALICE.card.id, CardStatus.LOST), disabled=True)
    case = Scene(site()).case(asks(lost))
    assert first_objection((card_is_active, is_never_asked), case) is Reason.CARD_LOST
    assert first_objection((person_is_enabled, card_is_active), case) is Reason.PERSON_DISABLED
    assert first_objection((), case) is None
    assert objection_to(Scene(site()).case(asks(ALICE))) is None
