"""OSDP frames against published ones and any bytes; keys that nobody may use; what a reader tells."""

import secrets

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from osdp import Event, StatusReportType

from hardware.card_formats import FORMATS
from hardware.readers.osdp_frames import LONGEST_FRAME, Block, Finder, Frame, checksum, crc, parse
from hardware.readers.osdp_keys import INSTALL_KEY, why_unfit
from hardware.readers.osdp_line import can_answer
from hardware.readers.osdp_told import card, keys, tamper_and_power
from hardware.signals import CardFrame, CardUnreadable, DeviceId
from hardware.specs import OsdpBusSpec, OsdpReaderSpec
from tests.examples import examples
from tests.hardware.osdp_thief import card_reply, forge

PUBLISHED = [
    ("5300080004 60 ebaa", False, None, 0x60, ""),
    ("5380080005 40 689f", True, None, 0x40, ""),
    ("53800a0004 48 0001 0fa1", True, None, 0x48, "0001"),
    ("53000d0006 6a 0002020201 5992", False, None, 0x6A, "0002020201"),
    ("5380140006 45 000ee3101000007497230606 1b88", True, None, 0x45, "000ee3101000007497230606"),
    ("5380080001 4b 01 d8", True, None, 0x4B, "01"),
    ("530013000c 031100 76 eb2e290a428c920b 23fd", False, Block.CHALLENGE, 0x76, "eb2e290a428c920b"),
]
"""Frames from the standard and from makers' documents: poll, acknowledgement, status, buzzer, and so on."""


@pytest.mark.parametrize(("written", "is_reply", "block", "code", "data"), PUBLISHED)
def test_published_frames_are_read(
    written: str, is_reply: bool, block: int | None, code: int, data: str
) -> None:
    """Frames that were published are taken apart as they were published."""
    frame = parse(bytes.fromhex(written))
    assert frame is not None
    assert (frame.address, frame.is_reply, frame.block, frame.code) == (0, is_reply, block, code)
    assert not data or frame.data == bytes.fromhex(data)


def test_a_challenge_says_which_key_it_is_about() -> None:
    """The published challenge announces the install key: a byte that is never 00 in service."""
    frame = parse(bytes.fromhex("530013000c03110076eb2e290a428c920b23fd"))
    assert frame is not None
    assert frame.block_data == b"\x00"


@pytest.mark.parametrize(
    ("body", "check"),
    [
        ("537f0d00046e0080250000", "6e38"),
        ("53000900046100", "c066"),
        ("530013000c03110076eb2e290a428c920b", "23fd"),
    ],
)
def test_published_crcs_are_computed(body: str, check: str) -> None:
    """The CRC is that of the standard, low byte first."""
    assert crc(bytes.fromhex(body)).hex() == check


@pytest.mark.parametrize(("body", "check"), [("537f0c00006e0080250000", "0f"), ("53000800006100", "44")])
def test_published_checksums_are_computed(body: str, check: str) -> None:
    """The checksum is that of the standard."""
    assert checksum(bytes.fromhex(body)).hex() == check


@settings(max_examples=examples(200))
@given(st.integers(0, 126), st.integers(0, 3), st.integers(0, 255), st.binary(max_size=64), st.data())
def test_a_frame_with_any_bit_flipped_is_no_frame(
    address: int, sequence: int, code: int, data: bytes, chance: st.DataObject
) -> None:
    """What has one wrong bit is never taken for a frame."""
    frame = forge(address, sequence, code, data)
    assert parse(frame) is not None
    at, bit = chance.draw(st.integers(0, len(frame) - 1)), chance.draw(st.integers(0, 7))
    spoiled = frame[:at] + bytes([frame[at] ^ 1 << bit]) + frame[at + 1 :]
    assert parse(spoiled) is None or spoiled[4] & 4 == 0


@settings(max_examples=examples(200))
@given(st.lists(st.binary(max_size=40), max_size=8))
@example([b"\x53"] * 8)
@example([b"\x53\x00\x00\x00\x00\x00\x00"])
@example([b"\x53\x85\x08\x00\x0c\x00\x12\x50"])
def test_any_bytes_are_taken_in(pieces: list[bytes]) -> None:
    """Noise gives frames or none, keeps nothing of any length, and a frame after enough of it is found."""
    finder = Finder()
    for piece in pieces:
        finder.feed(piece)
    assert len(finder._heard) <= LONGEST_FRAME
    finder.clear()
    whole = card_reply(5, 1)
    found = [frame for at in range(len(whole)) for frame in finder.feed(whole[at : at + 1])[0]]
    assert [frame.raw for frame in found] == [whole]


def test_a_frame_is_found_behind_a_false_start() -> None:
    """A start byte that begins nothing does not swallow the frame behind it."""
    whole = card_reply(5, 1)
    frames, noise = Finder().feed(b"\x00\x53\x53\xff\x53\x01\x02\x03\x04\x05" + b"\xff" + whole)
    assert [frame.raw for frame in frames] == [whole]
    assert noise


