"""Failed codes, fingers and faces, and what is typed wrong at a reader: how long one has to wait."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.factors import Factor
from policies.reasons import Reason
from policies.tries import LIMITS, Kind, Tries, after_another, cleared_by, key_of
from tests.policies.values import HOUR, MINUTE, NOON

SECOND = timedelta(seconds=1)
TICK = timedelta(milliseconds=1)


def after(
    kind: Kind, failures: int, every: timedelta = SECOND, since: datetime = NOON
) -> tuple[Tries, datetime]:
    """Let so many fail, one after the other, and give the count and the instant of the last."""
    tries: Tries | None = None
    now = since
    for number in range(failures):
        now = since + number * every
        tries = after_another(tries, now, LIMITS[kind])
    assert tries is not None
    return tries, now


@pytest.mark.parametrize(
    ("kind", "free", "wait", "why"),
    [
        (Kind.CODE, 5, MINUTE, Reason.CODE_LOCKED_OUT),
        (Kind.BIOMETRIC, 5, timedelta(seconds=30), Reason.BIOMETRIC_LOCKED_OUT),
        (Kind.READER, 20, MINUTE, Reason.READER_LOCKED_OUT),
    ],
)
def test_some_failures_are_free_and_the_next_one_costs_a_wait(
    kind: Kind, free: int, wait: timedelta, why: Reason
) -> None:
    """Up to its end nothing more is tried; from then on something is."""
    tries, now = after(kind, free - 1)
    assert tries.refusal_at(now, LIMITS[kind]) is None
    tries, now = after(kind, free)
    assert tries.refusal_at(now, LIMITS[kind]) is why
    assert tries.refusal_at(now + wait - TICK, LIMITS[kind]) is why
    assert tries.refusal_at(now + wait, LIMITS[kind]) is None


@pytest.mark.parametrize(
    ("kind", "last", "why"),
    [(Kind.CODE, 10, Reason.TOO_MANY_WRONG_CODES), (Kind.BIOMETRIC, 50, Reason.BIOMETRIC_OFF)],
)
def test_so_many_failures_put_an_end_to_it(kind: Kind, last: int, why: Reason) -> None:
    """No wait leads out of it: an admin has to."""
    tries, now = after(kind, last - 1)
    assert tries.refusal_at(now + 2 * HOUR, LIMITS[kind]) is None
    tries, now = after(kind, last)
    assert tries.refusal_at(now + 1000 * HOUR, LIMITS[kind]) is why


def test_a_reader_never_ends_and_waits_for_an_hour_at_most() -> None:
    """Whoever plays at a keypad keeps nobody out for good."""
    tries, now = after(Kind.READER, 200)
    assert tries.until == now + HOUR
    assert tries.refusal_at(now + HOUR, LIMITS[Kind.READER]) is None


def test_a_reader_forgets_one_failure_every_five_minutes() -> None:
    """Honest people mistype now and then, and never add up to a wait."""
    tries, _now = after(Kind.READER, 500, every=5 * MINUTE)
    assert tries.failed == 1
    assert tries.until is None
    tries, now = after(Kind.READER, 19)
    assert tries.left_at(now + 50 * MINUTE, LIMITS[Kind.READER]) == 9
    assert tries.left_at(now - HOUR, LIMITS[Kind.READER]) == 19


def test_failures_do_not_begin_the_forgetting_anew() -> None:
    """Somebody who mistypes a little more seldom than one is forgotten never adds up to a wait."""
    tries, _now = after(Kind.READER, 200, every=timedelta(minutes=5, seconds=1))
    assert tries.failed <= 2
    tries, _now = after(Kind.READER, 40, every=timedelta(minutes=4, seconds=50))
    assert tries.failed < 5


def test_a_clock_that_was_set_back_makes_no_wait_longer() -> None:
    """A wait that would end after more than it ever lasts has no meaning any more."""
    tries, now = after(Kind.CODE, 5)
    assert tries.refusal_at(now - HOUR, LIMITS[Kind.CODE]) is None


@given(st.sampled_from(list(Kind)), st.integers(1, 2000))
def test_no_number_of_failures_is_too_large_to_count(kind: Kind, failures: int) -> None:
    """A wait is never longer than its limit, however many failures there were."""
    tries = after_another(Tries(failures, NOON), NOON, LIMITS[kind])
    assert tries.until is None or tries.until - NOON <= LIMITS[kind].longest_wait


@pytest.mark.parametrize(
    ("proven", "cleared"),
    [
        (Factor.CARD | Factor.PIN, ()),
        (Factor.CARD | Factor.CODE, (Kind.CODE,)),
        (Factor.CARD | Factor.FACE, (Kind.BIOMETRIC,)),
        (Factor.FINGERPRINT | Factor.CODE, (Kind.CODE, Kind.BIOMETRIC)),
    ],
)
def test_a_right_one_begins_its_own_count_anew(proven: Factor, cleared: tuple[Kind, ...]) -> None:
    """And no other: whoever knows a PIN clears no wrong codes with it. A reader's count nothing clears."""
    assert cleared_by(proven) == cleared


def test_counts_have_names_of_their_own() -> None:
    """A person and an access point of one name are never taken for each other."""
    assert len({key_of(kind, "gate") for kind in Kind}) == len(Kind)
