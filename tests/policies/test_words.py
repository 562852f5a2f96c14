"""Every word that the record may need is there."""

from policies.degraded import Condition
from policies.door_modes import DoorMode
from policies.event_types import EventType
from policies.words import CONDITION_EVENTS, CONDITION_WORDS, MODE_EVENT, WORDS


def test_every_mode_and_every_condition_has_its_entry() -> None:
    """None is forgotten, and no two are told by the same type."""
    assert set(MODE_EVENT) == set(DoorMode)
    assert set(CONDITION_EVENTS) == set(CONDITION_WORDS) == set(Condition)
    types = [*MODE_EVENT.values(), *(kind for pair in CONDITION_EVENTS.values() for kind in pair)]
    assert len(set(types)) == len(types)


def test_words_are_sentences() -> None:
    """They stand in the record as they are."""
    pairs = [words for pair in CONDITION_WORDS.values() for words in pair]
    assert all(words[0].isupper() and words.endswith(".") for words in (*WORDS.values(), *pairs))
    assert set(WORDS) <= set(EventType)
