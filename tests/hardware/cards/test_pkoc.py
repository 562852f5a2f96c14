"""PKOC: the specification's own values, honest cards of either form, and every way to forge one."""

import secrets
from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given, settings
from hypothesis import strategies as st

from hardware.cards.channel import CardError, CardGone, CardSilent
from hardware.cards.pkoc import SELECT, authenticate, pkoc_prover, place_of, prove_pkoc
from hardware.cards.proving import Forged, Proof, Proved
from hardware.signals import DeviceId, Technology
from tests.hardware.cards import pkoc_card
from tests.hardware.cards.channels import Direct, flipped, spoiled
from tests.hardware.cards.pkoc_card import OK, PkocCard
from tests.hardware.virtual_card import Answer, uid_card

READER = bytes(range(32))
TRANSACTION = bytes(range(16))

# From "test values from spec" of PSIA's PKOC NFC specification, as openpkoc quotes them.
SPEC_TRANSACTION = bytes.fromhex("6fcf5012b224043b09350a4fc5e56a8f")
SPEC_READER = bytes.fromhex("7a25432a462d4a404e635266556a586edfee8022966311eda1eb0242ac120002")
SPEC_COMMAND = bytes.fromhex(
    "80800001385c0201004c106fcf5012b224043b09350a4fc5e56a8f"
    "4d207a25432a462d4a404e635266556a586edfee8022966311eda1eb0242ac12000200"
)
SPEC_KEY = bytes.fromhex(
    "0ec5d87dc39d14a2c5480686da860c82b16be0b6903b525f84848b79fd463e32"
    "bbda1f0252c33503c5287035e6eac55d138d0650dcfb5281d59a9cf4124d2831"
)
SPEC_SIGNATURE = bytes.fromhex(
    "b98613070c78010b04ed306d143f94ee6dc4eca2585b621405731fb3a53cd877"
    "a21685de18435da7cbcc38f1d926300a454efee3594cec5effe28c7feac03d7d"
)
SPEC_ANSWER = b"\x5a\x41\x04" + SPEC_KEY + b"\x9e\x40" + SPEC_SIGNATURE + OK


def spec_card(command: bytes) -> bytes:
    return {SELECT: bytes.fromhex("5c0201009000"), SPEC_COMMAND: SPEC_ANSWER}[command]


def prove(card: Answer, transaction: bytes = TRANSACTION) -> Proof:
    return prove_pkoc(Direct(card), READER, transaction)


def shortened(length: int) -> Callable[[bytes], bytes]:
    return lambda said: said[:length] + OK


def refused(card: Answer, transaction: bytes = TRANSACTION) -> bool:
    try:
        return not isinstance(prove_pkoc(Direct(card), SPEC_READER, transaction), Proved)
    except CardError:
        return True


def test_the_values_of_the_specification() -> None:
    """The commands are the specification's byte by byte, and its answer proves its key."""
    assert SELECT == pkoc_card.SELECT
    assert authenticate(SPEC_READER, SPEC_TRANSACTION) == SPEC_COMMAND
    proof = prove_pkoc(Direct(spec_card), SPEC_READER, SPEC_TRANSACTION)
    assert proof == Proved(Technology.PKOC, SPEC_KEY)
    assert SPEC_KEY.hex()[:8] not in repr(proof)


def test_one_bit_flipped_anywhere_is_refused() -> None:
    """Whichever bit of the specification's answers is another one: nothing is proved."""
    for number, answer in enumerate((bytes.fromhex("5c0201009000"), SPEC_ANSWER)):
        for bit in range(8 * len(answer)):
            assert refused(spoiled(spec_card, number, flipped(bit)), SPEC_TRANSACTION), (number, bit)
    assert not refused(spec_card, SPEC_TRANSACTION)


def test_an_answer_that_was_cut_is_refused() -> None:
    """Wherever an answer ends too soon, nothing is proved."""
    for number, answer in enumerate((bytes.fromhex("5c0201009000"), SPEC_ANSWER)):
        for length in range(len(answer) - 2):
            cut = spoiled(spec_card, number, shortened(length))
            assert refused(cut, SPEC_TRANSACTION), (number, length)


