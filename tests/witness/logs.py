"""Logs whose heads a witness is shown: trees that grow, are cut, and are forked."""

from dataclasses import dataclass, field

from accessctl.evidence.checkpoint import Checkpoint
from accessctl.evidence.consistency import Consistency
from accessctl.evidence.ed25519 import LogSigner
from accessctl.evidence.merkle import Hash, consistency_proof, leaf_hash, node_hash, root_of
from accessctl.evidence.note import signed

ORIGIN = "accessctl/kade-1/5f1c09e2a7d84b33"


@dataclass
class Log:
    """A log with a key."""

    name: str = ORIGIN
    seed: bytes = bytes(range(32))
    leaves: list[Hash] = field(default_factory=list)

    @property
    def signer(self) -> LogSigner:
        return LogSigner(self.name, self.seed)

    def grow(self, count: int, word: str = "entry") -> "Log":
        """Give the log with so many more entries."""
        more = [leaf_hash(f"{word} {number}".encode()) for number in range(count)]
        return Log(self.name, self.seed, [*self.leaves, *more])

    def head(self, size: int | None = None) -> Checkpoint:
        size = len(self.leaves) if size is None else size
        return Checkpoint(self.name, size, root_of(size, self._at))

    def note(self, size: int | None = None) -> bytes:
        return str(signed(self.head(size).text, self.signer)).encode()

    def request(self, old: int, size: int | None = None) -> bytes:
        """Give what is posted to a witness that has seen ``old`` entries."""
        size = len(self.leaves) if size is None else size
        hashes = tuple(consistency_proof(old, size, self._at)) if 0 < old <= size else ()
        return bytes(Consistency(old, hashes, self.note(size)))

    def _at(self, level: int, number: int) -> Hash:
        if level == 0:
            return self.leaves[number]
        return node_hash(self._at(level - 1, 2 * number), self._at(level - 1, 2 * number + 1))
