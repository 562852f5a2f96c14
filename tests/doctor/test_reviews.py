"""What the doctor says of reviews: missing ones, and owners who are no operators."""

from datetime import timedelta
from pathlib import Path

import pytest

from accessctl.doctor.finding import Weight
from accessctl.doctor.reviews import reviews
from accessctl.home import Home
from accessctl.office.reviews import Every, ReviewRule
from accessctl.office.rules import OfficeRules
from accessctl.store.people_writer import PeopleWriter
from accessctl.store.reviews import ReviewRow
from tests.homes import NOON, TESTER, new_home

RULES = OfficeRules(reviews=(ReviewRule("vault", "Vault", Every.QUARTERLY, (TESTER,)),))


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home in which the first quarter was seen to run."""
    home = new_home(tmp_path / "home")
    writer = PeopleWriter(home.people, lambda: NOON)
    writer.owe_reviews([("vault", "2026-Q1")])
    writer.close()
    return home


def found(home: Home, days: int, rules: OfficeRules = RULES) -> list[tuple[str, Weight]]:
    return [(each.about, each.weight) for each in reviews(rules, home, NOON + timedelta(days=days))]


def test_nothing_is_said_while_there_is_time(home: Home) -> None:
    """Four weeks before the end of the quarter nobody is bothered."""
    assert found(home, 0) == []


def test_a_note_before_the_end_and_a_finding_after_it(home: Home) -> None:
    """Two weeks before it is to be known; once it has ended it is wrong."""
    assert found(home, 20) == [("areas.vault", Weight.NOTE)]
    assert found(home, 40) == [("areas.vault", Weight.WRONG)]


def test_a_signature_ends_it(home: Home) -> None:
    """The control of the test above."""
    writer = PeopleWriter(home.people, lambda: NOON)
    writer.sign_review(ReviewRow("", "vault", "2026-Q1", TESTER, NOON, "{}", "ab" * 32), {}, TESTER)
    writer.close()
    assert found(home, 20) == found(home, 40) == []


def test_owners_who_are_no_operators_are_told(home: Home) -> None:
    """A rule that nobody can follow looks like one until it is overdue."""
    rules = OfficeRules(reviews=(ReviewRule("vault", "Vault", Every.QUARTERLY, ("nobody",)),))
    assert found(home, 0, rules) == [("areas.vault.owner", Weight.WRONG)]
    assert found(home, 0, OfficeRules()) == []
