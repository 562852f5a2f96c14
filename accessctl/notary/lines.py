"""A signed head on one line of a log, and back.

``head ORIGIN SIZE ROOT NAME SIGNATURE``: the lines of the note with blanks for their ends, without the blank
line and the dashes, which not every log carries through unharmed. Further signatures are two words each.
"""

from typing import Final

from accessctl.evidence.note import NoteWrong, parsed

WORD: Final = "head"
_FEWEST: Final = 6


def on_one_line(note: bytes) -> str:
    """Write a signed head on one line. Raises ``NoteWrong`` for what is none."""
    found = parsed(note)
    signatures = (each.line.removeprefix("— ") for each in found.signatures)
    return " ".join([WORD, *found.text.split(), *signatures])


def from_one_line(line: str) -> bytes:
    """Put a note together again; what a log has put before it is skipped. Raises ``NoteWrong``."""
    _, found, rest = f" {line}".partition(f" {WORD} ")
    words = rest.split()
    if not found or len(words) + 1 < _FEWEST or (len(words) - 3) % 2:
        raise NoteWrong("the line has no signed head")
    signatures = zip(words[3::2], words[4::2], strict=True)
    lines = [*words[:3], "", *(f"— {name} {signed}" for name, signed in signatures)]
    note = ("\n".join(lines) + "\n").encode()
    parsed(note)
    return note
