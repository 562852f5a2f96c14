"""Forgiving by schedule, also where its hour was while nothing ran."""

from datetime import timedelta

from policies.turn import Stop
from tests.policies.site_story import SiteStory
from tests.policies.sites import ALICE, HARD, area, site
from tests.policies.values import ALWAYS, schedule, utc

AT_THREE = schedule("03:00-03:01")
THREE = utc("2025-06-19T02:00")
"""Three in the morning in London."""

RULES = site(areas=[area("hall", passback=HARD)], forgives=AT_THREE)
IN = ("access_granted", "release front")


def inside() -> SiteStory:
    return SiteStory(RULES).goes_through(ALICE, "front-in")


def test_at_a_set_time_everybody_is_forgiven() -> None:
    """Once a day, when the schedule begins, and not when it ends; somebody who is inside may enter again."""
    story = inside().at(THREE - timedelta(seconds=1)).expects().at(THREE)
    note = story.note("passback_forgiven")
    assert (note.reason, note.detail) == ("Forgiven by schedule.", {"people": 1})
    story.expects("passback_forgiven").after(600).expects().badge(ALICE, "front-in").expects(*IN)
    story.at(THREE + timedelta(days=1)).forgets()
    story.at(THREE + timedelta(days=2)).expects("passback_forgiven")


def test_a_time_that_was_missed_is_made_up_for_at_the_start() -> None:
    """Who was to be forgiven while nothing ran is forgiven at the next start, once."""
    story = inside()
    story.now = THREE + timedelta(hours=5)
    story.restarts().expects("passback_forgiven").restarts().expects()


def test_a_start_before_the_time_forgives_nobody() -> None:
    """Neither does the very first start, whatever the hour."""
    story = inside()
    story.now = THREE - timedelta(hours=1)
    story.restarts().expects().badge(ALICE, "front-in").expects("denied_passback")
    SiteStory(RULES, at=THREE).expects()


def test_a_start_while_the_schedule_holds_does_not_forgive_twice() -> None:
    """It has begun once, and once everybody was forgiven."""
    story = inside().at(THREE).forgets().after(30).restarts().expects()
    assert ("forgive", "") in story.timers


def test_a_clock_that_is_set_over_the_time_forgives() -> None:
    """Set forward over it, everybody is forgiven; set back, they are once more when it comes again."""
    story = inside().clock_is_set(THREE + timedelta(hours=1)).expects("passback_forgiven")
    story.clock_is_set(THREE - timedelta(hours=1)).expects().at(THREE).expects("passback_forgiven")


def test_other_rules_may_forgive_at_another_time_or_not_at_all() -> None:
    """The timer follows the rules; a schedule that always holds never begins."""
    story = inside().follows(site()).forgets()
    assert not story.timers
    story.at(THREE).expects().follows(RULES).expects().at(THREE + timedelta(days=1)).expects(
        "passback_forgiven"
    )
    story.follows(site(forgives=ALWAYS)).expects()
    assert not story.timers


def test_without_a_schedule_there_is_nothing_to_wait_for() -> None:
    """No timer is started, none is stopped, and nothing is kept of when it was looked at."""
    story = SiteStory(site()).follows(site())
    assert Stop(("forgive", "")) not in story.effects
    assert not story.warden.memory.numbers
    assert not inside().follows(site()).warden.memory.numbers
