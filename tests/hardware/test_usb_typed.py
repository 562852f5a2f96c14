"""From keys to characters to a number, without a device."""

import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hardware.readers.typed_keys import DIGITS, ENTER, NUM_LOCK, PLAIN, SHIFT, SHIFTED, keypad_key
from hardware.readers.typed_number import LONGEST, Typing, number_typed
from hardware.readers.uid import Unreadable
from hardware.signals import Technology
from hardware.specs import UsbReads
from tests.examples import examples

PRINTABLE = "".join(chr(code) for code in range(0x20, 0x7F))
CODES = {character: code for code, character in reversed([*PLAIN.items()])}
SHIFTED_CODES = {character: code for code, character in reversed([*SHIFTED.items()])}
LEFT_SHIFT, RETURN = min(SHIFT), min(ENTER)
UP, DOWN, REPEAT = 0, 1, 2
F1 = 59


def listening() -> Typing:
    typing = Typing()
    typing.silence()
    return typing


def typed(typing: Typing, text: str) -> list[str]:
    """Type a text, and give the lines that came of it."""
    lines = []
    for character in text:
        shifted = character not in CODES and character != "\n"
        code = RETURN if character == "\n" else (SHIFTED_CODES if shifted else CODES)[character]
        moves = [(code, DOWN), (code, UP)]
        for each, value in [(LEFT_SHIFT, DOWN), *moves, (LEFT_SHIFT, UP)] if shifted else moves:
            if (line := typing.key(each, value)) is not None:
                lines.append(line)
    return lines


def tried(line: str, reads: UsbReads, *, reverse: bool) -> tuple[Technology, bytes] | Unreadable:
    try:
        return number_typed(line, reads, reverse=reverse)
    except Unreadable as unreadable:
        return unreadable


def test_every_printable_character_can_be_typed() -> None:
    """The whole of ASCII, with Shift where the keyboard has it so."""
    assert typed(listening(), PRINTABLE + "\n") == [PRINTABLE]


def test_the_layout_is_the_kernels() -> None:
    """Our table names the same places as evdev's."""
    ecodes = pytest.importorskip("evdev").ecodes
    for character in string.ascii_lowercase + string.digits:
        assert PLAIN[getattr(ecodes, f"KEY_{character.upper()}")] == character
    for digit in string.digits:
        assert PLAIN[getattr(ecodes, f"KEY_KP{digit}")] == digit
        assert getattr(ecodes, f"KEY_KP{digit}") in DIGITS
    assert frozenset({ecodes.KEY_ENTER, ecodes.KEY_KPENTER}) == ENTER
    assert frozenset({ecodes.KEY_LEFTSHIFT, ecodes.KEY_RIGHTSHIFT}) == SHIFT
    assert ecodes.KEY_NUMLOCK == NUM_LOCK
    for name, character in {
        "KEY_GRAVE": "`",
        "KEY_APOSTROPHE": "'",
        "KEY_BACKSLASH": "\\",
        "KEY_SLASH": "/",
        "KEY_SPACE": " ",
        "KEY_KPASTERISK": "*",
    }.items():
        assert PLAIN[getattr(ecodes, name)] == character


def test_two_lines_are_two_numbers_and_an_empty_one_is_none() -> None:
    """Some readers end with Enter twice."""
    assert typed(listening(), "12\n\nab\n") == ["12", "ab"]


def test_held_and_released_keys_type_nothing() -> None:
    """A key types when it goes down, and once."""
    typing = listening()
    for value in (DOWN, REPEAT, REPEAT, UP, DOWN):
        assert typing.key(CODES["7"], value) is None
    assert typing.key(RETURN, DOWN) == "77"


def test_what_is_typed_before_the_first_silence_is_no_number() -> None:
    """It may be the end of a longer one."""
    typing = Typing()
    assert typed(typing, "5678\n") == []
    assert typing.waiting
    typing.silence()
    assert typed(typing, "12345678\n") == ["12345678"]


def test_a_half_typed_number_dies_of_silence() -> None:
    """It is told, and what comes next begins anew."""
    typing = listening()
    typed(typing, "1234")
    assert typing.waiting
    with pytest.raises(Unreadable, match="middle"):
        typing.silence()
    assert not typing.waiting
    assert typed(typing, "99\n") == ["99"]


def test_a_half_typed_number_dies_of_lost_keys() -> None:
    """Neither what was before nor what comes right after is a number."""
    typing = listening()
    typed(typing, "1234")
    typing.lose()
    assert typed(typing, "5678\n") == []
    typing.silence()
    assert typed(typing, "12\n") == ["12"]


def test_too_long_is_told_once() -> None:
    """However long it goes on, and whatever Enters are in it, up to the next silence."""
    typing = listening()
    typed(typing, "1" * LONGEST)
    with pytest.raises(Unreadable, match="more than"):
        typed(typing, "1")
    assert typed(typing, "1\n" * 5000) == []
    typing.silence()
    assert typed(typing, "1" * LONGEST + "\n") == ["1" * LONGEST]


def test_a_key_that_no_number_has_spoils_the_line() -> None:
    """A function key in the middle is no number with a gap, and the next line is good again."""
    typing = listening()
    typed(typing, "12")
    typing.key(F1, DOWN)
    with pytest.raises(Unreadable, match="no number has"):
        typed(typing, "34\n")
    assert typed(typing, "34\n") == ["34"]


def test_number_lock_changes_nothing() -> None:
    """A reader that sets it before it types is read all the same."""
    typing = listening()
    typing.key(NUM_LOCK, DOWN)
    typing.key(NUM_LOCK, UP)
    assert typed(typing, "34\n") == ["34"]


