"""Consistency between two heads in a file: the body of a request to a witness (C2SP tlog-witness).

So that what lies in an export can be handed to any witness as it is.
"""

import re
from dataclasses import dataclass
from typing import Final

from accessctl.evidence.merkle import Hash
from accessctl.evidence.note import NoteWrong
from accessctl.evidence.proof import encoded, hashes_of

_OLD: Final = re.compile(r"old (?P<size>0|[1-9][0-9]{0,18})")


@dataclass(frozen=True, slots=True)
class Consistency:
    """That the tree under a checkpoint begins with the one of ``old`` entries."""

    old: int
    hashes: tuple[Hash, ...]
    checkpoint: bytes
    """The newer signed note, as it is."""

    def __bytes__(self) -> bytes:
        """Give the file."""
        return "\n".join([f"old {self.old}", *encoded(self.hashes), "", ""]).encode() + self.checkpoint

    @classmethod
    def parse(cls, written: bytes) -> "Consistency":
        """Read a file. Raises ``NoteWrong``."""
        head, gap, checkpoint = written.partition(b"\n\n")
        try:
            first, *lines = head.decode("ascii").split("\n")
        except UnicodeDecodeError:
            raise NoteWrong("this is no proof of consistency: its head is not in ASCII") from None
        found = _OLD.fullmatch(first)
        if not gap or found is None:
            raise NoteWrong("this is no proof of consistency: it does not begin with the old size")
        return cls(int(found["size"]), hashes_of(lines), checkpoint)
