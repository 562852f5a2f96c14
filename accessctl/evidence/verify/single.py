"""Verifies the proof of one entry."""

from accessctl.evidence.entry import EntryWrong, Facts, epoch_in, facts_of
from accessctl.evidence.merkle import includes, leaf_hash
from accessctl.evidence.note import NoteWrong
from accessctl.evidence.proof import TlogProof
from accessctl.evidence.seal import Disclosure
from accessctl.evidence.verify.keys import OWN, Trust
from accessctl.evidence.verify.report import Bad, Finding, Report


def verify_proof(path: str, written: bytes, trust: Trust, who: Disclosure | None = None) -> Report:
    """Look whether a ``.tlog-proof`` shows that its entry is under a signed head, and is about ``who``."""
    report = Report(path, trust.words, notes=[OWN] if trust.own else [])
    try:
        proof = TlogProof.parse(written)
        facts = _look(proof, trust, report)
        if who is not None:
            report.who = _named(facts, who)
    except NoteWrong as wrong:
        report.findings.append(Finding(str(wrong)))
    except Bad as bad:
        report.findings.append(bad.finding)
    return report


def _look(proof: TlogProof, trust: Trust, report: Report) -> Facts:
    head = trust.head(proof.checkpoint)
    report.origin, report.size = head.origin, head.size
    report.notes += trust.witnessed(proof.checkpoint)
    seq = proof.index + 1
    if proof.extra is None:
        raise Bad("the proof does not bring its entry", seq)
    if not includes(proof.index, head.size, leaf_hash(proof.extra), proof.hashes, head.root):
        raise Bad(f"it does not prove that this is entry {seq}", seq)
    try:
        facts = facts_of(proof.extra)
    except EntryWrong as wrong:
        raise Bad(f"the entry {wrong}", seq) from None
    if facts.seq != str(seq) or facts.epoch != epoch_in(head.origin):
        raise Bad(f"the entry is number {facts.seq} of record {facts.epoch}, and is proven as {seq}", seq)
    report.entry, report.first_at, report.last_at = proof.extra.decode(), facts.at, facts.at
    return facts


def _named(facts: Facts, who: Disclosure) -> str:
    """Say who the entry is about, once its seal proves that. Raises ``Bad``."""
    seq = int(facts.seq)
    if facts.person != who.person:
        whom = f"about {facts.person}" if facts.person else "about nobody"
        raise Bad(f"entry {seq} is {whom}, and not about {who.person}", seq)
    if facts.seal is None:
        raise Bad(f"entry {seq} has no seal, so nothing proves who {who.person} is", seq)
    if facts.seal != who.seal:
        raise Bad(f"the seal of entry {seq} is not that of {who.name}: another name, or another salt", seq)
    return f"person {who.person} is {who.name}: the entry's seal proves it"
