"""Alt with a digit, as an ordinary terminal sends it: escape and the digit.

Textual takes these two bytes for what Option with a digit types on a Mac: Alt with 3 would put a pound sign
into the field that one is in. Without an entry in its table it would find the right name of the key, and
type the digit. So the table gets names that stand for no character: a field passes them on.
"""

from typing import NamedTuple, cast

from textual._ansi_sequences import ANSI_SEQUENCES_KEYS


class _Key(NamedTuple):
    """A key, as the table has it."""

    value: str
    """Its name."""


def read_alt_numbers() -> None:
    """Have them read as the keys that they are, in every terminal."""
    table = cast("dict[str, object]", ANSI_SEQUENCES_KEYS)
    for number in range(1, 10):
        table[f"\x1b{number}"] = (_Key(f"alt+{number}"),)
