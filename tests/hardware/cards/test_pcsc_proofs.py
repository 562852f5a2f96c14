"""Cards that prove a key, through a real pcscd: in this process, and in the one that drives a reader."""

import logging
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from threading import Event

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from hardware.hosted.host import Host
from hardware.hosted.unit import HostedUnit
from hardware.signals import (
    CardForged,
    CardFrame,
    CardUnreadable,
    DeviceBack,
    DeviceId,
    SensorFailed,
    Technology,
)
from hardware.specs import CardKeys, CardProof, DesfireKeys, PcscReaderSpec
from tests.hardware.cards.pkoc_card import ATR, SELECT, PkocCard
from tests.hardware.listening import Ear
from tests.hardware.private_pcscd import READER, PrivatePcscd
from tests.hardware.virtual_card import Answer, VirtualCard, uid_card

pytest.importorskip("smartcard", reason="pip install pyscard")

from hardware.readers import pcsc_card, pcsc_reading
from hardware.readers.pcsc import PcscReader, pcsc_readers

UID = bytes.fromhex("04a1b2c3d4e5f6")
GATE = PcscReaderSpec(DeviceId("gate-in.reader"), READER, proofs=(CardProof.PKOC,), site=bytes(range(16)))
STRICT = replace(GATE, plain_uid=False)


@contextmanager
def opened(ear: Ear, spec: PcscReaderSpec = GATE) -> Iterator[PcscReader]:
    [reader] = pcsc_readers([spec])
    reader.open(ear)
    ear.skip_to(DeviceBack)
    try:
        yield reader
    finally:
        reader.close()


@contextmanager
def hosted(ear: Ear, spec: PcscReaderSpec = GATE) -> Iterator[Host]:
    host = Host(HostedUnit((spec,)))
    host.readers[spec.id].open(ear)
    ear.skip_to(DeviceBack)
    try:
        yield host
    finally:
        host.close()


def card_of(pcscd: PrivatePcscd, answer: Answer) -> VirtualCard:
    return VirtualCard(pcscd.port, answer, atr=ATR)


def test_a_card_is_read_by_the_key_that_it_proves(pcscd: PrivatePcscd, ear: Ear) -> None:
    """A card that proves its key is reported under that key, although its UID is another one each time."""
    pcscd.start()
    card = PkocCard()
    with opened(ear):
        for _ in range(2):
            with card_of(pcscd, card):
                frame = ear.next(CardFrame)
            assert (frame.technology, frame.number, frame.counter) == (Technology.PKOC, card.number, None)
    assert len(set(card.transactions)) == 2
    assert card.readers[0][:16] == GATE.site
    assert ear.quiet


@pytest.mark.parametrize("spec", [GATE, STRICT], ids=["plain UIDs count", "plain UIDs do not"])
def test_a_forged_card_is_never_read_by_its_number(
    pcscd: PrivatePcscd, ear: Ear, spec: PcscReaderSpec
) -> None:
    """A card that shows another one's public key is told as a forgery, and as nothing else."""
    pcscd.start()
    forged = PkocCard(claims=ec.generate_private_key(ec.SECP256R1()))
    with opened(ear, spec) as reader:
        with card_of(pcscd, forged):
            told = ear.next(CardForged)
        assert (told.device, told.technology) == (GATE.id, Technology.PKOC)
        assert forged.number.hex()[:8] not in told.why
        assert reader.health.errors_this_hour == 0, "the card is bad, and not the reader"
    assert ear.quiet


def test_a_plain_card_counts_where_the_site_says_so(pcscd: PrivatePcscd, ear: Ear) -> None:
    """A card that knows nothing of a proof is read by its UID, or refused with the reason."""
    pcscd.start()
    with opened(ear), card_of(pcscd, uid_card(UID)):
        assert ear.next(CardFrame).technology is Technology.ISO14443_UID
    with opened(ear, STRICT) as reader, card_of(pcscd, uid_card(UID)):
        assert ear.next(CardUnreadable).why == pcsc_reading.NO_PROOF
        assert reader.health.errors_this_hour == 0, "the card is another kind, and the reader works"


def test_a_card_that_only_stores_is_sent_no_command(pcscd: PrivatePcscd, ear: Ear) -> None:
    """A storage card, which cannot prove anything, is not asked to: some readers are confused by that."""
    pcscd.start()
    with opened(ear):
        plain = VirtualCard(pcscd.port, uid_card(UID))
        with plain:
            assert ear.next(CardFrame).number == UID
        assert [plain.commands.get() for _ in range(plain.commands.qsize())] == [pcsc_reading.GET_UID]


