from dataclasses import replace
from datetime import UTC, datetime

import pytest

from accessctl.config import load
from accessctl.drill import Drilled, drill
from accessctl.drill.people import CHOSEN_FOR_NOBODY, Right, party, with_drill_roles
from policies.degraded import CHOICES, Condition, Degraded, Fallback
from policies.ids import AccessPointId
from policies.rulebook import Rulebook
from tests.door.rules_site import RULES_SITE

NOON = datetime(2026, 3, 17, 12, 0, tzinfo=UTC)
RULES = load(RULES_SITE).rulebook


def with_fallback(condition: Condition, fallback: Fallback) -> Rulebook:
    """The same rules, with this answer to one condition at every door."""
    degraded = Degraded(**{condition.value: fallback})
    doors = {
        id_: replace(rules, door=replace(rules.door, degraded=degraded)) for id_, rules in RULES.doors.items()
    }
    points = {id_: replace(rules, door=doors[rules.point.door]) for id_, rules in RULES.points.items()}
    return replace(RULES, doors=doors, points=points, relevant_checks={}, _crowds={})


def at(door: str, condition: Condition, rows: list[Drilled]) -> Drilled:
    return next(row for row in rows if (row.door, row.condition) == (door, condition.value))


@pytest.mark.parametrize(
    ("condition", "fallback"),
    [(condition, fallback) for condition, choices in CHOICES.items() for fallback in choices],
)
def test_every_door_does_what_is_stated(condition: Condition, fallback: Fallback) -> None:
    """Whatever a site file can choose for a condition is what is seen when it is drilled."""
    rows = list(drill(with_fallback(condition, fallback), NOON))
    assert rows
    assert [row for row in rows if row.differs] == []


def test_a_drill_says_who_passes_and_why_not() -> None:
    """An admin reads whom a door lets in meanwhile, and the reason for everybody else."""
    rows = list(drill(with_fallback(Condition.CLOCK_UNTRUSTED, Fallback.TIMELESS_ONLY), NOON))
    seen = at("front", Condition.CLOCK_UNTRUSTED, rows).seen
    assert "lets in somebody whose right holds at every hour" in seen
    assert "refuses somebody whose right holds at this hour (denied_clock_untrusted)" in seen
    assert seen[-1] == "lets everybody out"


def test_a_drill_wants_as_many_people_as_the_door() -> None:
    """Where two have to badge together, two people of the drill do."""
    assert len(party(Right.TIMED, with_drill_roles(RULES, NOON).points[AccessPointId("lab-in")])) == 2


def test_nobody_real_takes_part_in_a_drill() -> None:
    """Every id of a drill is one that no site file can hold."""
    drilled = with_drill_roles(RULES, NOON)
    made_up = {*drilled.levels, *drilled.allows_of, *drilled.traits_of}
    new = made_up - {*RULES.levels, *RULES.allows_of, *RULES.traits_of}
    assert new
    assert all(id_.startswith(CHOSEN_FOR_NOBODY) for id_ in new)


def test_the_rules_of_the_site_are_left_alone() -> None:
    """A drill adds its roles to a copy."""
    before = repr(RULES)
    list(drill(RULES, NOON))
    assert repr(RULES) == before


def test_a_door_that_does_otherwise_is_told() -> None:
    """Negative control: where doors are stated to refuse and let in all the same, the drill says so."""
    stated = with_fallback(Condition.RECORD_UNWRITABLE, Fallback.REFUSE)
    done = with_fallback(Condition.RECORD_UNWRITABLE, Fallback.WITHOUT_RECORD)
    broken = replace(stated, points=done.points, relevant_checks={}, _crowds={})
    rows = [row for row in drill(broken, NOON) if row.condition == Condition.RECORD_UNWRITABLE.value]
    assert rows
    assert all(row.differs for row in rows)
    assert (
        "somebody whose right holds at this hour is let in"
        in at("front", Condition.RECORD_UNWRITABLE, rows).differs
    )
