"""Company that is too small, and visitors with and without their escort."""

import pytest

from policies.area_rules import LowerLimit, Together
from policies.factors import Asks
from policies.ids import PersonId
from policies.rulebook import EscortRules, Rulebook, Traits
from tests.policies.site_story import SiteStory
from tests.policies.sites import (
    ALICE,
    BOB,
    CAROL,
    GUARD,
    GUIDE,
    STAFF,
    VIC,
    VISITOR,
    WINNIE,
    area,
    door,
    person,
    site,
    way_in,
)
from tests.policies.values import s

LED = ("access_granted", "accompaniment_by", "release front")


# ----------------------------------------------------------------------------------- two-person area


def pair_store(grace: float = 60, least: int = 2) -> SiteStory:
    """Give a site in which nobody may be alone in the store; three are in the hall."""
    story = SiteStory(site(areas=[area("store", lower_limit=LowerLimit(least, s(grace)))]))
    for one in (ALICE, BOB, CAROL):
        story.goes_through(one, "front-in")
    return story


def test_somebody_alone_for_too_long_is_an_alarm() -> None:
    """The grace time runs from the entry; when it is over, the record says where and how many there are."""
    story = pair_store().goes_through(ALICE, "store-in").after(59).expects()
    assert story.after(1).note("occupancy_below_minimum").detail == {"area": "store", "people": 1}


def test_company_in_time_prevents_the_alarm() -> None:
    """Who follows within the grace time ends the wait, and there is nothing to restore."""
    story = pair_store().goes_through(ALICE, "store-in").after(30).badge(BOB, "store-in").forgets()
    story.leaf_opens("store").expects("door_opened", "access_taken", "secure store")
    story.leaf_closes("store").forgets().after(100).expects()


def test_who_is_left_behind_has_the_grace_time() -> None:
    """When the second person leaves, the time for the first one to follow begins."""
    story = pair_store().goes_through(ALICE, "store-in").goes_through(BOB, "store-in").after(100)
    story.goes_through(BOB, "store-out").after(59).goes_through(ALICE, "store-out").after(100).expects()


@pytest.mark.parametrize("ends", ["company", "nobody"])
def test_the_alarm_is_over_with_company_or_with_nobody(ends: str) -> None:
    """Once raised, it is restored when there are enough people again, or none."""
    story = pair_store().goes_through(ALICE, "store-in").after(60).expects("occupancy_below_minimum")
    holder, point = (BOB, "store-in") if ends == "company" else (ALICE, "store-out")
    story.badge(holder, point).leaf_opens("store")
    assert story.note("occupancy_below_minimum_restored").detail == {"area": "store"}


def test_one_more_who_is_still_too_few_changes_nothing() -> None:
    """Where three have to be, the second neither ends the wait nor starts it anew."""
    story = pair_store(least=3).goes_through(ALICE, "store-in").after(30).goes_through(BOB, "store-in")
    story.after(30).expects("occupancy_below_minimum")
    story.goes_through(BOB, "store-out").after(300).expects()


def test_without_grace_nobody_enters_alone() -> None:
    """The first is refused; two enter together; and when one of them leaves, that is an alarm at once."""
    pair_store(grace=0).badge(ALICE, "store-in").expects("denied_lower_occupancy_limit")
    store = area("store", lower_limit=LowerLimit(2, s(0)), together=Together(2, s(30)))
    story = SiteStory(site(areas=[store])).badge(ALICE, "store-in").expects("authorization_delayed")
    story.badge(BOB, "store-in").leaf_opens("store").expects(
        "access_granted", "access_granted", "release store", "release store",
        "door_opened", "access_taken", "access_taken", "secure store",
    )  # fmt: skip
    story.leaf_closes("store").forgets().badge(ALICE, "store-out").leaf_opens("store").expects(
        "access_granted", "release store", "door_opened", "access_taken", "secure store",
        "occupancy_below_minimum",
    )  # fmt: skip


# ---------------------------------------------------------------------------------------- visitors


def visited(**escort: object) -> Rulebook:
    rules = EscortRules(**{"within": s(30), "grace": s(60), **escort})  # type: ignore[arg-type]
    traits = {GUARD: Traits(may_escort=True), VISITOR: Traits(needs_escort=True)}
    return site(traits_of=traits, escort=rules)


def together_in(point: str, *visitors: object, story: SiteStory | None = None, **escort: object) -> SiteStory:
    """The guide goes first and the visitors follow through the same opened leaf."""
    story = story or SiteStory(visited(**escort))
    story.badge(GUIDE, point)
    for visitor in visitors:
        story.badge(visitor, point)  # type: ignore[arg-type]
    name = point.split("-", maxsplit=1)[0]
    return story.leaf_opens(name).leaf_closes(name).forgets()


