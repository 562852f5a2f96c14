"""What is asked of the verifier: files on disk, and whom to trust."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from accessctl.evidence.note import LONGEST, NoteWrong
from accessctl.evidence.proof import HEAD
from accessctl.evidence.seal import Disclosure, DisclosureWrong
from accessctl.evidence.verify.export import Older, verify_export
from accessctl.evidence.verify.keys import Trust
from accessctl.evidence.verify.report import Bad, Report, Step
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
        if self.path.is_dir():
            beside, written = self.path / VKEY, _within(self.path, VKEY)
        else:
            beside = self.path.with_name(VKEY)
            written = _bytes(beside) if beside.is_file() else None
        if written is None:
            raise WrongUse(f"name the public key with --vkey: none lies at {beside}")
        try:
            return Trust.of_keys(written, str(beside), own=True)
        except NoteWrong as wrong:
            raise WrongUse(f"{beside}: {wrong}") from None

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
    note = _within(path, CHECKPOINT)
    if note is None:
        raise WrongUse(f"{path} is no export: there is no {CHECKPOINT} in it")
    return Older(str(path / CHECKPOINT), note, Folder(path))


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


def _within(folder: Path, name: str) -> bytes | None:
    """Read a file of an export, which somebody else has made; ``None`` where there is none."""
    try:
        return Folder(folder).read(name)
    except Bad as bad:
        raise WrongUse(f"{folder / name}: {bad}") from None
    except OSError as error:
        raise WrongUse(f"{folder / name} cannot be read: {error.strerror}") from None


def _bytes(path: Path) -> bytes:
    """Read a file that whoever asks has named: it may be a link, or a pipe."""
    try:
        with path.open("rb") as file:
            return file.read(LONGEST)
    except OSError as error:
        raise WrongUse(f"{path} cannot be read: {error.strerror}") from None
