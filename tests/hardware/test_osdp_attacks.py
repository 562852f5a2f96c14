"""What somebody at the cable can try: nothing of it is ever a card, and each attempt is an event."""

import ctypes
import logging

import pytest

pytest.importorskip("osdp", reason="pip install 'accessctl[osdp]'")


from hardware.readers import osdp_nonces
from hardware.readers.osdp_frames import IN_SESSION, Answer, Command, Finder, Frame
from hardware.readers.osdp_link import MOST_BRIEF, Pace
from hardware.readers.osdp_reasons import (
    FORGED,
    INSTALL_MODE,
    NO_ENCRYPTION,
    NO_PROOF,
    PLAIN,
    REFUSES,
    UNSTEADY,
)
from hardware.signals import CardFrame, DeviceBack, DeviceLost, KeyPressed, ReaderInsecure, ReaderSecured
from hardware.simulated.osdp_device import SimulatedOsdpLine, SimulatedOsdpReader, Way
from tests.hardware.listening import Ear
from tests.hardware.osdp_rig import KEY, OTHER_KEY, UID, Rig, Spot, challenges, rig, settle, up
from tests.hardware.osdp_thief import (
    STOLEN,
    Player,
    Recorder,
    Swapper,
    card_reply,
    cards_of_bare_libosdp,
    codes_of,
    forge,
    mend,
    strike_out_encryption,
)

BRISK = Pace(retry_s=0.2, loss_s=1.0)
CHALLENGED, INITIAL_MAC = b"\x03\x12\x01", b"\x03\x14\x01"


def insecure(built: Rig, why: str) -> None:
    """The reader is lost for this reason, and said to be insecure once, however often it is tried again."""
    ear = built.ear
    ear.next(DeviceLost)
    assert ear.next(ReaderInsecure).why == why
    tries = len(challenges(built.line))
    while len(challenges(built.line)) < tries + 2 and why != NO_ENCRYPTION:
        built.device.show(STOLEN)
        settle_nothing(built)
    assert built.reader.health.why == why
    assert ear.quiet


def settle_nothing(built: Rig) -> None:
    built.bus._stop.wait(0.05)


def test_a_reader_with_another_key_is_not_believed() -> None:
    """The wrong key is a lost reader and an event, and none of its cards is read or even on the wire."""
    with rig(Spot(key=OTHER_KEY, keys=(KEY,)), pace=BRISK) as built:
        insecure(built, NO_PROOF)
        assert STOLEN not in built.line.captured(Way.TO_PANEL)


def test_libosdp_alone_believes_a_reader_with_another_key() -> None:
    """Control of the test before: with the secure channel not enforced, a wrong key means plaintext."""
    reader = SimulatedOsdpReader(5)
    with SimulatedOsdpLine(reader) as line:
        line.meddle = lambda way, data: (
            forge(5, data.lstrip(b"\xff")[4] & 3, Answer.NAK, b"\x05")
            if way is Way.TO_PANEL and codes_of(data) == [Answer.CRYPTOGRAM]
            else data
        )
        cards = cards_of_bare_libosdp(line.port, KEY, lambda: reader.show(STOLEN), enforce=False)
        assert STOLEN in cards


def test_a_reader_in_install_mode_is_given_no_key() -> None:
    """The panel never uses the install key in service, and never hands out ours (T-04)."""
    with rig(Spot(key=None), pace=BRISK) as built:
        insecure(built, NO_PROOF)
        begun = challenges(built.line)
        assert begun
        assert all(challenge[:1] == b"\x01" for challenge in begun)
        assert Command.KEYSET not in codes_of(built.line.captured(Way.TO_READER))
        assert KEY not in built.line.captured(Way.TO_READER)


def test_a_reader_that_answers_with_the_install_key_is_named() -> None:
    """An installer who left a reader in install mode is told so."""
    with rig(Spot(key=None), pace=BRISK, is_open=False) as built:

        def meddle(way: Way, data: bytes) -> bytes:
            if way is Way.TO_PANEL and codes_of(data) == [Answer.CRYPTOGRAM]:
                body = data.lstrip(b"\xff")
                return mend(body[:7] + b"\x00" + body[8:])
            return data

        built.line.meddle = meddle
        built.reader.open(built.ear)
        built.ear.next(DeviceLost)
        assert built.ear.next(ReaderInsecure).why == INSTALL_MODE


