"""What is remembered over a restart, and under rules that have changed."""

import pytest

from policies.area_rules import LowerLimit
from policies.degraded import Condition
from policies.door_modes import DoorMode
from policies.ids import AreaId, DoorId, InputId, PersonId
from policies.interlock import Interlock
from policies.orders import Arm, EndEmergency, Forgive, LiftLockdown, Lockdown, SetMode, SetThreatLevel
from policies.people import UseLimits
from policies.places import Area
from policies.rulebook import EscortRules, Rulebook, Traits
from tests.policies.site_story import SiteStory
from tests.policies.sites import (
    ALICE,
    BOB,
    GUARD,
    GUIDE,
    HARD,
    STORE,
    UNLOCKED_BY_DAY,
    VIC,
    VISITOR,
    area,
    door,
    person,
    site,
)
from tests.policies.values import MINUTE, NOON, s

IN = ("access_granted", "release front")
LED = {GUARD: Traits(may_escort=True), VISITOR: Traits(needs_escort=True)}
FRONT = DoorId("front")


# ----------------------------------------------------------------------------------------- restart


def test_presence_and_passback_outlive_a_restart() -> None:
    """Who is inside is inside, is counted, and comes in no second time; who was forgiven, once."""
    story = SiteStory(site(areas=[area("hall", passback=HARD)])).goes_through(ALICE, "front-in")
    story.goes_through(BOB, "front-in").order(Forgive(PersonId("bob"))).restarts().forgets()
    assert story.warden.memory.headcounts["hall"] == 2  # type: ignore[index]
    story.badge(ALICE, "front-in").expects("denied_passback").badge(BOB, "front-in").expects(*IN)


def test_uses_outlive_a_restart() -> None:
    """What was spent is spent."""
    once = person("otto", uses=UseLimits(total=1))
    story = SiteStory(site()).goes_through(once, "front-in").restarts().forgets()
    story.badge(once, "front-in").expects("denied_credential_max_uses")


def test_lockdown_threat_level_and_armed_areas_outlive_a_restart() -> None:
    """What an operator has ordered for the site holds until an operator ends it."""
    story = SiteStory(site()).order(Lockdown()).order(SetThreatLevel(2)).order(Arm(STORE)).forgets()
    assert (
        story.restarts().notes("door_lockdown")[0].reason
        == "The schedule says so, or it was so before the start."
    )
    story.forgets().badge(ALICE, "front-in").expects("denied_deny_all")
    story.order(LiftLockdown()).forgets().badge(ALICE, "front-in").expects("denied_threat_level")
    assert story.warden.memory.armed == {"store": "olga"}


def test_a_restart_does_not_end_an_emergency() -> None:
    """Doors that a fire input has released are released again at once, until an operator ends that."""
    story = SiteStory(site(fire_doors={InputId("fire"): (FRONT,)})).fire().forgets().restarts()
    story.expects("door_free_access", "release front")
    story.order(EndEmergency()).expects("emergency_lifted", "door_locked", "secure front")


def test_an_order_to_unlock_does_not_outlive_a_restart() -> None:
    """A controller that starts must never release a door for an order that nobody stands behind any more."""
    story = SiteStory(site()).order(SetMode(FRONT, DoorMode.UNLOCKED)).forgets().restarts().expects()
    story.badge(ALICE, "front-in").expects(*IN)


def test_an_order_to_block_outlives_a_restart_and_ends_on_time() -> None:
    """An order that secures is kept; its end is waited for anew."""
    story = SiteStory(site()).order(SetMode(FRONT, DoorMode.BLOCKED, NOON + 30 * MINUTE)).at(10 * MINUTE)
    story.forgets().restarts().expects("door_blocked").at(29 * MINUTE).expects()
    story.at(30 * MINUTE).expects("door_locked")


def test_an_order_that_ended_while_nothing_ran_is_over_at_the_start() -> None:
    """The record tells of its end."""
    story = SiteStory(site()).order(SetMode(FRONT, DoorMode.BLOCKED, NOON + 30 * MINUTE)).forgets()
    story.now += 60 * MINUTE
    story.restarts().expects("door_blocked", "door_locked")


