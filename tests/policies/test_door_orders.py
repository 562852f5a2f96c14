"""Orders to single doors: release, modes with and without an end, propping."""

from datetime import timedelta

import pytest

from policies.degraded import Condition, Degraded, Fallback
from policies.door_modes import DoorMode
from policies.ids import DoorId
from policies.interlock import Interlock
from policies.orders import PropDoor, ReleaseDoor, SetMode
from policies.places import DoorTimes
from tests.policies.site_story import SiteStory
from tests.policies.sites import ALICE, BOB, UNLOCKED_BY_DAY, door, site
from tests.policies.values import HOUR, MINUTE, NOON, s

FRONT = DoorId("front")
IN = ("access_granted", "release front")
BY_DAY = {"modes": (UNLOCKED_BY_DAY,)}


def mode(which: DoorMode | None, minutes: float | None = None) -> SetMode:
    return SetMode(FRONT, which, None if minutes is None else NOON + minutes * MINUTE)


def airlock() -> SiteStory:
    return SiteStory(site(interlocks=[Interlock((FRONT, DoorId("store")))]))


# ------------------------------------------------------------------------------------------ release


def test_an_operator_releases_a_door_once() -> None:
    """As for a valid badge; nobody is moved by it."""
    story = SiteStory(site()).order(ReleaseDoor(FRONT), order_id="1")
    assert story.note("manual_unlock").detail == {"operator": "olga", "order": "1"}
    assert story.note("manual_unlock").reason == "Ordered by olga."
    story.expects("manual_unlock", "release front").after(5).expects("secure front")


def test_a_blocked_door_can_be_released_by_an_operator() -> None:
    """No credential counts there; an order does, and leaving is free."""
    story = SiteStory(site()).order(mode(DoorMode.BLOCKED)).expects("door_blocked")
    story.badge(ALICE, "front-in").expects("denied_lockout")
    story.order(ReleaseDoor(FRONT)).expects("manual_unlock", "release front").after(5).forgets()
    story.badge(ALICE, "front-out").expects(*IN)


def test_an_interlock_stands_above_an_operator() -> None:
    """While the sibling is off its latch nothing releases the door from outside, nor keeps it released."""
    story = airlock().badge(ALICE, "store-in").forgets()
    story.refuses(ReleaseDoor(FRONT), "interlock").refuses(PropDoor(FRONT, 2 * MINUTE), "interlock")
    story.refuses(mode(DoorMode.UNLOCKED), "interlock").refuses(mode(DoorMode.HELD_OPEN), "interlock")
    story.order(mode(DoorMode.BLOCKED)).expects("door_blocked")


# -------------------------------------------------------------------------------------------- modes


def test_an_unlocked_door_is_locked_when_the_order_ends() -> None:
    """The entry says until when, and the end is recorded with whose order it was."""
    story = SiteStory(site()).order(mode(DoorMode.UNLOCKED, 30))
    assert story.note("door_unlocked").detail == {"operator": "olga", "until": "2025-06-18T11:30:00+00:00"}
    story.expects("door_unlocked", "release front").at(30 * MINUTE)
    assert story.note("door_locked").reason == "What olga ordered has come to its end."
    story.expects("door_locked", "secure front")


def test_a_later_order_takes_the_place_of_an_earlier_one() -> None:
    """With the earlier order its end is gone as well."""
    story = SiteStory(site()).order(mode(DoorMode.UNLOCKED, 30)).order(mode(DoorMode.UNLOCKED)).forgets()
    story.at(HOUR).expects()
    story.order(mode(DoorMode.LOCKED, 90)).expects("door_locked", "secure front").at(90 * MINUTE).expects()


def test_locking_ends_an_unlock_order() -> None:
    """The later order takes its place."""
    story = SiteStory(site()).order(mode(DoorMode.UNLOCKED)).forgets().order(mode(DoorMode.LOCKED))
    story.expects("door_locked", "secure front").order(mode(None)).expects("door_normal")


