"""What holds at each access point for everybody; that the masks agree with ``decide`` is in test_reach.py."""

from policies.area_rules import UpperLimit
from policies.degraded import Condition
from policies.door_modes import DoorMode
from policies.factors import BIOMETRIC, Asks, Factor
from policies.ids import AccessPointId, DoorId
from policies.memory import Memory
from policies.reach_ground import Ground
from tests.policies.sites import HALL, area, site, way_in
from tests.policies.values import NOON


def test_a_mask_has_a_bit_for_each_point_that_belongs() -> None:
    """Bits stand for the access points in the order of the rule book."""
    ground = Ground(site(), NOON, Memory())
    first = next(iter(ground.bits))
    assert ground.where(lambda rules: rules.point.id == first) == ground.bits[first]
    assert ground.where(lambda _rules: False) == 0
    assert ground.where(lambda _rules: True) == sum(ground.bits.values())


def test_a_blocked_door_is_open_to_nobody() -> None:
    """What is shut for everybody is worked out once, not for each person."""
    memory = Memory()
    memory.put("modes", DoorId("front"), DoorMode.BLOCKED)
    shut, usual = Ground(site(), NOON, memory), Ground(site(), NOON, Memory())
    front = AccessPointId("front-in")
    assert usual.open & usual.bits[front]
    assert not shut.open & shut.bits[front]


def test_a_pin_is_proven_by_who_has_one() -> None:
    """Where a PIN is asked for, who has none cannot prove enough."""
    ground = Ground(site(points=[way_in("front", asks=Asks.CARD_AND_PIN)]), NOON, Memory())
    front = ground.bits[AccessPointId("front-in")]
    assert ground.can_prove(Factor.CARD, clonable=True, has_pin=True, enrolled=BIOMETRIC) & front
    assert not ground.can_prove(Factor.CARD, clonable=True, has_pin=False, enrolled=BIOMETRIC) & front


def test_a_lost_sensor_proves_nothing() -> None:
    """Where a finger or face is asked for and no sensor answers, nobody can prove enough."""
    book = site(points=[way_in("front", asks=Asks.CARD_AND_BIOMETRIC)])
    memory = Memory()
    memory.put("gone", (Condition.BIOMETRIC_LOST, "front-in"), value=True)
    lost, usual = Ground(book, NOON, memory), Ground(book, NOON, Memory())
    front = usual.bits[AccessPointId("front-in")]
    assert usual.can_prove(Factor.CARD, clonable=True, has_pin=True, enrolled=BIOMETRIC) & front
    assert not lost.can_prove(Factor.CARD, clonable=True, has_pin=True, enrolled=BIOMETRIC) & front


def test_a_full_area_closes_the_ways_into_it() -> None:
    """One more would be too many at every access point that leads there."""
    ground = Ground(site(areas=[area(HALL, upper_limits=(UpperLimit(0),))]), NOON, Memory())
    assert ground.full(None)[HALL] & ground.bits[AccessPointId("front-in")]
