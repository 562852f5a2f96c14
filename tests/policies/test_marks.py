"""What must not count twice."""

from hypothesis import given
from hypothesis import strategies as st

from policies.marks import Mark, replayed
from policies.reasons import Reason

CODE = Reason.CODE_REPLAYED


def test_the_first_of_something_counts() -> None:
    """Of what was never seen, any value is news, the first step of all included."""
    assert replayed((Mark("totp:g", 0, CODE),), {}) is None


def test_nothing_is_replayed_where_nothing_counts() -> None:
    """Most of what is shown carries no mark."""
    assert replayed((), {"totp:g": 7}) is None


def test_one_of_several_is_enough_to_refuse() -> None:
    """A fresh counter does not make up for a code that was used; the reason is the one that was replayed."""
    marks = (Mark("card:c", 9, Reason.CARD_REPLAYED), Mark("totp:g", 7, CODE))
    assert replayed(marks, {"card:c": 8, "totp:g": 7}) is CODE


@given(st.integers(0, 2**40), st.integers(0, 2**40))
def test_only_what_is_higher_counts(known: int, shown: int) -> None:
    """As far as before, or less far, is a copy."""
    assert (replayed((Mark("totp:g", shown, CODE),), {"totp:g": known}) is None) is (shown > known)
