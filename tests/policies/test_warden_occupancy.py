"""How many may be in an area, as the warden counts them."""

from policies.area_rules import UpperLimit
from policies.ids import MemberId
from tests.policies.site_story import SiteStory
from tests.policies.sites import ALICE, BOB, CAROL, area, person, site

STORE_IN = ("access_granted", "release store")
ANN, ANDY = person("ann", groups=("acme",)), person("andy", groups=("acme",))


def limited(*limits: UpperLimit, where: str = "store") -> SiteStory:
    return SiteStory(site(areas=[area(where, upper_limits=limits)]))


def test_a_full_area_takes_nobody_more() -> None:
    """Until somebody has left."""
    story = limited(UpperLimit(2)).goes_through(ALICE, "store-in").goes_through(BOB, "store-in")
    story.badge(CAROL, "store-in").expects("denied_upper_occupancy_limit")
    story.badge(BOB, "store-out").forgets().badge(CAROL, "store-in").expects("denied_upper_occupancy_limit")
    story.leaf_opens("store").leaf_closes("store").forgets().badge(CAROL, "store-in").expects(*STORE_IN)


def test_who_is_about_to_come_in_takes_a_place() -> None:
    """Two at two doors do not take the last place together; a grant that came to nothing frees it."""
    story = limited(UpperLimit(1), where="hall").badge(ALICE, "front-in").forgets()
    story.badge(BOB, "back-in").expects("denied_upper_occupancy_limit")
    story.badge(ALICE, "front-in").expects("access_granted", "release front")
    story.after(5).forgets().badge(BOB, "back-in").expects("access_granted", "release back")


def test_one_too_many_may_be_let_in_and_reported() -> None:
    """Where the site file says so."""
    story = limited(UpperLimit(1, report_only=True)).goes_through(ALICE, "store-in")
    story.badge(BOB, "store-in").expects("access_granted", "occupancy_exceeded", "release store")


def test_a_limit_may_be_of_one_company() -> None:
    """Others still come in, and so does the company when one of them has left."""
    story = limited(UpperLimit(1, MemberId("acme"))).goes_through(ANN, "store-in")
    story.badge(ANDY, "store-in").expects("denied_upper_occupancy_limit")
    story.badge(BOB, "store-in").expects(*STORE_IN).after(5).forgets()
    story.goes_through(ANN, "store-out").badge(ANDY, "store-in").expects(*STORE_IN)


def test_who_is_in_a_part_is_in_the_whole() -> None:
    """The hall is as full as hall and store together are; from one to the other nobody counts twice."""
    story = limited(UpperLimit(1), where="hall").goes_through(ALICE, "front-in")
    story.badge(ALICE, "store-in").expects(*STORE_IN).leaf_opens("store").leaf_closes("store").forgets()
    story.badge(BOB, "front-in").expects("denied_upper_occupancy_limit")


def test_a_full_area_keeps_nobody_in() -> None:
    """Leaving is free, whoever counts."""
    story = limited(UpperLimit(0), where="street").goes_through(ALICE, "front-out")
    story.badge(BOB, "front-out").expects("access_granted", "release front")
