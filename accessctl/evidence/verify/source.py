"""Where the files of an export are read: a folder, or whatever else has names and bytes.

An export comes from somebody who may want to keep the verifier from its work. So nothing in it is followed to
elsewhere, nothing but a regular file is opened, and no more is read at once than such a file can hold.
"""

import io
import os
import stat
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Final, Protocol

from accessctl.evidence.merkle import HASH_BYTES, Hash
from accessctl.evidence.note import LONGEST
from accessctl.evidence.tiles import LONGEST_ENTRY, WIDTH, TileWrong, hashes_in, path_of
from accessctl.evidence.verify.report import Bad

CHECKPOINT, PREVIOUS, CONSISTENCY = "checkpoint", "previous", "consistency"
STAMPED = "stamped/checkpoint"
"""A head that a time stamper has stamped."""
STAMP = "stamped/checkpoint.tsr"
"""And the stamp."""
POLICY, README = "policy.txt", "README-verify.md"
VKEY, EVENTS, KEPT, PRUNED = "vkey.txt", "events.csv", "kept.jsonl", "pruned.txt"
_BUNDLES: Final = path_of(None, 0).rpartition("/")[0]
_TILES: Final = _BUNDLES.rpartition("/")[0]
_LONGEST_BUNDLE: Final = WIDTH * (2 + LONGEST_ENTRY)
_LONGEST_PROOF: Final = 64 * 64
"""Bytes that a proof of consistency has before its note: a line of its own, and 63 hashes."""
# Windows has neither of the first two, and wants to be told that bytes are wanted.
_FLAGS: Final = sum(getattr(os, name, 0) for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_BINARY"))


class Source(Protocol):
    """Files by their names in an export, such as ``tile/0/000``."""

    def read(self, name: str) -> bytes | None:
        """Give a file; ``None`` where there is none.

        Of one that is longer than such a file can be, the beginning and at least one byte too many. Raises
        ``Bad`` for what is no file.
        """
        ...

    def open(self, name: str) -> BinaryIO | None:
        """Open a file that may be long; ``None`` where there is none. Raises ``Bad`` for what is no file."""
        ...

    def others(self, known: AbstractSet[str]) -> Iterator[str]:
        """Give what lies there beside the files of these names: other files, and folders of nothing else."""
        ...


class Folder:
    """An export on disk."""

    def __init__(self, path: Path) -> None:
        """Remember where it is. Whoever named it may have named a link."""
        self.path = path
        self._known: set[str] = set()
        """Folders in it that are no links."""

    def read(self, name: str) -> bytes | None:
        """Give a file, as ``Source`` says. Raises ``OSError`` as well."""
        file = self.open(name)
        if file is None:
            return None
        with file:  # for what is asked for there is room made beforehand, however little there is
            return file.read(min(longest(name), os.fstat(file.fileno()).st_size) + 1)

    def open(self, name: str) -> BinaryIO | None:
        """Open a file, as ``Source`` says. Raises ``OSError`` as well."""
        try:
            self._check(name)
            # Without waiting for a writer and without following a link, should it be another one by now.
            return os.fdopen(os.open(self.path / name, os.O_RDONLY | _FLAGS), "rb")
        except (FileNotFoundError, NotADirectoryError):
            return None

    def others(self, known: AbstractSet[str]) -> Iterator[str]:
        """Give what lies there beside, as ``Source`` says. Nothing else is opened for that."""
        folders = {str(each) for name in known for each in PurePosixPath(name).parents}
        left = ["."]
        while left:
            with suppress(OSError), os.scandir(self.path / (folder := left.pop())) as found:
                for each in found:
                    name = str(PurePosixPath(folder, each.name))
                    if name in folders and each.is_dir(follow_symlinks=False):
                        left.append(name)
                    elif name not in known:
                        yield name

    def _check(self, name: str) -> None:
        """Raise ``Bad`` where a link or anything else lies in the way to a regular file."""
        folder, slash, rest = "", "", name
        while "/" in rest:
            part, _, rest = rest.partition("/")
            folder, slash = f"{folder}{slash}{part}", "/"
            if folder not in self._known:
                self._no_link(folder, name)
                self._known.add(folder)
        if not stat.S_ISREG(self._no_link(name, name)):
            raise Bad("this is no file that can be read", file=name)

    def _no_link(self, part: str, name: str) -> int:
        mode = os.lstat(f"{self.path}/{part}").st_mode
        if stat.S_ISLNK(mode):
            raise Bad(f"{part} is a link to elsewhere, and no part of this export", file=name)
        return mode


def longest(name: str) -> int:
    """Give how many bytes a file of this name can have."""
    if name.startswith(f"{_BUNDLES}/"):
        return _LONGEST_BUNDLE
    if name.startswith(f"{_TILES}/"):
        return WIDTH * HASH_BYTES
    return LONGEST + (_LONGEST_PROOF if name == CONSISTENCY else 0)


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

    def others(self, known: AbstractSet[str]) -> Iterator[str]:
        """Give what there is beside."""
        return (name for name in self.files if name not in known)


class Noting:
    """An export of which it is noted what was looked for in it."""

    def __init__(self, source: Source) -> None:
        """``source`` has the files."""
        self._source = source
        self._looked_for: set[str] = set()

    def read(self, name: str) -> bytes | None:
        """Give a file, as ``Source`` says."""
        self._looked_for.add(name)
        return self._source.read(name)

    def open(self, name: str) -> BinaryIO | None:
        """Open a file, as ``Source`` says."""
        self._looked_for.add(name)
        return self._source.open(name)

    def others(self, known: AbstractSet[str] = frozenset()) -> Iterator[str]:
        """Give what was not looked for either."""
        return self._source.others(known | self._looked_for)


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
