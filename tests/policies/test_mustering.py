"""The muster: who was inside, and who has been seen safe."""

import pytest

from policies.decide import Outcome
from policies.degraded import Condition
from policies.ids import AccessPointId, AreaId, CredentialId, PersonId
from policies.orders import EndMuster, SeenSafe, StartMuster
from policies.people import Card, CardStatus, Validity
from policies.places import Area, MusterPoint
from policies.reasons import Reason
from policies.rulebook import Rulebook
from tests.policies.site_story import SiteStory
from tests.policies.sites import ALICE, BOB, CAROL, HARD, area, person, site
from tests.policies.values import NOON

YARD = MusterPoint(AccessPointId("yard"), "Yard", AreaId("yard"))


def mustered(*, outside: bool = False) -> Rulebook:
    rules = [area("hall", passback=HARD), Area(AreaId("yard"), "Yard", outside=outside)]
    return site(areas=rules, muster_points=[YARD])


def three_inside() -> SiteStory:
    story = SiteStory(mustered()).goes_through(ALICE, "front-in").goes_through(BOB, "front-in")
    return story.goes_through(CAROL, "front-in").goes_through(CAROL, "store-in")


def test_a_muster_begins_with_everybody_who_is_inside() -> None:
    """The entry lists them by area; who has left is not looked for."""
    story = three_inside().goes_through(BOB, "front-out").order(StartMuster(), order_id="7")
    assert story.note("muster_started").detail == {
        "operator": "olga",
        "order": "7",
        "people": 2,
        "inside": {"hall": ["alice"], "store": ["carol"]},
    }


def test_who_badges_at_the_muster_point_is_seen_safe() -> None:
    """They are ticked off and are in its area now, and their reader says so; the last one completes it."""
    story = three_inside().order(StartMuster()).forgets().badge(ALICE, "yard")
    assert story.is_granted()
    assert story.note("muster").person == "alice"
    assert story.warden.memory.stays[PersonId("alice")].area == "yard"
    story.expects("muster").badge(BOB, "yard").badge(ALICE, "yard").badge(CAROL, "yard")
    assert story.note("muster_complete").detail == {"people": 3}


def test_a_muster_that_ends_names_the_missing() -> None:
    """An operator ends it, whoever has not been seen."""
    story = three_inside().order(StartMuster()).badge(ALICE, "yard").forgets().order(EndMuster())
    assert story.note("muster_ended").detail == {"operator": "olga", "safe": 1, "missing": ["bob", "carol"]}
    story.expects("muster_ended").refuses(EndMuster(), "No muster")


def test_an_operator_ticks_somebody_off() -> None:
    """On their word alone; where the person is nobody knows better than before."""
    story = three_inside().refuses(SeenSafe(PersonId("bob")), "No muster").order(StartMuster()).forgets()
    story.order(SeenSafe(PersonId("bob"))).expects("muster")
    assert story.warden.memory.stays[PersonId("bob")].area == "hall"
    story.badge(ALICE, "yard").badge(CAROL, "yard").forgets().refuses(StartMuster(), "going on already")
    assert story.warden.memory.muster["site"].missing == frozenset()


def test_who_is_seen_to_leave_is_safe() -> None:
    """Whoever badges out and opens the leaf has left the site, also by the last of several doors."""
    story = three_inside().order(StartMuster()).badge(ALICE, "yard").badge(BOB, "yard")
    story.goes_through(CAROL, "store-out").badge(CAROL, "front-out").leaf_opens("front")
    assert story.note("muster_complete").detail == {"people": 3}


def test_who_is_assumed_to_have_left_is_looked_for() -> None:
    """Where no position switch told of it, nobody has seen them leave."""
    story = three_inside().order(StartMuster()).lost(Condition.CONTACT_LOST, "front")
    story.badge(BOB, "front-out")
    assert "bob" in story.warden.memory.muster["site"].missing


def test_a_badge_at_a_muster_point_counts_at_any_time() -> None:
    """Without a muster it says where somebody is, and lets them in again later in spite of passback."""
    story = three_inside().badge(ALICE, "yard").expects("muster")
    story.badge(ALICE, "front-in").expects("access_granted", "release front")


@pytest.mark.parametrize("status", [CardStatus.LOST, CardStatus.STOLEN, CardStatus.REVOKED])
def test_a_withdrawn_card_ticks_nobody_off(status: CardStatus) -> None:
    """Whoever has found it is not its holder, who may be inside still."""
    story = three_inside().order(StartMuster()).forgets()
    story.badge(person("alice", card=Card(CredentialId("old"), status)), "yard")
    assert story.answer().outcome is Outcome.REFUSED
    assert "alice" in story.warden.memory.muster["site"].missing
    refusal = status.refusal
    assert refusal is not None
    assert story.note(refusal.event_type).person == "alice"


def test_a_person_whose_time_is_over_is_still_a_person() -> None:
    """Whoever is inside and shows a card that would open nothing any more is seen safe."""
    expired = person("alice", validity=Validity(end=NOON), disabled=True)
    story = three_inside().order(StartMuster()).forgets().badge(expired, "yard").expects("muster")
    assert "alice" not in story.warden.memory.muster["site"].missing


def test_an_unknown_card_at_a_muster_point_is_told_so() -> None:
    """Whoever holds it must not think that they were ticked off."""
    story = three_inside().badge(None, "yard")
    assert story.answer().reason is Reason.UNKNOWN_CREDENTIAL
    story.expects("denied_unknown_credential")
    story.badge(None, "yard", failure=Reason.AUTHENTICATION_UNAVAILABLE)
    story.expects("denied_authentication_unavailable")


def test_a_muster_outlives_a_restart() -> None:
    """Who was seen safe stays so, and who is missing is missing."""
    story = three_inside().order(StartMuster()).badge(ALICE, "yard").restarts().forgets()
    story.order(EndMuster())
    assert story.note("muster_ended").detail["missing"] == ["bob", "carol"]


def test_a_muster_point_that_is_outside_leaves_nobody_inside() -> None:
    """Its area may count as off the site: then nobody there is looked for the next time."""
    story = SiteStory(mustered(outside=True)).goes_through(ALICE, "front-in").badge(ALICE, "yard")
    story.order(StartMuster())
    assert story.note("muster_started").detail["people"] == 0


def test_a_lost_reader_of_a_muster_point_is_told() -> None:
    """It is at no door, so that no door has lost a reader."""
    story = three_inside().lost(Condition.READER_LOST, "yard")
    note = story.note("reader_offline")
    assert (note.door, note.access_point) == (None, "yard")
    story.back(Condition.READER_LOST, "yard").expects("reader_offline", "reader_online")
