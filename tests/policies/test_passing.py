"""Passages, presence and passback, told as they happen at the doors of a site."""

from datetime import timedelta

import pytest

from policies.area_rules import Passback, PassbackKind
from policies.degraded import Condition, Degraded, Fallback
from policies.door_modes import DoorMode
from policies.factors import Factor
from policies.ids import DoorId, PersonId
from policies.memory import Sureness
from policies.orders import Forgive, Lockdown, SetMode
from policies.rulebook import Traits
from tests.policies.site_story import SiteStory
from tests.policies.sites import ALICE, BOB, HARD, SOFT, STAFF, area, door, person, site
from tests.policies.values import MINUTE

IN = ("access_granted", "release front")
OPENED = ("door_opened", "access_taken", "secure front")


def where(story: SiteStory, name: str) -> str | None:
    stay = story.warden.memory.stays.get(PersonId(name))
    return None if stay is None else stay.area


def hard_hall(**more: object) -> SiteStory:
    return SiteStory(site(areas=[area("hall", passback=HARD)], **more))  # type: ignore[arg-type]


# ---------------------------------------------------------------------------------------- presence


def test_presence_moves_when_the_leaf_opened_and_not_before() -> None:
    """A grant alone moves nobody; the opened leaf does."""
    story = SiteStory(site()).badge(ALICE, "front-in").expects(*IN)
    assert where(story, "alice") is None
    story.after(2).leaf_opens("front").expects(*OPENED)
    assert where(story, "alice") == "hall"
    assert story.warden.memory.stays[PersonId("alice")].sureness is Sureness.SEEN


def test_who_does_not_open_the_leaf_stays_where_they_were() -> None:
    """When the release time is over, the grant has come to nothing, and the record says so."""
    story = SiteStory(site()).badge(ALICE, "front-in").expects(*IN)
    story.after(5).expects("secure front", "access_not_taken")
    story.leaf_opens("front").expects("door_opened", "alarm front", "door_forced_open")
    assert where(story, "alice") is None


def test_everybody_who_was_granted_passes_when_the_leaf_opens() -> None:
    """Two who badge before the leaf opens have both passed once it has."""
    story = SiteStory(site()).badge(ALICE, "front-in").badge(BOB, "front-in").forgets()
    story.leaf_opens("front").expects("door_opened", "access_taken", "access_taken", "secure front")
    assert (where(story, "alice"), where(story, "bob")) == ("hall", "hall")


def test_who_badges_at_an_open_leaf_has_passed_at_once() -> None:
    """Nothing keeps them from walking in behind the other."""
    story = SiteStory(site()).badge(ALICE, "front-in").leaf_opens("front").forgets()
    story.after(2).badge(BOB, "front-in").expects("access_granted", "release front", "access_taken")
    assert where(story, "bob") == "hall"


def test_presence_follows_through_several_doors() -> None:
    """Somebody goes in by one door, deeper by another, and out by a third."""
    story = SiteStory(site()).goes_through(ALICE, "front-in").goes_through(ALICE, "store-in")
    counts = story.warden.memory.headcounts
    assert (where(story, "alice"), counts["hall"], counts["store"]) == ("store", 1, 1)  # type: ignore[index]
    story.goes_through(ALICE, "store-out").goes_through(ALICE, "back-out")
    assert where(story, "alice") == "street"
    assert {counts["hall"], counts["store"]} == {0}  # type: ignore[index]


def test_an_exit_request_moves_nobody() -> None:
    """Nobody can say who pressed the button."""
    story = SiteStory(site()).goes_through(ALICE, "front-in").exit_button("front")
    story.leaf_opens("front").expects(
        "access_granted_anonymous", "release front", "door_opened", "secure front"
    )
    assert where(story, "alice") == "hall"


def test_an_unmonitored_door_moves_people_with_the_grant() -> None:
    """Where no position switch tells, somebody who was granted is assumed to have passed."""
    story = SiteStory(site(doors=[door("front", monitored=False)])).badge(ALICE, "front-in").expects(*IN)
    assert where(story, "alice") == "hall"
    assert story.warden.memory.stays[PersonId("alice")].sureness is Sureness.ASSUMED
    story.after(5).expects("secure front")


def test_nobody_is_moved_by_a_card_that_nobody_holds() -> None:
    """Whoever leaves with it by an unmonitored door was let out, and that is all that is known."""
    story = SiteStory(site(doors=[door("front", monitored=False)])).badge(None, "front-out")
    story.expects("access_granted_anonymous", "release front")
    assert not story.warden.memory.stays


def test_a_lost_contact_makes_presence_an_assumption() -> None:
    """While the switch does not answer, grants move people; when it is back, leaves do again."""
    story = SiteStory(site()).lost(Condition.CONTACT_LOST, "front").expects("input_fault")
    story.badge(ALICE, "front-in").expects(*IN)
    assert story.warden.memory.stays[PersonId("alice")].sureness is Sureness.ASSUMED
    story.back(Condition.CONTACT_LOST, "front").expects("input_restored")
    story.after(5).expects("secure front")
    story.badge(BOB, "front-in").expects(*IN)
    assert where(story, "bob") is None


