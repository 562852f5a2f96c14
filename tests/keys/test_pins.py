"""PINs become hashes that tell nothing without the pepper."""

import pytest

from accessctl.keys.pins import MEMORY_KIB, PASSES, PinHashDamaged, PinHasher, PinUnusable

HASHER = PinHasher(b"p" * 32)


def test_the_right_pin_is_right_and_no_other_is() -> None:
    """A leading zero counts, and so does the length."""
    hashed = HASHER.hash("alice", "0471")
    assert HASHER.verify(hashed, "alice", "0471")
    assert not any(HASHER.verify(hashed, "alice", wrong) for wrong in ("471", "00471", "0472", ""))


def test_a_pin_belongs_to_its_person_and_its_pepper() -> None:
    """Rows cannot be swapped, and a stolen database says nothing without the key."""
    hashed = HASHER.hash("alice", "4711")
    assert not HASHER.verify(hashed, "bob", "4711")
    assert not PinHasher(b"q" * 32).verify(hashed, "alice", "4711")


def test_two_people_with_one_pin_have_two_hashes() -> None:
    """Nobody sees from the store who shares a PIN, or that somebody kept the old one."""
    assert HASHER.hash("alice", "4711") != HASHER.hash("alice", "4711")


def test_the_parameters_are_those_of_owasp() -> None:
    """19 MiB and two passes: the least that OWASP's cheat sheet on password storage asks for."""
    assert HASHER.hash("alice", "4711").startswith(f"$argon2id$v=19$m={MEMORY_KIB},t={PASSES},p=1$")


@pytest.mark.parametrize(
    "pin", ["", "123", "1234567890123", "12a4", "\uff11\uff12\uff13\uff14", "-123", "12 4"]
)
def test_what_cannot_be_typed_cannot_be_a_pin(pin: str) -> None:
    """Four to twelve digits of a keypad; the error never repeats what was tried."""
    with pytest.raises(PinUnusable) as caught:
        HASHER.hash("alice", pin)
    assert not pin or pin not in str(caught.value)


@pytest.mark.parametrize("damaged", ["", "nonsense", "$argon2id$v=19$m=19456,t=2,p=1$broken"])
def test_a_damaged_hash_is_no_wrong_pin(damaged: str) -> None:
    """It is a fault of the store, so nobody's count goes up for it."""
    with pytest.raises(PinHashDamaged):
        HASHER.verify(damaged, "alice", "4711")
