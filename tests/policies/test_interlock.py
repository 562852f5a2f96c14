from datetime import timedelta
from typing import Final

import pytest

from policies.door import DoorState, Phase
from policies.ids import DoorId
from policies.interlock import Interlock, busy_sibling, is_off_its_latch, released_siblings
from tests.policies.story import OPEN_PHASES
from tests.policies.values import s

A, B, C = (DoorId(name) for name in "abc")

ON_ITS_LATCH: Final = {Phase.SECURED, Phase.SHUNTED}
RELEASED: Final = {
    Phase.RELEASED,
    Phase.PASSING,
    Phase.JOINED,
    Phase.HELD_JOINED,
    Phase.FORCED_JOINED,
    Phase.UNLOCKED,
    Phase.UNLOCKED_OPEN,
}


@pytest.mark.parametrize("phase", Phase)
def test_a_door_is_on_its_latch_when_it_is_secured_and_shut(phase: Phase) -> None:
    """Released or open is off the latch, and so is a door of which nobody knows whether it is shut."""
    assert is_off_its_latch(DoorState(phase)) is (phase not in ON_ITS_LATCH)


@pytest.mark.parametrize("phase", Phase)
def test_a_sibling_is_busy_until_it_is_secured_and_shut(phase: Phase) -> None:
    """The first sibling off its latch is named."""
    doors = {A: DoorState(Phase.SECURED), B: DoorState(phase), C: DoorState(Phase.OPEN)}
    assert busy_sibling((A, B), doors) == (None if phase in ON_ITS_LATCH else B)
    assert busy_sibling((A, B, C), doors) == (C if phase in ON_ITS_LATCH else B)


def test_a_sibling_of_which_nothing_is_known_is_busy() -> None:
    """What nobody has heard of may be open."""
    assert busy_sibling((A,), {}) == A
    assert busy_sibling((), {}) is None


@pytest.mark.parametrize("phase", Phase)
def test_released_siblings_are_those_whose_strike_is_released(phase: Phase) -> None:
    """A leaf that stands open behind a secured strike cannot be secured any more; it is left out."""
    doors = {A: DoorState(phase), B: DoorState(Phase.RELEASED)}
    assert released_siblings((A, B, C), doors) == ((A, B) if phase in RELEASED else (B,))
    assert phase in RELEASED or phase in OPEN_PHASES | ON_ITS_LATCH | {Phase.UNKNOWN}


def test_an_interlock_joins_different_doors() -> None:
    """One door is no group, and no door is its own sibling."""
    assert Interlock((A, B)).wait is None
    with pytest.raises(ValueError, match=r"^an interlock joins two doors or more$"):
        Interlock((A,))
    with pytest.raises(ValueError, match=r"^a door stands in an interlock once$"):
        Interlock((A, B, A))


def test_an_interlock_that_waits_waits_for_some_time() -> None:
    """Whoever does not want to wait leaves the time out."""
    assert Interlock((A, B), s(0.001)).wait == s(0.001)
    for wait in (timedelta(), s(-1)):
        with pytest.raises(ValueError, match=r"^an interlock that waits must wait for some time$"):
            Interlock((A, B), wait)
