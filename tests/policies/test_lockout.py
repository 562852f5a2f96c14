from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.lockout import FREE_TRIES, LAST_TRY, LONGEST_WAIT, WrongPins, wait_after
from policies.reasons import Reason
from tests.policies.values import HOUR, LONDON, MINUTE, NOON, s, utc

TICK = timedelta(microseconds=1)

INSTANTS = st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(LONDON))  # noqa: DTZ001 - the strategy adds the zone
COUNTS = st.integers(0, 10**6)


def after(tries: int) -> WrongPins:
    wrong = WrongPins()
    for _ in range(tries):
        wrong = wrong.after_another(NOON)
    return wrong


@pytest.mark.parametrize(
    ("count", "seconds"),
    [
        (0, 0),
        (4, 0),
        (5, 60),
        (6, 120),
        (7, 240),
        (8, 480),
        (9, 960),
        (10, 1920),
        (11, 3600),
        (12, 3600),
        (10**9, 3600),
    ],
)
def test_each_wrong_pin_from_the_fifth_doubles_the_wait(count: int, seconds: int) -> None:
    """The ladder is 60 s, doubled with every further wrong PIN, and never longer than an hour."""
    assert wait_after(count) == s(seconds)


@pytest.mark.parametrize("tries", range(FREE_TRIES))
def test_four_wrong_pins_cost_nothing(tries: int) -> None:
    """Everybody may mistype a few times."""
    assert after(tries) == WrongPins(tries, None)
    assert after(tries).refusal_at(NOON) is None


@pytest.mark.parametrize(("tries", "minutes"), [(5, 1), (6, 2), (7, 4), (8, 8), (9, 16)])
def test_who_waits_is_let_try_again_when_the_wait_is_over(tries: int, minutes: int) -> None:
    """The refusal ends exactly with the wait."""
    wrong = after(tries)
    over = NOON + minutes * MINUTE
    assert wrong.refusal_at(NOON) is Reason.LOCKED_OUT
    assert wrong.refusal_at(over - TICK) is Reason.LOCKED_OUT
    assert wrong.refusal_at(over) is None


@pytest.mark.parametrize("tries", [LAST_TRY, LAST_TRY + 1, 200])
def test_the_tenth_wrong_pin_disables_it_until_an_admin_helps(tries: int) -> None:
    """No wait is long enough after ten wrong PINs, and no number of further ones breaks the count."""
    wrong = after(tries)
    assert wrong.refusal_at(NOON) is Reason.TOO_MANY_WRONG_PINS
    assert wrong.refusal_at(NOON + timedelta(days=3650)) is Reason.TOO_MANY_WRONG_PINS


def test_a_wait_is_as_long_in_the_night_that_repeats_an_hour() -> None:
    """A wait of a minute ends after a minute, not an hour later when the clock shows that time again."""
    before = datetime(2025, 10, 26, 1, 59, 30, tzinfo=LONDON)
    wrong = WrongPins(FREE_TRIES - 1).after_another(before)
    assert wrong.until == utc("2025-10-26T01:00:30")
    assert wrong.refusal_at(datetime(2025, 10, 26, 1, 0, 29, tzinfo=LONDON, fold=1)) is Reason.LOCKED_OUT
    assert wrong.refusal_at(datetime(2025, 10, 26, 1, 0, 30, tzinfo=LONDON, fold=1)) is None


def test_a_clock_set_back_does_not_prolong_the_wait() -> None:
    """After the clock was set back a day, a wait of a minute is at most a minute again."""
    yesterday = NOON - timedelta(days=1)
    anchored = after(5).anchored_at(yesterday)
    assert anchored == WrongPins(5, yesterday + MINUTE)
    assert anchored.refusal_at(yesterday + MINUTE) is None


def test_a_clock_set_back_by_less_than_the_wait_prolongs_it_by_no_more() -> None:
    """Setting the clock back 10 s in a wait of a minute leaves at most that minute."""
    assert after(5).anchored_at(NOON + s(30)).until == NOON + MINUTE
    assert after(5).anchored_at(NOON - s(10)).until == NOON + s(50)


def test_without_a_wait_there_is_nothing_to_anchor() -> None:
    """Who may try at any time may still do so when the clock was set."""
    assert after(3).anchored_at(NOON - HOUR) == after(3)


def test_a_count_that_cannot_be_is_refused() -> None:
    """Nobody has typed fewer than no wrong PINs, and no wait ends at a time without an offset."""
    with pytest.raises(ValueError, match="-1 wrong PINs"):
        WrongPins(-1)
    with pytest.raises(ValueError, match="no offset"):
        WrongPins(5, NOON.replace(tzinfo=None))


@settings(deadline=None)
@given(COUNTS)
def test_waits_never_shrink_and_never_exceed_an_hour(count: int) -> None:
    """However many wrong PINs, the next wait is as long or longer, up to an hour."""
    assert timedelta() <= wait_after(count) <= wait_after(count + 1) <= LONGEST_WAIT == HOUR


@settings(deadline=None)
@given(COUNTS, INSTANTS, INSTANTS)
def test_whatever_the_clock_did_nobody_waits_more_than_an_hour(
    count: int, then: datetime, now: datetime
) -> None:
    """Once anchored, a wait ends within the hour, and anchoring it again changes nothing."""
    anchored = WrongPins(count).after_another(then).anchored_at(now)
    assert anchored.anchored_at(now) == anchored
    if anchored.until is not None and anchored.count < LAST_TRY:
        assert anchored.refusal_at(anchored.until) is None
        assert anchored.until <= now.astimezone(NOON.tzinfo) + HOUR


@settings(deadline=None)
@given(st.lists(st.timedeltas(timedelta(), timedelta(days=1)), max_size=12))
def test_every_wait_that_really_happens_is_longer_than_the_one_before(pauses: list[timedelta]) -> None:
    """Pauses between the tries do not make the next wait shorter: only a right PIN starts over."""
    wrong, now, waits = WrongPins(), NOON, []
    for pause in pauses:
        now += pause
        wrong = wrong.after_another(now)
        waits.append(timedelta() if wrong.until is None else wrong.until - now)
    assert all(longer >= wait for wait, longer in pairwise(waits))
    assert waits == [wait_after(tries) for tries in range(1, len(pauses) + 1)]
