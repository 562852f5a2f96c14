"""When a review is due: periods of the calendar in the site's time zone, and how an area stands."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accessctl.office.reviews import Every, ReviewRule, ReviewState, period_at, period_before, state_of

LONDON = ZoneInfo("Europe/London")
RULE = ReviewRule("vault", "Vault", Every.QUARTERLY, ("maria",))
instants = st.integers(0, 3_000_000_000).map(lambda second: datetime.fromtimestamp(second, UTC))


@pytest.mark.parametrize(
    ("every", "name", "start", "end"),
    [
        (Every.MONTHLY, "2026-12", date(2026, 12, 1), date(2027, 1, 1)),
        (Every.QUARTERLY, "2026-Q4", date(2026, 10, 1), date(2027, 1, 1)),
        (Every.YEARLY, "2026", date(2026, 1, 1), date(2027, 1, 1)),
    ],
)
def test_a_period_is_one_of_the_calendar(every: Every, name: str, start: date, end: date) -> None:
    """From its first day to the day after its last, over the end of a year."""
    found = period_at(every, datetime(2026, 12, 31, 12, tzinfo=UTC), LONDON)
    assert (found.name, found.start, found.end) == (name, start, end)


def test_a_period_begins_at_midnight_where_the_site_is() -> None:
    """Half an hour before midnight in UTC it is July already in London."""
    instant = datetime(2026, 6, 30, 23, 30, tzinfo=UTC)
    assert period_at(Every.QUARTERLY, instant, LONDON).name == "2026-Q3"
    assert period_at(Every.QUARTERLY, instant, ZoneInfo("UTC")).name == "2026-Q2"


@given(instants, st.sampled_from(Every))
def test_periods_follow_each_other(at: datetime, every: Every) -> None:
    """Each day is in its period, the one before ends where it begins, and later is greater."""
    period = period_at(every, at, LONDON)
    before = period_before(every, period)
    assert period.start <= at.astimezone(LONDON).date() < period.end
    assert before.end == period.start
    assert before.name < period.name


@pytest.mark.parametrize(
    ("day", "signed", "begun", "state"),
    [
        (datetime(2026, 10, 2, tzinfo=UTC), {"2026-Q4"}, "2026-Q1", ReviewState.SIGNED),
        (datetime(2026, 10, 2, tzinfo=UTC), {"2026-Q3"}, "2026-Q1", ReviewState.DUE),
        (datetime(2026, 10, 2, tzinfo=UTC), set(), "2026-Q4", ReviewState.DUE),
        (datetime(2026, 12, 20, tzinfo=UTC), set(), "2026-Q4", ReviewState.ENDS_SOON),
        (datetime(2026, 10, 2, tzinfo=UTC), {"2026-Q2"}, "2026-Q1", ReviewState.OVERDUE),
    ],
)
def test_how_an_area_stands(day: datetime, signed: set[str], begun: str, state: ReviewState) -> None:
    """Nobody owes what was before the rule; what was missed is overdue until the next signature."""
    assert state_of(RULE, day, LONDON, signed, begun) is state


def test_a_rule_comes_back_as_it_was() -> None:
    """It goes from the process that reads the site file to the one that does not, as JSON."""
    assert ReviewRule.from_json(RULE.to_json()) == RULE
