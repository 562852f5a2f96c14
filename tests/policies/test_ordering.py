"""Orders to the site: lockdown, the end of an emergency, threat levels, areas, people."""

import pytest

from policies.door_modes import DoorMode
from policies.factors import Asks, Factor
from policies.ids import AreaId, DoorId, InputId
from policies.memory import SITE
from policies.orders import (
    Arm,
    Disarm,
    EndEmergency,
    LiftLockdown,
    Lockdown,
    Order,
    PropDoor,
    ReleaseDoor,
    SetMode,
    SetThreatLevel,
)
from policies.places import AreaState, AsksWhen
from policies.rulebook import Traits
from tests.policies.site_story import SiteStory
from tests.policies.sites import (
    ALICE,
    BOB,
    GUARD,
    GUIDE,
    HALL,
    STAFF,
    STORE,
    UNLOCKED_BY_DAY,
    door,
    person,
    site,
    way_in,
)
from tests.policies.values import s

IN = ("access_granted", "release front")
GUARDS_PASS = {GUARD: Traits(passes_lockdown=True, threat_authority=5)}
FIRE = {InputId("fire"): (DoorId("front"), DoorId("back"))}


# ---------------------------------------------------------------------------------------- lockdown


def test_in_a_lockdown_only_those_pass_whom_the_site_lets_pass() -> None:
    """Everybody else is refused, and leaving is free."""
    story = SiteStory(site(traits_of=GUARDS_PASS)).order(Lockdown()).forgets()
    story.badge(ALICE, "front-in").expects("denied_deny_all")
    story.badge(GUIDE, "front-in").expects(*IN)
    story.badge(ALICE, "back-out").expects("access_granted", "release back")
    story.exit_button("store").expects("access_granted_anonymous", "release store")


def test_a_free_way_in_is_closed_by_a_lockdown() -> None:
    """Where nobody is asked who they are, nobody is let in."""
    story = SiteStory(site(points=[way_in("front", Asks.NOTHING)])).order(Lockdown()).forgets()
    story.badge(None, "front-in", Factor.NONE).expects("denied_deny_all")


def test_a_lockdown_of_an_area_covers_the_doors_that_lead_into_it() -> None:
    """The store is locked down and the hall is not."""
    story = SiteStory(site()).order(Lockdown(STORE)).expects("lockdown", "door_lockdown")
    story.badge(ALICE, "front-in").expects(*IN)
    story.badge(ALICE, "store-in").expects("denied_deny_all")


def test_a_lockdown_covers_the_areas_that_are_a_part_of_it() -> None:
    """The store is in the hall, so a lockdown of the hall covers it."""
    story = SiteStory(site()).order(Lockdown(HALL)).forgets()
    story.badge(ALICE, "store-in").expects("denied_deny_all")


def test_of_two_lockdowns_each_is_lifted_for_itself() -> None:
    """What is covered by both stays locked down until the second is lifted as well."""
    story = SiteStory(site()).order(Lockdown()).order(Lockdown(STORE)).forgets()
    story.order(LiftLockdown()).expects("lockdown_lifted", "door_locked", "door_locked")
    story.badge(ALICE, "store-in").expects("denied_deny_all")
    story.order(LiftLockdown(STORE)).expects("lockdown_lifted", "door_locked")
    story.badge(ALICE, "store-in").expects("access_granted", "release store")
    story.refuses(LiftLockdown(STORE), "no lockdown of store")


def test_a_lockdown_ends_what_a_schedule_unlocks() -> None:
    """And the door is unlocked again when it is lifted."""
    story = SiteStory(site(doors=[door("front", modes=(UNLOCKED_BY_DAY,))])).forgets().order(Lockdown(HALL))
    story.expects("lockdown", "door_lockdown", "secure front", "door_lockdown", "door_lockdown")
    story.order(LiftLockdown(HALL)).expects(
        "lockdown_lifted", "door_unlocked", "release front", "door_locked", "door_locked"
    )


def test_a_lockdown_stays_when_its_schedule_ends() -> None:
    """What a schedule does meanwhile has no say."""
    story = SiteStory(site(doors=[door("front", modes=(UNLOCKED_BY_DAY,))])).order(Lockdown()).forgets()
    story.at(s(8 * 3600)).expects().order(LiftLockdown()).expects("lockdown_lifted", *["door_locked"] * 3)


@pytest.mark.parametrize(
    "order",
    [
        ReleaseDoor(DoorId("front")),
        PropDoor(DoorId("front"), s(60)),
        SetMode(DoorId("front"), DoorMode.UNLOCKED),
        SetMode(DoorId("front"), DoorMode.HELD_OPEN),
        SetMode(DoorId("front"), DoorMode.LOCKED),
        SetMode(DoorId("front"), DoorMode.BLOCKED),
    ],
)
def test_orders_below_a_lockdown_are_refused(order: Order) -> None:
    """They do not wait until it is lifted and nobody thinks of them any more."""
    story = SiteStory(site()).order(Lockdown()).refuses(order, "locked down", "lockdown")
    story.order(LiftLockdown()).expects("lockdown_lifted", *["door_locked"] * 3)


# --------------------------------------------------------------------------------------- emergency


def on_fire() -> SiteStory:
    return SiteStory(site(fire_doors=FIRE)).fire().forgets()


def test_an_emergency_ends_when_an_operator_ends_it() -> None:
    """Not while the input is active; then all its doors are secured."""
    story = (
        on_fire().refuses(EndEmergency(), "still active").fire(active=False).expects("fire_input_restored")
    )
    story.order(EndEmergency())
    assert story.note("emergency_lifted").detail == {"operator": "olga", "doors": ["front", "back"]}
    story.expects("emergency_lifted", "door_locked", "secure front", "door_locked", "secure back")
    story.refuses(EndEmergency(), "No door is under emergency release")


