"""PINs become hashes that tell nothing without the pepper."""

from typing import Any

import pytest
from argon2 import PasswordHasher, extract_parameters

from accessctl.keys.pins import MEMORY_KIB, PASSES, PinHashDamaged, PinHasher, PinUnusable
from policies.factors import PinCheck

HASHER = PinHasher(b"p" * 32)
PIN, DURESS = HASHER.hash("alice", "4711"), HASHER.hash("alice", "4712")


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


@pytest.mark.parametrize(
    ("entered", "came_of_it"),
    [("4711", PinCheck.MATCHED), ("4712", PinCheck.DURESS), ("4713", PinCheck.WRONG), ("", PinCheck.WRONG)],
)
def test_a_duress_pin_is_told_from_the_pin(entered: str, came_of_it: PinCheck) -> None:
    """Of two PINs each is known for what it is, and no other is either of them."""
    assert HASHER.check(PIN, DURESS, "alice", entered) is came_of_it


def test_without_a_duress_pin_nothing_is_one() -> None:
    """What was nobody's duress PIN is wrong, and the PIN is right."""
    assert HASHER.check(PIN, None, "alice", "4711") is PinCheck.MATCHED
    assert HASHER.check(PIN, None, "alice", "4712") is PinCheck.WRONG


def test_a_duress_pin_belongs_to_its_person() -> None:
    """Whoever copies a row of the store gets no alarm, and no entry, by it."""
    assert HASHER.check(HASHER.hash("bob", "1234"), DURESS, "bob", "4712") is PinCheck.WRONG


def test_two_that_are_alike_cry_for_help() -> None:
    """Should a PIN and a duress PIN ever be one, a cry that was meant is not lost."""
    assert HASHER.check(PIN, HASHER.hash("alice", "4711"), "alice", "4711") is PinCheck.DURESS


@pytest.mark.parametrize("duress", [DURESS, None], ids=["has one", "has none"])
@pytest.mark.parametrize("entered", ["4711", "4712", "0000"])
def test_every_check_costs_two_hashes(
    monkeypatch: pytest.MonkeyPatch, duress: str | None, entered: str
) -> None:
    """The time that a check takes tells neither who has a duress PIN nor that it was used."""
    cost: list[Any] = []
    verify = PasswordHasher.verify

    def noted(self: PasswordHasher, hashed: str, secret: bytes) -> bool:
        cost.append(extract_parameters(hashed))
        return verify(self, hashed, secret)

    monkeypatch.setattr(PasswordHasher, "verify", noted)
    HASHER.check(PIN, duress, "alice", entered)
    assert cost == [extract_parameters(PIN)] * 2


@pytest.mark.parametrize("damaged", ["nonsense", "$argon2id$v=19$m=19456,t=2,p=1$broken"])
def test_a_damaged_duress_hash_is_no_wrong_pin(damaged: str) -> None:
    """As with the PIN: it is a fault of the store, whatever was entered."""
    with pytest.raises(PinHashDamaged):
        HASHER.check(PIN, damaged, "alice", "4711")


@pytest.mark.parametrize("taken", ["4711", "4712"])
def test_a_new_pin_is_unlike_those_that_are_there(taken: str) -> None:
    """A PIN and a duress PIN differ; the refusal says neither the digits nor which of the two they are."""
    with pytest.raises(PinUnusable) as caught:
        HASHER.hash("alice", taken, unlike=(PIN, DURESS))
    assert str(caught.value) == "this person has these digits already; take others"
    assert HASHER.verify(HASHER.hash("alice", "4713", unlike=(PIN, DURESS)), "alice", "4713")


def test_a_damaged_hash_can_be_replaced() -> None:
    """What is damaged is like no PIN, so that a new one can be set in its place."""
    assert HASHER.verify(HASHER.hash("alice", "4711", unlike=("nonsense",)), "alice", "4711")


@pytest.mark.parametrize("near", ["4710", "4712"])
def test_a_new_pin_is_more_than_a_step_from_the_other(near: str) -> None:
    """A PIN and a duress PIN are not a slip of the finger apart, and the refusal says no digit of either."""
    with pytest.raises(PinUnusable) as caught:
        HASHER.hash("alice", near, apart_from=(PIN,))
    assert str(caught.value) == "a PIN and a duress PIN must differ by more than a step in the last digit"
    assert HASHER.verify(HASHER.hash("alice", "4713", apart_from=(PIN,)), "alice", "4713")


def test_nine_and_zero_are_a_step_apart() -> None:
    """As on the keypad of a telephone, where people count on."""
    with pytest.raises(PinUnusable):
        HASHER.hash("alice", "8050", apart_from=(HASHER.hash("alice", "8059"),))


def test_one_of_several_is_found() -> None:
    """A hash that is damaged is like nothing, and another's PIN is nobody's here."""
    hashes = ("nonsense", PIN, DURESS)
    assert HASHER.is_one_of(hashes, "alice", "4712")
    assert not HASHER.is_one_of(hashes, "alice", "4713")
    assert not HASHER.is_one_of(hashes, "bob", "4711")
    assert not HASHER.is_one_of((), "alice", "4711")
