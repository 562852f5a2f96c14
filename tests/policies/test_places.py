from dataclasses import replace
from datetime import timedelta

import pytest

from policies.factors import Asks
from policies.ids import AreaId, DoorId
from policies.places import Area, AreaState, AsksWhen, Direction, Door, DoorTimes
from tests.policies.values import ALWAYS, LOBBY, NEVER, WAY_OUT, point, s

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


@pytest.mark.parametrize("assurance", [-1, 4])
def test_an_area_asks_for_what_somebody_could_prove(assurance: int) -> None:
    """There are three kinds of factor: more cannot be proven, nor less than none."""
    with pytest.raises(ValueError, match="0 to 3"):
        Area(AreaId("a"), "Hall", assurance=assurance)


@pytest.mark.parametrize("assurance", [0, 3])
def test_an_area_may_ask_for_any_number_of_kinds(assurance: int) -> None:
    """From nothing at all to all three kinds."""
    assert Area(AreaId("a"), "Hall", assurance=assurance).assurance == assurance


def test_whichever_times_leave_the_leaf_open_for_longer_count() -> None:
    """Of two times that were given the longer one is the one to keep; of equals, the one at hand."""
    short, long = DoorTimes(open=s(30)), DoorTimes(open=s(60))
    assert short.longer_of(long) is long
    assert long.longer_of(short) is long
    twin = DoorTimes(release=s(6), open=s(30))
    assert short.longer_of(twin) is short


def test_who_needs_longer_is_not_given_less() -> None:
    """Extended times in which one has less time to open or to pass than others cannot be written down."""
    usual = LOBBY.times
    assert replace(LOBBY, extended=usual).extended == usual
    assert replace(LOBBY, extended=DoorTimes(s(5), s(0), s(40), s(0))).extended is not None
    for shorter in (replace(usual, release=s(4.999)), replace(usual, open=s(39.999))):
        with pytest.raises(ValueError, match="must not be shorter"):
            replace(LOBBY, extended=shorter)


@pytest.mark.parametrize("when", [{"schedule": NEVER}, {"threat_level": 1}, {"area": AreaState.EMPTY}])
def test_what_is_asked_for_at_times_says_at_which(when: dict[str, object]) -> None:
    """A schedule, a threat level or a state of the area is enough."""
    assert AsksWhen(Asks.CARD_AND_PIN, **when).asks == Asks.CARD_AND_PIN  # type: ignore[arg-type]


def test_what_is_always_asked_for_is_no_exception() -> None:
    """An exception without a condition would make the rule idle."""
    with pytest.raises(ValueError, match="needs a schedule"):
        AsksWhen(Asks.CARD)


def test_a_way_out_may_not_ask_for_more_at_some_times_either() -> None:
    """No hour and no threat makes leaving harder."""
    with pytest.raises(ValueError, match="leaving is never refused"):
        replace(WAY_OUT, asks_when=(AsksWhen(Asks.CARD, ALWAYS),))
    with pytest.raises(ValueError, match="leaving is never refused"):
        replace(WAY_OUT, asks=Asks.NOTHING)
