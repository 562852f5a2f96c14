"""The proof of one entry, in a file that is enough for whoever has the public key."""

from dataclasses import dataclass

from accessctl.evidence.merkle import includes, inclusion_proof, leaf_hash
from accessctl.evidence.proof import TlogProof
from accessctl.evidence.seal import Disclosure
from accessctl.exporting.disclosing import disclosure_of
from accessctl.exporting.errors import ExportFailed
from accessctl.exporting.rows import Exported
from accessctl.exporting.signed import Signed, signed_record
from accessctl.exporting.wanted import Wanted
from accessctl.home import Home
from accessctl.store.errors import StoreError


@dataclass(frozen=True, slots=True)
class Handed:
    """What is handed to whoever asked for a proof."""

    proof: TlogProof
    vkey: str
    """With which it verifies."""
    exported: Exported
    """The same, as the record is told of it."""
    who: Disclosure | None = None


def handed(seq: int, home: Home, name: str | None, *, with_name: bool) -> Handed:
    """Prove an entry out of an installation's files, and tell who it is about where that is wanted.

    ``name``: the one that the person had then. Raises ``ExportFailed``.
    """
    with signed_record(home.record, home.tree) as signed:
        proof = proof_of(seq, signed)
        who = disclosure_of(proof.extra or b"", home.people, name) if with_name else None
        exported = Exported("proof", 1, seq, Wanted(), head=signed.head.checkpoint)
        return Handed(proof, signed.vkey, exported, who)


def proof_of(seq: int, signed: Signed) -> TlogProof:
    """Prove that an entry stands in the record, under the newest head. Raises ``ExportFailed``."""
    head = signed.head.checkpoint
    if seq > head.size:
        last = signed.book.last_seq()
        if seq <= last:
            raise ExportFailed(f"entry {seq} is not signed yet: that happens within a minute", seq)
        raise ExportFailed(f"there is no entry {seq}: the last one is {last}", seq)
    try:
        entry = next((entry for number, entry in signed.book.entries(seq - 1, seq) if number == seq), None)
        if entry is None:
            raise ExportFailed(_gone(seq, signed), seq)
        hashes = inclusion_proof(seq - 1, head.size, signed.book.hash_at(head.size))
    except (StoreError, LookupError) as error:
        raise ExportFailed(f"entry {seq} cannot be proven: {error}", seq) from error
    if not includes(seq - 1, head.size, leaf_hash(entry), hashes, head.root):
        raise ExportFailed(f"entry {seq}, or one beside it, is not the one that was signed", seq)
    return TlogProof(seq - 1, tuple(hashes), signed.head.note.encode(), entry)


def _gone(seq: int, signed: Signed) -> str:
    """Say why an entry is not there. Raises ``StoreError``."""
    batch = signed.book.pruned_in(seq)
    if batch is None:
        return f"entry {seq} is not in the record any more"
    return f"entry {seq} was deleted for its age; entry {batch} tells of that"
