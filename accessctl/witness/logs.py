"""Which logs a witness cosigns: public keys in a file, looked at anew when it changes."""

import logging
from pathlib import Path
from typing import Final

from accessctl.evidence.ed25519 import LogVerifier
from accessctl.evidence.note import NoteWrong
from accessctl.witness.errors import WitnessUnusable

log = logging.getLogger(__name__)

_LONGEST: Final = 1_000_000
"""In bytes."""


class Logs:
    """The logs that a file names. A file that is spoiled while it is in use changes nothing, and is said."""

    def __init__(self, path: Path) -> None:
        """Read it. Raises ``WitnessUnusable``."""
        self._path = path
        self._stamp = self._now()
        self._known = read(path)

    @property
    def origins(self) -> list[str]:
        """Their names."""
        self._look()
        return sorted(self._known)

    def keys_of(self, origin: str) -> list[LogVerifier]:
        """Give the keys that may sign for a log; none for one that is not named."""
        self._look()
        return self._known.get(origin, [])

    def _look(self) -> None:
        if (stamp := self._now()) == self._stamp:
            return
        self._stamp = stamp
        try:
            self._known = read(self._path)
        except WitnessUnusable as error:
            log.error("the logs are those of before: %s", error)  # noqa: TRY400 - the traceback adds nothing

    def _now(self) -> tuple[int, int, int] | None:
        try:
            found = self._path.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_ino, found.st_size


def read(path: Path) -> dict[str, list[LogVerifier]]:
    """Read the file: keys by the name of their log. Raises ``WitnessUnusable``, with the line."""
    try:
        with path.open("rb") as file:
            text = file.read(_LONGEST).decode()
    except (OSError, UnicodeDecodeError) as error:
        raise WitnessUnusable(f"{path} cannot be read: {error}") from error
    known: dict[str, list[LogVerifier]] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not (words := line.partition("#")[0].strip()):
            continue
        try:
            key = LogVerifier.of(words)
        except NoteWrong as wrong:
            raise WitnessUnusable(f"line {number} of {path}: {wrong}") from None
        known.setdefault(key.name, []).append(key)
    return known
