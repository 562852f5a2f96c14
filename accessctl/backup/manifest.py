"""What a backup says of itself: the first member of its file, so that nothing else need be read for it."""

import hashlib
import io
import json
import re
import tarfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any, BinaryIO, Final, cast

FORMAT: Final = 1
MANIFEST: Final = "manifest.json"
ID_PATTERN: Final = r"^b-[a-z2-7]{8}$"
STORES: Final = ("record.db", "people.db")
TREE: Final = "tree.db"
"""The tree over the record; older backups have none."""
SITE_FILES: Final = ("site.toml", "site.last-good.toml")
SEALED: Final = ("reader-keys.json", "card-keys.json")
MEMBERS: Final = (*STORES, TREE, *SITE_FILES, *SEALED)
LEFT_OUT: Final = ("root.key",)
NOTE: Final = (
    "root.key is not in here. Without it no card, no PIN and none of the sealed keys is worth anything: "
    "keep a copy of it in another place"
)
LARGEST_MANIFEST: Final = 64 * 1024
A_PIECE: Final = 1024 * 1024

_ID: Final = re.compile(ID_PATTERN)


class BackupUnusable(Exception):
    """A file is no backup, or not whole. The words say what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Member:
    """One file in a backup."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup holds."""

    id: str
    made_at: str
    """ISO 8601 in UTC: when the people's store was copied, which is last."""
    version: str
    """Of the software that made it."""
    controller: str | None
    """The name of the controller; none where nothing was ever recorded."""
    schema: dict[str, list[str]]
    """The migrations of each store."""
    epochs: dict[str, str]
    """Which files the stores are copies of."""
    last_seq: int
    """The number of the record's last entry."""
    files: tuple[Member, ...]
    format: int = FORMAT
    left_out: tuple[str, ...] = LEFT_OUT
    note: str = NOTE

    @property
    def size(self) -> int:
        """The bytes of all files."""
        return sum(file.size for file in self.files)

    def text(self) -> bytes:
        """Write it."""
        return json.dumps(asdict(self), indent=2).encode() + b"\n"

    @classmethod
    def of(cls, text: bytes) -> "Manifest":
        """Read it. Raises ``BackupUnusable``."""
        try:
            said: dict[str, Any] = json.loads(text)
            if said["format"] != FORMAT:
                raise BackupUnusable(
                    f"it is a backup of format {said['format']}, which this version cannot read"
                )
            files = tuple(Member(str(f["name"]), int(f["size"]), str(f["sha256"])) for f in said.pop("files"))
            manifest = cls(**{**said, "files": files, "left_out": tuple(said["left_out"])})
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise BackupUnusable("what it says of itself cannot be read") from error
        _check(manifest)
        return manifest


def is_id(word: str) -> bool:
    """Whether this can be a backup's id: no path can be written in those letters."""
    return _ID.fullmatch(word) is not None


def read_manifest(path: Path) -> Manifest:
    """Read what a backup says of itself. Raises ``BackupUnusable``."""
    with opened(path) as tar:
        return first_of(tar)


def opened(path: Path) -> tarfile.TarFile:
    """Open a backup. Raises ``BackupUnusable``."""
    try:
        return tarfile.open(path, "r:")
    except (OSError, tarfile.TarError) as error:
        raise BackupUnusable(f"{path.name} is no backup: {_words(error)}") from error


def first_of(tar: tarfile.TarFile) -> Manifest:
    """Read the first member. Raises ``BackupUnusable``."""
    try:
        first = tar.next()
        stream = (
            None if first is None or first.name != MANIFEST or not first.isreg() else tar.extractfile(first)
        )
        if stream is None:
            raise BackupUnusable("it does not begin with what a backup says of itself")
        return Manifest.of(stream.read(LARGEST_MANIFEST))
    except (OSError, tarfile.TarError) as error:
        raise BackupUnusable(f"it cannot be read: {_words(error)}") from error


def members_of(tar: tarfile.TarFile, manifest: Manifest) -> Iterator[tuple[Member, Iterator[bytes]]]:
    """Give each file that the manifest names, in pieces. Raises ``BackupUnusable`` for anything else.

    Whatever the archive holds besides would be written somewhere by whoever unpacks it without looking.
    """
    wanted = {file.name: file for file in manifest.files}
    try:
        while (entry := tar.next()) is not None:
            file = wanted.pop(entry.name, None)
            if file is None or not entry.isreg() or entry.size != file.size:
                raise BackupUnusable(f"it holds {entry.name!r}, which is not what it says of itself")
            yield file, _checked(tar, entry, file)
    except (OSError, tarfile.TarError) as error:
        raise BackupUnusable(f"it cannot be read: {_words(error)}") from error
    if wanted:
        raise BackupUnusable(f"{', '.join(sorted(wanted))} is missing: the file ends too early")


class _Heard:
    """A file that tells how much of it was read."""

    def __init__(self, file: BinaryIO, heard: Callable[[int], object]) -> None:
        self._file, self._heard = file, heard

    def read(self, size: int = -1) -> bytes:
        """Read on."""
        piece = self._file.read(size)
        self._heard(len(piece))
        return piece


def pack(path: Path, manifest: Manifest, folder: Path, written: Callable[[int], object]) -> None:
    """Write a backup from the files in a folder; ``written`` hears of each piece. Raises ``OSError``."""
    with tarfile.open(path, "x:") as tar:
        path.chmod(0o600)
        text = manifest.text()
        about = _entry(MANIFEST, len(text))
        tar.addfile(about, io.BytesIO(text))
        for file in manifest.files:
            with (folder / file.name).open("rb") as source:
                tar.addfile(_entry(file.name, file.size), cast("IO[bytes]", _Heard(source, written)))


def digest_of(path: Path) -> str:
    """Give the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _checked(tar: tarfile.TarFile, entry: tarfile.TarInfo, file: Member) -> Iterator[bytes]:
    """Give a member's pieces, and in the end see whether they were the right ones."""
    seen = hashlib.sha256()
    stream = tar.extractfile(entry)
    try:
        while stream is not None and (piece := stream.read(A_PIECE)):
            seen.update(piece)
            yield piece
    except tarfile.TarError as error:
        raise BackupUnusable(f"{file.name} in it cannot be read: {_words(error)}") from error
    if seen.hexdigest() != file.sha256:
        raise BackupUnusable(f"{file.name} in it is not what was put in: its SHA-256 is another")


def _entry(name: str, size: int) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = size, 0o600
    return entry


def _check(manifest: Manifest) -> None:
    names = [file.name for file in manifest.files]
    if (
        len(set(names)) != len(names)
        or not set(STORES) <= set(names) <= set(MEMBERS)
        or not is_id(manifest.id)
    ):
        raise BackupUnusable("it does not hold what a backup holds")
    known: Mapping[str, list[str]] = manifest.schema
    if not {"people", "record"} <= set(known) <= {"people", "record", "tree"}:
        raise BackupUnusable("it does not say which version its stores have")


def _words(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error) or type(error).__name__
