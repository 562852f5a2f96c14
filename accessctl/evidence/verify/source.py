"""Where the files of an export are read: a folder, or whatever else has names and bytes."""

import io
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO, Protocol

from accessctl.evidence.merkle import Hash
from accessctl.evidence.tiles import WIDTH, TileWrong, hashes_in, path_of
from accessctl.evidence.verify.report import Bad

CHECKPOINT, PREVIOUS, CONSISTENCY = "checkpoint", "previous", "consistency"
STAMPED = "stamped/checkpoint"
"""A head that a time stamper has stamped; its stamp lies beside it."""
VKEY, EVENTS, KEPT, PRUNED = "vkey.txt", "events.csv", "kept.jsonl", "pruned.txt"


class Source(Protocol):
    """Files by their names in an export, such as ``tile/0/000``."""

    def read(self, name: str) -> bytes | None:
        """Give a file; ``None`` where there is none."""
        ...

    def open(self, name: str) -> BinaryIO | None:
        """Open a file that may be long; ``None`` where there is none."""
        ...


class Folder:
    """An export on disk."""

    def __init__(self, path: Path) -> None:
        """Remember where it is."""
        self.path = path

    def read(self, name: str) -> bytes | None:
        """Give a file; ``None`` where there is none. Raises ``OSError``."""
        try:
            return (self.path / name).read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None

    def open(self, name: str) -> BinaryIO | None:
        """Open a file; ``None`` where there is none. Raises ``OSError``."""
        try:
            return (self.path / name).open("rb")
        except (FileNotFoundError, NotADirectoryError):
            return None


class InMemory:
    """An export in memory."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        """``files`` by their names."""
        self.files = files

    def read(self, name: str) -> bytes | None:
        """Give a file; ``None`` where there is none."""
        return self.files.get(name)

    def open(self, name: str) -> BinaryIO | None:
        """Open a file; ``None`` where there is none."""
        found = self.files.get(name)
        return None if found is None else io.BytesIO(found)


def width_of(level: int, number: int, size: int) -> int:
    """Give how many hashes a tile of a tree of this size has."""
    return min(WIDTH, (size >> (8 * level)) - number * WIDTH)


def tile_in(source: Source, level: int, number: int, size: int) -> list[Hash]:
    """Give the hashes of a tile. Raises ``Bad`` where it is missing or is none."""
    width = width_of(level, number, size)
    name = path_of(level, number, width)
    first = ((number * WIDTH) << (8 * level)) + 1
    found = source.read(name)
    if found is None:
        raise Bad("this tile is missing", first, name)
    try:
        return hashes_in(found, width)
    except TileWrong as wrong:
        raise Bad(str(wrong), first, name) from None
