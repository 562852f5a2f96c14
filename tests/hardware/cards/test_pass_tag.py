"""Passes in tags: found where they are, and nothing but "none" from whatever else is held to a reader."""

import itertools
from collections.abc import Callable

import pytest

pytest.importorskip("ndef", reason="pip install 'accessctl[passes]'")

import ndef
from hypothesis import given, settings
from hypothesis import strategies as st

from hardware.cards.pass_tag import LONGEST_MESSAGE, pass_in_ndef, pass_on_tag
from tests.examples import examples
from tests.hardware.cards.pass_tags import OK, Answer, type_2, type_4

PASS = b"AP1" + b"AB27" * 37
MOST_COMMANDS = 64


def message(*records: ndef.Record) -> bytes:
    return b"".join(ndef.message_encoder(records))


TEXT = message(ndef.TextRecord(PASS.decode()))
LINK = message(ndef.UriRecord("https://www.example.org/#" + PASS.decode()))
OTHER = message(ndef.TextRecord("door-7"))


@pytest.mark.parametrize("octets", [TEXT, LINK])
def test_a_text_or_a_link_holds_a_pass(octets: bytes) -> None:
    """A link as well, so that a phone shows something when somebody scans the tag."""
    assert pass_in_ndef(octets) == PASS


@pytest.mark.parametrize(
    "octets",
    [
        OTHER,
        b"",
        TEXT[:-1],
        message(ndef.TextRecord(PASS.decode() + "A")),
        message(ndef.TextRecord("first"), ndef.TextRecord(PASS.decode())),
        message(ndef.TextRecord(PASS.decode().lower())),
    ],
)
def test_any_other_message_holds_none(octets: bytes) -> None:
    """Other texts, half a message, and a pass that is not the first that the tag says."""
    assert pass_in_ndef(octets) is None


@given(st.binary(max_size=400))
def test_any_message_can_be_asked(octets: bytes) -> None:
    """Nothing escapes, whatever a tag holds."""
    assert pass_in_ndef(octets) in {None, PASS}


@pytest.mark.parametrize("tag", [type_2, type_4], ids=["type 2", "type 4"])
@pytest.mark.parametrize(("octets", "found"), [(TEXT, PASS), (LINK, PASS), (OTHER, None), (b"", None)])
def test_a_tag_is_read_over_pcsc(tag: Callable[[bytes], Answer], octets: bytes, found: bytes | None) -> None:
    """Both types, with a pass, with other words and empty."""
    assert pass_on_tag(tag(octets)) == found


@pytest.mark.parametrize(
    "before", [b"\x00", b"\x00" * 15, b"\x01\x03\xa0\x0c\x34", b"\xfd\xff\x01\x00" + bytes(256)]
)
def test_blocks_before_the_message_are_passed_over(before: bytes) -> None:
    """Padding, lock control as an NTAG213 has it, and a long one."""
    assert pass_on_tag(type_2(TEXT, before=before)) == PASS


@pytest.mark.parametrize("length", range(140, 160))
def test_the_length_may_stand_anywhere(length: int) -> None:
    """Also where the three bytes of it lie across pages that are read one after the other."""
    padded = b"".join(
        ndef.message_encoder([ndef.UriRecord("https://a.example/" + "x" * length + "/" + PASS.decode())])
    )
    for before in range(16):
        found = pass_on_tag(type_2(padded, before=bytes(before)))
        assert found in {PASS, None}
        assert (found is None) == (len("https://a.example/") + length + 1 + len(PASS) > 256)


@pytest.mark.parametrize("most", [0x0F, 0x3B, 0xFF, 0x7FFF])
def test_a_tag_says_how_much_it_gives_at_once(most: int) -> None:
    """It is never asked for more than that."""
    assert pass_on_tag(type_4(LINK, most=most)) == PASS


@pytest.mark.parametrize(
    "tag",
    [
        type_2(TEXT, capabilities=b"\x00\x10\x3e\x00"),
        type_2(TEXT, capabilities=b"\xe1\x10\x3e\xf0"),
        type_2(TEXT, before=b"\xfe"),
        type_4(TEXT, most=0x0E),
        type_4(TEXT, access=0x80),
        type_2(bytes(LONGEST_MESSAGE)),
        type_4(bytes(LONGEST_MESSAGE + 1)),
        lambda _command: b"",
        lambda _command: b"\x90",
        lambda _command: OK,
        lambda _command: b"\x6a\x82",
    ],
    ids=[
        "no magic",
        "secret",
        "ended",
        "too small parts",
        "locked",
        "long",
        "long",
        "mute",
        "half",
        "yes",
        "no",
    ],
)
def test_a_tag_that_is_not_in_order_has_no_pass(tag: Answer) -> None:
    """Never formatted, not free to be read, longer than any pass, or no such tag at all."""
    assert pass_on_tag(tag) is None


@settings(max_examples=examples(150))
@given(st.lists(st.binary(max_size=32), min_size=1, max_size=20), st.booleans())
def test_no_tag_keeps_the_reader(answers: list[bytes], good: bool) -> None:
    """Whatever it answers, for ever: after a bounded number of commands it has been given up."""
    turns = itertools.cycle(answers)
    asked = 0

    def transmit(_command: bytes) -> bytes:
        nonlocal asked
        asked += 1
        assert asked <= MOST_COMMANDS
        return next(turns) + (OK if good else b"")

    assert pass_on_tag(transmit) is None


@settings(max_examples=examples(150))
@given(st.sampled_from([type_2, type_4]), st.integers(0, 400), st.integers(1, 255))
def test_a_byte_that_is_changed_on_the_way_gives_no_other_pass(
    tag: Callable[[bytes], Answer], place: int, flip: int
) -> None:
    """Nothing is repaired: what is found is what was written, or looks like a pass and is left to its key."""
    said = 0

    def transmit(command: bytes) -> bytes:
        nonlocal said
        answer = bytearray(card(command))
        if said <= place < said + len(answer):
            answer[place - said] ^= flip
        said += len(answer)
        return bytes(answer)

    card = tag(TEXT)
    found = pass_on_tag(transmit)
    assert found is None or len(found) == len(PASS)


def test_a_card_that_only_stores_is_asked_for_pages_alone() -> None:
    """Some readers are confused by commands for a card that takes none."""
    heard: list[bytes] = []

    def transmit(command: bytes) -> bytes:
        heard.append(command)
        return card(command)

    card = type_2(TEXT)
    assert pass_on_tag(transmit, stores_only=True) == PASS
    assert {command[:2] for command in heard} == {b"\xff\xb0"}
    assert pass_on_tag(type_4(TEXT), stores_only=True) is None


@pytest.mark.parametrize("head", [b"\x03\xff\xff\xff", b"\x03\xff\x02\x00", b"\x01\xff\xff\xff", b"\x00" * 4])
def test_a_tag_that_announces_too_much_is_not_read_to_its_end(head: bytes) -> None:
    """It would keep the reader, and its pages have no numbers any more: nothing for so long is a pass."""
    asked = 0

    def transmit(command: bytes) -> bytes:
        nonlocal asked
        asked += 1
        if command[:2] != b"\xff\xb0":
            return b"\x6a\x82"
        return (b"\xe1\x10\xff\x00" + head + bytes(8) if command[3] == 3 else bytes(16)) + OK

    assert pass_on_tag(transmit) is None
    assert asked <= MOST_COMMANDS
