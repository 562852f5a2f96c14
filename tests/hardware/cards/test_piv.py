"""PIV card authentication through OpenSC, over a real pcscd, with a virtual card that has a PIV application.

What this does not show: that the card of any maker answers as the virtual one does, and how soon it signs.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest

pytest.importorskip("smartcard", reason="pip install pyscard")
pytest.importorskip("pkcs11", reason="pip install python-pkcs11")

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256, Hash
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from hardware.cards.opensc_settings import NOBODY, opensc_library, opensc_settings, settings_text
from hardware.cards.piv import MISSING
from hardware.hosted import watchdog
from hardware.hosted.host import Host
from hardware.hosted.unit import HostedUnit
from hardware.readers.pcsc import pcsc_readers
from hardware.signals import (
    CardForged,
    CardFrame,
    CardUnreadable,
    DeviceBack,
    DeviceId,
    DeviceLost,
    Technology,
)
from hardware.specs import CardProof, PcscReaderSpec
from tests.hardware.cards.channels import flipped
from tests.hardware.cards.piv_card import ATR, Key, PivCard, certificate
from tests.hardware.listening import Ear
from tests.hardware.private_pcscd import READER, PrivatePcscd
from tests.hardware.virtual_card import Answer, VirtualCard, uid_card

pytestmark = pytest.mark.skipif(opensc_library() is None, reason="apt install opensc-pkcs11")

UID = bytes.fromhex("04a1b2c3d4e5f6")
GATE = PcscReaderSpec(DeviceId("gate-in.reader"), READER, proofs=(CardProof.PIV,))
CURVE_KEY = ec.generate_private_key(ec.SECP256R1())
RSA_KEY = rsa.generate_private_key(65537, 2048)


@pytest.fixture(autouse=True)
def settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """What OpenSC is told in one test is no matter of the next one."""
    monkeypatch.setenv("OPENSC_CONF", os.devnull)


@contextmanager
def opened(ear: Ear, spec: PcscReaderSpec = GATE) -> Iterator[None]:
    [reader] = pcsc_readers([spec])
    reader.open(ear)
    ear.skip_to(DeviceBack)
    try:
        yield
    finally:
        reader.close()


def card_of(pcscd: PrivatePcscd, answer: Answer) -> VirtualCard:
    return VirtualCard(pcscd.port, answer, atr=ATR)


def number_of(key: Key) -> bytes:
    digest = Hash(SHA256())
    digest.update(key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))
    return digest.finalize()


@pytest.mark.parametrize("key", [CURVE_KEY, RSA_KEY], ids=["P-256", "RSA 2048"])
def test_a_card_proves_its_card_authentication_key(pcscd: PrivatePcscd, ear: Ear, key: Key) -> None:
    """A card that signs with the key of its certificate is known by that key, whenever it comes."""
    pcscd.start()
    card = PivCard(key)
    with opened(ear):
        for _ in range(2):
            with card_of(pcscd, card):
                frame = ear.next(CardFrame)
            assert (frame.technology, frame.number) == (Technology.PIV, number_of(key))
    assert card.signed == 2
    assert ear.quiet


@pytest.mark.parametrize("key", [CURVE_KEY, RSA_KEY], ids=["P-256", "RSA 2048"])
def test_a_copied_certificate_is_forged(pcscd: PrivatePcscd, ear: Ear, key: Key) -> None:
    """A certificate is no secret: a card that has it and another key proves nothing."""
    pcscd.start()
    other: Key = (
        rsa.generate_private_key(65537, 2048)
        if isinstance(key, rsa.RSAPrivateKey)
        else ec.generate_private_key(ec.SECP256R1())
    )
    with opened(ear), card_of(pcscd, PivCard(key, signs_with=other)):
        assert ear.next(CardForged).technology is Technology.PIV
    assert ear.quiet


@pytest.mark.parametrize("bit", [7, 1000, 2047])
def test_a_bit_of_the_signature_flipped_is_forged(pcscd: PrivatePcscd, ear: Ear, bit: int) -> None:
    """A signature of which one bit is another one proves nothing."""
    pcscd.start()
    with opened(ear), card_of(pcscd, PivCard(RSA_KEY, spoil=flipped(bit))):
        assert ear.next(CardForged).technology is Technology.PIV


def test_a_card_that_was_shown_is_let_go(pcscd: PrivatePcscd, ear: Ear) -> None:
    """After a PIV card another one is read: OpenSC holds on to neither the card nor the reader."""
    pcscd.start()
    with opened(ear):
        with card_of(pcscd, PivCard(CURVE_KEY)):
            ear.next(CardFrame)
        with card_of(pcscd, uid_card(UID)):
            assert ear.next(CardFrame).number == UID
        with card_of(pcscd, PivCard(RSA_KEY)):
            assert ear.next(CardFrame).number == number_of(RSA_KEY)


@pytest.mark.parametrize(
    "shown",
    [b"", b"garbage", certificate(ec.generate_private_key(ec.SECP384R1()))[:200]],
    ids=["none", "garbage", "cut"],
)
def test_a_card_without_a_certificate_is_unreadable(pcscd: PrivatePcscd, ear: Ear, shown: bytes) -> None:
    """A PIV card that cannot prove anything is not read by its UID instead."""
    pcscd.start()
    with opened(ear), card_of(pcscd, PivCard(CURVE_KEY, shown=shown)):
        ear.next(CardUnreadable)


def test_a_key_that_is_too_short_does_not_count(pcscd: PrivatePcscd, ear: Ear) -> None:
    """A key of 1024 bits can be found out by others: it proves nothing, though it signs well."""
    pcscd.start()
    short = rsa.generate_private_key(65537, 1024)  # noqa: S505 - it is what is to be refused
    with opened(ear), card_of(pcscd, PivCard(short)):
        assert "does not count" in ear.next(CardUnreadable).why


def test_other_readers_are_left_alone(pcscd: PrivatePcscd, ear: Ear) -> None:
    """While OpenSC asks the card at one reader, it says nothing to a card at another door's."""
    pcscd.start()
    beside = VirtualCard(pcscd.port + 1, PivCard(RSA_KEY), atr=ATR)
    with beside, opened(ear), card_of(pcscd, PivCard(CURVE_KEY)):
        assert ear.next(CardFrame).number == number_of(CURVE_KEY)
    assert beside.commands.empty()


