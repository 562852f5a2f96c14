"""Reading one card: nfcpy's own tag classes over tags that answer from memory, right and wrong."""

import struct
import time
from collections.abc import Callable, Iterator
from threading import Event

import pytest

pytest.importorskip("nfc", reason="pip install 'accessctl[nfc]'")

import ndef
import nfc.clf
from hypothesis import given, settings
from hypothesis import strategies as st

from hardware.readers.nfc_tag import ERRAND_S, Errand, Target, TimeIsUp, identity, read
from hardware.readers.uid import Unreadable
from hardware.signals import Technology
from hardware.specs import NfcReads
from tests.examples import examples
from tests.hardware.nfc_emulated import Tag, type_2, type_4

UID = "A4A1B2C3D4E5F6"
TEXT = b"".join(ndef.message_encoder([ndef.TextRecord("door-7")])).hex()


class Air:
    """A frontend with one tag in it that answers from memory."""

    def __init__(self, target: Target, answer: Callable[[bytes], bytes]) -> None:
        self.target = target
        self.answer = answer
        self.asked = 0
        self.longest_s = 0.0
        """How long nfcpy was ready to wait for one answer."""
        self.max_send_data_size = self.max_recv_data_size = 290

    def exchange(self, send_data: bytes, timeout: float) -> bytearray:
        self.asked += 1
        self.longest_s = max(self.longest_s, timeout)
        return bytearray(self.answer(bytes(send_data)))

    def sense(self, *_targets: Target, **_options: float) -> Target | None:
        return self.target


def type_a(uid: str, sel_res: str = "00", sens_res: str = "4400") -> Target:
    target: Target = nfc.clf.RemoteTarget(
        "106A",
        sens_res=bytearray.fromhex(sens_res),
        sel_res=bytearray.fromhex(sel_res),
        sdd_res=bytearray.fromhex(uid),
    )
    return target


def type_f(idm: str) -> Target:
    target: Target = nfc.clf.RemoteTarget("212F", sensf_res=bytearray.fromhex(f"01{idm}FFFFFFFFFFFFFFFF12FC"))
    return target


def t2(answer: Callable[[bytes], bytes]) -> Air:
    return Air(type_a(UID), answer)


def t4(answer: Callable[[bytes], bytes]) -> Air:
    return Air(type_a(UID, "20", "4403"), answer)


def number(air: Air, reads: NfcReads = NfcReads.NDEF) -> tuple[Technology, bytes]:
    return read(air, air.target, reads, Event())


def mute(_command: bytes) -> bytes:
    raise nfc.clf.TimeoutError


@pytest.mark.parametrize("uid", ["A4A1B2C3", UID, "A4A1B2C3D4E5F60718AA"])
def test_a_uid_is_read_without_asking_the_card_further(uid: str) -> None:
    """What the card answered to being looked for is enough."""
    air = Air(type_a(uid), mute)
    assert number(air, NfcReads.UID) == (Technology.ISO14443_UID, bytes.fromhex(uid))
    assert not air.asked


@pytest.mark.parametrize(
    ("target", "why"),
    [
        (type_a("08A1B2C3"), "new number at every read"),
        (type_a("88A1B2C3"), "incomplete"),
        (type_a("00000000"), "blank"),
        (type_a("FFFFFFFFFFFFFF"), "blank"),
        (type_a("A4A1B2"), "no number that is read here"),
        (type_a("E00401A1B2C3D4E5"), "no number that is read here"),
        (type_f("0000000000000000"), "blank"),
        (type_f("FFFFFFFFFFFFFFFF"), "blank"),
        (type_f("01FE010203040506"), "wants to talk"),
        (nfc.clf.RemoteTarget("212F", sensf_res=bytearray(3)), "length is wrong"),
        (nfc.clf.RemoteTarget("106A", sens_res=bytearray(b"\x0c\x00"), rid_res=bytearray(6)), "no number"),
    ],
)
def test_not_every_answer_is_a_number(target: Target, why: str) -> None:
    """A number that changes, that is blank, or that is no card's, is worse than none."""
    with pytest.raises(Unreadable, match=why):
        number(Air(target, mute), NfcReads.UID)


def test_an_idm_is_read() -> None:
    """A Type 3 tag's number is its manufacture id, under its own technology."""
    assert number(Air(type_f("02FE010203040506"), mute), NfcReads.UID) == (
        Technology.FELICA_IDM,
        bytes.fromhex("02FE010203040506"),
    )


def test_cards_are_told_apart() -> None:
    """One card is not another, whichever kind; those that make up numbers are one."""
    assert identity(type_a("A4A1B2C3")) != identity(type_a("A4A1B2C4"))
    assert identity(type_f("02FE010203040506")) != identity(type_f("02FE010203040507"))
    assert identity(type_a("08A1B2C3")) == identity(type_a("08D4E5F6"))
    assert identity(type_a("08A1B2C3D4E5F6")) != identity(type_a("08A1B2C3D4E5F7"))


@pytest.mark.parametrize(
    "air", [t2(type_2(Tag("t2", UID, TEXT))), t4(type_4(Tag("t4", UID, TEXT)))], ids=["type 2", "type 4"]
)
def test_the_text_is_read(air: Air) -> None:
    """The first text of a tag is its number."""
    assert number(air) == (Technology.NDEF, b"door-7")