def test_a_visitor_does_not_come_alone() -> None:
    """Without an escort before them they are refused; other staff are no escort."""
    story = SiteStory(visited()).badge(VIC, "front-in").expects("denied_no_accompaniment")
    story.badge(ALICE, "front-in").forgets().badge(VIC, "front-in").expects("denied_no_accompaniment")


def test_a_visitor_follows_the_escort() -> None:
    """Right behind the escort, at the same access point, they are granted, and the record says by whom."""
    story = SiteStory(visited()).badge(GUIDE, "front-in").forgets().after(3)
    story.badge(VIC, "back-in").expects("denied_no_accompaniment")
    story.badge(VIC, "front-in")
    assert story.note("accompaniment_by").detail == {"escort": "guide"}
    story.expects(*LED)
    story.leaf_opens("front").expects("door_opened", "access_taken", "access_taken", "secure front")
    story.leaf_closes("front").expects("door_closed").after(1000).expects()


def test_the_escort_may_have_gone_in_already() -> None:
    """Within the time the visitor may still follow; after it, or when the escort has left again, not."""
    story = SiteStory(visited()).goes_through(GUIDE, "front-in").after(29)
    story.badge(VIC, "front-in").expects(*LED)
    story.after(6).forgets().badge(VIC, "front-in").expects("denied_no_accompaniment")
    story = SiteStory(visited()).goes_through(GUIDE, "front-in").goes_through(GUIDE, "front-out")
    story.badge(VIC, "front-in").expects("denied_no_accompaniment")


def test_an_escort_on_the_way_out_brings_nobody_in() -> None:
    """Only who was granted to go in is somebody to go in behind."""
    story = SiteStory(visited()).badge(GUIDE, "front-out")
    assert not story.warden.memory.guides


def test_a_visitor_who_walks_on_alone_is_still_somebodys() -> None:
    """Where a way is free nobody asks for the escort; the time apart begins all the same."""
    rules = visited()
    free = site(traits_of=rules.traits_of, escort=rules.escort, points=[way_in("store", Asks.NOTHING)])
    story = together_in("front-in", VIC, story=SiteStory(free)).goes_through(VIC, "store-in")
    assert story.after(60).note("visitor_alone").detail == {"area": "store", "escort": "guide"}


def test_an_escort_who_does_not_go_in_brings_nobody() -> None:
    """Once the escort's grant has come to nothing, nobody follows."""
    story = SiteStory(visited()).badge(GUIDE, "front-in").after(5).forgets()
    story.badge(VIC, "front-in").expects("denied_no_accompaniment")


def test_an_escort_has_only_so_many_visitors() -> None:
    """One more than allowed is refused, whether or not the others have passed yet."""
    story = SiteStory(visited(most_visitors=1)).badge(GUIDE, "front-in").badge(VIC, "front-in").forgets()
    story.badge(WINNIE, "front-in").expects("denied_no_accompaniment")
    story.leaf_opens("front").forgets().badge(WINNIE, "front-in").expects("denied_no_accompaniment")


def test_a_visitor_who_did_not_pass_takes_no_place() -> None:
    """A grant to a visitor that came to nothing leaves the escort free for another."""
    story = SiteStory(visited(most_visitors=1)).goes_through(GUIDE, "front-in")
    story.badge(VIC, "front-in").after(5).forgets()
    assert not story.warden.memory.escorts
    story.badge(WINNIE, "front-in").expects(*LED)


def test_an_escort_who_leaves_is_reported_and_let_out() -> None:
    """At once a report, and an alarm when the visitor has been alone for the grace time."""
    story = together_in("front-in", VIC).badge(GUIDE, "front-out")
    assert story.note("visitor_left_behind").detail == {"visitors": ["vic"]}
    story.expects("access_granted", "visitor_left_behind", "release front")
    story.leaf_opens("front").leaf_closes("front").forgets().after(59).expects()
    assert story.after(1).note("visitor_alone").detail == {"area": "hall", "escort": "guide"}


def test_the_escort_who_rejoins_ends_the_alarm() -> None:
    """When both are in one area again, the record says so."""
    story = together_in("front-in", VIC).goes_through(GUIDE, "front-out").after(60).expects("visitor_alone")
    story.badge(GUIDE, "front-in").leaf_opens("front")
    assert story.note("visitor_rejoined").person == "vic"


