from datetime import timedelta

import pytest

from policies.factors import Asks
from policies.ids import AreaId, DoorId
from policies.places import Area, Direction, Door, DoorTimes
from tests.policies.values import point, s

NOTHING = timedelta()


def test_the_times_of_a_door_are_those_of_the_standard_unless_said_otherwise() -> None:
    """A door is released for 5 s and may be open for 20 s."""
    times = Door(DoorId("d"), "Door").times
    assert (times.release, times.relock_delay, times.open, times.pre_alarm) == (s(5), NOTHING, s(20), s(5))


@pytest.mark.parametrize(
    ("times", "complaint"),
    [
        ({"release": NOTHING}, "longer than nothing"),
        ({"release": s(-1)}, "longer than nothing"),
        ({"open": NOTHING}, "longer than nothing"),
        ({"relock_delay": s(-1)}, "relock delay"),
        ({"relock_delay": s(5.001)}, "relock delay"),
        ({"pre_alarm": s(-1)}, "pre-alarm"),
        ({"pre_alarm": s(15)}, "pre-alarm"),
        ({"release": s(20), "pre_alarm": NOTHING}, "pre-alarm"),
    ],
)
def test_times_that_contradict_each_other_are_refused(times: dict[str, timedelta], complaint: str) -> None:
    """No door can be given times in which its phases would overtake each other."""
    with pytest.raises(ValueError, match=complaint):
        DoorTimes(**times)


@pytest.mark.parametrize(
    "times",
    [
        {"relock_delay": s(5)},
        {"pre_alarm": s(14.999)},
        {"release": s(19.999), "pre_alarm": NOTHING},
    ],
)
def test_times_at_the_very_edge_are_accepted(times: dict[str, timedelta]) -> None:
    """What just about fits is no contradiction."""
    assert DoorTimes(**times) != DoorTimes()


def test_a_way_out_may_not_ask_for_a_pin() -> None:
    """An access point that could keep somebody in cannot even be written down."""
    with pytest.raises(ValueError, match="leaving is never refused"):
        point(Direction.OUT, Asks.CARD_AND_PIN)


@pytest.mark.parametrize(
    ("direction", "asks"),
    [(Direction.OUT, Asks.CARD), (Direction.IN, Asks.CARD), (Direction.IN, Asks.CARD_AND_PIN)],
)
def test_an_access_point_leads_one_way(direction: Direction, asks: Asks) -> None:
    """Each other pair of direction and question is a lawful access point between two areas."""
    made = point(direction, asks)
    assert (made.direction, made.asks) == (direction, asks)
    assert made.from_area != made.to_area


def test_areas_are_told_apart_by_their_id() -> None:
    """Two areas may share a name."""
    assert Area(AreaId("a"), "Hall") != Area(AreaId("b"), "Hall")
