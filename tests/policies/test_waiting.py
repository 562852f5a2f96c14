"""Two persons at one access point, and grants that wait for the other doors of an interlock."""

from collections.abc import Callable
from dataclasses import replace

from policies.area_rules import Together
from policies.decide import Outcome
from policies.degraded import Condition
from policies.factors import Asks, Factor
from policies.ids import CredentialId, DoorId, MemberId
from policies.interlock import Interlock
from policies.memory import Memory
from policies.orders import Lockdown, ReleaseDoor, SetThreatLevel
from policies.people import Card, CardStatus, Holder
from policies.places import AsksWhen
from policies.requests import Request
from policies.rulebook import Rulebook, Traits
from policies.warden import Warden
from tests.policies.site_happenings import LeafMoved
from tests.policies.site_story import SiteStory
from tests.policies.sites import (
    ALICE,
    BOB,
    CAROL,
    GUARD,
    GUIDE,
    HALL,
    STAFF,
    VIC,
    VISITOR,
    area,
    door,
    person,
    site,
    way_in,
)
from tests.policies.values import HOUR, s

IN = ("access_granted", "release store")
BOTH_IN = ("access_granted", "access_granted", "release store", "release store")


def two_for_the_store(**more: object) -> Rulebook:
    rules = {"persons": 2, "within": s(30), **more}
    return site(areas=[area("store", together=Together(**rules))])  # type: ignore[arg-type]


# ------------------------------------------------------------------------------------- two persons


def test_the_first_of_two_waits_for_the_second() -> None:
    """One badge shows that another is wanted; the second lets both pass by one opened leaf."""
    story = SiteStory(two_for_the_store()).badge(ALICE, "store-in")
    assert story.answer().outcome is Outcome.GATHER
    story.expects("authorization_delayed").after(29).badge(BOB, "store-in").expects(*BOTH_IN)
    story.leaf_opens("store").expects("door_opened", "access_taken", "access_taken", "secure store")
    assert story.warden.memory.headcounts["store"] == 2  # type: ignore[index]


def test_one_person_twice_is_one_person() -> None:
    """Badging again brings no second person, and does not make the time longer."""
    story = SiteStory(two_for_the_store()).badge(ALICE, "store-in").after(20).badge(ALICE, "store-in")
    story.expects("authorization_delayed", "authorization_delayed").after(10)
    story.expects("denied_no_accompaniment")


def test_each_who_waited_in_vain_is_refused() -> None:
    """When the time is over, each of them has an entry of their own, and the reader shows it once."""
    story = SiteStory(two_for_the_store(persons=3)).badge(ALICE, "store-in").badge(BOB, "store-in").forgets()
    story.after(30)
    assert [note.person for note in story.notes("denied_no_accompaniment")] == ["alice", "bob"]
    assert story.answer().outcome is Outcome.REFUSED
    story.expects("denied_no_accompaniment", "denied_no_accompaniment")


def test_a_third_person_is_let_in_with_two_who_wait() -> None:
    """Where three are wanted the third lets all pass; who comes later begins anew."""
    story = SiteStory(two_for_the_store(persons=3)).badge(ALICE, "store-in").badge(BOB, "store-in").forgets()
    story.badge(CAROL, "store-in").expects(
        "access_granted", "access_granted", "access_granted", *["release store"] * 3
    )
    story.badge(GUIDE, "store-in").expects("authorization_delayed")


def test_the_right_roles_have_to_come_together() -> None:
    """Who is of none of the roles is refused; two of one role are not one of each."""
    roles = (MemberId("staff"), MemberId("guard"))
    story = SiteStory(two_for_the_store(members=roles, one_of_each=True))
    story.badge(VIC, "store-in").expects("denied_incorrect_accompaniment")
    story.badge(ALICE, "store-in").badge(BOB, "store-in").expects(*["authorization_delayed"] * 2)
    story.badge(GUIDE, "store-in").expects(
        "access_granted", "access_granted", "access_granted", *["release store"] * 3
    )


def test_who_is_refused_meanwhile_is_no_company() -> None:
    """Somebody who waits and then shows a card that was withdrawn does not count any more."""
    revoked = person("alice", card=Card(CredentialId("old"), CardStatus.REVOKED))
    story = SiteStory(two_for_the_store()).badge(ALICE, "store-in").forgets()
    story.badge(revoked, "store-in").expects("denied_factor_disabled")
    story.badge(BOB, "store-in").expects("authorization_delayed").after(30)
    assert [note.person for note in story.notes("denied_no_accompaniment")] == ["bob"]


