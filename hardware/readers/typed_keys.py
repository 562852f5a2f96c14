"""Which character is a key? As a keyboard with the layout of the United States has them. Pure.

Badge readers pose as such a keyboard, whatever the country. The codes are the kernel's
(``linux/input-event-codes.h``); they name places on the keyboard and never change.
"""

from collections.abc import Mapping
from itertools import chain
from types import MappingProxyType
from typing import Final

ENTER: Final = frozenset({28, 96})
"""Enter, and the one on the number pad."""
SHIFT: Final = frozenset({42, 54})
CAPS_LOCK: Final = 58
NUM_LOCK: Final = 69
"""Changes nothing: the kernel gives the number pad's keys codes of their own."""

_ROWS: Final = (
    (2, "1234567890-=", "!@#$%^&*()_+"),
    (16, "qwertyuiop[]", "QWERTYUIOP{}"),
    (30, "asdfghjkl;'`", 'ASDFGHJKL:"~'),
    (43, "\\", "|"),
    (44, "zxcvbnm,./", "ZXCVBNM<>?"),
    (57, " ", " "),
)
"""The code of the first key of a row, and what the row's keys are alone and with Shift."""
_NUMBER_PAD: Final = MappingProxyType(
    {71: "7", 72: "8", 73: "9", 75: "4", 76: "5", 77: "6", 79: "1", 80: "2", 81: "3", 82: "0"}
    | {55: "*", 74: "-", 78: "+", 83: ".", 98: "/", 117: "="}
)


def _row(first: int, characters: str) -> dict[int, str]:
    return dict(enumerate(characters, first))


PLAIN: Final[Mapping[int, str]] = MappingProxyType(
    dict(chain(*(_row(first, plain).items() for first, plain, _ in _ROWS))) | _NUMBER_PAD
)
SHIFTED: Final[Mapping[int, str]] = MappingProxyType(
    dict(chain(*(_row(first, shifted).items() for first, _, shifted in _ROWS))) | _NUMBER_PAD
)
DIGITS: Final = frozenset(code for code, character in PLAIN.items() if character.isdigit())

CLEAR: Final = frozenset({1, 14, 55, 74, 83, 98, 111, 121})
"""Keys of a keypad that take back what was typed, since few have a star: Escape, Backspace, on the number pad
``*``, ``-``, ``.`` and ``/``, Delete, and the comma that some number pads have."""


def keypad_key(code: int, *, shifted: bool) -> str | None:
    """Tell which of ``0`` to ``9``, ``*`` and ``#`` a key of a keypad is; ``None`` for any other."""
    if code in ENTER:
        return "#"
    if code in CLEAR:
        return "*"
    character = (SHIFTED if shifted else PLAIN).get(code, "")
    return character if character and character in "0123456789*#" else None