def test_a_door_can_be_locked_while_its_schedule_unlocks_it() -> None:
    """That holds until the door is given back, over the end of the schedule and its next beginning too."""
    story = SiteStory(site(doors=[door("front", **BY_DAY)])).forgets().order(mode(DoorMode.LOCKED))
    story.expects("door_locked", "secure front").at(timedelta(days=1)).expects()
    story.order(mode(None)).expects("door_normal", "door_unlocked", "release front")


def test_a_door_that_is_locked_at_night_stays_locked_in_the_morning() -> None:
    """Who locks a door by order has it locked, whatever the hour, until the order ends or is taken back."""
    story = SiteStory(site(doors=[door("front", **BY_DAY)])).at(timedelta(hours=10)).forgets()
    story.order(mode(DoorMode.LOCKED, 24 * 60)).expects("door_locked").at(timedelta(hours=21)).expects()
    story.at(timedelta(hours=24)).expects("door_unlocked", "release front")


def test_an_order_that_ends_with_the_schedule_leaves_the_door_locked() -> None:
    """Of two timers at one instant that of the order may come first; nothing is released for a moment."""
    story = SiteStory(site(doors=[door("front", **BY_DAY)])).order(mode(DoorMode.BLOCKED, 6 * 60)).forgets()
    story.at(timedelta(hours=6)).expects("door_locked")


def test_locking_holds_against_a_fallback_that_releases() -> None:
    """Where a lost reader leaves a door released, an operator's lock order stands above it."""
    rules = site(doors=[door("front", degraded=Degraded(reader_lost=Fallback.UNLOCK))])
    story = SiteStory(rules).lost(Condition.READER_LOST, "front-in").forgets()
    story.order(mode(DoorMode.LOCKED)).expects("door_locked", "secure front")
    story.order(mode(None)).expects("door_normal", "door_unlocked", "release front")


def test_giving_a_door_back_has_no_end() -> None:
    """Nothing is waited for, whatever the order says."""
    story = SiteStory(site()).order(mode(DoorMode.UNLOCKED, 30)).order(mode(None, 30))
    assert story.note("door_normal").detail == {"operator": "olga"}
    assert not story.timers


@pytest.mark.parametrize("firm", [DoorMode.BLOCKED, DoorMode.HELD_OPEN, DoorMode.LOCKED_DOWN])
def test_a_firm_mode_is_ended_by_its_lifting_alone(firm: DoorMode) -> None:
    """Neither to lock nor to unlock ends it; another firm mode, or giving the door back, does."""
    story = SiteStory(site()).order(mode(firm)).refuses(mode(DoorMode.LOCKED), "schedule first")
    story.refuses(mode(DoorMode.UNLOCKED, 5), "schedule first").order(mode(DoorMode.BLOCKED)).forgets()
    story.order(mode(None))
    assert story.note("door_normal").reason == "Ordered by olga."
    story.badge(ALICE, "front-in")
    assert story.is_granted()


def test_a_held_door_is_no_schedules_business() -> None:
    """It stays released when the schedule would lock it."""
    story = SiteStory(site(doors=[door("front", **BY_DAY)])).order(mode(DoorMode.HELD_OPEN)).forgets()
    story.at(timedelta(days=2)).expects()
    assert story.is_released("front")


def test_one_door_can_be_locked_down() -> None:
    """It is as in a lockdown: credentials do not count, and no order releases it."""
    story = SiteStory(site()).order(mode(DoorMode.LOCKED_DOWN)).expects("door_lockdown")
    story.badge(ALICE, "front-in").expects("denied_deny_all")
    story.refuses(ReleaseDoor(FRONT), "locked down")


@pytest.mark.parametrize(
    ("order", "words"),
    [
        (mode(DoorMode.FREE), "Nobody can order the mode free"),
        (mode(DoorMode.UNLOCKED, 0), "ended before it began"),
        (mode(DoorMode.UNLOCKED, -5), "ended before it began"),
    ],
)
def test_orders_that_make_no_sense_are_refused(order: SetMode, words: str) -> None:
    """Nothing changes by them."""
    SiteStory(site()).refuses(order, words)


