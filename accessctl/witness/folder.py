"""Where a witness keeps its files: its name, its key, which logs it cosigns, and what it has seen of them."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from accessctl.evidence.ed25519 import Cosigner
from accessctl.evidence.note import is_name
from accessctl.keys.root import Purpose, RootKey, RootKeyUnusable
from accessctl.witness.errors import WitnessUnusable
from accessctl.witness.state import State

SYSTEM_FOLDER: Final = Path("/var/lib/accessctl-witness")
LONGEST_NAME: Final = 128
_LOGS: Final = """\
# The logs whose heads are cosigned here: the public key of each on a line of its own (NAME+ID+KEY), as
# `accessctl log show` prints it at the controller. A change counts with the next request.
"""


@dataclass(frozen=True, slots=True)
class Folder:
    """The folder of one witness."""

    path: Path

    @property
    def key(self) -> Path:
        """Its secret. Only the witness may read it."""
        return self.path / "witness.key"

    @property
    def name(self) -> Path:
        """The name under which it signs."""
        return self.path / "name.txt"

    @property
    def logs(self) -> Path:
        """The public keys of the logs that it cosigns."""
        return self.path / "logs.txt"

    @property
    def state(self) -> Path:
        """What it has cosigned."""
        return self.path / "witness.db"

    @property
    def lock(self) -> Path:
        """Held by the process that serves."""
        return self.path / "witness.lock"

    @property
    def tls(self) -> Path:
        """Its own certificate, where it makes one."""
        return self.path / "tls"

    def make(self, name: str) -> Cosigner:
        """Make a new witness. Raises ``WitnessUnusable`` where there is one, or for a name that is none."""
        if not is_name(name) or not name.isascii() or not name.isprintable() or len(name) > LONGEST_NAME:
            raise WitnessUnusable(
                f"a witness is named such as witness.example.com/w1: {LONGEST_NAME} ASCII letters at most, "
                "no blank and no plus"
            )
        there = next((path for path in (self.key, self.name, self.logs, self.state) if path.exists()), None)
        if there is not None:
            raise WitnessUnusable(f"there is a witness already: {there}")
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            RootKey.create(self.key)
            State.make(self.state)
            _write(self.logs, _LOGS)
            _write(self.name, f"{name}\n")  # the last one: without it, it is no witness yet
        except OSError as error:
            raise WitnessUnusable(f"{error.filename or self.path}: {error.strerror or error}") from error
        return self.signer()

    def signer(self) -> Cosigner:
        """Give what signs for it. Raises ``WitnessUnusable``."""
        try:
            name = self.name.read_text(encoding="ascii").strip()
            seed = RootKey.load(self.key).derive(Purpose.WITNESS)
        except (OSError, ValueError, RootKeyUnusable) as error:
            raise WitnessUnusable(
                f"there is no whole witness at {self.path} ({error}): `accessctl witness init` makes one"
            ) from error
        return Cosigner(name, seed)


def _write(path: Path, text: str) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644), "w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
