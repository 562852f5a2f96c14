"""Modes by schedule and by rank, and the unlocking that waits for a first card."""

from dataclasses import replace

import pytest

from policies.calendar import HolidayType
from policies.degraded import Condition, Degraded, Fallback
from policies.door_modes import DoorMode, ModeRule, Override
from policies.ids import DoorId, InputId, MemberId
from policies.interlock import Interlock
from policies.memory import SITE, FirstCard, Memory
from policies.modes import (
    is_locked_down,
    mode_of,
    next_change,
    rule_in_force,
    scheduled_mode,
    stays_secured,
    still_counts,
)
from policies.orders import SetMode
from policies.rulebook import DoorRules
from tests.policies.site_story import SiteStory
from tests.policies.sites import ALICE, BY_DAY, GUIDE, UNLOCKED_BY_DAY, door, person, site
from tests.policies.values import ALWAYS, HOUR, NOON, intervals, schedule, utc

FRONT = DoorId("front")
EVERY_DAY = replace(ALWAYS, on_holidays={kind: intervals("00:00-24:00") for kind in HolidayType})
BLOCKED_AT_LUNCH = ModeRule(DoorMode.BLOCKED, schedule("12:00-13:00"))
AFTER_FIRST = ModeRule(DoorMode.UNLOCKED, BY_DAY, first_card=True)
EARLY = utc("2025-06-18T05:00")
"""Six in the morning in London, a Wednesday."""
EIGHT, EIGHTEEN = utc("2025-06-18T07:00"), utc("2025-06-18T17:00")


def rules(*modes: ModeRule, degraded: Degraded = Degraded(), **more: object) -> DoorRules:
    made = site(doors=[door("front", modes=modes, degraded=degraded)], **more)  # type: ignore[arg-type]
    return made.doors[FRONT]


# -------------------------------------------------------------------------------------------- rank


def test_every_rank_stands_above_the_next() -> None:
    """Emergency release, lockdown, an operator's order, the schedule; without any of them, locked."""
    memory, front = Memory(), rules(UNLOCKED_BY_DAY)
    assert mode_of(front, memory) is DoorMode.LOCKED
    memory.scheduled[FRONT] = DoorMode.UNLOCKED
    assert mode_of(front, memory) is DoorMode.UNLOCKED
    memory.overrides[FRONT] = Override(DoorMode.BLOCKED)
    assert mode_of(front, memory) is DoorMode.BLOCKED
    memory.lockdowns[SITE] = "olga"
    assert mode_of(front, memory) is DoorMode.LOCKED_DOWN
    memory.freed[FRONT] = InputId("fire")
    assert mode_of(front, memory) is DoorMode.FREE


def test_a_lockdown_is_of_the_site_or_of_what_a_door_leads_into() -> None:
    """A door out of the area that is locked down is not meant."""
    made = site()
    memory = Memory(lockdowns={"store": "olga"})
    assert [is_locked_down(made.doors[DoorId(name)], memory) for name in ("front", "store")] == [False, True]
    memory.lockdowns = {SITE: "olga"}
    assert all(is_locked_down(each, memory) for each in made.doors.values())


@pytest.mark.parametrize("mode", [DoorMode.UNLOCKED, DoorMode.HELD_OPEN])
def test_no_door_of_an_interlock_stays_released(mode: DoorMode) -> None:
    """Whatever schedule, order or fallback would have it, but for emergency release."""
    group = [Interlock((FRONT, DoorId("store")))]
    front = rules(degraded=Degraded(reader_lost=Fallback.UNLOCK), interlocks=group)
    memory = Memory(gone={(Condition.READER_LOST, "front"): True})
    assert stays_secured(front, memory)
    assert mode_of(front, memory) is DoorMode.LOCKED
    memory.overrides[FRONT] = Override(mode)
    assert mode_of(front, memory) is DoorMode.LOCKED
    memory.overrides[FRONT] = Override(DoorMode.BLOCKED)
    assert mode_of(front, memory) is DoorMode.BLOCKED


@pytest.mark.parametrize(
    ("degraded", "gone"),
    [
        (Degraded(on_battery=Fallback.NO_UNLOCKING), (Condition.ON_BATTERY, None)),
        (Degraded(on_battery=Fallback.REFUSE), (Condition.ON_BATTERY, None)),
        (Degraded(contact_lost=Fallback.NO_UNLOCKING), (Condition.CONTACT_LOST, "front")),
        (Degraded(contact_lost=Fallback.REFUSE), (Condition.CONTACT_LOST, "front")),
        (Degraded(reader_lost=Fallback.REFUSE), (Condition.READER_LOST, "front")),
    ],
)
def test_a_condition_may_forbid_to_stay_released(
    degraded: Degraded, gone: tuple[Condition, str | None]
) -> None:
    """Schedule and order wait until it is over; what is lost at another door does not matter."""
    front = rules(UNLOCKED_BY_DAY, degraded=degraded)
    memory = Memory(scheduled={FRONT: DoorMode.UNLOCKED}, gone={gone: True})
    assert mode_of(front, memory) is DoorMode.LOCKED
    memory.gone = {(Condition.CONTACT_LOST, "back"): True, (Condition.READER_LOST, "back"): True}
    assert mode_of(front, memory) is DoorMode.UNLOCKED


