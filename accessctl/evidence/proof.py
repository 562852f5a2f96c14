"""Proofs in files: one entry's place under a signed head, for whoever has nothing else (C2SP tlog-proof)."""

import base64
import binascii
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from accessctl.evidence.merkle import HASH_BYTES, Hash
from accessctl.evidence.note import NoteWrong

HEAD: Final = "c2sp.org/tlog-proof@v1"
MOST_HASHES: Final = 63
_INDEX: Final = re.compile(r"index (?P<index>0|[1-9][0-9]{0,18})")
_EXTRA: Final = "extra "


@dataclass(frozen=True, slots=True)
class TlogProof:
    """That an entry stands at an index of the tree under a checkpoint."""

    index: int
    hashes: tuple[Hash, ...]
    checkpoint: bytes
    """The signed note, as it is."""
    extra: bytes | None = None
    """What goes along: here the entry itself."""

    def __bytes__(self) -> bytes:
        """Give the file."""
        lines = [HEAD]
        if self.extra is not None:
            lines.append(_EXTRA + base64.b64encode(self.extra).decode())
        lines.append(f"index {self.index}")
        lines += encoded(self.hashes)
        return "\n".join([*lines, "", ""]).encode() + self.checkpoint

    @classmethod
    def parse(cls, written: bytes) -> "TlogProof":
        """Read a file. Raises ``NoteWrong``."""
        head, gap, checkpoint = written.partition(b"\n\n")
        try:
            lines = head.decode("ascii").split("\n")
        except UnicodeDecodeError:
            raise NoteWrong("this is no proof: its head is not in ASCII") from None
        if not gap or lines[0] != HEAD or len(lines) < 2:  # noqa: PLR2004 - its name and an index
            raise NoteWrong(f"this is no proof: it does not begin with {HEAD}")
        extra = decoded(lines.pop(1).removeprefix(_EXTRA)) if lines[1].startswith(_EXTRA) else None
        found = _INDEX.fullmatch(lines[1]) if len(lines) > 1 else None
        if found is None:
            raise NoteWrong("the proof names no index")
        return cls(int(found["index"]), hashes_of(lines[2:]), checkpoint, extra)


def encoded(hashes: Sequence[Hash]) -> list[str]:
    """Give hashes as lines."""
    return [base64.b64encode(hash_).decode() for hash_ in hashes]


def hashes_of(lines: Sequence[str]) -> tuple[Hash, ...]:
    """Read hashes from lines. Raises ``NoteWrong``."""
    if len(lines) > MOST_HASHES:
        raise NoteWrong("a proof has at most 63 hashes")
    found = tuple(decoded(line) for line in lines)
    if any(len(hash_) != HASH_BYTES for hash_ in found):
        raise NoteWrong("a hash of the proof has not 32 bytes")
    return found


def decoded(line: str) -> bytes:
    """Read base64 of which every bit counts. Raises ``NoteWrong``."""
    try:
        said = base64.b64decode(line, validate=True)
    except (binascii.Error, ValueError):
        raise NoteWrong("a line of the proof is not base64") from None
    if base64.b64encode(said).decode() != line:
        raise NoteWrong("a line of the proof is not base64 as it is written")
    return said
