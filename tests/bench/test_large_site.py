from collections import Counter

import pytest

from policies.decide import Outcome, decide
from policies.reasons import Reason
from tests.bench.large_crowd import Site, questions, site_of
from tests.bench.large_site import Size

SMALL = Size(400, buildings=6, halls_each=6, doors=100)


@pytest.fixture(scope="module")
def site() -> Site:
    return site_of(SMALL)


def test_a_large_site_is_as_large_as_promised() -> None:
    """Two hundred areas and five hundred doors, whoever is there."""
    assert (Size(1).areas, Size(1).doors) == (200, 500)


def test_a_made_site_has_what_its_size_says(site: Site) -> None:
    """Areas, doors with two ways each, and people."""
    assert len(site.rulebook.areas) == SMALL.areas
    assert len(site.rulebook.points) == 2 * len(site.rulebook.doors) == 200
    assert len(site.memory.stays) == len(site.holders) == 400


def test_questions_at_a_made_site_meet_every_kind_of_rule(site: Site) -> None:
    """A bench of refusals by the first check would measure nothing: every outcome comes up."""
    asked = questions(site, 4000)
    found = [decide(request, site.rulebook, now, site.memory) for request, now in asked]
    outcomes = Counter(decision.outcome for decision in found)
    assert outcomes.keys() == set(Outcome)
    assert outcomes[Outcome.GRANTED] > len(found) // 3
    assert {decision.reason for decision in found} >= {
        Reason.AREA_FULL,
        Reason.DENIED_BY_LEVEL,
        Reason.LOCKED_DOWN,
        Reason.NO_ESCORT,
        Reason.OUTSIDE_SCHEDULE,
        Reason.PASSBACK,
        Reason.PREREQUISITE_MISSING,
        Reason.TOO_LITTLE_ASSURANCE,
    }
    assert {reason for decision in found for reason in decision.reported}


def test_the_same_questions_are_asked_in_every_run(site: Site) -> None:
    """Whoever compares two runs compares the same thing."""
    assert questions(site, 50) == questions(site_of(SMALL), 50)