def test_a_lost_reader_unlocks_only_what_is_locked_by_nobody() -> None:
    """Where the site file says so in as many words; an order and a blocked hour stand above it."""
    front = rules(degraded=Degraded(reader_lost=Fallback.UNLOCK))
    memory = Memory(gone={(Condition.READER_LOST, "front"): True})
    assert mode_of(front, Memory()) is DoorMode.LOCKED
    assert mode_of(front, memory) is DoorMode.UNLOCKED
    memory.scheduled[FRONT] = DoorMode.BLOCKED
    assert mode_of(front, memory) is DoorMode.BLOCKED
    memory.overrides[FRONT] = Override(DoorMode.LOCKED)
    assert mode_of(front, memory) is DoorMode.LOCKED


# ---------------------------------------------------------------------------------------- schedules


def test_the_first_rule_whose_schedule_holds_counts() -> None:
    """A blocked hour that stands before an unlocked day interrupts it."""
    front = rules(BLOCKED_AT_LUNCH, UNLOCKED_BY_DAY)
    assert scheduled_mode(front, Memory(), NOON) is DoorMode.BLOCKED
    assert scheduled_mode(front, Memory(), NOON + HOUR) is DoorMode.UNLOCKED
    assert scheduled_mode(front, Memory(), EARLY) is DoorMode.LOCKED
    assert next_change(front, EARLY) == EIGHT
    assert next_change(front, EIGHT) == NOON
    assert next_change(rules(), NOON) is None


@pytest.mark.parametrize("fallback", [Fallback.TIMELESS_ONLY, Fallback.REFUSE])
def test_without_a_clock_nothing_is_unlocked_by_the_hour(fallback: Fallback) -> None:
    """Where the site wants that; what always holds counts, and what keeps a door shut does so as ever."""
    always = ModeRule(DoorMode.UNLOCKED, EVERY_DAY)
    chosen = Degraded(clock_untrusted=fallback)
    memory = Memory(gone={(Condition.CLOCK_UNTRUSTED, None): True})
    front = rules(UNLOCKED_BY_DAY, always, degraded=chosen)
    assert rule_in_force(front, memory, NOON) == always
    assert rule_in_force(front, Memory(), NOON) == UNLOCKED_BY_DAY
    assert rule_in_force(rules(UNLOCKED_BY_DAY, degraded=chosen), memory, NOON) is None
    assert rule_in_force(rules(BLOCKED_AT_LUNCH, degraded=chosen), memory, NOON) == BLOCKED_AT_LUNCH
    assert rule_in_force(rules(UNLOCKED_BY_DAY), memory, NOON) == UNLOCKED_BY_DAY


def test_a_first_card_counts_in_its_own_interval() -> None:
    """Under the same rule, as long as its schedule holds without a break, whichever way the clock went."""
    card = FirstCard(AFTER_FIRST, NOON)
    assert still_counts(card, AFTER_FIRST, NOON)
    assert still_counts(card, AFTER_FIRST, EIGHT)
    assert not still_counts(card, AFTER_FIRST, EIGHTEEN)
    assert not still_counts(card, AFTER_FIRST, NOON + 24 * HOUR)
    assert not still_counts(card, AFTER_FIRST, NOON - 24 * HOUR)
    assert still_counts(card, None, NOON) is False
    assert not still_counts(card, replace(AFTER_FIRST, first_card_members=(MemberId("guard"),)), NOON)
    assert still_counts(
        FirstCard(replace(AFTER_FIRST, schedule=ALWAYS), EARLY), replace(AFTER_FIRST, schedule=ALWAYS), NOON
    )


# ------------------------------------------------------------------------------------------ stories


def test_a_door_is_unlocked_and_locked_by_schedule() -> None:
    """In the morning and in the evening, with an entry each time."""
    story = SiteStory(site(doors=[door("front", modes=(UNLOCKED_BY_DAY,))]), at=EARLY).expects()
    story.at(EIGHT)
    note = story.note("door_unlocked")
    assert (note.reason, note.detail) == ("The schedule says so.", {"mode": "unlocked"})
    story.expects("door_unlocked", "release front").leaf_opens("front").after(3600).expects("door_opened")
    story.leaf_closes("front").forgets().at(EIGHTEEN).expects("door_locked", "secure front")


