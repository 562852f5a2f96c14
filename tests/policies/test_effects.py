from datetime import timedelta
from typing import get_args

import pytest

from policies.effects import (
    CancelTimer,
    DoorTimer,
    Effect,
    Passage,
    Record,
    Release,
    Secure,
    Sound,
    StartTimer,
    Tone,
)
from policies.event_types import EventType

ONE_OF_EACH: tuple[Effect, ...] = (
    Release(),
    Secure(),
    StartTimer(DoorTimer.OPEN, timedelta(seconds=1)),
    CancelTimer(DoorTimer.OPEN),
    Record(EventType.DOOR_OPENED),
    Sound(Tone.QUIET),
)


def test_effects_are_values() -> None:
    """Every effect can be compared, put in a set, and never changed."""
    assert {type(effect) for effect in ONE_OF_EACH} == set(get_args(Effect))
    assert len(set(ONE_OF_EACH)) == len(ONE_OF_EACH)
    with pytest.raises(AttributeError):
        ONE_OF_EACH[-1].tone = Tone.ALARM  # type: ignore[union-attr,misc]


def test_a_record_without_a_passage_is_about_nobody() -> None:
    """What happened to the door itself names no person."""
    assert Record(EventType.DOOR_OPENED).passage == Passage(None, None, None, (), (), leaving=False)
