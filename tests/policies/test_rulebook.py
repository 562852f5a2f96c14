import pytest

from policies.ids import RoleId
from policies.rulebook import Rulebook
from tests.policies.values import ALWAYS, AT_NIGHT, STAFF, WAY_IN, WAY_IN_WITH_PIN, level, point, rulebook


def test_one_question_finds_all_schedules_of_a_role_at_a_point() -> None:
    """The levels of a role add up, in their order."""
    book = rulebook(
        level((WAY_IN, ALWAYS), (WAY_IN_WITH_PIN, AT_NIGHT)), level((WAY_IN, AT_NIGHT), name="night")
    )
    assert book.schedules_of == {
        (STAFF, WAY_IN.id): (ALWAYS, AT_NIGHT),
        (STAFF, WAY_IN_WITH_PIN.id): (AT_NIGHT,),
    }
    assert book.revision == "r1"


def test_a_schedule_that_two_levels_share_is_asked_once() -> None:
    """The same schedule at the same point is kept only once."""
    book = rulebook(level((WAY_IN, ALWAYS)), level((WAY_IN, ALWAYS), name="again"))
    assert book.schedules_of == {(STAFF, WAY_IN.id): (ALWAYS,)}


def test_roles_do_not_share_their_levels() -> None:
    """What one role may, another may not for that reason."""
    book = rulebook(level((WAY_IN, ALWAYS)), role=RoleId("guard"))
    assert (STAFF, WAY_IN.id) not in book.schedules_of


def test_two_access_points_of_one_name_are_refused() -> None:
    """A rulebook that could take a way in for a way out cannot be made."""
    twin = point(asks=WAY_IN_WITH_PIN.asks)
    with pytest.raises(ValueError, match="two access points lobby-in"):
        Rulebook.of("r1", (WAY_IN, twin), {})


def test_points_are_found_by_their_id() -> None:
    """Every access point is in the rulebook under its own id."""
    book = rulebook()
    assert all(key == found.id for key, found in book.access_points.items())
    assert len(book.access_points) == 3