def test_who_waits_when_the_contact_is_lost_is_assumed_to_have_passed() -> None:
    """Nobody can tell the end of a passage that had begun, so it is not said to have come to nothing."""
    story = SiteStory(site()).badge(ALICE, "front-in").lost(Condition.CONTACT_LOST, "front")
    assert where(story, "alice") == "hall"
    story.back(Condition.CONTACT_LOST, "front").forgets()
    story.after(5).expects("secure front")


def test_a_lock_order_takes_a_grant_back() -> None:
    """What was granted and not used is void when an operator locks the door."""
    story = SiteStory(site()).badge(ALICE, "front-in").forgets()
    story.order(SetMode(DoorId("front"), DoorMode.LOCKED)).expects(
        "door_locked", "secure front", "access_not_taken"
    )


def test_an_unlocked_door_still_tells_who_came_in() -> None:
    """Whoever badges at an unlocked door is present when its leaf opens, and not when it stays shut."""
    story = SiteStory(site()).order(SetMode(DoorId("front"), DoorMode.UNLOCKED)).forgets()
    story.badge(ALICE, "front-in").leaf_opens("front").expects(
        "access_granted", "release front", "door_opened", "access_taken"
    )
    story.leaf_closes("front").badge(BOB, "front-in").after(5).expects(
        "door_closed", "access_granted", "release front", "access_not_taken"
    )
    assert (where(story, "alice"), where(story, "bob")) == ("hall", None)


# ---------------------------------------------------------------------------------------- passback


def test_hard_passback_refuses_a_second_entry() -> None:
    """Who is inside comes in by no door, and when they have left by any, they may again."""
    story = hard_hall().goes_through(ALICE, "front-in")
    story.badge(ALICE, "front-in").badge(ALICE, "back-in").expects("denied_passback", "denied_passback")
    story.goes_through(ALICE, "back-out").badge(ALICE, "front-in").expects(*IN)


def test_a_grant_that_came_to_nothing_is_no_entry() -> None:
    """Passback counts from the leaf, not from the badge."""
    story = hard_hall().badge(ALICE, "front-in").after(5).forgets()
    story.badge(ALICE, "front-in").expects(*IN)


def test_nobody_comes_in_by_two_doors_at_once() -> None:
    """Who was granted at one door and has not passed is refused at another into the same area."""
    story = hard_hall().badge(ALICE, "front-in").forgets()
    story.badge(ALICE, "back-in").expects("denied_passback")
    story.badge(ALICE, "front-in").expects(*IN)


def test_passback_never_keeps_anybody_in() -> None:
    """Who was never seen to enter leaves all the same."""
    hard_hall().badge(ALICE, "front-out").expects(*IN)


def test_a_nested_area_is_left_without_leaving_the_area_around_it() -> None:
    """From the store back into the hall is no second entry into the hall."""
    story = SiteStory(site(areas=[area("hall", passback=HARD), area("store", passback=HARD)]))
    story.goes_through(ALICE, "front-in").goes_through(ALICE, "store-in")
    story.badge(ALICE, "store-in").expects("denied_passback")
    story.badge(ALICE, "back-in").expects("denied_passback")
    story.goes_through(ALICE, "store-out").badge(ALICE, "store-in").expects("access_granted", "release store")


def test_soft_passback_grants_and_reports() -> None:
    """A second entry is let in, and the record has a word on it."""
    story = SiteStory(site(areas=[area("hall", passback=SOFT)])).goes_through(ALICE, "front-in")
    story.badge(ALICE, "back-in").expects("access_granted", "passback_detected", "release back")


def test_timed_passback_forgets() -> None:
    """After its time a second entry is none any more; the time runs from the latest entry."""
    timed = Passback(PassbackKind.TIMED, 10 * MINUTE)
    story = SiteStory(site(areas=[area("hall", passback=timed)])).goes_through(ALICE, "front-in")
    story.at(9 * MINUTE).badge(ALICE, "back-in").expects("denied_passback")
    story.at(10 * MINUTE).goes_through(ALICE, "back-in")
    story.at(19 * MINUTE).badge(ALICE, "front-in").expects("denied_passback")
    story.at(20 * MINUTE).badge(ALICE, "front-in").expects(*IN)


def test_an_operator_forgives_one_person() -> None:
    """The next entry of that person counts as the first; the one after does not, and others are not meant."""
    story = hard_hall().goes_through(ALICE, "front-in").goes_through(BOB, "front-in")
    story.order(Forgive(PersonId("alice"))).expects("passback_forgiven")
    story.badge(BOB, "back-in").expects("denied_passback")
    story.goes_through(ALICE, "back-in").badge(ALICE, "back-in").expects("denied_passback")