@pytest.mark.parametrize(
    ("line", "reads", "reverse", "technology", "number"),
    [
        ("Ab-12 #", UsbReads.TEXT, False, Technology.TYPED, "41622d31322023"),
        ("0012345678", UsbReads.TEXT, True, Technology.TYPED, "30303132333435363738"),
        ("04a1B2c3", UsbReads.HEX, False, Technology.ISO14443_UID, "04a1b2c3"),
        ("04a1B2c3", UsbReads.HEX, True, Technology.ISO14443_UID, "c3b2a104"),
        ("04a1b2c3d4e5f6", UsbReads.HEX, False, Technology.ISO14443_UID, "04a1b2c3d4e5f6"),
        ("04a1b2c3d4e5f6070809", UsbReads.HEX, False, Technology.ISO14443_UID, "04a1b2c3d4e5f6070809"),
        ("e004010203040506", UsbReads.HEX, False, Technology.ISO15693_UID, "e004010203040506"),
        ("06050403020104e0", UsbReads.HEX, False, Technology.ISO15693_UID, "e004010203040506"),
        ("06050403020104e0", UsbReads.HEX, True, Technology.ISO15693_UID, "e004010203040506"),
        ("0077705923", UsbReads.DECIMAL, False, Technology.ISO14443_UID, "04a1b2c3"),
        ("77705923", UsbReads.DECIMAL, False, Technology.ISO14443_UID, "04a1b2c3"),
        ("3283263748", UsbReads.DECIMAL, True, Technology.ISO14443_UID, "04a1b2c3"),
    ],
)
def test_known_answers(
    line: str, reads: UsbReads, reverse: bool, technology: Technology, number: str
) -> None:
    """A card typed in hex or decimal is the same card as at a contactless reader."""
    assert number_typed(line, reads, reverse=reverse) == (technology, bytes.fromhex(number))


@pytest.mark.parametrize(
    ("line", "reads", "why"),
    [
        ("", UsbReads.TEXT, "no text"),
        ("04a1b2c", UsbReads.HEX, "in hex"),
        ("04a1b2cg", UsbReads.HEX, "in hex"),
        ("04 a1 b2 c3", UsbReads.HEX, "in hex"),
        ("04a1b2", UsbReads.HEX, "length"),
        ("", UsbReads.HEX, "blank|length"),
        ("08a1b2c3", UsbReads.HEX, "new number"),
        ("88a1b2c3", UsbReads.HEX, "incomplete"),
        ("00000000", UsbReads.HEX, "blank"),
        ("0102030405060708", UsbReads.HEX, "known here"),
        ("0", UsbReads.DECIMAL, "blank"),
        ("4294967295", UsbReads.DECIMAL, "blank"),
        ("4294967296", UsbReads.DECIMAL, "does not fit"),
        ("00077705923", UsbReads.DECIMAL, "in decimal"),
        ("77 05923", UsbReads.DECIMAL, "in decimal"),
        ("-77705923", UsbReads.DECIMAL, "in decimal"),
        ("", UsbReads.DECIMAL, "in decimal"),
    ],
)
def test_wrong_characters_are_no_number(line: str, reads: UsbReads, why: str) -> None:
    """What does not follow the form is not mended."""
    with pytest.raises(Unreadable, match=why):
        number_typed(line, reads, reverse=False)


@given(
    st.text(max_size=24) | st.text("0123456789abcdefx ", max_size=24),
    st.sampled_from(UsbReads),
    st.booleans(),
)
@settings(deadline=None, max_examples=examples(200))
def test_no_line_raises_anything_else(line: str, reads: UsbReads, reverse: bool) -> None:
    """Whatever was typed: a number, or ``Unreadable`` that does not repeat it."""
    outcome = tried(line, reads, reverse=reverse)
    if isinstance(outcome, Unreadable):
        assert len(line) < len("hex 4") or line not in str(outcome)
        assert outcome.__cause__ is None
    else:
        assert outcome[1]
        assert (outcome[0] is Technology.TYPED) is (reads is UsbReads.TEXT)


@given(st.lists(st.tuples(st.integers(0, 300), st.integers(0, 2)) | st.none(), max_size=200))
@settings(deadline=None, max_examples=examples(200))
def test_no_keys_raise_anything_else(keys: list[tuple[int, int] | None]) -> None:
    """Whatever is pressed, with silences between: lines of limited length, or ``Unreadable``."""
    typing = Typing()
    for key in keys:
        try:
            if key is None:
                typing.silence()
            elif (line := typing.key(*key)) is not None:
                assert 0 < len(line) <= LONGEST
        except Unreadable:
            continue


@pytest.mark.parametrize(
    ("name", "shifted", "key"),
    [
        *((f"KEY_{digit}", False, digit) for digit in string.digits),
        *((f"KEY_KP{digit}", shifted, digit) for digit in string.digits for shifted in (False, True)),
        ("KEY_ENTER", False, "#"),
        ("KEY_KPENTER", False, "#"),
        ("KEY_3", True, "#"),
        ("KEY_8", True, "*"),
        ("KEY_KPASTERISK", False, "*"),
        ("KEY_KPDOT", False, "*"),
        ("KEY_KPSLASH", False, "*"),
        ("KEY_BACKSPACE", False, "*"),
        ("KEY_DELETE", False, "*"),
        ("KEY_ESC", False, "*"),
        ("KEY_1", True, None),
        ("KEY_A", False, None),
        ("KEY_KPPLUS", False, None),
        ("KEY_NUMLOCK", False, None),
        ("KEY_TAB", False, None),
    ],
)
def test_keys_of_a_keypad(name: str, shifted: bool, key: str | None) -> None:
    """Digits, clear and enter, as keypads and number pads have them; nothing else is a key."""
    ecodes = pytest.importorskip("evdev").ecodes
    assert keypad_key(getattr(ecodes, name), shifted=shifted) == key
