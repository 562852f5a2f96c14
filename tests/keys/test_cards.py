"""Card numbers become tags that can be looked up and not be read back."""

import pytest

from accessctl.keys.cards import REMEMBERED_CARDS, CardTagger, KnownCards, hint_of
from accessctl.store.schemes import CARD_TAG_SCHEME, CardTagScheme, new_card_salt

SCHEME = CardTagScheme(memory_kib=64, passes=1, lanes=1, salt=b"0123456789abcdef")
"""The shipped scheme, but quick: what is tested here does not depend on its cost."""


def test_the_same_card_has_the_same_tag() -> None:
    """That is what makes it an index."""
    tagger = CardTagger(b"k" * 32, SCHEME)
    assert tagger.tag("iso14443-uid", b"\x04\xa1\xb2\xc3") == tagger.tag("iso14443-uid", b"\x04\xa1\xb2\xc3")


@pytest.mark.parametrize(
    "other",
    [
        (CardTagger(b"k" * 32, SCHEME), "iso14443-uid", b"\x04\xa1\xb2\xc4"),
        (CardTagger(b"k" * 32, SCHEME), "iso15693-uid", b"\x04\xa1\xb2\xc3"),
        (CardTagger(b"j" * 32, SCHEME), "iso14443-uid", b"\x04\xa1\xb2\xc3"),
        (
            CardTagger(b"k" * 32, CardTagScheme(64, 1, 1, b"fedcba9876543210")),
            "iso14443-uid",
            b"\x04\xa1\xb2\xc3",
        ),
        (CardTagger(b"k" * 32, SCHEME), "iso14443-uid\0", b"\xa1\xb2\xc3"),
    ],
    ids=["number", "technology", "key", "salt", "boundary"],
)
def test_any_difference_makes_another_tag(other: tuple[CardTagger, str, bytes]) -> None:
    """Number, technology, key and salt all count, and so does where one ends and the next begins."""
    tagger, technology, number = other
    assert tagger.tag(technology, number) != CardTagger(b"k" * 32, SCHEME).tag(
        "iso14443-uid", b"\x04\xa1\xb2\xc3"
    )


def test_the_shipped_scheme_is_read_as_it_is_written() -> None:
    """What a new store says of its tags is what the door process makes them with."""
    scheme = CardTagScheme.parse(CARD_TAG_SCHEME, new_card_salt())
    assert (scheme.memory_kib, scheme.passes, scheme.lanes, len(scheme.salt)) == (8192, 1, 1, 16)


def test_an_unknown_scheme_is_refused() -> None:
    """Tags made in a way that this version does not know are not guessed at."""
    with pytest.raises(ValueError, match="scrypt"):
        CardTagScheme.parse("scrypt:n=2", "00")


def test_known_cards_are_recalled_and_can_be_forgotten() -> None:
    """A card is recalled under its technology, until it is forgotten."""
    known = KnownCards()
    assert known.recall("a", b"1234") is None
    known.remember("a", b"1234", b"tag")
    assert known.recall("a", b"1234") == b"tag"
    assert known.recall("b", b"1234") is None
    known.forget("a", b"1234")
    assert known.recall("a", b"1234") is None


def test_the_card_longest_unused_is_forgotten_first() -> None:
    """Memory is bounded, and whoever passes every day stays known."""
    known = KnownCards()
    for number in range(REMEMBERED_CARDS):
        known.remember("a", number.to_bytes(4), b"tag")
    assert known.recall("a", (0).to_bytes(4)) is not None
    known.remember("a", b"one more", b"tag")
    assert known.recall("a", (0).to_bytes(4)) is not None
    assert known.recall("a", (1).to_bytes(4)) is None


def test_a_hint_is_two_digits() -> None:
    """Nobody ever sees more of a number."""
    assert hint_of(bytes.fromhex("04A1B2C3D4E5F6")) == "F6"


@pytest.mark.parametrize(
    ("technology", "number", "hint"),
    [
        ("wiegand", b"h10301:123:4567", "67"),
        ("wiegand", b"h10301:123:4", "4"),
        ("typed", b"0012345", "45"),
        ("ndef", "Tor ä9".encode(), "ä9"),
        ("ndef", b"a\0b", ""),
    ],
)
def test_the_hint_of_a_number_that_is_text_is_its_end(technology: str, number: bytes, hint: str) -> None:
    """What an admin compares with the print on a card is the same digits, and no facility."""
    assert hint_of(number, technology) == hint
