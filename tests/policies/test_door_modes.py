import pytest

from policies.door_modes import ORDERABLE, RELEASING, SCHEDULABLE, DoorMode, ModeRule, Override
from policies.ids import MemberId
from tests.policies.values import ALWAYS, NOON

STAFF = MemberId("staff")


@pytest.mark.parametrize(
    ("mode", "releases", "firm"),
    [
        (DoorMode.LOCKED, False, False),
        (DoorMode.UNLOCKED, True, False),
        (DoorMode.BLOCKED, False, True),
        (DoorMode.LOCKED_DOWN, False, True),
        (DoorMode.HELD_OPEN, True, True),
        (DoorMode.FREE, True, False),
    ],
)
def test_a_mode_says_what_it_does(mode: DoorMode, releases: bool, firm: bool) -> None:
    """Whether the strike stays released, and whether only its own lifting ends the mode."""
    assert (mode.releases, mode.is_firm) == (releases, firm)
    assert (mode in RELEASING) is releases


def test_nobody_orders_or_schedules_an_emergency() -> None:
    """A door is free by a fire input alone, and locked down or held open by no schedule."""
    assert set(DoorMode) - set(ORDERABLE) == {DoorMode.FREE}
    assert set(SCHEDULABLE) == {DoorMode.LOCKED, DoorMode.UNLOCKED, DoorMode.BLOCKED}


@pytest.mark.parametrize("mode", DoorMode)
def test_a_schedule_brings_what_may_be_scheduled(mode: DoorMode) -> None:
    """Any other mode cannot be written into a rule."""
    if mode in SCHEDULABLE:
        assert ModeRule(mode, ALWAYS).mode is mode
    else:
        with pytest.raises(ValueError, match=f"no schedule brings the mode {mode.value}"):
            ModeRule(mode, ALWAYS)


@pytest.mark.parametrize("mode", SCHEDULABLE)
def test_a_first_card_begins_unlocking_and_nothing_else(mode: DoorMode) -> None:
    """A door that locks or blocks waits for nobody."""
    if mode is DoorMode.UNLOCKED:
        assert ModeRule(mode, ALWAYS, first_card=True, first_card_members=(STAFF,)).first_card
    else:
        with pytest.raises(ValueError, match="a first card can begin unlocking"):
            ModeRule(mode, ALWAYS, first_card=True)


def test_whose_card_is_first_matters_where_one_is_waited_for() -> None:
    """Members without a first card to wait for are a slip of the pen."""
    with pytest.raises(ValueError, match="whose card comes first"):
        ModeRule(DoorMode.UNLOCKED, ALWAYS, first_card_members=(STAFF,))


@pytest.mark.parametrize("mode", DoorMode)
def test_an_operator_orders_what_may_be_ordered(mode: DoorMode) -> None:
    """An emergency release is nobody's order."""
    if mode in ORDERABLE:
        assert Override(mode, NOON).until == NOON
    else:
        with pytest.raises(ValueError, match=f"nobody can order the mode {mode.value}"):
            Override(mode)


def test_an_order_ends_at_an_instant() -> None:
    """A time that could be anybody's is no end of an order."""
    with pytest.raises(ValueError, match="no offset"):
        Override(DoorMode.UNLOCKED, NOON.replace(tzinfo=None))
    assert Override(DoorMode.UNLOCKED).until is None