def test_a_schedule_unlocks_at_the_start() -> None:
    """What holds by schedule holds at once."""
    rules = site(doors=[door("front", modes=(UNLOCKED_BY_DAY,))])
    SiteStory(rules).expects("door_unlocked", "release front").restarts().expects(
        "door_unlocked", "release front"
    )


def test_a_visitor_without_an_escort_is_watched_from_the_start() -> None:
    """The grace time begins anew, and the alarm comes when it is over."""
    story = SiteStory(site(traits_of=LED, escort=EscortRules(grace=s(60)))).badge(GUIDE, "front-in")
    story.badge(VIC, "front-in").leaf_opens("front").leaf_closes("front").goes_through(GUIDE, "front-out")
    story.after(30).restarts().forgets().after(59).expects().after(1).expects("visitor_alone")


def test_somebody_alone_is_watched_from_the_start() -> None:
    """The grace time of a two-person area begins anew."""
    rules = site(areas=[area("store", lower_limit=LowerLimit(2, s(60)))])
    story = SiteStory(rules).goes_through(ALICE, "store-in").after(30).restarts().forgets()
    story.after(59).expects().after(1).expects("occupancy_below_minimum")


def test_a_visitor_who_had_not_passed_is_nobodys_after_a_restart() -> None:
    """A grant does not outlive a restart, and neither does the escort that came with it."""
    story = SiteStory(site(traits_of=LED)).badge(GUIDE, "front-in").badge(VIC, "front-in").restarts()
    assert not story.warden.memory.escorts


def test_what_could_be_read_back_only_later_holds_from_then_on() -> None:
    """A lockdown, people and an order from before the start; what was ordered since stays in force."""
    story = (
        SiteStory(site()).order(SetMode(DoorId("back"), DoorMode.UNLOCKED)).goes_through(ALICE, "front-in")
    )
    memory = story.warden.memory
    kept = {FRONT: memory.overrides[DoorId("back")], **memory.overrides}
    memory.overrides.update(kept)
    memory.lockdowns["store"] = "olga"
    memory.headcounts.clear()
    turn = story.warden.recall(story.now)
    assert [note.type for note in turn.notes] == ["door_lockdown"]
    assert memory.overrides.keys() == {"back"}
    assert memory.headcounts == {"hall": 1}


# ------------------------------------------------------------------------------------- other rules


SHED = {"front": ("street", "hall"), "back": ("street", "hall"), "store": ("hall", "store")}


def without_store() -> Rulebook:
    """The same doors, and the inner one leads to a room of another name that is a part of nothing."""
    return site(plan={**SHED, "store": ("hall", "vault")})


def test_people_are_in_what_is_left_of_an_area() -> None:
    """The store is gone, so who was in there is in the hall, of which it was a part."""
    story = SiteStory(site()).goes_through(ALICE, "store-in").forgets().follows(without_store())
    stay = story.warden.memory.stays[PersonId("alice")]
    assert (stay.area, [area for area, _at in stay.entered]) == ("hall", ["hall"])
    assert story.expects().warden.memory.member_counts["hall", "staff"] == 1  # type: ignore[index]


def test_who_was_in_an_area_that_is_gone_is_nowhere() -> None:
    """The record names them, since they are not looked for any more; their next entry is their first."""
    story = SiteStory(without_store()).goes_through(ALICE, "store-in").goes_through(BOB, "front-in")
    story.follows(site(areas=[area("hall", passback=HARD)]))
    note = story.note("passback_forgiven")
    assert note.detail == {"people": 1, "nowhere": ["alice"]}
    assert story.warden.memory.stays.keys() == {"bob"}
    story.forgets().badge(ALICE, "front-in").expects(*IN)