def test_others_go_on_waiting_when_one_is_refused() -> None:
    """Who waits beside somebody who was refused keeps the time that they had."""
    revoked = person("alice", card=Card(CredentialId("old"), CardStatus.REVOKED))
    story = SiteStory(two_for_the_store(persons=3)).badge(ALICE, "store-in").badge(BOB, "store-in")
    story.after(10).badge(revoked, "store-in").forgets().after(20).expects("denied_no_accompaniment")


def looked_up_as(*people: Holder) -> Callable[[Rulebook, Memory], Warden]:
    """Give wardens for whom these people are, by now, as they are given here."""
    known = {one.person.id: one for one in people}

    def again(request: Request) -> Request:
        holder = request.holder
        return request if holder is None else replace(request, holder=known.get(holder.person.id, holder))

    return lambda rulebook, memory: Warden(rulebook, memory, again)


def test_whoever_waits_is_looked_up_again() -> None:
    """A card that was revoked since it was shown is no company, and is not let in when doors have shut."""
    revoked = looked_up_as(person("alice", card=Card(CredentialId("c"), CardStatus.REVOKED)))
    story = SiteStory(two_for_the_store(), warden=revoked).badge(ALICE, "store-in").badge(BOB, "store-in")
    story.expects("authorization_delayed", "authorization_delayed")
    story = SiteStory(airlock(), warden=revoked).badge(BOB, "front-in").leaf_opens("front").forgets()
    story.badge(CAROL, "store-in").leaf_closes("front").expects("authorization_delayed", "door_closed", *IN)
    story = SiteStory(airlock(), warden=revoked).badge(BOB, "front-in").leaf_opens("front")
    story.badge(person("alice"), "store-in").forgets().leaf_closes("front")
    story.expects("door_closed", "denied_factor_disabled")


def test_a_clock_that_is_set_back_ends_the_wait_of_two() -> None:
    """Nobody can tell any more how long the first one waited, so that one is refused and it begins anew."""
    story = SiteStory(two_for_the_store()).badge(ALICE, "store-in").clock_is_set(SiteStory(site()).now - HOUR)
    story.forgets().badge(BOB, "store-in").expects("denied_no_accompaniment", "authorization_delayed")


def test_a_lockdown_ends_the_company() -> None:
    """Two who have not both badged when it begins get in neither one nor together."""
    story = SiteStory(two_for_the_store()).badge(ALICE, "store-in").order(Lockdown()).forgets()
    story.badge(BOB, "store-in").expects("denied_deny_all").after(30).expects("denied_no_accompaniment")


def test_rules_that_want_one_person_by_now_leave_the_first_one_to_wait() -> None:
    """A change of the rules lets nobody in by itself: who waited badges again, or is refused in the end."""
    story = SiteStory(two_for_the_store()).badge(ALICE, "store-in").follows(site()).forgets()
    story.badge(BOB, "store-in").expects(*IN)
    story.after(5).expects("secure store", "access_not_taken").after(25).expects("denied_no_accompaniment")


# --------------------------------------------------------------------------------------- interlock


def airlock(wait: float | None = 20, **more: object) -> Rulebook:
    """Give a hall between two doors of which one at most is off its latch."""
    group = Interlock((DoorId("front"), DoorId("store")), None if wait is None else s(wait))
    return site(interlocks=[group], **more)  # type: ignore[arg-type]


def entered(rules: Rulebook) -> SiteStory:
    """Somebody has come into the airlock, and the door behind them stands open."""
    return SiteStory(rules).badge(ALICE, "front-in").leaf_opens("front").forgets()


def test_an_interlock_refuses_at_once() -> None:
    """While the sibling is released or open, nobody is granted; when it has shut, they are."""
    story = SiteStory(airlock(wait=None)).badge(BOB, "front-in").forgets()
    story.badge(ALICE, "store-in").expects("denied_interlock")
    story.leaf_opens("front").forgets().badge(ALICE, "store-in").expects("denied_interlock")
    story.leaf_closes("front").forgets().badge(ALICE, "store-in").expects(*IN)


