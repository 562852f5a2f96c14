"""Holding what an anchor keeps against the record, and remembering what of it was accepted as gone."""

import json
from collections.abc import Callable
from dataclasses import replace

from accessctl.evidence.checkpoint import Checkpoint, opened
from accessctl.evidence.ed25519 import LogSigner, LogVerifier
from accessctl.evidence.note import parsed
from accessctl.notary.book import Finding, Wrong
from accessctl.notary.found import Found
from accessctl.notary.notary import ACCEPTED, Disagrees, Notary
from accessctl.store.errors import TreeSpoilt
from accessctl.store.tree import TreeReader, TreeWriter


def hold(note: bytes, tree: TreeReader, notary: Notary, signer: Callable[[str], LogSigner]) -> None:
    """Hold a head against the record. Raises ``Disagrees``, and ``NoteWrong`` for what is not signed here."""
    origin = Checkpoint.parse(parsed(note).text).origin
    checkpoint, _ = opened(note, origin, [LogVerifier(signer(origin).vkey)])
    if origin == notary.origin:
        try:
            notary.hold_against(checkpoint)
        except Disagrees as disagrees:
            finding = replace(disagrees.finding, size=checkpoint.size, head_of=origin)
            raise Disagrees(finding) from disagrees
        return
    known = tree.newest(origin)
    most = max(0 if known is None else known.checkpoint.size, _accepted(tree).get(origin, 0))
    if most < checkpoint.size:
        words = f"{checkpoint.size} entries were signed as {origin}, and are not here"
        raise Disagrees(Finding(Wrong.REPLACED, words, size=checkpoint.size, head_of=origin))


def accepted_with(tree: TreeWriter, found: Found) -> dict[str, str]:
    """Give what the tree is to keep once an anchor's head is taken for gone. Raises ``StoreError``.

    The anchor goes on giving it until it has a newer one, and what was accepted is no finding again.
    """
    if not found.head_of:
        return {}
    accepted = _accepted(tree) if tree.ours else {}
    accepted[found.head_of] = max(found.size, accepted.get(found.head_of, 0))
    return {ACCEPTED: json.dumps(accepted)}


def _accepted(tree: TreeReader) -> dict[str, int]:
    """Give how many entries of which logs were signed, are not here, and were accepted as gone."""
    try:
        found = {str(origin): int(size) for origin, size in json.loads(tree.meta(ACCEPTED) or "{}").items()}
    except (ValueError, TypeError, AttributeError) as error:
        raise TreeSpoilt("what was accepted as gone cannot be read") from error
    return found
