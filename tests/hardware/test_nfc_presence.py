"""When a reader that can only be asked counts a card as shown."""

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


@given(st.lists(st.sampled_from([None, ONE, OTHER])))
@settings(deadline=None)
def test_between_two_presentations_a_card_was_away(looks: list[bytes | None]) -> None:
    """Whatever is seen: a card counts as shown only if the looks just before did not see it."""
    presence = Presence()
    for at, card in enumerate(looks):
        if presence.look(card):
            assert at >= AWAY_LOOKS
            assert card not in looks[at - AWAY_LOOKS : at]
