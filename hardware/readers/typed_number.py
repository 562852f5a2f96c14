"""From what a badge reader types to a card's number. Pure.

A number is what was typed between two Enters, and only if nothing about it is doubtful: a part of a number
could be somebody else's. So what was typed before we listened, after keys were lost, or after a pause, is
thrown away up to the next silence.

Nothing here holds what was typed in the text of an exception.
"""

from typing import Final

from hardware.cards.pass_text import LENGTH as PASS_LENGTH
from hardware.cards.pass_text import is_pass
from hardware.readers.typed_keys import ENTER, NUM_LOCK, PLAIN, SHIFT, SHIFTED
from hardware.readers.uid import SUCCESS, Unreadable, number_of
from hardware.signals import Technology
from hardware.specs import UsbReads

LONGEST: Final = 128
"""Characters of one number."""
LONGEST_OF: Final = {UsbReads.PASS: PASS_LENGTH}
"""Characters of what is longer than any number."""
SILENCE_S: Final = 0.5
"""So long without a key, and a badge reader is done, or will never be."""
DOWN: Final = 1
"""A key that goes down; it also goes up again (0), and repeats while it is held (2)."""
HEX_DIGITS: Final = frozenset("0123456789abcdefABCDEF")
DECIMAL_LENGTH: Final = 4
"""Bytes of a number that is typed in decimal."""
MOST_DECIMAL_DIGITS: Final = 10


class Typing:
    """What one badge reader has typed of a number so far."""

    def __init__(self, longest: int = LONGEST) -> None:
        """Begin deaf: what is being typed just now may be the end of a number."""
        self._longest = longest
        self._characters: list[str] = []
        self._shifts: set[int] = set()
        self._strange = False
        self._deaf = True

    @property
    def waiting(self) -> bool:
        """Whether a silence would change anything."""
        return self._deaf or self._strange or bool(self._characters)

    def key(self, code: int, value: int) -> str | None:
        """Take one key. Give the line that it ends. Raises ``Unreadable``, once for each line."""
        if code in SHIFT:
            (self._shifts.add if value else self._shifts.discard)(code)
            return None
        if value != DOWN or code == NUM_LOCK or self._deaf:
            return None
        if code in ENTER:
            return self._end()
        character = (SHIFTED if self._shifts else PLAIN).get(code)
        if character is None:
            self._strange = True
        elif len(self._characters) == self._longest:
            self.lose()
            raise Unreadable(f"more than {self._longest} characters were typed")
        else:
            self._characters.append(character)
        return None

    def silence(self) -> None:
        """Note that nothing was typed for a while. Raises ``Unreadable`` when it was in the middle."""
        half = bool(self._characters)
        self._forget()
        self._deaf = False
        if half:
            raise Unreadable("the typing stopped in the middle")

    def lose(self) -> None:
        """Note that keys were lost: nothing counts up to the next silence."""
        self._forget()
        self._deaf = True

    def _end(self) -> str | None:
        line, strange = "".join(self._characters), self._strange
        self._forget()
        if strange:
            raise Unreadable("a key was typed that no number has")
        return line or None

    def _forget(self) -> None:
        self._characters.clear()
        self._strange = False


def number_typed(line: str, reads: UsbReads, *, reverse: bool) -> tuple[Technology, bytes]:
    """Take the number out of what was typed. Raises ``Unreadable``."""
    if reads is UsbReads.TEXT:
        return Technology.TYPED, _text(line)
    if reads is UsbReads.PASS:
        return Technology.PASS, _pass(line)
    number = _hex(line) if reads is UsbReads.HEX else _decimal(line)
    return number_of((number[::-1] if reverse else number) + SUCCESS)


def _text(line: str) -> bytes:
    if not line or not (line.isascii() and line.isprintable()):
        raise Unreadable("what was typed is no text")
    return line.encode("ascii")


def _pass(line: str) -> bytes:
    text = line.encode(errors="replace")
    if not is_pass(text):
        raise Unreadable("what was typed is no pass")
    return text


def _hex(line: str) -> bytes:
    if not HEX_DIGITS.issuperset(line) or len(line) % 2:
        raise Unreadable("what was typed is no number in hex")
    return bytes.fromhex(line)


def _decimal(line: str) -> bytes:
    if not (line.isascii() and line.isdigit() and len(line) <= MOST_DECIMAL_DIGITS):
        raise Unreadable("what was typed is no number in decimal")
    try:
        return int(line).to_bytes(DECIMAL_LENGTH, "big")
    except OverflowError:
        raise Unreadable(f"the number that was typed does not fit {DECIMAL_LENGTH} bytes") from None