def test_a_blocked_hour_lets_nobody_in() -> None:
    """By schedule, and leaving stays free."""
    story = SiteStory(site(doors=[door("front", modes=(BLOCKED_AT_LUNCH,))])).expects("door_blocked")
    story.badge(ALICE, "front-in").expects("denied_lockout")
    story.badge(ALICE, "front-out").expects("access_granted", "release front")
    story.at(HOUR).expects("secure front", "access_not_taken", "door_locked")


def first_card(*members: str, at: object = EARLY, **more: object) -> SiteStory:
    rule = ModeRule(DoorMode.UNLOCKED, BY_DAY, True, tuple(MemberId(member) for member in members))
    return SiteStory(site(doors=[door("front", modes=(rule,), **more)]), at=at)  # type: ignore[arg-type]


def test_unlocking_waits_for_the_first_card() -> None:
    """The hour alone unlocks nothing; somebody who has really come in does."""
    story = first_card().at(EIGHT).expects().badge(ALICE, "front-in").after(5).forgets().expects()
    story.badge(ALICE, "front-in").forgets().leaf_opens("front")
    assert story.note("door_unlocked").reason == "The first card has come in."
    story.expects("door_opened", "access_taken", "door_unlocked").leaf_closes("front").after(60)
    story.expects("door_closed").at(EIGHTEEN).expects("door_locked", "secure front")


def test_who_came_in_before_the_hour_does_not_count() -> None:
    """It is waited for anew each time the schedule begins."""
    story = first_card().goes_through(ALICE, "front-in").at(EIGHT).expects()
    story.goes_through(ALICE, "front-out").expects().goes_through(ALICE, "front-in")
    assert story.is_released("front")
    story.at(EIGHT + 24 * HOUR).forgets().expects()
    assert not story.is_released("front")


def test_a_first_card_may_have_to_be_somebodys() -> None:
    """Only a member of the named roles and groups begins the unlocking."""
    story = first_card("guard", "acme").at(EIGHT).goes_through(ALICE, "front-in")
    assert not story.is_released("front")
    assert story.goes_through(GUIDE, "front-in").is_released("front")
    acme = person("ann", groups=("acme",))
    assert first_card("guard", "acme").at(EIGHT).goes_through(acme, "front-in").is_released("front")


def test_intervals_back_to_back_each_wait_for_a_first_card() -> None:
    """When one rule follows another without a gap, somebody has to come in anew."""
    one = ModeRule(DoorMode.UNLOCKED, schedule("08:00-12:00"), first_card=True)
    two = ModeRule(DoorMode.UNLOCKED, schedule("12:00-18:00"), first_card=True)
    story = SiteStory(site(doors=[door("front", modes=(one, two))]), at=EIGHT).goes_through(ALICE, "front-in")
    story.at(NOON - HOUR).expects().at(NOON).expects("door_locked", "secure front")
    story.goes_through(ALICE, "front-in")
    assert story.is_released("front")


def test_a_blocked_hour_ends_what_a_first_card_began() -> None:
    """After it, somebody has to come in anew."""
    rules = site(doors=[door("front", modes=(BLOCKED_AT_LUNCH, AFTER_FIRST))])
    story = SiteStory(rules, at=EIGHT).goes_through(ALICE, "front-in").at(NOON).forgets().at(NOON + HOUR)
    story.expects("door_locked")


def test_who_is_only_assumed_to_have_come_in_is_no_first_card() -> None:
    """With the contact lost nobody has really been seen; a door that never had one knows no better."""
    story = first_card(at=EIGHT).lost(Condition.CONTACT_LOST, "front").badge(ALICE, "front-in").after(9)
    assert not story.is_released("front")
    story = first_card(at=EIGHT, monitored=False).badge(ALICE, "front-in").after(9)
    assert story.is_released("front")


def test_a_first_card_is_not_asked_for_twice() -> None:
    """Whoever comes in later changes nothing; nor does a change of other rules."""
    story = first_card(at=EIGHT).goes_through(ALICE, "front-in").forgets().goes_through(GUIDE, "front-in")
    story.follows(story.warden.rulebook).expects()
    assert story.is_released("front")


def test_a_lock_order_stands_above_a_first_card() -> None:
    """Somebody who comes in while an operator keeps the door locked unlocks nothing."""
    story = (
        first_card(at=EIGHT).goes_through(ALICE, "front-in").order(SetMode(FRONT, DoorMode.LOCKED)).forgets()
    )
    story.goes_through(ALICE, "front-in")
    assert not story.is_released("front")