def test_an_operator_forgives_everybody() -> None:
    """Each of them has one entry free."""
    story = hard_hall().goes_through(ALICE, "front-in").goes_through(BOB, "front-in")
    story.order(Forgive())
    assert story.note("passback_forgiven").detail == {"operator": "olga", "people": 2}
    story.goes_through(ALICE, "back-in").goes_through(BOB, "back-in")
    assert where(story, "bob") == "hall"


def test_forgiving_does_not_move_anybody() -> None:
    """Who is forgiven is counted where they are."""
    story = hard_hall().goes_through(ALICE, "front-in").order(Forgive(PersonId("alice")))
    assert where(story, "alice") == "hall"
    assert story.order(Forgive(PersonId("nobody"))).warden.memory.stays.keys() == {"alice"}


def test_an_exempt_person_is_not_asked_where_they_are() -> None:
    """Passback does not count for them, by their own mark or by that of their role."""
    exempt = person("eve", exempt=True)
    story = (
        hard_hall()
        .goes_through(exempt, "front-in")
        .badge(exempt, "back-in")
        .expects("access_granted", "release back")
    )
    story = hard_hall(traits_of={STAFF: Traits(exempt=True)})
    story.goes_through(ALICE, "front-in").badge(ALICE, "back-in").expects("access_granted", "release back")


def test_a_lost_reader_may_set_passback_aside() -> None:
    """Where the site file says so, who could not badge out is not refused on the way in."""
    lenient = door("front", degraded=Degraded(reader_lost=Fallback.WITHOUT_PASSBACK))
    story = hard_hall(doors=[lenient]).goes_through(ALICE, "front-in")
    story.badge(ALICE, "front-in").expects("denied_passback")
    story.lost(Condition.READER_LOST, "front-out").forgets().badge(ALICE, "front-in").expects(*IN)
    story.after(5).badge(ALICE, "back-in").forgets()
    story.back(Condition.READER_LOST, "front-out").forgets()
    story.badge(ALICE, "front-in").expects("denied_passback")


def test_roles_that_changed_inside_are_taken_off_as_they_were_counted() -> None:
    """Somebody who was given another role meanwhile leaves no ghost behind in the counts of the old one."""
    story = SiteStory(site()).goes_through(ALICE, "front-in")
    promoted = person("alice", STAFF, groups=("acme",))
    story.goes_through(promoted, "store-in").goes_through(person("alice", groups=("other",)), "front-out")
    counts = story.warden.memory.member_counts
    assert {key: count for key, count in counts.items() if count} == {
        ("street", "staff"): 1,
        ("street", "other"): 1,
    }


# -------------------------------------------------------------------------------- those who leave


@pytest.mark.parametrize("leaves", ["exit button", "badge"])
def test_nobody_who_leaves_is_caught_by_a_lockdown(leaves: str) -> None:
    """A release for somebody who goes out runs its time, whatever is ordered meanwhile."""
    story = SiteStory(site())
    story.exit_button("front") if leaves == "exit button" else story.badge(ALICE, "front-out")
    story.forgets().after(1).order(Lockdown()).expects(
        "lockdown", "door_lockdown", "door_lockdown", "door_lockdown"
    )
    assert story.is_released("front")
    story.leaf_opens("front").forgets().leaf_closes("front").expects("door_closed")
    assert not story.is_released("front")


def test_nobody_who_leaves_is_caught_by_a_lock_order() -> None:
    """An operator who locks the door does so behind them."""
    story = SiteStory(site()).exit_button("front").forgets()
    story.order(SetMode(DoorId("front"), DoorMode.BLOCKED)).expects("door_blocked")
    story.after(5).expects("secure front")


def test_a_lockdown_takes_back_what_was_granted_on_the_way_in() -> None:
    """Who has not passed yet does not get in any more."""
    story = SiteStory(site()).badge(ALICE, "front-in").forgets().order(Lockdown())
    story.expects(
        "lockdown", "door_lockdown", "secure front", "access_not_taken", "door_lockdown", "door_lockdown"
    )


def test_whoever_leaves_does_not_have_to_be_known() -> None:
    """An unknown card, and a card that could not be read, let their holders out."""
    story = SiteStory(site()).badge(None, "front-out").expects("access_granted_anonymous", "release front")
    story.let_out("back").expects("release back")
    story.badge(ALICE, "store-out", Factor.NONE).expects("access_granted", "release store")


def test_a_handle_masks_the_alarm() -> None:
    """Where a handle opens from inside, touching it is recorded and nothing is released."""
    story = SiteStory(site(doors=[door("front", exit_releases=False)]))
    story.exit_button("front").leaf_opens("front").expects("rex", "door_opened")


def test_the_clock_of_a_passage_is_its_own() -> None:
    """Two doors are passed at the same time, and each secures itself after its own time."""
    quick = door("front", times=door("front").times)
    story = SiteStory(site(doors=[quick])).badge(ALICE, "front-in").after(2).badge(BOB, "back-in").forgets()
    story.at(timedelta(seconds=5)).expects("secure front", "access_not_taken")
    story.at(timedelta(seconds=7)).expects("secure back", "access_not_taken")