def test_a_lock_order_takes_back_what_was_granted_on_the_way_in() -> None:
    """Also where the door is locked already."""
    story = SiteStory(site()).badge(ALICE, "front-in").forgets().order(mode(DoorMode.LOCKED))
    story.expects("door_locked", "secure front", "access_not_taken")


def test_nothing_keeps_a_door_released_on_battery() -> None:
    """Where the site says so, such an order is refused while the mains are gone."""
    rules = site(doors=[door("front", degraded=Degraded(on_battery=Fallback.NO_UNLOCKING))])
    story = SiteStory(rules).lost(Condition.ON_BATTERY).forgets()
    story.refuses(mode(DoorMode.UNLOCKED), "on battery").order(mode(DoorMode.BLOCKED)).expects("door_blocked")


def test_an_order_that_ended_while_the_clock_was_wrong_ends_once() -> None:
    """A clock that is set back makes the order last until its time; set forward, it is over at once."""
    story = SiteStory(site()).order(mode(DoorMode.UNLOCKED, 30)).at(20 * MINUTE).forgets()
    story.clock_is_set(NOON).at(NOON + 29 * MINUTE).expects().at(NOON + 30 * MINUTE).expects(
        "door_locked", "secure front"
    )
    story.order(SetMode(FRONT, DoorMode.UNLOCKED, story.now + HOUR)).forgets()
    story.clock_is_set(story.now + 2 * HOUR).expects("door_locked", "secure front")


def test_a_timer_that_comes_before_the_end_waits_for_it() -> None:
    """Timers run on a clock of their own; the end is where the wall clock says."""
    story = SiteStory(site()).order(mode(DoorMode.UNLOCKED, 30)).forgets()
    turn = story.warden.elapsed(("override", "front"), NOON + 29 * MINUTE)
    assert turn.effects[0].after == MINUTE  # type: ignore[union-attr]
    assert story.order(mode(DoorMode.UNLOCKED)).warden.elapsed(("override", "front"), NOON).effects == []


# ---------------------------------------------------------------------------------------- propping


def test_a_propped_leaf_may_stand_open_for_longer() -> None:
    """The door is released once, and the alarm comes after the longer time; the next time is as usual."""
    story = SiteStory(site()).order(PropDoor(FRONT, timedelta(minutes=10)))
    assert story.note("door_propped").detail == {"operator": "olga", "for_s": 600.0}
    story.expects("door_propped", "release front").leaf_opens("front").expects("door_opened", "secure front")
    story.after(594).expects().after(1).expects("pre_alarm front", "door_pre_alarm")
    story.after(5).expects("alarm front", "door_open_too_long").leaf_closes("front").forgets()
    story.badge(BOB, "front-in").leaf_opens("front").forgets().after(35).expects(
        "pre_alarm front", "door_pre_alarm"
    )


def test_propping_makes_an_open_leaf_lawful() -> None:
    """The alarm of a leaf that was held or forced open ends with it."""
    story = SiteStory(site()).leaf_opens("front").forgets().order(PropDoor(FRONT, timedelta(minutes=10)))
    story.expects("door_propped", "quiet front", "door_forced_open_restored")
    story.after(595).expects("pre_alarm front", "door_pre_alarm")


def test_propping_has_its_limits() -> None:
    """Not longer than the site allows, not shorter than usual, and only where an alarm could follow."""
    blind = door("back", monitored=False)
    brief = door("front", longest_prop=timedelta(minutes=5), times=DoorTimes(open=s(20)))
    story = SiteStory(site(doors=[blind, brief]))
    story.refuses(PropDoor(FRONT, s(301)), "300 s at most").refuses(PropDoor(FRONT, s(20)), "20 s anyway")
    story.refuses(PropDoor(DoorId("back"), s(60)), "no position switch")
    story.order(mode(DoorMode.UNLOCKED)).refuses(PropDoor(FRONT, s(60)), "unlocked")
    story.order(mode(None)).forgets().order(PropDoor(FRONT, s(300))).expects("door_propped", "release front")
