"""Each fallback under each condition, and that nothing is wider which does not say so."""

from dataclasses import replace
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.decide import Decision, Outcome, decide
from policies.degraded import CHOICES, Condition, Degraded, Fallback
from policies.explain import with_everything_shown
from policies.factors import Asks, Factor
from policies.ids import AccessPointId
from policies.memory import Memory
from policies.people import Holder
from policies.reasons import Reason
from policies.requests import Request
from policies.rulebook import DoorRules, Rulebook
from policies.schedule import Schedule
from tests.policies.any_site import PEOPLE, Dice, a_holder, a_memory, a_rulebook
from tests.policies.scene import Scene, asks
from tests.policies.sites import HARD, STAFF, area, door, level, person, site, way_in
from tests.policies.values import ALWAYS, AT_NIGHT, NOON, TIMELESS

ALICE: Final = person("alice", has_pin=True)
POINTS: Final = ("front-in", "front-out")
WHERE: Final = {
    Condition.READER_LOST: "front",
    Condition.CONTACT_LOST: "front",
    Condition.BIOMETRIC_LOST: "front-in",
}
"""What is gone: a device of the front door, or something of the whole site."""

EVERY_CHOICE: Final = [(condition, each) for condition, choices in CHOICES.items() for each in choices]

GRANTED: Final = Reason.GRANTED
PLAIN: Final = {
    (Condition.CLOCK_UNTRUSTED, Fallback.AS_USUAL): GRANTED,
    (Condition.CLOCK_UNTRUSTED, Fallback.TIMELESS_ONLY): Reason.CLOCK_UNTRUSTED,
    (Condition.CLOCK_UNTRUSTED, Fallback.REFUSE): Reason.CLOCK_UNTRUSTED,
    (Condition.CLOCK_UNTRUSTED, Fallback.IGNORE_SCHEDULES): GRANTED,
    (Condition.RECORD_UNWRITABLE, Fallback.REFUSE): Reason.RECORD_UNAVAILABLE,
    (Condition.RECORD_UNWRITABLE, Fallback.WITHOUT_RECORD): GRANTED,
    (Condition.READER_LOST, Fallback.AS_USUAL): GRANTED,
    (Condition.READER_LOST, Fallback.REFUSE): Reason.DEGRADED,
    (Condition.READER_LOST, Fallback.WITHOUT_PASSBACK): GRANTED,
    (Condition.READER_LOST, Fallback.UNLOCK): GRANTED,
    (Condition.CONTACT_LOST, Fallback.AS_USUAL): GRANTED,
    (Condition.CONTACT_LOST, Fallback.REFUSE): Reason.DEGRADED,
    (Condition.CONTACT_LOST, Fallback.NO_UNLOCKING): GRANTED,
    (Condition.BIOMETRIC_LOST, Fallback.REFUSE): GRANTED,
    (Condition.BIOMETRIC_LOST, Fallback.PIN_INSTEAD): GRANTED,
    (Condition.ON_BATTERY, Fallback.AS_USUAL): GRANTED,
    (Condition.ON_BATTERY, Fallback.NO_UNLOCKING): GRANTED,
    (Condition.ON_BATTERY, Fallback.REFUSE): Reason.DEGRADED,
}
"""What somebody hears who would be granted with a card alone, by day."""


def scene(
    condition: Condition,
    fallback: Fallback,
    *,
    schedules: tuple[Schedule, ...] = (ALWAYS,),
    asked: Asks = Asks.CARD,
) -> Scene:
    """Set a scene in which this is gone at the front door, and that holds there."""
    levels = [level(f"level {number}", POINTS, when) for number, when in enumerate(schedules)]
    book = site(
        points=[way_in("front", asked)],
        areas=[area("hall", passback=HARD)],
        doors=[door("front", degraded=Degraded(**{condition.value: fallback}))],
        levels_of={STAFF: levels},
    )
    return Scene(book).gone(condition, WHERE.get(condition))


@pytest.mark.parametrize(("condition", "fallback"), EVERY_CHOICE)
def test_what_a_badge_comes_to_while_something_is_gone(condition: Condition, fallback: Fallback) -> None:
    """Where only a card is wanted, by day, of somebody whose right depends on the hour."""
    reason = PLAIN[condition, fallback]
    outcome = Outcome.GRANTED if reason is GRANTED else Outcome.REFUSED
    assert scene(condition, fallback).decides(asks(ALICE)) == Decision(outcome, reason)


@pytest.mark.parametrize(("condition", "fallback"), EVERY_CHOICE)
def test_whatever_is_gone_everybody_gets_out(condition: Condition, fallback: Fallback) -> None:
    """Leaving is never refused, not in any degraded mode; a doubtful hour is noted."""
    decision = scene(condition, fallback).decides(asks(ALICE, "front-out"))
    doubtful = (
        fallback in {Fallback.TIMELESS_ONLY, Fallback.REFUSE} and condition is Condition.CLOCK_UNTRUSTED
    )
    noted = Reason.CLOCK_UNTRUSTED if doubtful else None
    assert decision == Decision(Outcome.GRANTED, GRANTED, noted=noted)


@pytest.mark.parametrize(("condition", "fallback"), EVERY_CHOICE)
def test_who_may_pass_at_another_hour(condition: Condition, fallback: Fallback) -> None:
    """They pass at this one only where schedules are ignored while the clock is not trusted."""
    at = scene(condition, fallback, schedules=(AT_NIGHT,))
    assert at.decides(asks(ALICE)).granted is (fallback is Fallback.IGNORE_SCHEDULES)


