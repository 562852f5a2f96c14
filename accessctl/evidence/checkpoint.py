"""Heads of the tree as they are signed: which log, how many entries, which root (C2SP tlog-checkpoint)."""

import base64
import binascii
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from accessctl.evidence.merkle import HASH_BYTES, Hash
from accessctl.evidence.note import NoteWrong, Verifier, verified

LARGEST: Final = 2**63 - 1
"""Entries that a log can have: so far count those who keep heads in a database."""
_SIZE: Final = re.compile(r"0|[1-9][0-9]{0,18}")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A head of a log."""

    origin: str
    """Names the log: no other log in the world has it."""
    size: int
    root: Hash

    @property
    def text(self) -> str:
        """The lines that are signed."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"

    @classmethod
    def parse(cls, text: str) -> "Checkpoint":
        """Read the lines; what stands below them is an extension, and skipped. Raises ``NoteWrong``."""
        lines = text.split("\n")
        if len(lines) < 4 or lines[-1]:  # noqa: PLR2004 - three lines, and the end of the third
            raise NoteWrong("a checkpoint has three lines")
        origin, size, root = lines[:3]
        if not origin or not _SIZE.fullmatch(size) or any(not line for line in lines[3:-1]):
            raise NoteWrong("this is no checkpoint: its first lines are no origin and no size")
        if int(size) > LARGEST:
            raise NoteWrong(f"no log has {size} entries")
        try:
            hash_ = base64.b64decode(root, validate=True)
        except (binascii.Error, ValueError):
            hash_ = b""
        if len(hash_) != HASH_BYTES or base64.b64encode(hash_).decode() != root:
            raise NoteWrong("the root of this checkpoint is no hash")
        return cls(origin, int(size), hash_)


def opened(written: bytes, origin: str, known: Iterable[Verifier]) -> tuple[Checkpoint, list[Verifier]]:
    """Give the head that a note tells of, and who signed it. Raises ``NoteWrong``.

    It has to be that of ``origin``. Who has to have signed it, ``known`` says.
    """
    note, signers = verified(written, known)
    checkpoint = Checkpoint.parse(note.text)
    if checkpoint.origin != origin:
        raise NoteWrong(f"this is a checkpoint of {checkpoint.origin} and not of {origin}")
    return checkpoint, signers
