from typing import Any

import pytest

from policies.degraded import CHOICES, Condition, Degraded, Fallback

NAMES = [condition.value for condition in Condition]


def test_what_is_not_said_is_never_wider() -> None:
    """Where the site file says nothing, nothing more is let in than usual."""
    usual = Degraded()
    for condition, choices in CHOICES.items():
        assert usual.under(condition) is choices[0], condition
        assert not choices[0].is_wider, condition


def test_what_is_wider_says_so() -> None:
    """Whoever lets in more than usual has to write that word."""
    assert {fallback for fallback in Fallback if fallback.is_wider} == {
        Fallback.IGNORE_SCHEDULES,
        Fallback.WITHOUT_RECORD,
        Fallback.WITHOUT_PASSBACK,
        Fallback.UNLOCK,
        Fallback.PIN_INSTEAD,
    }


def test_every_condition_has_its_choices_and_its_key() -> None:
    """Each condition can be answered in two ways or more, under a key of its own name."""
    assert set(CHOICES) == set(Condition)
    assert all(len(set(choices)) == len(choices) >= 2 for choices in CHOICES.values())
    assert {fallback for choices in CHOICES.values() for fallback in choices} == set(Fallback)
    assert set(NAMES) == set(Degraded.__dataclass_fields__)


@pytest.mark.parametrize("condition", Condition)
@pytest.mark.parametrize("fallback", Fallback)
def test_a_condition_is_answered_by_one_of_its_choices(condition: Condition, fallback: Fallback) -> None:
    """A fallback that belongs to another condition cannot be chosen, and the others stay as they are."""
    chosen: dict[str, Any] = {condition.value: fallback}
    if fallback not in CHOICES[condition]:
        with pytest.raises(ValueError, match=f"{condition.value} cannot be answered by {fallback.value}"):
            Degraded(**chosen)
        return
    degraded = Degraded(**chosen)
    assert degraded.under(condition) is fallback
    assert all(degraded.under(other) is Degraded().under(other) for other in set(Condition) - {condition})
