"""What is asked of the verifier: files on disk, and whom to trust."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from accessctl.evidence.note import LONGEST, NoteWrong
from accessctl.evidence.proof import HEAD
from accessctl.evidence.seal import Disclosure, DisclosureWrong
from accessctl.evidence.verify.export import Older, verify_export
from accessctl.evidence.verify.keys import Trust
from accessctl.evidence.verify.report import Report, Step
from accessctl.evidence.verify.single import verify_proof
from accessctl.evidence.verify.source import CHECKPOINT, VKEY, Folder


class WrongUse(ValueError):
    """What was asked cannot be done. The words say why."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be verified and how."""

    path: Path
    vkey: Path | None = None
    policy: Path | None = None
    previous: Sequence[Path] = ()
    """Older exports, or their checkpoints."""
    pruned: int = 0
    who: Path | None = None
    """A file that says who a pseudonym is; only for a proof."""

    def older(self) -> list[Older]:
        """Read the older heads. Raises ``WrongUse``."""
        return [_older(each) for each in self.previous]

    def trust(self) -> Trust:
        """Read the key that is to be trusted. Raises ``WrongUse``."""
        if self.policy is not None:
            return _read(self.policy, Trust.of_policy)
        if self.vkey is not None:
            return _read(self.vkey, Trust.of_keys)
        beside = (self.path if self.path.is_dir() else self.path.parent) / VKEY
        if not beside.is_file():
            raise WrongUse(f"name the public key with --vkey: none lies at {beside}")
        return _read(beside, lambda written, source: Trust.of_keys(written, source, own=True))

    def verify(self, step: Step) -> Report:
        """Verify an export or a proof. Raises ``WrongUse`` and ``OSError``."""
        if not self.path.exists():
            raise WrongUse(f"there is no {self.path}")
        trust = self.trust()
        who = None if self.who is None else _disclosure(self.who)
        if self.path.is_dir():
            if who is not None:
                raise WrongUse("--who tells who the entry of a proof is about, and this is an export")
            path, older = str(self.path), self.older()
            return verify_export(path, Folder(self.path), trust, older, pruned=self.pruned, step=step)
        if self.previous:
            raise WrongUse("a proof is of one entry: an export is needed to tell what was removed")
        written = _bytes(self.path)
        if not written.startswith(HEAD.encode()):
            raise WrongUse(f"{self.path} is neither an export (a folder) nor a proof ({HEAD})")
        return verify_proof(str(self.path), written, trust, who)


def _older(path: Path) -> Older:
    if not path.is_dir():
        return Older(str(path), _bytes(path))
    note = path / CHECKPOINT
    return Older(str(note), _bytes(note), Folder(path))


def _disclosure(path: Path) -> Disclosure:
    try:
        return Disclosure.parse(_bytes(path))
    except DisclosureWrong as wrong:
        raise WrongUse(f"{path} does not say who a pseudonym is: {wrong}") from None


def _read(path: Path, parse: Callable[[bytes, str], Trust]) -> Trust:
    try:
        return parse(_bytes(path), str(path))
    except NoteWrong as wrong:
        raise WrongUse(f"{path}: {wrong}") from None


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(LONGEST)
    except OSError as error:
        raise WrongUse(f"{path} cannot be read: {error.strerror}") from None
