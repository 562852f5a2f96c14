"""Policies: whom one trusts, and how many witnesses have to have seen a head."""

import pytest

from accessctl.evidence.checkpoint import Checkpoint
from accessctl.evidence.ed25519 import LATEST, Cosigner, LogSigner
from accessctl.evidence.merkle import EMPTY_ROOT
from accessctl.evidence.note import Note, NoteWrong, Signature, signed
from accessctl.evidence.policy import Policy
from accessctl.evidence.verify.keys import Trust

LOG = LogSigner("accessctl/kade-1/00", bytes(32))
WITNESSES = [Cosigner(f"witness-{number}", bytes([number]) * 32) for number in range(1, 5)]
NAMED = "".join(f"witness w{number} {each.vkey}\n" for number, each in enumerate(WITNESSES, 1))


def note(*witnesses: Cosigner, at: int = 17) -> bytes:
    """Give a head that these have cosigned at this second."""
    text = Checkpoint(LOG.name, 0, EMPTY_ROOT).text
    found = signed(text, LOG)
    for each in witnesses:
        seen = Signature(each.name, each.id, each.sign_at(text.encode(), at))
        found = Note(found.text, (*found.signatures, seen))
    return str(found).encode()


@pytest.mark.parametrize(
    ("quorum", "enough", "too_few"),
    [
        ("quorum none", [], None),
        ("quorum w1", [0], [1, 2, 3]),
        ("group g any w1 w2\nquorum g", [1], [2, 3]),
        ("group g all w1 w2\nquorum g", [0, 1], [0, 2, 3]),
        ("group g 2 w1 w2 w3\nquorum g", [0, 2], [1, 3]),
        ("group a 1 w1 w2\ngroup b any w3\ngroup g all a b w4\nquorum g", [1, 2, 3], [0, 1, 3]),
    ],
)
def test_a_quorum_is_kept(quorum: str, enough: list[int], too_few: list[int] | None) -> None:
    """One witness, any, all, some of a group, groups of groups."""
    written = f"# whom we trust\n\nlog {LOG.vkey} https://example.com\n{NAMED}\t{quorum}\n"
    trust = Trust.of_policy(written.encode(), "test")
    assert trust.head(note(*(WITNESSES[each] for each in enough))).size == 0
    if too_few is not None:
        with pytest.raises(NoteWrong, match="too few"):
            trust.head(note(*(WITNESSES[each] for each in too_few)))


@pytest.mark.parametrize(
    "written",
    [
        "",
        "quorum none\nquorum none",
        "quorum w1",
        "witness none {0}\nquorum none",
        "witness w1 {0}\nwitness w2 {0}\nquorum none",
        "witness w1 {0}\nwitness w1 {1}\nquorum none",
        "witness w1 {0}\ngroup g 2 w1\nquorum g",
        "witness w1 {0}\ngroup g 0 w1\nquorum g",
        "witness w1 {0}\ngroup g any w1 w1\nquorum g",
        "witness w1 {0}\ngroup a any w1\ngroup b any w1\nquorum a",
        "witness w1 {0}\ngroup g any none\nquorum g",
        "group g any h\nquorum g",
        "witness w1 {log}\nquorum none",
        "log {0}\nquorum none",
        "log {log}\nlog {log}\nquorum none",
        "nonsense\nquorum none",
        "quorum none\x00",
    ],
)
def test_a_policy_that_says_no_sense_is_refused(written: str) -> None:
    """Nobody counts twice, nobody is named before they are known, and there is one quorum."""
    keys = [str(each.vkey) for each in WITNESSES]
    with pytest.raises(NoteWrong):
        Policy.parse(written.format(*keys, log=LOG.vkey).encode())


def test_witnesses_alone_are_not_the_log() -> None:
    """Their signatures say that they saw a head, not whose it is."""
    text = Checkpoint(LOG.name, 0, EMPTY_ROOT).text
    other = signed(text, LogSigner(LOG.name, bytes([9]) * 32))
    seen = WITNESSES[0]
    cosigned = Signature(seen.name, seen.id, seen.sign_at(text.encode(), 17))
    written = Note(text, (*other.signatures, cosigned))
    trust = Trust.of_policy(f"log {LOG.vkey}\n{NAMED}quorum w1\n".encode(), "test")
    with pytest.raises(NoteWrong, match="the log has not"):
        trust.head(str(written).encode())
    with pytest.raises(NoteWrong, match="names no log"):
        Trust.of_policy(b"quorum none\n", "test")
    with pytest.raises(NoteWrong):
        Trust.of_keys(b"\xff", "test")
    with pytest.raises(NoteWrong):
        Trust.of_keys(b"\n", "test")


@pytest.mark.parametrize("at", [LATEST + 1, 2**63, 2**64 - 1])
def test_a_witness_that_says_an_impossible_time_has_not_cosigned(at: int) -> None:
    """It is told as a wrong signature, and never shown as a time."""
    trust = Trust.of_policy(f"log {LOG.vkey}\n{NAMED}quorum w1\n".encode(), "test")
    written = note(WITNESSES[0], at=at)
    assert trust.witnessed(written) == []
    with pytest.raises(NoteWrong, match="the signature of witness-1 is wrong"):
        trust.head(written)
    assert trust.witnessed(note(WITNESSES[0], at=LATEST)) == [
        "witness-1 has cosigned the head at 9999-12-31T23:59:59Z"
    ]


def test_names_that_are_not_ascii_are_known() -> None:
    """Of a log, a witness and a group: the ids of keys are made over UTF-8, and so is the policy read."""
    log, seen = LogSigner("accessctl/kühlhaus-1/00", bytes(32)), Cosigner("prüfer.example", bytes([7]) * 32)
    written = f"log {log.vkey}\nwitness büro {seen.vkey}\ngroup häuser any büro\nquorum häuser\n"
    trust = Trust.of_policy(written.encode(), "test")
    text = Checkpoint(log.name, 0, EMPTY_ROOT).text
    head = signed(text, log)
    with pytest.raises(NoteWrong, match="too few"):
        trust.head(str(head).encode())
    line = Signature(seen.name, seen.id, seen.sign_at(text.encode(), 17))
    assert trust.head(f"{head}{line.line}\n".encode()).origin == log.name


@pytest.mark.parametrize(
    ("written", "why"),
    [
        (b"# of the b\xfcro\nquorum none\n", "the policy is not UTF-8"),
        (b"quorum none\xff", "the policy is not UTF-8"),
        ("# \x85\nquorum none\n".encode(), "line 1 of the policy"),
        (b"quorum none\r\n", "line 1 of the policy"),
        (b"quorum none\x7f", "line 1 of the policy"),
    ],
)
def test_a_policy_that_is_no_text_is_refused(written: bytes, why: str) -> None:
    """Neither other encodings nor control characters; a tab is a blank."""
    with pytest.raises(NoteWrong, match=why):
        Policy.parse(written)
    assert Policy.parse(b"quorum\tnone").quorum == "none"
