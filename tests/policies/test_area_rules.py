from datetime import timedelta

import pytest

from policies.area_rules import LowerLimit, Passback, PassbackKind, Together, UpperLimit
from policies.ids import MemberId
from tests.policies.values import MINUTE

NOTHING = timedelta()
TICK = timedelta(microseconds=1)
STAFF, GUARD = MemberId("staff"), MemberId("guard")


def test_timed_passback_alone_forgets() -> None:
    """A time is wanted where it is used, and nowhere else."""
    assert Passback(PassbackKind.TIMED, TICK).forget_after == TICK
    assert Passback(PassbackKind.HARD).forget_after is None
    assert Passback(PassbackKind.SOFT).forget_after is None
    for kind, time in [
        (PassbackKind.TIMED, None),
        (PassbackKind.HARD, MINUTE),
        (PassbackKind.SOFT, MINUTE),
    ]:
        with pytest.raises(ValueError, match="timed passback, and no other"):
            Passback(kind, time)


@pytest.mark.parametrize("time", [NOTHING, -TICK])
def test_timed_passback_lasts(time: timedelta) -> None:
    """What is forgotten at once would be no passback."""
    with pytest.raises(ValueError, match="longer than nothing"):
        Passback(PassbackKind.TIMED, time)


def test_an_area_may_be_closed_to_everybody_but_not_to_fewer() -> None:
    """A limit of nobody is a limit; one below is a slip of the pen."""
    assert UpperLimit(0).most == 0
    assert UpperLimit(0) == UpperLimit(0, None, report_only=False)
    with pytest.raises(ValueError, match="below nothing"):
        UpperLimit(-1)


def test_a_lower_limit_is_two_people_or_more() -> None:
    """Nobody has to be told that one person is there when one person is there."""
    assert LowerLimit(2, NOTHING).grace == NOTHING
    with pytest.raises(ValueError, match="two people or more"):
        LowerLimit(1, MINUTE)
    with pytest.raises(ValueError, match="grace time must not be below nothing"):
        LowerLimit(2, -TICK)


def test_together_means_two_or_more_within_some_time() -> None:
    """A company is two people at least, and they cannot badge in the same instant."""
    assert Together(2, TICK).members == ()
    with pytest.raises(ValueError, match="together means two people or more"):
        Together(1, MINUTE)
    with pytest.raises(ValueError, match="need some time"):
        Together(2, NOTHING)


def test_one_of_each_needs_as_many_roles_as_people() -> None:
    """Three people cannot each stand for a role of their own where only two roles count."""
    assert Together(2, MINUTE, (STAFF, GUARD), one_of_each=True).one_of_each
    assert Together(3, MINUTE, (STAFF, GUARD)).persons == 3
    with pytest.raises(ValueError, match="fewer roles and groups"):
        Together(3, MINUTE, (STAFF, GUARD), one_of_each=True)
