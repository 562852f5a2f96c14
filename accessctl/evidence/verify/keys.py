"""Which key is trusted, and what a head is worth under it."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from accessctl.evidence.checkpoint import Checkpoint, opened
from accessctl.evidence.ed25519 import LogVerifier, cosigned_at
from accessctl.evidence.note import NoteWrong, parsed
from accessctl.evidence.policy import NONE, Policy

OWN: str = (
    "this key came with what it is to prove, so only that all of it belongs together is proven:"
    " compare it with the key that you were given another way, or name that one with --vkey"
)


@dataclass(frozen=True, slots=True)
class Trust:
    """Who is believed."""

    policy: Policy
    source: str
    """Where the key came from."""
    own: bool = False
    """Whether it came with what is looked at."""

    @classmethod
    def of_keys(cls, written: bytes, source: str, *, own: bool = False) -> "Trust":
        """Take keys of logs, each on a line of its own. Raises ``NoteWrong``."""
        try:
            lines = [line.strip() for line in written.decode().splitlines() if line.strip()]
        except UnicodeDecodeError:
            raise NoteWrong("this is no verifier key (name+id+key)") from None
        if not lines:
            raise NoteWrong("there is no verifier key in it")
        return cls(Policy(logs=[LogVerifier.of(line) for line in lines], quorum=NONE), source, own)

    @classmethod
    def of_policy(cls, written: bytes, source: str) -> "Trust":
        """Take what a policy says. Raises ``NoteWrong``."""
        policy = Policy.parse(written)
        if not policy.logs:
            raise NoteWrong("the policy names no log")
        return cls(policy, source)

    @property
    def words(self) -> str:
        """The keys and where they came from."""
        return f"{', '.join(str(log.vkey) for log in self.policy.logs)} (from {self.source})"

    @property
    def of_logs(self) -> "Trust":
        """The same without a quorum: for older heads, of which not each has met witnesses."""
        return replace(self, policy=replace(self.policy, quorum=NONE))

    def witnessed(self, written: bytes) -> list[str]:
        """Say which witnesses of the policy have cosigned a head, and when. Raises ``NoteWrong``."""
        known = {(each.name, each.id): each for each in self.policy.witnesses.values()}
        note, said = parsed(written), []
        for line in note.signatures:
            witness = known.get((line.name, line.key_id))
            if witness is not None and witness.verify(note.text.encode(), line.signature):
                at = datetime.fromtimestamp(cosigned_at(line.signature), UTC)
                said.append(f"{witness.name} has cosigned the head at {at:%Y-%m-%dT%H:%M:%SZ}")
        return said

    def head(self, written: bytes) -> Checkpoint:
        """Give the head that a note tells of, signed and cosigned as it has to be. Raises ``NoteWrong``."""
        origin = parsed(written).text.partition("\n")[0]
        logs = [log for log in self.policy.logs if log.name == origin]
        if not logs:
            raise NoteWrong(f"it is a head of {origin}, and the key that is trusted is another log's")
        checkpoint, signers = opened(written, origin, [*logs, *self.policy.witnesses.values()])
        if not any(log in signers for log in logs):
            raise NoteWrong("witnesses have signed it, and the log has not")
        if not self.policy.is_met(signers):
            raise NoteWrong(f"too few witnesses have signed it: the policy asks for {self.policy.quorum}")
        return checkpoint