@pytest.mark.parametrize(("condition", "fallback"), EVERY_CHOICE)
def test_who_may_pass_at_every_hour(condition: Condition, fallback: Fallback) -> None:
    """A right that needs no clock is not taken away by a bad one, unless nobody is let in."""
    at = scene(condition, fallback, schedules=(TIMELESS,))
    refused = fallback is Fallback.REFUSE and condition is not Condition.BIOMETRIC_LOST
    assert at.decides(asks(ALICE)).granted is not refused


@pytest.mark.parametrize(("condition", "fallback"), EVERY_CHOICE)
def test_who_is_inside_already(condition: Condition, fallback: Fallback) -> None:
    """They come in again only where passback is set aside while a reader is lost."""
    at = scene(condition, fallback).inside(ALICE)
    assert at.decides(asks(ALICE)).granted is (fallback is Fallback.WITHOUT_PASSBACK)


@pytest.mark.parametrize(("condition", "fallback"), EVERY_CHOICE)
def test_who_is_asked_for_a_finger(condition: Condition, fallback: Fallback) -> None:
    """While the sensor is gone the answer is that it is, or a PIN is asked for where the site says so."""
    at = scene(condition, fallback, schedules=(TIMELESS,), asked=Asks.CARD_AND_BIOMETRIC)
    decision = at.decides(asks(ALICE))
    if fallback is Fallback.PIN_INSTEAD:
        assert decision == Decision(Outcome.MORE, Reason.PIN_WANTED, wanted=Factor.PIN)
        assert at.decides(asks(ALICE, proven=Factor.CARD | Factor.PIN)).granted
    elif condition is Condition.BIOMETRIC_LOST:
        assert decision == Decision(Outcome.REFUSED, Reason.SENSOR_UNAVAILABLE)
        assert not at.decides(asks(ALICE, proven=Factor.CARD | Factor.PIN)).granted
    else:
        more = decision.outcome is Outcome.MORE
        assert more is (PLAIN[condition, fallback] is GRANTED or fallback is Fallback.TIMELESS_ONLY)


def with_one_choice(book: Rulebook, condition: Condition, fallback: Fallback) -> Rulebook:
    """Give the same rules with this fallback at every door."""

    def changed(rules: DoorRules) -> DoorRules:
        degraded = replace(rules.door.degraded, **{condition.value: fallback})
        return replace(rules, door=replace(rules.door, degraded=degraded))

    doors = {id_: changed(rules) for id_, rules in book.doors.items()}
    points = {id_: replace(rules, door=doors[rules.point.door]) for id_, rules in book.points.items()}
    return replace(book, doors=doors, points=points, relevant_checks={}, _crowds={})


def lets_pass(book: Rulebook, memory: Memory, holder: Holder, point: AccessPointId, proven: Factor) -> bool:
    decision = decide(Request(point, holder, proven), book, NOON, memory)
    return decision.outcome in {Outcome.GRANTED, Outcome.GATHER, Outcome.QUEUE}


@settings(deadline=None, max_examples=300)
@given(
    st.integers(0, 2**32),
    st.sampled_from([(condition, each) for condition, each in EVERY_CHOICE if not each.is_wider]),
)
def test_nothing_that_is_not_named_wider_grants_what_is_refused_without_it(
    seed: int, choice: tuple[Condition, Fallback]
) -> None:
    """Whatever the rules and whatever was before: who passes while this is gone passes while it is there."""
    condition, fallback = choice
    dice = Dice(seed)
    book = with_one_choice(a_rulebook(dice), condition, fallback)
    people = tuple(a_holder(dice, id_) for id_ in PEOPLE)
    memory = a_memory(dice, book, people)
    there = {key: value for key, value in memory.gone.items() if key[0] is not condition}
    gone = there | dict.fromkeys(((condition, where) for where in (None, *book.doors, *book.points)), True)
    for point, rules in book.points.items():
        if rules.together is not None:
            continue  # with more people in a company there may be too little room for it
        for holder in people:
            shown = with_everything_shown(Request(point, holder), book, NOON, memory)
            for proven in (shown.proven, Factor.CARD | Factor.PIN, Factor.CARD):
                if lets_pass(book, replace(memory, gone=gone), holder, point, proven):
                    assert lets_pass(book, replace(memory, gone=there), holder, point, proven), holder


def test_what_is_named_wider_is_wider() -> None:
    """The negative control: each such fallback lets somebody in by badge who is refused without it."""
    request = asks(ALICE, proven=Factor.CARD | Factor.PIN)

    def who_passes(condition: Condition, fallback: Fallback) -> list[bool]:
        return [
            scene(condition, fallback).decides(request).granted,
            scene(condition, fallback, schedules=(AT_NIGHT,)).decides(request).granted,
            scene(condition, fallback).inside(ALICE).decides(request).granted,
            scene(condition, fallback, asked=Asks.CARD_AND_BIOMETRIC).decides(request).granted,
        ]

    for condition, fallback in EVERY_CHOICE:
        wide, usual = who_passes(condition, fallback), who_passes(condition, CHOICES[condition][0])
        wider = any(now > before for now, before in zip(wide, usual, strict=True))
        # At a door that stays released nobody has to badge.
        assert wider is (fallback.is_wider and fallback is not Fallback.UNLOCK), fallback