def test_a_reader_that_refuses_the_channel_is_not_spoken_to_without() -> None:
    """A reader that says no to the handshake gets nothing else to hear."""
    with rig(pace=BRISK, is_open=False) as built:
        built.line.meddle = lambda way, data: (
            forge(5, data.lstrip(b"\xff")[4] & 3, Answer.NAK, b"\x05")
            if way is Way.TO_PANEL and codes_of(data) == [Answer.CRYPTOGRAM]
            else data
        )
        built.reader.open(built.ear)
        insecure(built, REFUSES)
        assert Command.POLL not in codes_of(built.line.captured(Way.TO_READER))


def test_an_edited_capability_reply_does_not_switch_encryption_off() -> None:
    """Whoever strikes the secure channel out of the reader's capabilities gets a lost reader (T-03)."""
    with rig(pace=BRISK, is_open=False) as built:
        built.line.meddle = strike_out_encryption
        built.reader.open(built.ear)
        insecure(built, NO_ENCRYPTION)
        assert Command.POLL not in codes_of(built.line.captured(Way.TO_READER))
        built.line.meddle = None
        built.ear.next(DeviceBack)
        built.ear.next(ReaderSecured)


def unseeded() -> None:
    """Leave the generator alone, as libosdp does."""


def record() -> dict[bytes, bytes]:
    """Record a session of a panel that begins as every process begins, in which a card is shown."""
    recorder = Recorder()
    ctypes.CDLL(None).srand(1)  # What the generator of a C library starts with when nobody seeds it.
    with rig(renew=unseeded, is_open=False) as built:
        built.line.meddle = recorder
        built.reader.open(built.ear)
        up(built)
        built.device.show(UID)
        assert built.ear.next(CardFrame).number == UID
    return recorder.answers


def test_a_recorded_session_is_worth_nothing() -> None:
    """A recording of one start, played to another one by somebody without the key, releases no door."""
    answers = record()
    ctypes.CDLL(None).srand(1)
    with rig(line=SimulatedOsdpLine(), is_open=False, pace=BRISK) as built:
        built.line.meddle = Player(built.line, answers)
        built.reader.open(built.ear)
        built.ear.next(DeviceLost)
        assert built.ear.skip_to(ReaderInsecure).why == NO_PROOF
        assert built.ear.quiet


def test_a_recorded_session_would_be_a_key_without_fresh_numbers() -> None:
    """Control of the test before: without them the recorded card is believed."""
    answers = record()
    ctypes.CDLL(None).srand(1)
    with rig(line=SimulatedOsdpLine(), is_open=False, renew=unseeded) as built:
        built.line.meddle = Player(built.line, answers)
        built.reader.open(built.ear)
        assert built.ear.skip_to(CardFrame).number == UID


@pytest.mark.parametrize("block", [b"", CHALLENGED, INITIAL_MAC], ids=["none", "challenge", "mac"])
def test_a_card_in_the_clear_inside_a_session_is_not_believed(block: bytes) -> None:
    """A reply without encryption ends the session and is an event, whatever its security block says."""
    with rig(pace=BRISK) as built:
        up(built)
        built.line.meddle = Swapper(
            lambda command, reply: card_reply(5, reply.raw[4] & 3, block) if command.block else None
        )
        built.ear.next(DeviceLost)
        assert built.ear.next(ReaderInsecure).why == PLAIN
        built.ear.next(DeviceBack)
        built.ear.next(ReaderSecured)
        assert built.ear.quiet


def test_libosdp_alone_believes_a_card_without_encryption() -> None:
    """Control of the test before: behind a "handshake" block it takes a card inside a session as it is."""
    reader = SimulatedOsdpReader(5, KEY)
    with SimulatedOsdpLine(reader) as line:
        line.meddle = Swapper(
            lambda command, reply: (
                card_reply(5, reply.raw[4] & 3, CHALLENGED) if command.code == Command.POLL else None
            )
        )
        assert cards_of_bare_libosdp(line.port, KEY) == [STOLEN]


def before_session() -> Swapper:
    return Swapper(
        lambda command, reply: card_reply(5, reply.raw[4] & 3) if command.code == Command.ID else None
    )


