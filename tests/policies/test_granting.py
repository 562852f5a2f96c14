"""Uses, days not seen, duress and longer times, as decisions bring them about."""

from datetime import timedelta

import pytest

from policies.door_modes import DoorMode
from policies.effects import Passage
from policies.factors import Asks, Factor
from policies.ids import DoorId, PersonId
from policies.memory import Uses
from policies.orders import Lockdown, Renew, SetMode
from policies.people import UseLimits
from policies.places import DoorTimes
from policies.reasons import Reason
from policies.rulebook import Traits
from policies.turn import Answer, Note, Start
from tests.policies.site_story import SiteStory
from tests.policies.sites import ALICE, STAFF, area, door, person, site, way_in
from tests.policies.values import s, utc

IN = ("access_granted", "release front")
ONCE = person("otto", uses=UseLimits(total=1))
TWICE_A_DAY = person("tessa", uses=UseLimits(a_day=2))


def uses(story: SiteStory, name: str) -> Uses | None:
    return story.warden.memory.uses.get(PersonId(name))


# -------------------------------------------------------------------------------------------- uses


def test_every_use_is_spent_once() -> None:
    """Who may come in once comes in once, and may leave as often as they like."""
    story = SiteStory(site()).goes_through(ONCE, "front-in")
    story.badge(ONCE, "store-in").expects("denied_credential_max_uses")
    story.goes_through(ONCE, "front-out").badge(ONCE, "front-out").expects(*IN)
    assert uses(story, "otto") == Uses(1, 1, story.now.date())
    assert uses(story.goes_through(ALICE, "front-in"), "alice") is None


def test_a_use_that_was_not_taken_is_given_back() -> None:
    """A grant that came to nothing costs nothing."""
    story = SiteStory(site()).badge(ONCE, "front-in").expects(*IN)
    assert uses(story, "otto") == Uses(1, 1, story.now.date())
    story.after(5).forgets().badge(ONCE, "front-in").expects(*IN)
    assert uses(story, "otto") == Uses(1, 1, story.now.date())


def test_a_card_that_is_shown_twice_is_used_once() -> None:
    """Impatience before the leaf opens costs one use, and one is given back when it does not open."""
    twice = person("tom", uses=UseLimits(total=2))
    story = SiteStory(site()).badge(twice, "front-in").badge(twice, "front-in").after(5)
    assert uses(story, "tom") == Uses(0, 0, story.now.date())


def test_a_use_is_given_back_to_somebody_who_turned_round() -> None:
    """Who badges in, then out at the same door, and opens it for neither, has not been in."""
    story = SiteStory(site()).badge(ONCE, "front-in").badge(ONCE, "front-out").after(5)
    assert uses(story, "otto") == Uses(0, 0, story.now.date())


def test_two_people_at_one_door_are_two_uses() -> None:
    """Who badges before somebody else has passed uses their own."""
    story = SiteStory(site()).badge(TWICE_A_DAY, "front-in").badge(ONCE, "front-in")
    assert uses(story, "otto") == uses(story, "tessa") == Uses(1, 1, story.now.date())


def test_two_doors_are_two_uses() -> None:
    """Each grant counts for itself, and each is given back for itself."""
    story = SiteStory(site()).badge(TWICE_A_DAY, "front-in").badge(TWICE_A_DAY, "back-in")
    story.leaf_opens("back").after(5)
    assert uses(story, "tessa") == Uses(1, 1, story.now.date())


def test_a_day_ends_at_midnight_where_the_site_is() -> None:
    """The count of a day begins anew at local midnight, which in summer is not that of UTC."""
    story = SiteStory(site(), at=utc("2025-06-18T22:50"))
    story.goes_through(TWICE_A_DAY, "front-in").goes_through(TWICE_A_DAY, "store-in")
    story.at(utc("2025-06-18T22:59")).badge(TWICE_A_DAY, "back-in").expects("denied_credential_max_uses")
    story.at(utc("2025-06-18T23:00")).badge(TWICE_A_DAY, "front-in").expects(*IN)


def test_a_use_is_given_back_to_the_day_for_which_it_counted() -> None:
    """Granted before midnight and not taken after it: the new day has all its uses."""
    story = SiteStory(site(), at=utc("2025-06-18T22:59:58")).badge(TWICE_A_DAY, "front-in").after(2)
    story.badge(TWICE_A_DAY, "back-in").leaf_opens("back").after(3).forgets()
    found = uses(story, "tessa")
    assert found is not None
    assert (found.total, found.today) == (1, 1)


def test_renewing_gives_every_use_again() -> None:
    """A use that was under way when access was renewed is none of the new ones."""
    story = (
        SiteStory(site())
        .badge(ONCE, "front-in")
        .order(Renew(PersonId("otto")))
        .expects(*IN, "access_renewed")
    )
    story.after(5).forgets().goes_through(ONCE, "back-in")
    assert uses(story, "otto") == Uses(1, 1, story.now.date())


def test_a_limit_that_was_taken_away_gives_nothing_back() -> None:
    """Grants without a limit are not counted, so that none of them is given back either."""
    story = SiteStory(site()).goes_through(ONCE, "front-in").badge(person("otto"), "back-in").after(5)
    assert uses(story, "otto") == Uses(1, 1, story.now.date())


def test_a_use_of_an_unmonitored_door_is_spent_with_the_grant() -> None:
    """Nobody can say that it was not taken."""
    story = SiteStory(site(doors=[door("front", monitored=False)])).badge(ONCE, "front-in").after(5).forgets()
    story.badge(ONCE, "back-in").expects("denied_credential_max_uses")


