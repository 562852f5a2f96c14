"""When a reader that can only be asked counts a card as shown."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hardware.readers.presence import AWAY_LOOKS, Presence

ONE, OTHER = b"one", b"other"


def settled() -> Presence:
    presence = Presence()
    for _ in range(AWAY_LOOKS):
        assert not presence.look(None)
    return presence


def test_a_card_is_shown_once() -> None:
    """A card that stays is one presentation."""
    presence = settled()
    assert [presence.look(ONE) for _ in range(5)] == [True, False, False, False, False]


def test_a_card_that_was_away_is_shown_again() -> None:
    """Away for the full number of looks it counts again; a look less, and it was only missed."""
    presence = settled()
    presence.look(ONE)
    for missed in (AWAY_LOOKS - 1, AWAY_LOOKS):
        for _ in range(missed):
            assert not presence.look(None)
        assert presence.look(ONE) is (missed == AWAY_LOOKS)


def test_another_card_is_shown_at_once() -> None:
    """The next person need not wait for the one before."""
    presence = settled()
    assert presence.look(ONE)
    assert presence.look(OTHER)


def test_two_cards_that_take_turns_are_shown_once() -> None:
    """Two cards in one wallet answer now and then; neither was away."""
    presence = settled()
    seen = [presence.look(card) for card in (ONE, OTHER) * 10]
    assert seen == [True, True] + [False] * 18


def test_what_lies_there_at_the_start_was_not_shown() -> None:
    """A restart releases no door for a card that somebody left on the reader."""
    presence = Presence()
    assert not any(presence.look(ONE) for _ in range(20))
    for _ in range(AWAY_LOOKS):
        presence.look(None)
    assert presence.look(ONE)


def test_what_the_first_look_misses_was_not_shown_either() -> None:
    """One lost answer at the start makes no presentation."""
    presence = Presence()
    presence.look(None)
    assert not any(presence.look(ONE) for _ in range(5))


@pytest.mark.parametrize("failures", range(1, 2 * AWAY_LOOKS))
def test_a_look_that_fails_takes_no_card_away(failures: int) -> None:
    """Whoever disturbs a reader does not have the card that lies there read a second time."""
    presence = settled()
    seen = [presence.look(ONE) for _ in range(5)]
    for _ in range(failures):
        presence.fail()
    seen += [presence.look(ONE) for _ in range(20)]
    assert seen == [True] + [False] * 24


def test_looks_that_fail_in_between_take_no_card_away() -> None:
    """The looks that miss a card have to follow one another."""
    presence = settled()
    presence.look(ONE)
    for _ in range(AWAY_LOOKS):
        presence.look(None)
        presence.fail()
    assert not presence.look(ONE)


def test_what_is_put_there_while_looks_fail_was_not_seen_coming() -> None:
    """After a run of failed looks it has to be shown again; a failed look alone costs nobody a wait."""
    presence = settled()
    presence.fail()
    assert presence.look(ONE)
    for _ in range(AWAY_LOOKS):
        presence.fail()
    assert not any(presence.look(OTHER) for _ in range(20))
    for _ in range(AWAY_LOOKS):
        presence.look(None)
    assert presence.look(OTHER)


def test_looks_that_fail_are_told_once() -> None:
    """A run of them is one card that cannot be read, and at the start it is none that was shown."""
    presence = settled()
    assert [presence.fail() for _ in range(2)] == [True, False]
    presence.look(None)
    assert not presence.fail()
    for _ in range(2 * AWAY_LOOKS):
        presence.look(None)
    assert presence.fail()
    assert not Presence().fail()


FAILED = b"failed"


@given(st.lists(st.sampled_from([None, ONE, OTHER, FAILED])))
@settings(deadline=None)
def test_between_two_presentations_a_card_was_away(looks: list[bytes | None]) -> None:
    """A card counts as shown only if enough looks in a row did not see it since the last time."""
    presence = Presence()
    for at, card in enumerate(looks):
        if card == FAILED:
            presence.fail()
        elif presence.look(card):
            last = max((before for before in range(at) if looks[before] == card), default=-1)
            assert any(
                FAILED not in looks[first : first + AWAY_LOOKS]
                for first in range(last + 1, at - AWAY_LOOKS + 1)
            ) or (last < 0 and sum(look != FAILED for look in looks[:at]) >= AWAY_LOOKS)