@pytest.mark.parametrize(
    ("air", "why"),
    [
        (t2(type_2(Tag("t2", UID))), "no text"),
        (t4(type_4(Tag("t4", UID))), "no text"),
        (t2(type_2(Tag("t2", UID, ""))), "no text"),
        (t2(type_2(Tag("t2", UID, "9901050155610123456761"))), "malformed"),
        (t4(type_4(Tag("t4", UID, "9901050155610123456761"))), "malformed"),
        (t2(mute), "went away"),
        (t4(mute), "went away"),
        (t2(lambda _command: b""), "no text|no sense"),
        (t4(lambda _command: b""), "no text|no sense|went away|too long"),
        (Air(type_f("02FE010203040506"), mute), "went away|no text"),
    ],
)
def test_a_tag_without_a_text_gives_its_reason(air: Air, why: str) -> None:
    """Empty, malformed, torn away or out of its mind: no number, and words for it."""
    with pytest.raises(Unreadable, match=why):
        number(air)


def endless_block(command: bytes) -> bytes:
    if command[0] == 0xE0:
        return bytes.fromhex("067577810280")
    return b"\xf2\x01"


def empty_reads() -> Callable[[bytes], bytes]:
    """Announce a long file, and give none of it."""
    chosen = b""

    def answer(command: bytes) -> bytes:
        nonlocal chosen
        if command[0] == 0xE0:
            return bytes.fromhex("067577810280")
        data = b""
        if command[2] == 0xB0:
            wanted, at = command[5], command[3:5]
            if chosen == b"\xe1\x03":
                data = {2: b"\x00\x0f", 13: bytes.fromhex("20003B00340406E1047FFF00FF")}[wanted]
            elif at == b"\x00\x00":
                data = b"\x7f\x00"
        else:
            chosen = command[6:8]
        return bytes([command[0] & 0xEF]) + data + b"\x90\x00"

    return answer


@pytest.mark.parametrize("answer", [endless_block, empty_reads()], ids=["wait", "empty"])
def test_a_tag_cannot_hold_the_reader(answer: Callable[[bytes], bytes]) -> None:
    """One that wants more time for ever, or gives nothing of what it announced, is given up."""
    air = t4(answer)
    before = time.monotonic()
    with pytest.raises(Unreadable, match="took too long"):
        number(air)
    assert time.monotonic() - before < ERRAND_S + 1.0
    assert air.asked > 10
    assert air.longest_s <= ERRAND_S


def test_closing_ends_the_reading() -> None:
    """A reader that is closed asks no card any more."""
    stop = Event()
    stop.set()
    with pytest.raises(TimeIsUp):
        Errand(t2(mute), stop).exchange(b"\x30\x00", 1.0)
    air = t4(endless_block)
    with pytest.raises(Unreadable):
        read(air, air.target, NfcReads.NDEF, stop)
    assert not air.asked


def test_a_reader_that_fails_is_no_card_that_fails() -> None:
    """An error of the reader itself goes up to who drives it."""

    def unplugged(_command: bytes) -> bytes:
        raise OSError(5, "Input/output error")

    with pytest.raises(OSError, match="Input/output"):
        number(t2(unplugged))


@given(st.binary(max_size=400), st.binary(min_size=4, max_size=4))
@settings(deadline=None, max_examples=examples(150))
def test_no_type_2_memory_raises_anything_else(area: bytes, container: bytes) -> None:
    """Whatever is in a tag's memory, TLVs and all: a number, or ``Unreadable``."""
    memory = bytearray(12) + b"\xe1\x10" + container[2:] + area
    memory += bytes(1040 - len(memory))

    def answer(command: bytes) -> bytes:
        return bytes((memory * 2)[command[1] * 4 : command[1] * 4 + 16]) if command[0] == 0x30 else b"\x00"

    check(t2(answer))


@given(st.lists(st.binary(max_size=20), max_size=12), st.sampled_from([t2, t4]))
@settings(deadline=None, max_examples=examples(200))
def test_no_answers_raise_anything_else(answers: list[bytes], make: Callable[..., Air]) -> None:
    """Whatever a tag answers, and then no more: a number, or ``Unreadable``."""
    left: Iterator[bytes] = iter(answers)

    def answer(command: bytes) -> bytes:
        return next(left, None) or mute(command)

    check(make(answer))


@given(st.binary(max_size=24), st.binary(max_size=24))
@settings(deadline=None, max_examples=examples(150))
def test_no_type_4_file_raises_anything_else(container: bytes, content: bytes) -> None:
    """Whatever a Type 4 tag's files hold: a number, or ``Unreadable``."""
    files = {b"\xe1\x03": struct.pack(">H", 15) + container, b"\xe1\x04": content}
    chosen = b""

    def answer(command: bytes) -> bytes:
        nonlocal chosen
        if command[0] == 0xE0:
            return bytes.fromhex("067577810280")
        if command[2] == 0xB0:
            at, size = command[3] << 8 | command[4], command[5] if len(command) > 5 else 0
            return bytes([command[0] & 0xEF]) + files.get(chosen, b"")[at : at + size] + b"\x90\x00"
        chosen = command[6:8]
        return bytes([command[0] & 0xEF]) + b"\x90\x00"

    air = t4(answer)
    check(air, patience_s=0.02)


def check(air: Air, patience_s: float = ERRAND_S) -> None:
    """Read, and see that nothing but a number or ``Unreadable`` comes of it."""
    stop = Event()
    errand = Errand(air, stop, patience_s)
    try:
        technology, _ = read(errand, air.target, NfcReads.NDEF, stop)
    except Unreadable:
        return
    assert technology is Technology.NDEF
