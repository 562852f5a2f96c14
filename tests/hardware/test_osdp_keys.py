"""Which keys of a reader are tried, and by what number they are spoken of."""

from hardware.readers.osdp_keys import MOST_TRIED, key_number, with_newest

KEYS = tuple(bytes([number]) * 16 for number in range(6))


def test_the_newest_key_is_tried_first() -> None:
    """A key that is added again is there once."""
    assert with_newest(KEYS[1], (KEYS[0],)) == (KEYS[1], KEYS[0])
    assert with_newest(KEYS[0], (KEYS[1], KEYS[0])) == (KEYS[0], KEYS[1])
    assert with_newest(KEYS[0], ()) == (KEYS[0],)


def test_the_key_that_worked_last_outlives_any_number_of_attempts() -> None:
    """Windows that fail one after the other push each other out, and never the key that the reader has."""
    kept: tuple[bytes, ...] = (KEYS[0],)
    for key in KEYS[1:]:
        kept = with_newest(key, kept)
        assert len(kept) <= MOST_TRIED
    assert kept == (KEYS[5], KEYS[4], KEYS[3], KEYS[0])


def test_a_number_tells_keys_apart_and_does_not_tell_them() -> None:
    """It is the same for the same key alone, fits any message, and holds nothing of the key."""
    numbers = [key_number(key) for key in KEYS]
    assert len(set(numbers)) == len(KEYS)
    assert numbers == [key_number(key) for key in KEYS]
    assert all(0 <= number < 2**48 for number in numbers)
    assert not any(key[:2] in number.to_bytes(6) for key, number in zip(KEYS, numbers, strict=True))
