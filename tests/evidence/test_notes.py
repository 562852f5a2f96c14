"""Signed notes, checkpoints and proofs: published vectors, and everything that is none."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accessctl.evidence.checkpoint import Checkpoint, opened
from accessctl.evidence.ed25519 import (
    LATEST,
    CosignatureVerifier,
    Cosigner,
    LogSigner,
    LogVerifier,
    cosigned_at,
)
from accessctl.evidence.merkle import leaf_hash
from accessctl.evidence.note import (
    Note,
    NoteWrong,
    Signature,
    Verifier,
    VerifierKey,
    parsed,
    signed,
    verified,
)
from accessctl.evidence.proof import TlogProof

# The example of C2SP signed-note.
VKEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
TEXT = "This is an example message.\n"
SIGNED = "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM="
EXAMPLE = f"{TEXT}\n— example.com/foo {SIGNED}\n".encode()
SEED = bytes(range(32))
ORIGIN = "kade-1.example/record"
HEAD = Checkpoint(ORIGIN, 50, leaf_hash(b"root"))


def test_the_published_note_verifies() -> None:
    """Text, key and signature of the standard's example."""
    note, signers = verified(EXAMPLE, [LogVerifier.of(VKEY)])
    assert note.text == TEXT
    assert [signer.name for signer in signers] == ["example.com/foo"]
    assert str(note).encode() == EXAMPLE
    assert str(VerifierKey.parse(VKEY)) == VKEY


@pytest.mark.parametrize("at", range(len(EXAMPLE)))
def test_no_byte_of_the_published_note_can_be_changed(at: int) -> None:
    """One more anywhere, and it is no note that is signed."""
    changed = EXAMPLE[:at] + bytes([(EXAMPLE[at] + 1) % 256]) + EXAMPLE[at + 1 :]
    with pytest.raises(NoteWrong):
        verified(changed, [LogVerifier.of(VKEY)])


@pytest.mark.parametrize("end", range(len(VKEY)))
def test_no_part_of_a_key_is_a_key(end: int) -> None:
    """Neither the beginning of one nor its end."""
    for part in (VKEY[:end], VKEY[end + 1 :]):
        with pytest.raises(NoteWrong):
            LogVerifier.of(part)


@pytest.mark.parametrize("at", range(len(VKEY)))
def test_a_key_with_another_letter_is_none(at: int) -> None:
    """Its id is that of its name and its bytes."""
    with pytest.raises(NoteWrong):
        LogVerifier.of(VKEY[:at] + chr(ord(VKEY[at]) + 1) + VKEY[at + 1 :])


@pytest.mark.parametrize(
    "written",
    [
        b"",
        b"text\n",
        b"text\n\n",
        b"text\n\xe2\x80\x94 name c2lnbmVkIGJ5IG1l\n",
        b"text\x01\n\n\xe2\x80\x94 example.com/foo c2lnbmVkIGJ5IG1l\n",
        b"text\n\n- name c2lnbmVkIGJ5IG1l\n",
        b"text\n\n\xe2\x80\x94 na+me c2lnbmVkIGJ5IG1l\n",
        b"text\n\n\xe2\x80\x94 name c2ln\n",
        b"text\n\n\xe2\x80\x94 name !!!!\n",
        b"text\n\n\xe2\x80\x94 name c2lnbmVkIGJ5IG1l",
        b"\xff\n\n\xe2\x80\x94 name c2lnbmVkIGJ5IG1l\n",
        b"x" * 1_000_001,
    ],
)
def test_what_is_no_note_is_refused(written: bytes) -> None:
    """Without signatures, with control characters, with another dash, with bits that stand for nothing."""
    with pytest.raises(NoteWrong):
        parsed(written)