def test_a_card_yanked_in_the_middle_of_its_proof(pcscd: PrivatePcscd, ear: Ear) -> None:
    """A card that goes away after it was selected is unreadable, and the next one is read."""
    pcscd.start()
    card = PkocCard()
    with opened(ear):
        with card_of(pcscd, lambda command: card(command) if command[0] != 0x80 else None):
            ear.next(CardUnreadable)
        with card_of(pcscd, card):
            assert ear.skip_to(CardFrame).number == card.number


def test_a_card_that_takes_too_long_is_unreadable(
    pcscd: PrivatePcscd, ear: Ear, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An answer that comes after the time for a card is over counts no more, right as it may be."""
    monkeypatch.setattr(pcsc_card, "LONGEST_TALK_S", 0.3)
    pcscd.start()
    card, pause = PkocCard(), Event()

    def slow(command: bytes) -> bytes:
        if command[0] == 0x80:
            pause.wait(0.4)
        return card(command)

    with opened(ear):
        with card_of(pcscd, slow):
            assert "longer to answer" in ear.next(CardUnreadable).why
        with card_of(pcscd, card):
            assert ear.skip_to(CardFrame).number == card.number


def test_what_makes_no_sense_to_a_library_is_a_card_that_cannot_be_read(
    pcscd: PrivatePcscd, ear: Ear, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Whatever a proof raises, the card is unreadable, its text is not logged, and the next card is read."""
    secret = "0011223344556677"

    def raises(*_: object) -> None:
        raise RuntimeError(secret)

    pcscd.start()
    with opened(ear):
        with monkeypatch.context() as broken, card_of(pcscd, PkocCard()):
            broken.setattr(pcsc_reading, "first_proof", raises)
            assert ear.next(CardUnreadable).why == pcsc_reading.NONSENSE
        with card_of(pcscd, PkocCard()):
            ear.skip_to(CardFrame)
    assert "RuntimeError" in caplog.text
    assert secret not in caplog.text


def test_a_proof_through_the_reader_s_own_process(pcscd: PrivatePcscd, ear: Ear) -> None:
    """What a card proves, and that one is forged, comes from a driver's process as it was told there."""
    pcscd.start()
    card = PkocCard()
    with hosted(ear, STRICT):
        with card_of(pcscd, card):
            frame = ear.next(CardFrame)
        assert (frame.technology, frame.number) == (Technology.PKOC, card.number)
        with card_of(pcscd, PkocCard(claims=card.key)):
            assert ear.next(CardForged).technology is Technology.PKOC
        with card_of(pcscd, uid_card(UID)):
            assert ear.next(CardUnreadable).why == pcsc_reading.NO_PROOF
    assert ear.quiet


@pytest.mark.parametrize(
    ("proofs", "loaded"),
    [((), set()), ((CardProof.PKOC,), {"cryptography"}), ((CardProof.PIV,), {"cryptography", "pkcs11"})],
)
def test_only_what_a_proof_needs_is_loaded(proofs: tuple[CardProof, ...], loaded: set[str]) -> None:
    """A reader of plain cards loads no library for proofs, and the process that hosts it never does."""
    script = (
        "import sys\n"
        "from hardware.hosted.host import Host\n"
        "from hardware.hosted.unit import HostedUnit\n"
        "from hardware.signals import DeviceId\n"
        "from hardware.specs import CardProof, PcscReaderSpec\n"
        f"proofs = tuple(CardProof(name) for name in {[str(proof) for proof in proofs]})\n"
        "unit = HostedUnit((PcscReaderSpec(DeviceId('a.reader'), 'ACS', proofs=proofs),))\n"
        "unit.find_libraries()\n"
        "Host(unit)\n"
        "heavy = {'cryptography', 'pkcs11', 'desfire', 'Crypto', 'numpy', 'cv2', 'pyotp'}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)\n"
        "unit.build()\n"
        "print(*heavy & set(sys.modules))\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert set(done.stdout.split()) == loaded


def test_how_long_a_proof_takes(pcscd: PrivatePcscd, ear: Ear) -> None:
    """From SELECT to the frame, two commands and a signature are far from the time that a card may take."""
    pcscd.start()
    asked: list[int] = []
    card = PkocCard()

    def timed(command: bytes) -> bytes:
        if command == SELECT:
            asked.append(time.monotonic_ns())
        return card(command)

    with opened(ear), card_of(pcscd, timed):
        frame = ear.next(CardFrame)
    assert frame.mono_ns - asked[0] < pcsc_card.LONGEST_TALK_S * 1e9 / 4


def test_nothing_of_a_card_is_logged(pcscd: PrivatePcscd, ear: Ear, caplog: pytest.LogCaptureFixture) -> None:
    """Where everything is logged, no key, number or transaction is: libraries that do so were told not to."""
    caplog.set_level(logging.DEBUG)
    pcscd.start()
    card = PkocCard()
    with opened(ear), card_of(pcscd, card):
        ear.next(CardFrame)
    for library in pcsc_reading.LOUD_LIBRARIES:
        logging.getLogger(library).debug("a key")
    assert caplog.messages == []
    logging.getLogger("hardware").debug("heard")
    assert caplog.messages == ["heard"]


def test_quieten_is_what_keeps_a_library_silent(caplog: pytest.LogCaptureFixture) -> None:
    """With everything logged, whatever a part of one logs is heard before, and nothing after."""
    caplog.set_level(logging.DEBUG)
    for library in pcsc_reading.LOUD_LIBRARIES:
        caplog.set_level(logging.NOTSET, library)
        logging.getLogger(f"{library}.part").debug("a key")
    assert caplog.messages == ["a key"] * len(pcsc_reading.LOUD_LIBRARIES)
    caplog.clear()
    pcsc_reading.quieten()
    for library in pcsc_reading.LOUD_LIBRARIES:
        logging.getLogger(f"{library}.part").debug("a key")
    assert caplog.messages == []


class TestEncoding:
    """The order to give the next card the site's keys, without looking at what gives them."""

    def test_without_keys_the_order_fails(self, pcscd: PrivatePcscd, ear: Ear) -> None:
        """A card that is shown to be encoded is not read, and the answer says that there are no keys."""
        pcscd.start()
        with opened(ear) as reader:
            reader.encode(7, Technology.DESFIRE, 30)
            with card_of(pcscd, PkocCard()):
                failed = ear.next(SensorFailed)
            assert (failed.ticket, "no keys" in failed.why) == (7, True)
            with card_of(pcscd, PkocCard()):
                ear.next(CardFrame)

    def test_without_a_card_the_order_ends(self, pcscd: PrivatePcscd, ear: Ear) -> None:
        """After its time an order has failed, and cards are read again."""
        pcscd.start()
        with opened(ear) as reader:
            reader.encode(8, Technology.SUN, 0.05)
            assert ear.next(SensorFailed).ticket == 8
            with card_of(pcscd, PkocCard()):
                ear.next(CardFrame)

    def test_an_order_that_was_stopped_says_nothing(self, pcscd: PrivatePcscd, ear: Ear) -> None:
        """Whoever gave up hears no more of it; stopping another ticket stops nothing."""
        pcscd.start()
        with opened(ear) as reader:
            reader.encode(9, Technology.SUN, 30)
            reader.stop(8)
            reader.stop(9)
            with card_of(pcscd, PkocCard()):
                ear.next(CardFrame)
            reader.encode(10, Technology.SUN, 30)
            reader.stop(9)
            with card_of(pcscd, PkocCard()):
                assert ear.next(SensorFailed).ticket == 10

    def test_a_reader_that_is_closed_forgets_the_order(self, pcscd: PrivatePcscd, ear: Ear) -> None:
        """Whatever was ordered before, a reader that is opened again reads cards."""
        pcscd.start()
        [reader] = pcsc_readers([GATE])
        reader.open(ear)
        ear.skip_to(DeviceBack)
        reader.encode(12, Technology.DESFIRE, 30)
        reader.close()
        reader.open(ear)
        ear.skip_to(DeviceBack)
        with card_of(pcscd, PkocCard()):
            ear.next(CardFrame)
        reader.close()

    def test_a_card_that_brushes_the_reader_ends_the_order(self, pcscd: PrivatePcscd, ear: Ear) -> None:
        """A card that goes away before anything was written is told with the ticket."""
        pcscd.start()
        keys = CardKeys(desfire=DesfireKeys(application=b"\xf5\x01\x02", master=bytes(range(16))))
        [reader] = pcsc_readers([GATE], keys)
        reader.open(ear)
        ear.skip_to(DeviceBack)
        reader.encode(11, Technology.DESFIRE, 30)
        with card_of(pcscd, lambda _command: None):
            failed = ear.next(SensorFailed)
        assert (failed.ticket, "no keys" in failed.why) == (11, False)
        reader.close()