def test_an_area_that_is_a_part_of_another_by_now_is_counted_there() -> None:
    """Who is in the vault is from now on in the hall as well, since the same instant."""
    story = SiteStory(without_store()).goes_through(ALICE, "store-in")
    inner = Area(AreaId("vault"), "Vault", within=AreaId("hall"))
    story.follows(site(plan={**SHED, "store": ("hall", "vault")}, areas=[inner]))
    stay = story.warden.memory.stays[PersonId("alice")]
    assert [(area, at == story.now) for area, at in stay.entered] == [("vault", True), ("hall", True)]
    assert story.warden.memory.headcounts == {"vault": 1, "hall": 1}


def test_a_lockdown_of_an_area_that_is_gone_is_lifted() -> None:
    """Nobody could lift it any more; the record says so. The same goes for an armed area."""
    story = SiteStory(site()).order(Lockdown(STORE)).order(Arm(STORE)).order(Lockdown()).forgets()
    story.follows(without_store())
    assert story.note("lockdown_lifted").detail == {"scope": "store"}
    assert story.note("area_disarmed").detail == {"area": "store"}
    story.expects("lockdown_lifted", "area_disarmed")
    assert (story.warden.memory.lockdowns, story.warden.memory.armed) == ({"site": "olga"}, {})
    story.order(LiftLockdown()).forgets().badge(ALICE, "store-in").expects("access_granted", "release store")


def test_a_lower_limit_that_is_gone_raises_no_alarm() -> None:
    """One that was raised is restored, and one that was waited for does not come."""
    rules = site(areas=[area("store", lower_limit=LowerLimit(2, s(60)))])
    story = SiteStory(rules).goes_through(ALICE, "store-in").follows(site()).forgets().after(60).expects()
    story = SiteStory(rules).goes_through(ALICE, "store-in").after(60).forgets().follows(site())
    story.expects("occupancy_below_minimum_restored").follows(rules).after(60).expects(
        "occupancy_below_minimum"
    )


def test_a_schedule_that_is_gone_locks_its_door() -> None:
    """And nothing of it is left that would unlock the door later."""
    rules = site(doors=[door("front", modes=(UNLOCKED_BY_DAY,))])
    story = SiteStory(rules).forgets().follows(site()).expects("door_locked", "secure front")
    assert not story.timers
    story.follows(rules).expects("door_unlocked", "release front")


def test_new_rules_free_more_doors_while_a_fire_input_is_active() -> None:
    """What the input releases by the new rules is released at once."""
    fire = InputId("fire")
    story = (
        SiteStory(site(fire_doors={fire: (FRONT,), InputId("other"): (DoorId("store"),)})).fire().forgets()
    )
    more = {fire: (FRONT, DoorId("back")), InputId("other"): (DoorId("store"),)}
    rules = site(fire_doors=more)
    story.follows(rules).expects("door_free_access", "release back")


def test_a_new_interlock_holds_from_the_first_moment() -> None:
    """Of two doors that are released when it comes into force one is secured, whoever was granted there."""
    story = SiteStory(site()).badge(ALICE, "front-in").badge(BOB, "back-in").forgets()
    story.follows(site(interlocks=[Interlock((FRONT, DoorId("back")))])).expects(
        "secure back", "access_not_taken"
    )


def test_doors_that_are_gone_leave_nothing_behind() -> None:
    """After a restart without a door, no order and no emergency of it is remembered."""
    story = SiteStory(site(fire_doors={InputId("fire"): (DoorId("back"),)})).fire()
    story.order(SetMode(FRONT, DoorMode.BLOCKED)).forgets()
    story.witness.freed.clear()
    story.restarts(site(plan={"store": ("hall", "store")})).expects()
    assert not story.warden.memory.overrides
    assert not story.warden.memory.freed


@pytest.mark.parametrize("lost", [Condition.CONTACT_LOST, Condition.READER_LOST])
def test_what_was_lost_is_asked_anew_after_a_restart(lost: Condition) -> None:
    """Devices report by themselves how they are."""
    story = SiteStory(site()).lost(lost, "front" if lost is Condition.CONTACT_LOST else "front-in")
    assert not story.restarts().warden.memory.gone
