from datetime import datetime, timedelta

import pytest

from accessctl.config import Site
from accessctl.demo.roster import BY_HANDLE
from accessctl.demo.stage import may_pass, stage_of
from policies.ids import AccessPointId
from policies.places import Direction
from tests.demo.noting_hands import NotingHands

MONDAY = datetime(2026, 3, 16)  # noqa: DTZ001 - the site's zone is put on it below


@pytest.mark.parametrize("hours", range(0, 7 * 24, 3))
def test_at_every_hour_somebody_opens_a_door(site: Site, hours: int) -> None:
    """Whenever the demo is opened, its first scene is somebody who may pass, and the hint names them."""
    now = (MONDAY + timedelta(hours=hours, minutes=10)).replace(tzinfo=site.timezone)
    stage = stage_of(site, now, "accessctl")
    who, point = stage.opening
    leaves = site.access_points[AccessPointId(point)].direction is Direction.OUT
    assert leaves or may_pass(site, BY_HANDLE[who], point, now)
    assert BY_HANDLE[who].name in stage.scenes[0].words
    assert stage.hint.endswith(f"accessctl sim badge {who} {point}")


def test_traffic_keeps_to_doors_that_are_there(site: Site) -> None:
    """Every gesture is about a door or reader of the site; whatever is opened is closed again."""
    now = MONDAY.replace(hour=14, tzinfo=site.timezone)
    hands = NotingHands(site.access_points)
    stage = stage_of(site, now, "accessctl")
    for scene in stage.scenes:
        for gesture in scene.gestures:
            gesture.act(hands)
    assert hands.open_leaves == set()
    assert 30 <= sum(gesture.wait_s for scene in stage.scenes for gesture in scene.gestures) <= 90
    assert len(hands.done) > 20


def test_numbers_stay_out_of_what_is_printed(site: Site) -> None:
    """Neither a cardholder's repr nor the stage's holds a card number or a PIN."""
    text = repr(stage_of(site, MONDAY.replace(tzinfo=site.timezone), "accessctl"))
    for person in BY_HANDLE.values():
        assert repr(person.card_number) not in text
        assert f"PIN {person.pin_code}" not in text
        assert f"code {person.keypad_code}" not in text