# --------------------------------------------------------------------------------------- not seen


def unseen() -> SiteStory:
    """Give a site on which access expires after 30 days without a visit."""
    return SiteStory(site(traits_of={STAFF: Traits(unseen_limit=timedelta(days=30))}))


def test_who_was_not_seen_for_long_is_refused() -> None:
    """Each grant counts as seen, leaving too; after so many days without any, access has expired."""
    story = unseen().goes_through(ALICE, "front-in")
    story.at(timedelta(days=20)).goes_through(ALICE, "front-out")
    story.at(timedelta(days=50) - s(1)).badge(ALICE, "front-in").expects(*IN)
    story.at(timedelta(days=80)).forgets().badge(ALICE, "front-in").expects("denied_credential_inactivity")


def test_nobody_is_watched_without_a_reason() -> None:
    """Where no access expires, nothing is kept of who was seen when."""
    assert not SiteStory(site()).goes_through(ALICE, "front-in").warden.memory.seen


def test_renewing_makes_somebody_seen() -> None:
    """An operator's renewal counts as a visit."""
    story = unseen().goes_through(ALICE, "front-in").at(timedelta(days=40)).forgets()
    story.order(Renew(PersonId("alice"))).badge(ALICE, "front-in").expects("access_renewed", *IN)


# ---------------------------------------------------------------------------------------- duress


def effects_of(*, duress: bool) -> list[object]:
    story = SiteStory(site()).forgets().badge(ALICE, "front-in", Factor.CARD | Factor.PIN, duress=duress)
    return list(story._said)


def test_duress_grants_like_anything_else_and_calls_for_help() -> None:
    """The same effects but for the silent entry; the answer differs in nothing that is shown."""
    calm, silent = effects_of(duress=False), effects_of(duress=True)
    cries = [each for each in silent if isinstance(each, Note) and each.type == "duress"]
    assert len(cries) == 1
    rest = [each for each in silent if each not in cries]
    assert rest[1:] == calm[1:]
    (was, now) = calm[0], rest[0]
    assert isinstance(was, Answer)
    assert isinstance(now, Answer)
    assert (now.decision.outcome, now.decision.reason) == (was.decision.outcome, was.decision.reason)
    assert now.decision.duress
    assert not was.decision.duress


@pytest.mark.parametrize(("granted", "locked"), [(True, False), (False, True)])
def test_duress_is_told_also_when_it_was_of_no_use(granted: bool, locked: bool) -> None:
    """The cry for help says whether the door was released; who cries may be refused."""
    story = SiteStory(site())
    if locked:
        story.order(Lockdown())
    story.forgets().badge(ALICE, "front-in", Factor.CARD | Factor.PIN, duress=True)
    note = story.note("duress")
    assert note.detail == {"granted": granted}
    assert (note.person, note.credential, note.access_point) == ("alice", "card of alice", "front-in")


def test_duress_on_the_way_out_is_heard() -> None:
    """A duress finger at an exit reader calls for help as well."""
    story = SiteStory(site()).badge(ALICE, "front-out", duress=True)
    story.expects("access_granted", "duress", "release front")


def test_nobody_cries_for_a_card_that_nobody_holds() -> None:
    """Without a person there is nobody to help."""
    SiteStory(site()).badge(None, "front-in", duress=True).expects("denied_unknown_credential")


# ---------------------------------------------------------------------------------- what is granted


def test_a_factor_that_is_missing_moves_nothing() -> None:
    """Asked for a PIN, the person is shown so, and the record has nothing yet."""
    story = SiteStory(site(points=[way_in("front", Asks.CARD_AND_PIN)]))
    story.badge(person("alice", has_pin=True), "front-in")
    assert story.answer().reason is Reason.PIN_WANTED
    story.expects()


@pytest.mark.parametrize("point", ["front-in", "front-out"])
def test_whoever_needs_longer_has_longer(point: str) -> None:
    """In and out, the times of the door are the longer ones for this passage."""
    longer = DoorTimes(release=s(15), open=s(60), pre_alarm=s(5))
    slow = person("sam", extended=True)
    story = SiteStory(site(doors=[door("front", extended=longer)])).badge(slow, point)
    assert Start(("door-release", "front"), s(15)) in story._said
    usual = SiteStory(site(doors=[door("front", extended=longer)])).badge(ALICE, point)
    assert Start(("door-release", "front"), s(5)) in usual._said
    story.after(14).forgets().leaf_opens("front").after(54).forgets().expects()
    story.after(1).expects("pre_alarm front", "door_pre_alarm")


def test_what_was_shown_goes_into_the_record() -> None:
    """The caller's detail stands in the entry of the decision."""
    story = SiteStory(site()).badge(ALICE, "front-in", detail={"card": "…42"})
    assert story.note("access_granted").detail == {"card": "…42"}


def test_a_passage_knows_where_it_leads() -> None:
    """Whoever is about to come in is counted as coming, under the roles that they have."""
    story = SiteStory(site()).badge(ALICE, "store-in")
    (waiting,) = story.warden.memory.doors[DoorId("store")].waiting
    assert waiting == Passage(
        way_in("store").id, PersonId("alice"), ALICE.card.id, (area("store").id,), (STAFF,)
    )


def test_a_badge_at_a_door_that_an_order_unlocks_is_a_use() -> None:
    """The strike is released anyway; whether they came in is counted all the same."""
    story = (
        SiteStory(site()).order(SetMode(DoorId("front"), DoorMode.UNLOCKED)).goes_through(ONCE, "front-in")
    )
    story.badge(ONCE, "store-in").expects("denied_credential_max_uses")