@settings(max_examples=examples(200))
@given(st.integers(0, 255), st.sampled_from([b"", *(bytes([3, kind, 1]) for kind in range(256))]))
def test_nothing_in_the_clear_answers_inside_a_session(code: int, block: bytes) -> None:
    """Of all replies without encryption only "no" and "busy" reach libosdp inside a session."""
    poll = parse(forge(5, 0, 0x60, b"", bytes([2, Block.COMMAND_AUTHENTIC])))
    reply = parse(forge(5, 0, code, b"\0" * 12, block))
    assert poll is not None
    assert reply is not None
    authentic = reply.block in {Block.REPLY_AUTHENTIC, Block.REPLY_SECRET}
    assert can_answer(poll, reply) is (authentic or (code in {0x41, 0x79} and not block))


@settings(max_examples=examples(200))
@given(st.integers(0, 255), st.sampled_from([0x60, 0x61, 0x62, 0x76, 0x77, 0x75, 0x69]))
def test_no_card_answers_before_a_session(code: int, command: int) -> None:
    """Before the session each command has its one reply; a card is none of them."""
    asked, reply = parse(forge(5, 0, command, b"")), parse(forge(5, 0, code, b"\0" * 12))
    assert asked is not None
    assert reply is not None
    allowed = {0x41, 0x79} | {0x61: {0x45}, 0x62: {0x46}}.get(command, set())
    assert can_answer(asked, reply) is (code in allowed)


def test_keys_that_count_are_unfit() -> None:
    """Every key of one repeated byte, or one that counts by any step, is refused: 65,536 keys in all."""
    for first in range(256):
        for step in range(256):
            assert why_unfit(bytes((first + step * place) % 256 for place in range(16)))


def test_the_install_key_is_unfit() -> None:
    """The key that everybody knows is nobody's key."""
    assert "everybody" in (why_unfit(INSTALL_KEY) or "")


@pytest.mark.parametrize("size", [0, 8, 15, 17, 32])
def test_a_key_of_another_length_is_unfit(size: int) -> None:
    """A key has 16 bytes; nothing is cut off or filled up."""
    assert why_unfit(secrets.token_bytes(size))


def test_random_keys_are_fit() -> None:
    """Control of the refusals: keys as they should be are not refused."""
    assert not any(why_unfit(secrets.token_bytes(16)) for _ in range(1000))


SPEC = OsdpReaderSpec(
    DeviceId("gate.reader"), OsdpBusSpec("yard", "/dev/null"), 5, FORMATS["h10301"], keypad=True
)
BARE = OsdpReaderSpec(DeviceId("gate.reader"), OsdpBusSpec("yard", "/dev/null"), 5, keypad=True)

happenings = st.dictionaries(
    st.sampled_from(["event", "format", "length", "data", "report", "type", "mono_ns", "reader_no"]),
    st.one_of(st.none(), st.integers(-2, 600), st.binary(max_size=20)),
)


@settings(max_examples=examples(200))
@given(happenings, st.sampled_from([SPEC, BARE]))
def test_whatever_is_told_is_a_signal_or_nothing(told: dict[str, object], spec: OsdpReaderSpec) -> None:
    """No exception escapes for anything that libosdp could hand on."""
    assert isinstance(card(spec, told), CardFrame | CardUnreadable | None)
    assert all(key.key in "0123456789*#" for key in keys(spec, told))
    tamper_and_power(told)


@settings(max_examples=examples(200))
@given(st.binary(min_size=1, max_size=20), st.integers(1, 160))
def test_bits_that_do_not_fit_are_no_card(data: bytes, bits: int) -> None:
    """A Wiegand number is believed with exactly its bits and good parity, and with nothing else."""
    told = {"event": Event.CardRead, "format": 1, "length": bits, "data": data, "mono_ns": 1}
    if bits != 26 or len(data) != 4:
        assert isinstance(card(SPEC, told), CardUnreadable)


def test_a_card_in_an_unknown_form_is_not_read() -> None:
    """What is neither raw bits nor Wiegand has no meaning that one could rely on."""
    told = {"event": Event.CardRead, "format": 2, "length": 32, "data": b"\1\2\3\4", "mono_ns": 1}
    assert isinstance(card(BARE, told), CardUnreadable)
    assert isinstance(card(BARE, {**told, "format": 1}), CardFrame)


def test_status_is_two_bytes() -> None:
    """Tamper and power are the two bytes of a local status; anything shorter says nothing."""
    told = {"event": Event.Status, "type": StatusReportType.Local, "report": b"\1\0"}
    assert tamper_and_power(told) == (True, False)
    assert tamper_and_power({**told, "report": b"\1"}) is None
    assert tamper_and_power({**told, "type": StatusReportType.Input}) is None


def test_a_frames_repr_holds_no_data() -> None:
    """A frame may be logged: it does not show what it carries."""
    frame = parse(card_reply(5, 1))
    assert isinstance(frame, Frame)
    assert "04deadbeefcafe" not in repr(frame)
    assert "deadbeef" not in repr(frame).replace("\\x", "")