def test_the_escort_who_is_back_in_time_raises_no_alarm() -> None:
    """The grace time is for such things; what was no alarm is not restored either."""
    story = together_in("front-in", VIC).goes_through(GUIDE, "store-in").after(30)
    story.badge(GUIDE, "store-out").forgets().leaf_opens("store")
    story.expects("door_opened", "access_taken", "secure store")
    story.leaf_closes("store").forgets().after(100).expects()


def test_an_escort_who_goes_further_away_does_not_begin_the_time_anew() -> None:
    """The visitor has been alone since the escort first left."""
    story = together_in("front-in", VIC).goes_through(GUIDE, "store-in").after(30)
    story.goes_through(GUIDE, "front-out").after(30).expects("visitor_alone")


def test_a_visitor_who_leaves_is_nobodys_any_more() -> None:
    """Leaving is never refused, needs no escort, and ends the alarm."""
    story = together_in("front-in", VIC).goes_through(GUIDE, "front-out").after(60).forgets()
    story.badge(VIC, "front-out").expects("access_granted", "release front")
    story.leaf_opens("front").expects("door_opened", "access_taken", "visitor_rejoined", "secure front")
    assert not story.warden.memory.escorts


def test_a_visitor_goes_on_with_another_escort() -> None:
    """Whoever brings them through the next door has them from then on."""
    other = person("gina", GUARD)
    story = together_in("front-in", VIC).goes_through(other, "front-in")
    story.badge(other, "store-in").badge(VIC, "store-in").leaf_opens("store").leaf_closes("store").forgets()
    story.goes_through(GUIDE, "front-out").after(100).expects()
    story.goes_through(other, "store-out").after(60).expects("visitor_alone")


def test_a_visitor_who_does_not_follow_stays_with_the_first_escort() -> None:
    """A second escort whom the visitor was granted to follow, and did not, is not asked for them."""
    other = person("gina", GUARD)
    story = together_in("front-in", VIC).goes_through(other, "front-in")
    story.badge(other, "store-in").leaf_opens("store").leaf_closes("store")
    story.badge(VIC, "store-in").badge(VIC, "store-in")
    assert story.warden.memory.escorts == {"vic": "gina"}
    story.after(5).forgets().after(100).expects()
    assert story.warden.memory.escorts == {"vic": "guide"}


def test_two_doors_at_which_a_visitor_was_granted() -> None:
    """The grant that came to nothing does not undo the one that was taken."""
    story = SiteStory(visited()).goes_through(GUIDE, "front-in").badge(GUIDE, "back-in")
    story.badge(VIC, "front-in").badge(VIC, "back-in").leaf_opens("back").after(5).forgets()
    assert story.warden.memory.escorts == {"vic": "guide"}


def test_a_visitor_may_still_pass_by_the_other_door() -> None:
    """When the first of two grants has come to nothing, the second still has its escort."""
    story = SiteStory(visited()).goes_through(GUIDE, "front-in").badge(VIC, "front-in").after(3)
    story.badge(GUIDE, "back-in").badge(VIC, "back-in").after(3)
    assert story.warden.memory.escorts == {"vic": "guide"}
    story.leaf_opens("back").forgets()
    assert story.warden.memory.escorts == {"vic": "guide"}
    assert story.after(6).warden.memory.escorts == {"vic": "guide"}


def test_a_visitor_on_the_way_out_follows_nobody() -> None:
    """A grant to leave keeps no escort whom the visitor did not follow."""
    other = person("gina", GUARD)
    story = together_in("front-in", VIC).goes_through(other, "front-in").badge(other, "store-in")
    story.badge(VIC, "store-in").after(2).badge(VIC, "front-out").after(3)
    assert story.warden.memory.escorts == {"vic": "guide"}


def test_who_is_no_visitor_any_more_needs_nobody() -> None:
    """With another role, the next badge ends what was remembered of the escort."""
    story = together_in("front-in", VIC).goes_through(GUIDE, "front-out").after(60).forgets()
    hired = person("vic", STAFF)
    story.badge(hired, "store-in")
    assert len(story.notes("visitor_rejoined")) == 1
    assert not story.warden.memory.escorts
    assert not story.warden.memory.parted


def test_a_visitor_through_an_unmonitored_door_is_with_the_escort() -> None:
    """Where nobody can say who passed, both are assumed to have."""
    rules = visited()
    doors = [door("front", monitored=False)]
    story = SiteStory(site(traits_of=rules.traits_of, escort=rules.escort, doors=doors))
    story.badge(GUIDE, "front-in").badge(VIC, "front-in").forgets().after(100).expects("secure front")
    assert not story.warden.memory.guided
    assert story.warden.memory.escorts == {PersonId("vic"): "guide"}
