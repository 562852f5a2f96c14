"""A strike that had to rest at a door that everything says is released: nobody is kept in by it."""

import pytest

from accessctl.link.requests import GiveOrder, OrderKind
from tests.door.conftest import ALICE
from tests.door.story import Story


@pytest.fixture
def rested(story: Story) -> Story:
    """The front door is unlocked by order, and its strike has been on for as long as it may."""
    story.ask(GiveOrder("o-1", "tester", OrderKind.MODE, door="front", mode="unlocked"))
    story.strike("front").rest(30.0)
    assert not story.strike("front").released
    return story


def test_the_exit_button_releases_it_anew(rested: Story) -> None:
    """Leaving is never refused, whatever became of the strike."""
    rested.sets("front.exit_request", active=True)
    assert rested.strike("front").released


@pytest.mark.parametrize("point", ["front-in", "front-out"])
def test_a_badge_releases_it_anew(rested: Story, point: str) -> None:
    """Who is granted finds the strike released, on the way in and on the way out."""
    rested.badge(point, ALICE)
    assert rested.strike("front").released


def test_nothing_else_releases_it(rested: Story) -> None:
    """Time alone does not: the coil has to cool."""
    rested.after(3600)
    assert not rested.strike("front").released