def test_a_signature_of_a_stranger_says_nothing() -> None:
    """Alone it makes no note good; beside a known one it does no harm."""
    stranger = LogSigner("stranger.example", bytes(32))
    ours = LogSigner("ours.example", SEED)
    known = [LogVerifier(ours.vkey)]
    with pytest.raises(NoteWrong, match="nobody"):
        verified(str(signed(TEXT, stranger)).encode(), known)
    both = str(signed(TEXT, stranger, ours)).encode()
    assert [signer.name for signer in verified(both, known)[1]] == ["ours.example"]


def test_a_wrong_signature_of_a_known_key_makes_the_note_wrong() -> None:
    """Also where another known key has signed it well."""
    ours, other = LogSigner("ours.example", SEED), LogSigner("other.example", bytes(32))
    good = signed(TEXT, ours)
    wrong = Signature(other.name, other.id, bytes(64))
    known = [LogVerifier(ours.vkey), LogVerifier(other.vkey)]
    with pytest.raises(NoteWrong, match="is wrong"):
        verified(str(Note(TEXT, (*good.signatures, wrong))).encode(), known)


def test_a_note_of_many_signatures_is_read_and_one_of_too_many_is_not() -> None:
    """Sixteen are well within what a note may have."""
    signers = [LogSigner(f"signer-{number}.example", bytes([number]) * 32) for number in range(101)]
    known = [LogVerifier(signer.vkey) for signer in signers]
    assert len(verified(str(signed(TEXT, *signers[:16])).encode(), known)[1]) == 16
    with pytest.raises(NoteWrong, match="too many"):
        parsed(str(signed(TEXT, *signers)).encode())


@pytest.mark.parametrize("text", ["no end", "a tab\t\n", "a \x7f is fine, a \x00 is not\n"])
def test_texts_that_no_note_can_have_are_not_signed(text: str) -> None:
    """A note's text ends with a line's end and has no control characters."""
    with pytest.raises(NoteWrong):
        signed(text, LogSigner("ours.example", SEED))


def test_a_checkpoint_is_read_as_it_was_signed() -> None:
    """Origin, size and root come back, and nothing of another log passes."""
    signer = LogSigner(ORIGIN, SEED)
    written = str(signed(HEAD.text, signer)).encode()
    assert opened(written, ORIGIN, [LogVerifier(signer.vkey)])[0] == HEAD
    with pytest.raises(NoteWrong, match="and not of other"):
        opened(written, "other", [LogVerifier(signer.vkey)])


@pytest.mark.parametrize(
    "text",
    [
        "origin\n50\n",
        "\n50\n" + base64.b64encode(bytes(32)).decode() + "\n",
        "origin\n050\n" + base64.b64encode(bytes(32)).decode() + "\n",
        f"origin\n{2**63}\n" + base64.b64encode(bytes(32)).decode() + "\n",
        "origin\n-1\n" + base64.b64encode(bytes(32)).decode() + "\n",
        "origin\n50\n" + base64.b64encode(bytes(31)).decode() + "\n",
        "origin\n50\nnot base64\n",
        "origin\n50\n" + base64.b64encode(bytes(32)).decode(),
    ],
)
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    """Too few lines, no origin, a size in two ways or that nobody can keep, a root that is no hash."""
    with pytest.raises(NoteWrong):
        Checkpoint.parse(text)


def test_the_largest_log_there_can_be_has_a_checkpoint() -> None:
    """One entry more is beyond what a database counts."""
    largest = Checkpoint(ORIGIN, 2**63 - 1, HEAD.root)
    assert Checkpoint.parse(largest.text) == largest
    with pytest.raises(NoteWrong, match="no log has 9223372036854775808 entries"):
        Checkpoint.parse(Checkpoint(ORIGIN, 2**63, HEAD.root).text)


def test_a_checkpoints_further_lines_are_skipped() -> None:
    """Extensions may stand below; they are signed, and mean nothing to us."""
    assert Checkpoint.parse(f"{HEAD.text}extension\n") == HEAD