def test_a_card_from_before_the_session_is_not_believed() -> None:
    """What was sent in the clear before the handshake does not become a card once the session is up."""
    with rig(pace=BRISK, is_open=False) as built:
        built.line.meddle = swapper = before_session()
        built.reader.open(built.ear)
        built.ear.skip_to(ReaderSecured)
        assert swapper.swapped
        settle(built)
        built.device.show(UID)
        assert built.ear.next(CardFrame).number == UID


def test_libosdp_alone_believes_a_card_from_before_the_session() -> None:
    """Control of the test before: libosdp keeps that card and delivers it when the session comes up."""
    reader = SimulatedOsdpReader(5, KEY)
    with SimulatedOsdpLine(reader) as line:
        line.meddle = before_session()
        assert cards_of_bare_libosdp(line.port, KEY) == [STOLEN]


def test_a_card_cannot_be_played_again_inside_its_session() -> None:
    """The frame of a card that was shown, sent once more, fails its authentication and is an event."""
    with rig(pace=BRISK) as built:
        up(built)
        seen: list[bytes] = []

        def keep(way: Way, data: bytes) -> bytes:
            if way is Way.TO_PANEL and codes_of(data) == [Answer.RAW_CARD]:
                seen.append(data.lstrip(b"\xff"))
            return data

        built.line.meddle = keep
        built.device.show(UID)
        built.ear.next(CardFrame)
        card = seen[0]

        def again(command: Frame, reply: Frame) -> bytes | None:
            control = card[4] & ~3 | reply.raw[4] & 3
            return mend(card[:4] + bytes([control]) + card[5:]) if command.code == Command.POLL else None

        built.line.meddle = Swapper(again)
        built.ear.next(DeviceLost)
        assert built.ear.next(ReaderInsecure).why == FORGED
        built.ear.next(DeviceBack)
        built.ear.next(ReaderSecured)
        assert built.ear.quiet


@pytest.mark.parametrize("let_through", [0, 1], ids=["no answer", "one answer"])
def test_a_reader_that_is_kept_from_answering_is_not_held_for_there(let_through: int) -> None:
    """Whoever lets each handshake pass and then says no in the reader's place has it lost, and an event."""
    asked = 0

    def meddle(way: Way, data: bytes) -> bytes:
        nonlocal asked
        for frame in finder.feed(data)[0] if way is Way.TO_READER else ():
            asked = asked + 1 if frame.block in IN_SESSION else 0
            if asked > let_through:
                built.line.inject(forge(5, frame.raw[4] & 3, Answer.NAK, b"\x06"))
                return b""
        return data

    finder = Finder()
    with rig(pace=BRISK) as built:
        up(built)
        built.line.meddle = meddle
        secured = 0
        while isinstance(built.ear._get(DeviceLost), ReaderSecured):
            secured += 1
            assert secured <= MOST_BRIEF * let_through, "it was held for there"
        assert built.ear.next(ReaderInsecure).why == UNSTEADY
        assert built.reader.health.why == UNSTEADY
        tries = len(challenges(built.line))
        while len(challenges(built.line)) < tries + 2:
            settle_nothing(built)
        assert let_through or built.ear.quiet, "it was held for there again"
        built.line.meddle = None
        built.ear.skip_to(DeviceBack)
        built.ear.next(ReaderSecured)


def test_no_secret_is_said_anywhere(caplog: pytest.LogCaptureFixture, ear: Ear) -> None:
    """No key, card or digit is in what a reader logs, shows of itself, or writes on the wire in the clear."""
    caplog.set_level(logging.DEBUG)
    with rig() as built:
        up(built)
        built.device.show(UID)
        built.device.press("7")
        said = [repr(built.ear.next(CardFrame)), repr(built.ear.next(KeyPressed)), repr(built.reader.health)]
        said += [repr(built.reader), repr(built.bus), repr(built.line.capture), caplog.text]
        wire = built.line.captured(Way.TO_PANEL) + built.line.captured(Way.TO_READER)
        for secret in (KEY, UID):
            assert secret not in wire
            assert not any(secret.hex() in text or repr(secret) in text for text in said)


def test_the_librarys_numbers_come_from_our_state() -> None:
    """Control of fresh numbers: what libosdp draws follows from the state that is renewed."""
    libc = ctypes.CDLL(None)
    osdp_nonces.load(bytes(124))
    assert [libc.rand() for _ in range(8)] == [0] * 8
    osdp_nonces.renew()
    first = [libc.rand() for _ in range(8)]
    osdp_nonces.renew()
    assert first != [libc.rand() for _ in range(8)]
