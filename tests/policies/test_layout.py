from dataclasses import replace

import pytest

from policies.ids import AccessPointId, AreaId, DoorId, InputId
from policies.interlock import Interlock
from policies.layout import (
    areas_by_id,
    chains_of,
    doors_beside,
    doors_by_id,
    doors_into,
    entered_by,
    musters_by_id,
    points_by_door,
    points_by_id,
)
from policies.places import AccessPoint, Area, Direction, Door, MusterPoint
from tests.policies.values import LOBBY, WAY_IN, WAY_IN_WITH_PIN, WAY_OUT, point

STREET, YARD, HALL, CAGE = (AreaId(name) for name in ("street", "yard", "hall", "cage"))
NESTED = {
    STREET: Area(STREET, "Street"),
    YARD: Area(YARD, "Yard"),
    HALL: Area(HALL, "Hall", within=YARD),
    CAGE: Area(CAGE, "Cage", within=HALL),
}
CHAINS = {STREET: (STREET,), YARD: (YARD,), HALL: (HALL, YARD), CAGE: (CAGE, HALL, YARD)}


def leads(door: str, from_area: AreaId, to_area: AreaId) -> AccessPoint:
    id_ = AccessPointId(f"{door}-{to_area}")
    return replace(WAY_IN, id=id_, door=DoorId(door), from_area=from_area, to_area=to_area)


def test_each_access_point_stands_under_its_id() -> None:
    """All of them, in their order."""
    points = points_by_id((WAY_IN, WAY_IN_WITH_PIN, WAY_OUT))
    assert list(points.items()) == [(each.id, each) for each in (WAY_IN, WAY_IN_WITH_PIN, WAY_OUT)]


def test_two_access_points_of_one_name_are_refused() -> None:
    """A way in that could be taken for a way out would keep somebody in."""
    with pytest.raises(ValueError, match="two access points lobby-in"):
        points_by_id((WAY_IN, point(asks=WAY_IN_WITH_PIN.asks)))


def test_a_muster_point_is_no_access_point() -> None:
    """A badge that opens a door for leaving must not be taken for a sign of life."""
    yard = MusterPoint(AccessPointId("yard"), "Yard", STREET)
    assert musters_by_id((yard,), {WAY_IN.id: WAY_IN}) == {yard.id: yard}
    with pytest.raises(ValueError, match="lobby-in is an access point and a muster point"):
        musters_by_id((yard, replace(yard, id=WAY_IN.id)), {WAY_IN.id: WAY_IN})


def test_a_door_that_is_only_used_has_no_rules_of_its_own() -> None:
    """Whoever names a door may leave its description out: at a point, in an interlock, at a fire input."""
    locks, fire = (Interlock((LOBBY.id, DoorId("inner"))),), {InputId("fire"): (DoorId("gate"), LOBBY.id)}
    doors = doors_by_id((LOBBY,), (leads("side", STREET, YARD), WAY_IN), locks, fire)
    assert doors[LOBBY.id] is LOBBY
    assert {id_: door for id_, door in doors.items() if id_ != LOBBY.id} == {
        DoorId(name): Door(DoorId(name), name) for name in ("side", "inner", "gate")
    }


def test_an_area_that_is_only_used_has_no_rules_of_its_own() -> None:
    """So it is with an area at a point, at a muster point, and one that another is a part of."""
    muster = MusterPoint(AccessPointId("m"), "", AreaId("meadow"))
    given = Area(CAGE, "Cage", within=HALL)
    areas = areas_by_id((given,), (leads("d", STREET, YARD),), (muster,))
    assert areas.pop(CAGE) is given
    assert areas == {AreaId(name): Area(AreaId(name), name) for name in ("hall", "street", "yard", "meadow")}


def test_a_chain_goes_from_the_innermost_outwards() -> None:
    """Whoever is in the cage is in the hall and in the yard as well."""
    assert chains_of(NESTED) == CHAINS


def test_areas_that_are_parts_of_each_other_are_refused() -> None:
    """Nobody can draw them."""
    circle = {**NESTED, YARD: Area(YARD, "Yard", within=CAGE)}
    with pytest.raises(ValueError, match="is a part of itself"):
        chains_of(circle)
    with pytest.raises(ValueError, match="the area yard is a part of itself"):
        chains_of({YARD: Area(YARD, "Yard", within=YARD)})


@pytest.mark.parametrize(
    ("from_area", "to_area", "entered"),
    [
        (STREET, YARD, (YARD,)),
        (STREET, CAGE, (CAGE, HALL, YARD)),
        (HALL, CAGE, (CAGE,)),
        (CAGE, HALL, ()),
        (CAGE, STREET, (STREET,)),
        (YARD, CAGE, (CAGE, HALL)),
    ],
)
def test_one_enters_what_one_was_not_in(
    from_area: AreaId, to_area: AreaId, entered: tuple[AreaId, ...]
) -> None:
    """Going deeper enters the inner areas alone; going back up enters nothing."""
    assert entered_by(leads("d", from_area, to_area), CHAINS) == entered


def test_the_doors_into_an_area_are_those_that_cross_its_border() -> None:
    """An inner door leads into no area around it, and two points at one door are one door."""
    points = (
        leads("gate", STREET, YARD),
        leads("front", YARD, HALL),
        leads("cage", HALL, CAGE),
        leads("fire", STREET, CAGE),
        replace(leads("fire", CAGE, STREET), direction=Direction.OUT),
        replace(leads("fire", STREET, CAGE), id=AccessPointId("again")),
    )
    into = doors_into(points, CHAINS)
    assert into == {
        YARD: ("gate", "fire"),
        HALL: ("front", "fire"),
        CAGE: ("cage", "fire"),
        STREET: ("fire",),
    }
    beside = doors_beside([(YARD,), (CAGE, HALL, YARD), (YARD,), ()], into)
    assert beside == {
        (YARD,): ("gate", "fire"),
        (CAGE, HALL, YARD): ("cage", "fire", "front", "gate"),
        (): (),
    }


def test_each_door_knows_its_access_points() -> None:
    """In their order, whichever way they lead."""
    side = leads("side", STREET, YARD)
    assert points_by_door((WAY_IN, side, WAY_OUT)) == {LOBBY.id: (WAY_IN, WAY_OUT), side.door: (side,)}