def test_an_origin_names_a_key_too() -> None:
    """So it has no blanks and no plus."""
    assert VerifierKey.parse(str(LogSigner(ORIGIN, SEED).vkey)).name == ORIGIN
    for origin in ("", "two words", "a+b", "a\u2003b"):
        with pytest.raises(NoteWrong):
            VerifierKey.parse(str(LogSigner(origin, SEED).vkey))


def test_a_cosignature_says_when() -> None:
    """A witness's signature holds for the second that it names and for no other."""
    witness = Cosigner("witness.example", SEED)
    verifier = CosignatureVerifier.of(str(witness.vkey))
    said = witness.sign_at(HEAD.text.encode(), 1_760_000_000)
    assert cosigned_at(said) == 1_760_000_000
    assert verifier.verify(HEAD.text.encode(), said)
    later = (1_760_000_001).to_bytes(8, "big") + said[8:]
    assert not verifier.verify(HEAD.text.encode(), later)
    assert not verifier.verify(HEAD.text.encode(), said[:-1])
    assert not verifier.verify(b"other\n", said)


@pytest.mark.parametrize("at", [LATEST + 1, 2**63, 2**64 - 1])
def test_a_cosignature_of_a_time_that_no_clock_says_is_wrong(at: int) -> None:
    """Though the witness's key has signed it. The last second that a calendar has is good."""
    log, witness = LogSigner(ORIGIN, SEED), Cosigner("witness.example", SEED)
    known: list[Verifier] = [LogVerifier(log.vkey), CosignatureVerifier(witness.vkey)]

    def cosigned(second: int) -> bytes:
        line = Signature(witness.name, witness.id, witness.sign_at(HEAD.text.encode(), second))
        return f"{signed(HEAD.text, log)}{line.line}\n".encode()

    assert len(verified(cosigned(LATEST), known)[1]) == 2
    with pytest.raises(NoteWrong, match=r"the signature of witness\.example is wrong"):
        verified(cosigned(at), known)


def test_keys_of_a_log_and_of_a_witness_are_not_taken_for_each_other() -> None:
    """The same bytes under another type are another key."""
    log, witness = LogSigner("a.example", SEED), Cosigner("a.example", SEED)
    assert log.id != witness.id
    with pytest.raises(NoteWrong):
        LogVerifier.of(str(witness.vkey))
    with pytest.raises(NoteWrong):
        CosignatureVerifier.of(str(log.vkey))


@given(
    st.integers(0, 2**60),
    st.lists(st.binary(min_size=32, max_size=32), max_size=20),
    st.none() | st.binary(max_size=80),
)
def test_a_proof_is_read_as_it_was_written(index: int, hashes: list[bytes], extra: bytes | None) -> None:
    """With and without what goes along."""
    proof = TlogProof(index, tuple(hashes), EXAMPLE, extra)
    assert TlogProof.parse(bytes(proof)) == proof


@pytest.mark.parametrize(
    "written",
    [
        b"",
        b"c2sp.org/tlog-proof@v1\n\n",
        b"c2sp.org/tlog-proof@v2\nindex 1\n\n",
        b"c2sp.org/tlog-proof@v1\nindex 01\n\n",
        b"c2sp.org/tlog-proof@v1\nindex 1\nAAAA\n\n",
        b"c2sp.org/tlog-proof@v1\nextra !\nindex 1\n\n",
        b"c2sp.org/tlog-proof@v1\nextra AAAA\n\n",
        b"c2sp.org/tlog-proof@v1\nindex 1\n" + b"A" * 43 + b"B\n\n",
        b"c2sp.org/tlog-proof@v1\nindex \xff\n\n",
    ],
)
def test_what_is_no_proof_is_refused(written: bytes) -> None:
    """Another version, no index, a hash of another length, bits that stand for nothing."""
    with pytest.raises(NoteWrong):
        TlogProof.parse(written)


def test_a_note_is_its_text_and_its_lines() -> None:
    """Written and read again it is the same."""
    note = Note(TEXT, (Signature("name", b"1234", b"signature"),))
    assert parsed(str(note).encode()) == note