def test_a_grant_waits_for_the_sibling_to_shut() -> None:
    """As soon as the other door is shut the waiting person is granted, without another badge."""
    story = entered(airlock()).after(3).badge(ALICE, "store-in")
    assert story.answer().outcome is Outcome.QUEUE
    story.expects("authorization_delayed").after(5).leaf_closes("front").expects("door_closed", *IN)


def test_a_wait_that_takes_too_long_is_refused() -> None:
    """After the time for it the waiting person is refused, and the record says why."""
    story = entered(airlock()).badge(ALICE, "store-in").forgets().after(19).expects()
    story.after(1)
    assert story.answer().outcome is Outcome.REFUSED
    story.expects("denied_interlock").leaf_closes("front").expects("door_closed")


def test_impatience_does_not_make_the_wait_longer() -> None:
    """Badging again while waiting is no second entry in the record, and no new time."""
    story = entered(airlock()).badge(ALICE, "store-in").forgets().after(10).badge(ALICE, "store-in").expects()
    story.after(10).expects("denied_interlock")


def test_who_badges_later_takes_the_place() -> None:
    """One person waits at an access point; whoever badges after them is the one who is let in."""
    story = entered(airlock()).badge(ALICE, "store-in").forgets().after(5).badge(BOB, "store-in")
    assert story.note("denied_interlock").person == "alice"
    story.expects("authorization_delayed", "denied_interlock").after(15).expects()
    story.leaf_closes("front")
    assert story.note("access_granted").person == "bob"


def test_who_is_refused_while_waiting_keeps_no_place() -> None:
    """A withdrawn card shown by somebody who waits ends the wait."""
    revoked = person("alice", card=Card(CredentialId("old"), CardStatus.REVOKED))
    story = entered(airlock()).badge(ALICE, "store-in").badge(revoked, "store-in").forgets()
    story.leaf_closes("front").expects("door_closed")


def test_somebody_else_who_is_let_in_does_not_end_the_wait() -> None:
    """Somebody may badge in the instant between the shutting of the door and the asking again."""
    story = entered(airlock()).badge(ALICE, "store-in").forgets()
    story._happens(
        LeafMoved(DoorId("front"), is_open=False),
        lambda: story.warden.leaf(DoorId("front"), story.now, is_open=False),
    )
    story.badge(BOB, "store-in")
    assert [note.person for note in story.notes("access_granted")] == ["bob", "alice"]


def test_what_changed_while_waiting_counts() -> None:
    """Somebody who waits is decided about anew: a lockdown that began meanwhile refuses them."""
    story = entered(airlock()).badge(ALICE, "store-in").order(Lockdown(HALL)).forgets()
    story.leaf_closes("front").expects("door_closed", "denied_deny_all")


def test_who_would_have_to_show_more_by_now_is_refused() -> None:
    """Nobody stands at the reader who could enter a PIN when the doors have shut."""
    asks = way_in("store", asks_when=(AsksWhen(Asks.CARD_AND_PIN, threat_level=1),))
    traits = {STAFF: Traits(threat_authority=9)}
    rules = airlock(points=[asks], traits_of=traits)
    pinned = person("alice", has_pin=True)
    story = SiteStory(rules).badge(BOB, "front-in").leaf_opens("front").badge(pinned, "store-in")
    story.order(SetThreatLevel(1)).forgets().leaf_closes("front").expects("door_closed", "denied_interlock")


def test_two_wait_at_the_two_siblings_of_an_open_door() -> None:
    """When it has shut, one of them is let in, and the other goes on waiting."""
    doors = (DoorId("front"), DoorId("back"), DoorId("store"))
    story = SiteStory(site(interlocks=[Interlock(doors, s(20))])).badge(CAROL, "front-in").leaf_opens("front")
    story.badge(ALICE, "back-in").badge(BOB, "store-in").forgets().after(2).leaf_closes("front")
    story.expects("door_closed", "access_granted", "release back")
    story.leaf_opens("back").forgets().after(1).leaf_closes("back").expects("door_closed", *IN)


def test_leaving_does_not_wait() -> None:
    """Whoever leaves is let out at once, and a sibling's release is taken back first."""
    story = SiteStory(airlock()).badge(ALICE, "front-in").forgets().exit_button("store")
    story.expects("access_granted_anonymous", "secure front", "access_not_taken", "release store")
    story.badge(BOB, "front-out").expects("access_granted", "secure store", "release front")


