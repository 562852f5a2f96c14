"""Files and folders that grow under another name and get their own when they are whole.

``NAME.part`` is the file, ``NAME.part.json`` says how far it is whole and of what: whoever goes on with it
cuts off what was written after that, and begins behind it.
"""

import fcntl
import json
import os
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, Final, Self

from accessctl.exporting.errors import ExportFailed

_EVERY_S: Final = 2.0
"""How often it is noted how far a file is whole: so much work is lost at most."""
_MODE: Final = 0o600


class Part:
    """A file in the making. Leaving it in a ``with`` keeps what there is, for whoever goes on."""

    def __init__(self, target: Path, of: Mapping[str, Any], *, resume: bool) -> None:
        """``of`` says what is written: only the same is gone on with. Raises ``ExportFailed``."""
        self._target, self._of = target, dict(of)
        self._path = target.with_name(f"{target.name}.part")
        self._notes = target.with_name(f"{target.name}.part.json")
        self.reached = self.entries = 0
        if os.path.lexists(target):
            raise ExportFailed(f"{target} is there already")
        self._file = self._opened(resume=resume)
        self._noted = time.monotonic()

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(self, *_error: object) -> None:
        """Keep what there is."""
        if not self._file.closed:
            self._note()
            self._file.close()

    @property
    def empty(self) -> bool:
        """Whether nothing is in it yet, not even what comes before the first entry."""
        return not self._file.tell()

    def write(self, written: bytes, entries: int, reached: int) -> None:
        """Add so many entries: up to the number ``reached`` everything is there that is wanted."""
        self._file.write(written)
        self.reached = reached
        self.entries += entries
        if time.monotonic() - self._noted >= _EVERY_S:
            self._note()

    def finish(self) -> None:
        """Give the file its name."""
        self._sync()
        _give_name(self._path, self._target)
        self._notes.unlink(missing_ok=True)
        sync(self._target.parent)
        self._file.close()

    def _opened(self, *, resume: bool) -> IO[bytes]:
        flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | (0 if resume else os.O_EXCL)
        try:
            file = os.fdopen(os.open(self._path, flags, _MODE), "r+b")
        except FileExistsError:
            raise _in_the_way(self._path, "go on with --resume, or remove it") from None
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if resume:
                self._go_on(file)
        except BlockingIOError:
            file.close()
            raise ExportFailed(f"{self._path} is being written by another process") from None
        except BaseException:
            file.close()
            raise
        return file

    def _go_on(self, file: IO[bytes]) -> None:
        """Begin behind what is known to be whole."""
        try:
            noted = json.loads(self._notes.read_bytes())
            size, reached, entries = int(noted["bytes"]), int(noted["reached"]), int(noted["entries"])
        except FileNotFoundError:
            size = reached = entries = 0
            noted = {"of": self._of}
        except (ValueError, KeyError, TypeError):
            raise ExportFailed(
                f"{self._notes} does not say how far it came: remove it and begin anew"
            ) from None
        if noted["of"] != self._of:
            raise ExportFailed(f"{self._path} is of something else: the same has to be asked for as then")
        if file.seek(0, os.SEEK_END) < size:
            raise ExportFailed(f"{self._path} is shorter than it was: remove it and begin anew")
        file.truncate(size)
        file.seek(size)
        self.reached, self.entries = reached, entries

    def _note(self) -> None:
        """Say how far the file is whole, once it is so on disk."""
        self._sync()
        noted = {
            "of": self._of,
            "bytes": self._file.tell(),
            "reached": self.reached,
            "entries": self.entries,
        }
        new = self._notes.with_name(f"{self._notes.name}.new")
        new.write_text(json.dumps(noted), encoding="utf-8")
        new.replace(self._notes)
        self._noted = time.monotonic()

    def _sync(self) -> None:
        self._file.flush()
        os.fsync(self._file.fileno())


@contextmanager
def new_file(target: Path) -> Iterator[IO[bytes]]:
    """Give a file that has its name when the block has ended well, and is gone otherwise.

    It cannot be gone on with. Raises ``ExportFailed``.
    """
    if os.path.lexists(target):
        raise ExportFailed(f"{target} is there already")
    part = target.with_name(f"{target.name}.part")
    file = _locked(part)
    try:
        with file:
            yield file
            file.flush()
            os.fsync(file.fileno())
            _give_name(part, target)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    sync(target.parent)


@contextmanager
def new_folder(target: Path) -> Iterator[Path]:
    """Give a folder that has its name when the block has ended well, and is gone otherwise.

    It cannot be gone on with. Raises ``ExportFailed``.
    """
    if os.path.lexists(target):
        raise ExportFailed(f"{target} is there already")
    part = target.with_name(f"{target.name}.part")
    try:
        part.mkdir(mode=0o700)
    except FileExistsError:
        raise _in_the_way(part, "remove it") from None
    try:
        with _held(part):
            yield part
            _give_name(part, target)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    sync(target.parent)


@contextmanager
def _held(folder: Path) -> Iterator[None]:
    """Lock a folder, so that others are told that it is being written, where its file system can do that."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):
            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(opened)


def _in_the_way(part: Path, then: str) -> ExportFailed:
    """Say why nothing new can begin: somebody is at it, or it was left; ``then`` that can be done."""
    if _is_locked(part):
        return ExportFailed(f"{part} is being written by another process")
    return ExportFailed(f"{part} is left from an export that did not end: {then}")


def _is_locked(path: Path) -> bool:
    """Whether another process writes this now, as far as can be told."""
    try:
        opened = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return False
    try:
        fcntl.flock(opened, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    finally:
        os.close(opened)
    return False


def _give_name(part: Path, target: Path) -> None:
    if os.path.lexists(target):
        raise ExportFailed(f"{target} has come to be there meanwhile")
    part.rename(target)


def _locked(part: Path) -> IO[bytes]:
    """Make a file that nobody else writes, nor goes on with while it is being written."""
    try:
        file = os.fdopen(os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, _MODE), "wb")
    except FileExistsError:
        raise _in_the_way(part, "remove it") from None
    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    return file


def sync(path: Path) -> None:
    """Bring a file to the disk, or the names in a folder."""
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
