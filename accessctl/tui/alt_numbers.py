"""Alt with a digit, as an ordinary terminal sends it: escape and the digit.

Textual takes these two bytes for what Option with a digit types on a Mac: Alt with 3 would put a pound sign
into the field that one is in. Without an entry in its table it would find the right name of the key, and
type the digit. So the table gets names that stand for no character: a field passes them on.
"""

from enum import Enum
from typing import cast

from textual._ansi_sequences import ANSI_SEQUENCES_KEYS

AltNumber = Enum("AltNumber", [(f"ALT_{number}", f"alt+{number}") for number in range(1, 10)])
"""As Textual's own ``Keys``: what it is called there is its value."""


def read_alt_numbers() -> None:
    """Have them read as the keys that they are, in every terminal."""
    table = cast("dict[str, object]", ANSI_SEQUENCES_KEYS)
    for key in AltNumber:
        table[f"\x1b{key.value[-1]}"] = (key,)