def test_a_handle_takes_a_siblings_release_back_as_well() -> None:
    """A door that is about to be opened by its handle is the one that is off its latch."""
    story = SiteStory(airlock(doors=[door("store", exit_releases=False)])).badge(ALICE, "front-in").forgets()
    story.exit_button("store").expects("rex", "secure front", "access_not_taken")


def test_a_door_whose_leaf_is_not_known_to_be_shut_counts_as_open() -> None:
    """After a start nobody is let into an airlock before the switch of the other door has spoken."""
    story = SiteStory(airlock(wait=None), leaves_speak=False)
    story.badge(ALICE, "store-in").expects("denied_interlock")
    story.leaf_closes("front").badge(ALICE, "store-in").expects(*IN)


def test_a_door_whose_switch_does_not_answer_counts_as_open() -> None:
    """Nobody knows that it is shut: badges wait until it answers again, and orders are refused."""
    story = SiteStory(airlock()).lost(Condition.CONTACT_LOST, "front").forgets().badge(ALICE, "store-in")
    story.expects("authorization_delayed").refuses(ReleaseDoor(DoorId("store")), "nobody knows")
    story.back(Condition.CONTACT_LOST, "front").expects("input_restored", *IN)


def test_a_switch_that_answers_again_does_not_shut_a_door() -> None:
    """Where the door is released by then, whoever waits goes on waiting until it is secured."""
    story = SiteStory(airlock()).lost(Condition.CONTACT_LOST, "store").badge(BOB, "front-in")
    story.badge(None, "store-out").forgets().back(Condition.CONTACT_LOST, "store").expects("input_restored")
    story.after(5).expects("secure store", "access_granted", "release front")


def test_emergency_release_outranks_the_interlock() -> None:
    """In a fire both doors are released, and who badges at a free door is granted."""
    rules = airlock(fire_doors={"fire": (DoorId("front"), DoorId("store"))})
    story = SiteStory(rules).fire().forgets().badge(ALICE, "store-in")
    story.expects("access_granted", "release store")
    assert story.is_released("front")


def test_a_free_door_is_not_secured_for_who_leaves_by_another() -> None:
    """In an emergency its release stands above the interlock."""
    story = SiteStory(airlock(fire_doors={"fire": (DoorId("front"),)})).fire().forgets()
    story.exit_button("store").expects("access_granted_anonymous", "release store")


def test_a_free_way_waits_as_well() -> None:
    """Where nobody is asked who they are, the button's release waits for the other door."""
    story = entered(airlock(points=[way_in("store", Asks.NOTHING)]))
    story.badge(None, "store-in", Factor.NONE).badge(None, "store-in", Factor.NONE)
    story.expects("authorization_delayed").leaf_closes("front").expects(
        "door_closed", "access_granted_anonymous", "release store"
    )


def test_a_clock_that_is_set_back_ends_the_wait_at_the_door() -> None:
    """Nobody waits for the hour that the clock has lost."""
    story = entered(airlock()).badge(ALICE, "store-in").clock_is_set(SiteStory(site()).now - HOUR).forgets()
    story.after(20).expects("denied_interlock")


# --------------------------------------------------------------------------- both at the same door


def two_through_the_airlock(wait: float = 60) -> SiteStory:
    """Give two who have come together at a door whose sibling stands open."""
    rules = airlock(wait, areas=[area("store", together=Together(2, s(30)))])
    story = SiteStory(rules).badge(CAROL, "front-in").leaf_opens("front")
    return story.badge(ALICE, "store-in").after(1).badge(BOB, "store-in")


def test_two_wait_for_a_door_together() -> None:
    """Once complete, it is the door that they wait for, and both are let in when it has shut."""
    story = two_through_the_airlock()
    story.forgets().after(35).forgets().leaf_closes("front")
    assert [note.person for note in story.notes("access_granted")] == ["alice", "bob"]
    assert not story.warden.memory.companions


def test_two_who_waited_for_a_door_in_vain_are_both_refused() -> None:
    """Each of them has an entry that says so."""
    story = two_through_the_airlock(wait=25).forgets().after(25)
    assert [note.person for note in story.notes("denied_interlock")] == ["alice", "bob"]