@pytest.mark.parametrize("compressed", [False, True])
def test_an_honest_card_proves_its_key(compressed: bool) -> None:
    """The number is the public key, however the card writes it."""
    card = PkocCard(compressed=compressed)
    assert prove(card) == Proved(Technology.PKOC, card.number)


def test_a_card_that_knows_newer_versions_as_well() -> None:
    """Of several versions, the one that is known here is spoken."""
    card = PkocCard(versions=b"\x02\x00\x01\x00")
    assert prove(card) == Proved(Technology.PKOC, card.number)


@pytest.mark.parametrize("versions", [b"", b"\x02\x00", b"\x00\x01\x00\x02"])
def test_a_card_of_other_versions_is_unreadable(versions: bytes) -> None:
    """A card that speaks no known version is not read in a lesser way, and is not called a forgery."""
    with pytest.raises(CardSilent, match="version"):
        prove(PkocCard(versions=versions))


def test_a_card_that_knows_nothing_of_it() -> None:
    """A plain card has no PKOC application."""
    assert prove(uid_card(b"\x04\xa1\xb2\xc3")) is None


def test_another_key_than_its_own_is_forged() -> None:
    """A card that shows somebody's public key and has another private one proved nothing."""
    owner = ec.generate_private_key(ec.SECP256R1())
    proof = prove(PkocCard(claims=owner))
    assert proof == Forged(Technology.PKOC, "the card's signature does not fit its key")


def test_a_replayed_answer_is_forged() -> None:
    """What a card answered to one transaction proves nothing in the next one."""
    card = PkocCard()
    recorded = card.answer(secrets.token_bytes(16))
    assert isinstance(prove(PkocCard(card.key, spoil=lambda _said: recorded)), Forged)


@pytest.mark.parametrize(
    "point",
    [b"", b"\x00", b"\x04" + bytes(64), b"\x04" + b"\xff" * 64, b"\x02" + b"\xff" * 32, b"\x05" + bytes(32)],
    ids=["none", "infinity", "zero", "too large", "compressed, too large", "of no form"],
)
def test_what_is_no_point_is_forged(point: bytes) -> None:
    """A public key that is none proves nothing, whatever is signed."""
    body = bytes([0x5A, len(point)]) + point + b"\x9e\x40" + bytes(64)
    assert prove(PkocCard(spoil=lambda _said: body)) == Forged(
        Technology.PKOC, "the card's public key is no point of P-256"
    )


def test_a_signature_of_zeros_is_forged() -> None:
    """The signature that fits every key where nobody looks at its range fits none here."""
    assert isinstance(prove(PkocCard(spoil=lambda said: said[:-64] + bytes(64))), Forged)


def test_a_card_that_refuses_to_prove_is_unreadable() -> None:
    """A phone whose owner did not agree is no forgery; its status is told."""
    card = spoiled(PkocCard(), 1, lambda _said: b"\x69\x85")
    with pytest.raises(CardSilent, match="6985"):
        prove(card)


def test_a_card_that_goes_away_proves_nothing() -> None:
    """A card taken away between two commands is gone."""
    card = PkocCard()
    with pytest.raises(CardGone):
        prove(lambda command: card(command) if command == SELECT else None)


def test_every_transaction_is_another_one() -> None:
    """No card is asked the same thing twice; it is told the site, and which reader this is."""
    card, site = PkocCard(), bytes(range(16))
    ask_pkoc = pkoc_prover(site, DeviceId("gate-in.reader"))
    for _ in range(3):
        assert isinstance(ask_pkoc(Direct(card)), Proved)
    assert len(set(card.transactions)) == 3
    assert set(card.readers) == {site + place_of(DeviceId("gate-in.reader"))}
    assert place_of(DeviceId("yard-in.reader")) != place_of(DeviceId("gate-in.reader"))


@settings(max_examples=300)
@given(st.lists(st.binary(max_size=150), min_size=1, max_size=3))
def test_whatever_a_card_says_nothing_is_proved(said: list[bytes]) -> None:
    """Answers made of noise prove nothing, and bring about no other exception."""
    answers = iter(said)
    assert refused(lambda _command: next(answers, b""))


@settings(max_examples=300)
@given(st.binary(max_size=150))
def test_whatever_is_signed_nothing_is_proved(body: bytes) -> None:
    """A card that selects well and answers noise proves nothing."""
    assert refused(PkocCard(spoil=lambda _said: body))