def test_an_emergency_ranks_above_a_lockdown() -> None:
    """Free doors stay free and let everybody in; what the input does not release is locked down."""
    story = on_fire().order(Lockdown()).expects("lockdown", "door_lockdown")
    story.badge(ALICE, "front-in").expects("access_granted", "release front")
    story.badge(ALICE, "store-in").expects("denied_deny_all")
    story.fire(active=False).forgets().order(EndEmergency())
    story.forgets().badge(BOB, "front-in").expects("denied_deny_all")


@pytest.mark.parametrize("mode", [DoorMode.LOCKED, DoorMode.BLOCKED, DoorMode.UNLOCKED])
def test_orders_below_an_emergency_are_refused(mode: DoorMode) -> None:
    """No order to a door holds while it is free; to give it back to its schedule is none."""
    story = on_fire().refuses(SetMode(DoorId("front"), mode), "emergency")
    story.order(SetMode(DoorId("front"), None)).expects("door_normal")
    story.refuses(PropDoor(DoorId("front"), s(60)), "unlocked")


# ---------------------------------------------------------------------------- threat and armed areas


def test_a_threat_level_keeps_out_who_may_not_pass_at_it() -> None:
    """As many as the level says; it goes up and down by order, and leaving is free."""
    story = SiteStory(site(traits_of=GUARDS_PASS)).order(SetThreatLevel(3))
    assert story.note("threat_level_changed").detail == {"operator": "olga", "before": 0, "after": 3}
    story.forgets().badge(ALICE, "front-in").expects("denied_threat_level")
    story.badge(GUIDE, "front-in").expects(*IN)
    story.badge(ALICE, "back-out").expects("access_granted", "release back")
    story.order(SetThreatLevel(6)).forgets().badge(GUIDE, "front-in").expects("denied_threat_level")
    story.order(SetThreatLevel(0)).forgets().badge(ALICE, "front-in").expects(*IN)


@pytest.mark.parametrize("level", [-1, 10])
def test_a_threat_level_that_there_is_not_is_refused(level: int) -> None:
    """They go from 0 to 9, both included."""
    story = SiteStory(site()).order(SetThreatLevel(9)).expects("threat_level_changed")
    assert story.refuses(SetThreatLevel(level), "0 to 9").warden.memory.threat_level == 9


def asking(**when: object) -> SiteStory:
    more = AsksWhen(Asks.CARD_AND_PIN, **when)  # type: ignore[arg-type]
    return SiteStory(
        site(points=[way_in("store", asks_when=(more,))], traits_of={STAFF: Traits(threat_authority=9)})
    )


PINNED = person("pia", has_pin=True)
WITH_PIN = Factor.CARD | Factor.PIN
STORE_IN = ("access_granted", "release store")


def test_more_is_asked_for_at_a_threat_level() -> None:
    """From that level on a PIN is wanted too."""
    story = asking(threat_level=2).badge(PINNED, "store-in").expects(*STORE_IN)
    story.order(SetThreatLevel(2)).forgets().badge(PINNED, "store-in").expects()
    story.badge(PINNED, "store-in", WITH_PIN).expects(*STORE_IN)


def test_more_is_asked_for_while_an_area_is_armed() -> None:
    """An operator arms and disarms it."""
    story = asking(area=AreaState.ARMED).order(Arm(STORE))
    assert story.note("area_armed").detail == {"operator": "olga", "area": "store"}
    story.forgets().badge(PINNED, "store-in").expects()
    story.order(Disarm(STORE)).expects("area_disarmed").badge(PINNED, "store-in").expects(*STORE_IN)


def test_more_is_asked_of_the_first_one_in() -> None:
    """While the area is empty a PIN is wanted; with somebody in it, a card will do."""
    story = asking(area=AreaState.EMPTY).badge(PINNED, "store-in").expects()
    story.badge(PINNED, "store-in", WITH_PIN).leaf_opens("store").leaf_closes("store").forgets()
    story.badge(ALICE, "store-in").expects(*STORE_IN)


# ----------------------------------------------------------------------------------- what there is not


@pytest.mark.parametrize(
    ("order", "words"),
    [
        (ReleaseDoor(DoorId("side")), "no door side"),
        (SetMode(DoorId("side"), DoorMode.LOCKED), "no door side"),
        (PropDoor(DoorId("side"), s(60)), "no door side"),
        (Lockdown(AreaId("attic")), "no area attic"),
        (LiftLockdown(AreaId("attic")), "no lockdown of attic"),
        (Arm(AreaId("attic")), "no area attic"),
        (Disarm(AreaId("attic")), "no area attic"),
    ],
)
def test_orders_about_what_there_is_not_are_refused(order: Order, words: str) -> None:
    """The refusal is recorded, with what was ordered and by whom."""
    story = SiteStory(site()).order(order, order_id="9")
    note = story.note("order_refused")
    assert note.detail == {"operator": "olga", "order": "9", "ordered": type(order).__name__}
    assert note.door is None
    assert words in (note.reason or "")


def test_a_refused_order_tells_the_caller_and_the_record_the_same() -> None:
    """The words of the turn are those of the entry; an order that was carried out has none."""
    story = SiteStory(site()).order(Lockdown())
    turn = story.warden.order(ReleaseDoor(DoorId("front")), "olga", story.now)
    assert turn.refusal == turn.notes[0].reason
    assert turn.notes[0].door == "front"
    assert story.warden.order(LiftLockdown(SITE), "olga", story.now).refusal is None