def test_impatience_of_two_changes_nothing() -> None:
    """One of them who badges again does not begin a new company."""
    story = two_through_the_airlock().forgets().badge(ALICE, "store-in").badge(BOB, "store-in").expects()
    story.leaf_closes("front")
    assert len(story.notes("access_granted")) == 2


def test_who_comes_to_a_door_at_which_two_wait_begins_anew() -> None:
    """The company was complete; a third person waits for a companion, and goes on when the two are in."""
    story = two_through_the_airlock().forgets().badge(GUIDE, "store-in").expects("authorization_delayed")
    story.leaf_closes("front")
    assert [note.person for note in story.notes("access_granted")] == ["alice", "bob"]
    story.forgets().leaf_opens("store").leaf_closes("store").forgets().after(30)
    assert story.note("denied_no_accompaniment").person == "guide"


def test_two_others_take_the_place_of_two() -> None:
    """Both who waited are refused, and the two who came later are let in."""
    story = two_through_the_airlock().badge(GUIDE, "store-in").forgets().badge(VIC, "store-in")
    assert [note.person for note in story.notes("denied_interlock")] == ["alice", "bob"]
    story.forgets().leaf_closes("front")
    assert [note.person for note in story.notes("access_granted")] == ["guide", "vic"]


def test_one_of_two_who_may_not_enter_any_more_leaves_the_other_alone() -> None:
    """Who remains is refused at once for want of company; who was refused, for their own reason."""
    revoked = person("alice", card=Card(CredentialId("old"), CardStatus.REVOKED))
    story = two_through_the_airlock().forgets().badge(revoked, "store-in")
    assert story.note("denied_factor_disabled").person == "alice"
    assert story.note("denied_no_accompaniment").person == "bob"
    story.forgets().leaf_closes("front").expects("door_closed")


def test_rules_that_want_one_person_by_now_let_each_of_two_in() -> None:
    """Who asked for both is let in when the door has shut, and the other right after."""
    story = two_through_the_airlock().follows(airlock(60)).forgets().leaf_closes("front")
    assert [note.person for note in story.notes("access_granted")] == ["bob", "alice"]


def test_a_lockdown_refuses_two_who_wait() -> None:
    """The one who asks hears of the lockdown, the other of the missing company."""
    story = two_through_the_airlock().order(Lockdown(HALL)).forgets().leaf_closes("front")
    story.expects("door_closed", "denied_deny_all", "denied_no_accompaniment")


def test_a_name_that_nobody_waits_under_ends_nothing() -> None:
    """A timer that comes late, when nobody waits any more, is of no consequence."""
    story = SiteStory(two_for_the_store())
    for kind in ("gather", "queue", "alone", "parted", "override"):
        assert not story.warden.elapsed((kind, "store-in"), story.now).effects
    assert story.warden.memory == Memory(doors=story.warden.memory.doors, numbers={})


def test_traits_of_visitors_are_no_company() -> None:
    """A visitor whose escort gathers here has to wait until the escort was let in."""
    traits = {GUARD: Traits(may_escort=True), VISITOR: Traits(needs_escort=True)}
    rules = site(areas=[area("store", together=Together(2, s(30)))], traits_of=traits)
    story = SiteStory(rules).badge(GUIDE, "store-in").forgets()
    story.badge(VIC, "store-in").expects("denied_no_accompaniment")


def test_a_visitor_at_the_door_takes_nobodys_company_along() -> None:
    """Somebody who waits for a companion goes on doing so while a visitor waits for the doors to shut."""
    traits = {GUARD: Traits(may_escort=True), VISITOR: Traits(needs_escort=True)}
    rules = airlock(areas=[area("store", together=Together(2, s(30)))], traits_of=traits)
    story = SiteStory(rules).badge(ALICE, "store-in").badge(GUIDE, "store-in").leaf_opens("store").after(1)
    story.leaf_closes("store").badge(BOB, "front-in").leaf_opens("front").badge(CAROL, "store-in").forgets()
    story.badge(VIC, "store-in").expects("authorization_delayed").leaf_closes("front").expects(
        "door_closed", "access_granted", "accompaniment_by", "release store"
    )
    story.after(30).forgets()
    assert not story.warden.memory.companions
