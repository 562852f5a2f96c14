"""The token with which this account asks the API: where it is looked for, and where a session's is kept.

In order: the file that is named, the variable ``ACCESSCTL_TOKEN``, the session that ``accessctl login`` has
begun. With none of them the API goes by who connects to its socket. A token that is found is the one that
counts: if it counts no more, nobody else is asked for in its place, so that nobody acts in another name than
they think.
"""

import hashlib
import os
import re
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Final

VARIABLE: Final = "ACCESSCTL_TOKEN"
LONGEST: Final = 4096
_TOKEN: Final = re.compile(r"[!-~]+")
"""What can stand in a header: no space, no line break, nothing but ASCII."""


class TokenUnusable(Exception):
    """There is a token, or a place for one, that must not be used. Never says what the token is."""


def token_for(with_: Path, file: Path | None = None) -> str | None:
    """Give the token to ask with, if there is one. Raises ``TokenUnusable``."""
    if file is not None:
        token = _read(file, _not_everybodys)
        if token is None:
            raise TokenUnusable(f"{file}: there is no such file")
        return token
    if given := os.environ.get(VARIABLE):
        return _checked(given.strip(), VARIABLE)
    return kept(with_)


def kept(with_: Path) -> str | None:
    """Give the token of this account's session, if there is one. Raises ``TokenUnusable``."""
    return _read(session_file(with_), _ours_alone)


def keep(with_: Path, token: str) -> Path:
    """Keep a session's token where only this account can read it. Raises ``TokenUnusable``."""
    path = session_file(with_)
    new = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        new.unlink(missing_ok=True)
        handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as stream:
            stream.write(_checked(token, "the API's answer") + "\n")
        new.replace(path)
    except OSError as error:
        raise TokenUnusable(f"{path}: {error.strerror}; the session was not kept") from error
    return path


def forget(with_: Path) -> None:
    """Remove the session's file."""
    session_file(with_).unlink(missing_ok=True)


def session_file(with_: Path) -> Path:
    """Give the file of this account's session with an installation; each has its own.

    ``with_`` is its folder, or where that is not ours to enter the socket at which it is asked.
    """
    at_run_time = os.environ.get("XDG_RUNTIME_DIR")
    folder = Path(at_run_time) if at_run_time else Path.home() / ".local" / "state"
    name = hashlib.sha256(os.fsencode(with_.resolve())).hexdigest()[:16]
    return folder / "accessctl" / f"session-{name}"


def _read(path: Path, refuse: Callable[[os.stat_result], str | None]) -> str | None:
    """Read a token; ``None`` where there is no file. Checks the very file that is read."""
    try:
        # Without O_NONBLOCK a pipe that nobody writes to would hold the command.
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise TokenUnusable(f"{path}: {error.strerror}") from error
    with os.fdopen(handle, "rb") as stream:
        found = os.fstat(handle)
        wrong = refuse(found) if stat.S_ISREG(found.st_mode) else "it is no file"
        if wrong:
            raise TokenUnusable(f"{path}: {wrong}, so the token in it is not used")
        return _checked(stream.read(LONGEST).decode(errors="replace").strip(), str(path))


def _ours_alone(found: os.stat_result) -> str | None:
    """Say why a session's file is not to be trusted; it was made by us, and for nobody else."""
    if found.st_uid != os.geteuid():
        return "it belongs to somebody else"
    return "others may read it" if found.st_mode & 0o077 else None


def _not_everybodys(found: os.stat_result) -> str | None:
    """Say why a file that is named must not be used. A group may: systemd hands credentials over so."""
    return "everybody may read it" if found.st_mode & 0o007 else None


def _checked(token: str, where: str) -> str:
    if not _TOKEN.fullmatch(token):
        raise TokenUnusable(f"{where}: there is no token in it")
    return token