def test_without_opensc_the_reason_says_what_to_install(pcscd: PrivatePcscd, ear: Ear) -> None:
    """A PIV card is not read by its UID where nothing can ask it for proof; other cards are read."""
    pcscd.start()
    with opened(ear, replace(GATE, opensc="/nowhere/opensc-pkcs11.so")):
        with card_of(pcscd, PivCard(CURVE_KEY)):
            assert ear.next(CardUnreadable).why == MISSING
        with card_of(pcscd, uid_card(UID)):
            assert ear.next(CardFrame).number == UID


def test_what_is_no_library_grants_nothing(pcscd: PrivatePcscd, ear: Ear, tmp_path: Path) -> None:
    """A file that is no PKCS#11 library makes PIV cards unreadable, and no others."""
    wrong = tmp_path / "opensc-pkcs11.so"
    wrong.write_bytes(b"no library")
    pcscd.start()
    with opened(ear, replace(GATE, opensc=str(wrong))):
        with card_of(pcscd, PivCard(CURVE_KEY)):
            ear.next(CardUnreadable)
        with card_of(pcscd, uid_card(UID)):
            assert ear.next(CardFrame).number == UID


def test_a_proof_through_the_reader_s_own_process(pcscd: PrivatePcscd, ear: Ear) -> None:
    """OpenSC lives in the process of its reader; what it finds comes from there."""
    pcscd.start()
    host = Host(HostedUnit((GATE,)))
    host.readers[GATE.id].open(ear)
    try:
        ear.skip_to(DeviceBack)
        with card_of(pcscd, PivCard(CURVE_KEY)):
            frame = ear.next(CardFrame)
        assert (frame.technology, frame.number) == (Technology.PIV, number_of(CURVE_KEY))
        with card_of(pcscd, PivCard(CURVE_KEY, signs_with=ec.generate_private_key(ec.SECP256R1()))):
            ear.next(CardForged)
    finally:
        host.close()


def test_a_card_that_hangs_holds_up_nothing_but_its_reader(
    pcscd: PrivatePcscd, ear: Ear, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A card that never signs ends with the process of its reader, which is back soon and reads the next."""
    monkeypatch.setattr(watchdog, "STALE_S", 2.0)
    pcscd.start()
    card, signing = PivCard(CURVE_KEY), Event()

    def hangs(command: bytes) -> bytes | None:
        if command[1] == 0x87:
            signing.wait()
            return None
        return card(command)

    host = Host(HostedUnit((GATE,)))
    host.readers[GATE.id].open(ear)
    try:
        ear.skip_to(DeviceBack)
        stuck = card_of(pcscd, hangs)
        stuck.insert()
        assert "hangs" in ear.next(DeviceLost).why
        signing.set()
        stuck.remove()
        ear.skip_to(DeviceBack)
        with card_of(pcscd, card):
            assert ear.skip_to(CardFrame).number == number_of(CURVE_KEY)
    finally:
        signing.set()
        host.close()


def test_opensc_is_told_whom_to_leave_alone() -> None:
    """Its settings name the other readers, and none whose name would break them; they are never on disk."""
    text = settings_text(["ACS ACR122U 01 00", 'a "quoted" one', "line\nbreak"])
    assert 'ignored_readers = "ACS ACR122U 01 00";' in text
    assert "card_drivers = PIV-II;" in text
    assert f'ignored_readers = "{NOBODY}";' in settings_text([])
    with opensc_settings([]) as path:
        assert Path(path).read_text() == settings_text([])
    assert not Path(path).exists()
