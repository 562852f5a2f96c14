"""A witness as an anchor: a real one beside a real record, and what it says of one that was rolled back."""

import secrets
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from http.client import parse_headers
from pathlib import Path
from threading import Event, Thread

import pytest

from accessctl.evidence.checkpoint import opened
from accessctl.evidence.consistency import Consistency
from accessctl.evidence.ed25519 import LATEST, CosignatureVerifier, Cosigner
from accessctl.evidence.note import Signature, parsed
from accessctl.home import Home
from accessctl.notary import posting
from accessctl.notary.anchors import Anchor, anchor_of
from accessctl.notary.rules import WitnessAnchorRule
from accessctl.store.tree import Cosignature, TreeReader
from accessctl.witness.folder import Folder
from tests.homes import new_home
from tests.notary.keepers import Copy, Kept, keeping, past_the_triggers, record, signer, types
from tests.witness.serving import Serving, serving

STORES = ("record.db", "tree.db")


@pytest.fixture(scope="module")
def witness(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """One process for all of these: each home is another log to it."""
    with serving(tmp_path_factory.mktemp("witness") / "witness") as process:
        yield process


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A record of its own: those of tests are copies of one file, which has a name."""
    home = new_home(tmp_path / "home")
    with closing(sqlite3.connect(home.record)) as connection:
        connection.execute("UPDATE meta SET value = ? WHERE key = 'epoch'", (secrets.token_hex(8),))
        connection.commit()
    return home


@pytest.fixture
def anchor(home: Home, witness: Serving) -> Anchor:
    return anchor_of(WitnessAnchorRule(witness.url, witness.vkey), home.path, signer)


def cosignatures(home: Home) -> list[Cosignature]:
    """Give the cosignatures of all heads of the log."""
    with closing(TreeReader.open(home.tree)) as tree:
        origin = tree.meta("origin") or ""
        return [
            each for head in tree.heads(origin) for each in tree.cosignatures(origin, head.checkpoint.size)
        ]


def name_log(home: Home, witness: Serving, suffix: str = "") -> None:
    """Let the witness know this home's log."""
    with closing(sqlite3.connect(home.record)) as connection:
        (epoch,) = connection.execute("SELECT value FROM meta WHERE key = 'epoch'").fetchone()
    witness.name(signer(f"accessctl/kade-1/{epoch}{suffix}").vkey)


def until_cosigned(kept: Kept) -> Cosignature:
    """Look until the newest head is cosigned, and give that."""
    head = kept.until_signed()

    def done() -> bool:
        found = cosignatures(kept.home)
        return bool(found) and found[-1].size == head.checkpoint.size

    kept.once(done, "nothing was cosigned")
    return cosignatures(kept.home)[-1]


def test_each_head_is_cosigned_and_verifies(home: Home, witness: Serving, anchor: Anchor) -> None:
    """What lies beside a head makes a note that the log and the witness have signed."""
    name_log(home, witness)
    with keeping(home, anchor) as kept:
        for count in (3, 300, 1):
            record(home, count)
            found = until_cosigned(kept)
            head = kept.newest()
            assert head is not None
            key = CosignatureVerifier.of(witness.vkey)
            note = f"{head.note}{found.line}\n".encode()
            _, signers = opened(note, head.checkpoint.origin, [key])
            assert signers == [key]
        (state,) = [hand.state for hand in kept.posts.hands]
        assert (state.name, state.failing_since) == ("witness witness.example.com/w1", None)


def test_it_goes_on_after_a_restart(home: Home, witness: Serving, anchor: Anchor) -> None:
    """Also where the answer to the last head was lost: the witness says which size it knows."""
    name_log(home, witness)
    record(home, 9)
    with keeping(home, anchor) as kept:
        until_cosigned(kept)
    with closing(sqlite3.connect(home.tree)) as connection:
        connection.execute("DELETE FROM cosignature")
        connection.commit()
    record(home, 9)
    with keeping(home, anchor) as kept:
        until_cosigned(kept)
        assert kept.keeper.found is None


@pytest.mark.parametrize("more", [0, 5, 40])
def test_a_record_that_was_rolled_back_with_its_tree_is_found(
    home: Home, witness: Serving, anchor: Anchor, more: int
) -> None:
    """The copies agree with each other; the witness has seen more. Also when as much was recorded since."""
    name_log(home, witness)
    record(home, 10)
    with keeping(home, anchor) as kept:
        until_cosigned(kept)
        copy = Copy(home, *STORES)
        record(home, 20, "access_granted")
        until_cosigned(kept)
    copy.put_back()
    record(home, more)
    alarm = "log_integrity_failure" if more == 40 else "log_rollback"
    with keeping(home, anchor) as kept:
        words = kept.until_found()
        assert "witness witness.example.com/w1" in words
        kept.once(lambda: alarm in types(home), f"no {alarm}: {words}")
        assert kept.keeper.why_not == words


def test_a_tree_alone_that_is_older_is_no_finding(home: Home, witness: Serving, anchor: Anchor) -> None:
    """The record has every entry: heads go on from the one that the witness has seen."""
    name_log(home, witness)
    record(home, 10)
    with keeping(home, anchor) as kept:
        until_cosigned(kept)
        copy = Copy(home, "tree.db")
        record(home, 20)
        until_cosigned(kept)
    copy.put_back()
    record(home, 3)
    with keeping(home, anchor) as kept:
        assert until_cosigned(kept).size > 33
        assert kept.keeper.found is None


def test_a_history_that_was_written_anew_with_the_key_is_found(
    home: Home, witness: Serving, anchor: Anchor
) -> None:
    """Who has root and the key can sign anything here, and no witness will see it as what comes after."""
    name_log(home, witness)
    record(home, 300)
    with keeping(home, anchor) as kept:
        until_cosigned(kept)
    past_the_triggers(home, "UPDATE event SET door = 'another' WHERE seq = 7")
    with closing(sqlite3.connect(home.tree)) as connection:
        connection.executescript("DROP TRIGGER head_no_delete; DELETE FROM head; DELETE FROM tile;")
        connection.executescript("DELETE FROM cosignature; DELETE FROM meta;")
    past_the_triggers(home, "UPDATE event SET type = 'door_opened' WHERE type = 'log_begun'")
    record(home, 2)
    with keeping(home, anchor) as kept:
        assert "are not those whose head was cosigned" in kept.until_found()


def test_a_log_that_the_witness_does_not_know_is_an_anchor_out_of_reach(
    home: Home, witness: Serving, anchor: Anchor
) -> None:
    """Heads are signed all the same, and it says what its keeper has to do."""
    record(home, 3)
    with keeping(home, anchor) as kept:
        kept.until_signed()
        (hand,) = kept.posts.hands
        kept.once(lambda: hand.state.failing_since is not None, "it took a head")
        assert "it does not know this log" in (hand.state.why or "")
        assert cosignatures(home) == []


def test_what_another_key_has_signed_is_not_kept(home: Home, witness: Serving, tmp_path: Path) -> None:
    """Somebody else at that address: its signatures are no cosignatures of this witness."""
    other = Folder(tmp_path / "other").make("witness.example.com/w2")
    name_log(home, witness)
    record(home, 3)
    anchor = anchor_of(WitnessAnchorRule(witness.url, str(other.vkey)), home.path, signer)
    with keeping(home, anchor) as kept:
        kept.until_signed()
        (hand,) = kept.posts.hands
        kept.once(lambda: hand.state.failing_since is not None, "it took a signature")
        assert "what it has signed is no good" in (hand.state.why or "")
        assert cosignatures(home) == []


def posted(asked: socket.socket) -> bytes:
    """Read one request, and give its body."""
    with asked.makefile("rb") as file:
        head = parse_headers(file) if file.readline() else None
        return file.read(int(head["Content-Length"] or 0)) if head is not None else b""


class Saying:
    """A server that answers every connection with these bytes, or with none at all."""

    def __init__(self, answer: bytes | None) -> None:
        self._answer, self._held = answer, list[socket.socket]()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        self._thread = Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                asked, _ = self._listening.accept()
            except OSError:
                return
            if self._answer is None:
                self._held.append(asked)
                continue
            with asked, suppress(OSError):
                asked.sendall(self._answer_to(posted(asked)))
                asked.shutdown(socket.SHUT_WR)
                while asked.recv(65536):  # what is left unread would take the answer back
                    pass

    def _answer_to(self, asked: bytes) -> bytes:
        return self._answer or b""

    def close(self) -> None:
        """Wake the thread that accepts, and close everything."""
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._thread.join(10)
        for each in (self._listening, *self._held):
            each.close()


def said(status: str, body: bytes = b"", type_: str = "text/plain") -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Type: {type_}\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (said("500 no", b"out of order\x1b[31m\n"), "it answers 500: out of order[31m"),
        (said("301 elsewhere"), "it answers 301"),
        (said("403 no"), "it does not accept the signature"),
        (said("409 no", b"twelve\n"), "not which"),
        (said("409 no", b"12"), "not which"),
        (said("409 no", b"9223372036854775808\n"), "not which"),
        (said("200 OK", b"nonsense\n"), "what it has signed is no good"),
        (said("200 OK", b""), "nobody who is known has signed"),
        (said("200 OK", b"x" * (posting.LONGEST + 9)), "has more than"),
        (b"no HTTP at all\r\n\r\n", "does not answer as it has to"),
        (b"", "does not answer as it has to"),
    ],
)
def test_an_answer_that_is_none_is_said(home: Home, witness: Serving, answer: bytes, why: str) -> None:
    """It is a witness out of reach, and neither a cosignature nor an alarm."""
    server = Saying(answer)
    record(home, 3)
    try:
        anchor = anchor_of(WitnessAnchorRule(server.url, witness.vkey), home.path, signer)
        with keeping(home, anchor) as kept:
            kept.until_signed()
            (hand,) = kept.posts.hands
            kept.once(lambda: hand.state.failing_since is not None, "it took that")
            assert why in (hand.state.why or "")
            assert kept.keeper.found is None
    finally:
        server.close()


class Cosigning(Saying):
    """A witness with a key of its own, which cosigns whatever it is shown, at a second that it is told."""

    def __init__(self, at: int) -> None:
        self.signer, self._at = Cosigner("witness.example.com/w9", bytes([9]) * 32), at
        super().__init__(b"")

    def _answer_to(self, asked: bytes) -> bytes:
        note = parsed(Consistency.parse(asked).checkpoint)
        line = Signature(self.signer.name, self.signer.id, self.signer.sign_at(note.text.encode(), self._at))
        return said("200 OK", f"{line.line}\n".encode())


@pytest.mark.parametrize(("at", "kept_for_good"), [(LATEST, True), (LATEST + 1, False), (2**63, False)])
def test_a_cosignature_of_an_impossible_time_is_not_kept(home: Home, at: int, *, kept_for_good: bool) -> None:
    """Neither does it end the notary: the witness is out of reach, and heads are signed all the same."""
    server = Cosigning(at)
    record(home, 3)
    try:
        anchor = anchor_of(WitnessAnchorRule(server.url, str(server.signer.vkey)), home.path, signer)
        with keeping(home, anchor) as kept:
            if kept_for_good:
                assert until_cosigned(kept).at_s == at
                return
            kept.until_signed()
            (hand,) = kept.posts.hands
            kept.once(lambda: hand.state.failing_since is not None, "it took that")
            assert "the signature of witness.example.com/w9 is wrong" in (hand.state.why or "")
            assert cosignatures(home) == []
            record(home, 2)
            assert kept.until_signed().checkpoint.size >= 5
    finally:
        server.close()


def test_a_witness_that_hangs_holds_up_nobody(
    home: Home, witness: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Heads are signed while it is waited for, and the wait has an end."""
    monkeypatch.setattr(posting.post, "__defaults__", (None, 0.3))
    monkeypatch.setattr("accessctl.notary.keeping.ANCHORS_S", 0.1)
    server = Saying(None)
    record(home, 3)
    try:
        anchor = anchor_of(WitnessAnchorRule(server.url, witness.vkey), home.path, signer)
        with keeping(home, anchor) as kept:
            assert kept.until_signed().checkpoint.size >= 3
            (hand,) = kept.posts.hands
            kept.once(lambda: hand.state.failing_since is not None, "it is waited for without an end")
            assert "in time" in (hand.state.why or "") or "as it has to" in (hand.state.why or "")
    finally:
        server.close()


def test_a_byte_now_and_then_does_not_prolong_the_wait() -> None:
    """All of an answer has to be there in time, not each byte of it."""

    class Dripping(Saying):
        def _serve(self) -> None:
            asked, _ = self._listening.accept()
            with asked, suppress(OSError):
                while asked.send(b"x"):
                    Event().wait(0.05)

    server = Dripping(b"")
    try:
        with pytest.raises(OSError, match="does not answer"):
            posting.post(server.url, b"", "text/plain", patience_s=0.4)
    finally:
        server.close()


def test_tls_is_trusted_by_the_file_that_is_named(home: Home, tmp_path: Path) -> None:
    """With the certificate of the witness it is asked; with the system's alone it is not."""
    with serving(tmp_path / "witness", "--own-cert") as witness:
        name_log(home, witness)
        record(home, 3)
        rule = WitnessAnchorRule(witness.url, witness.vkey)
        with keeping(home, anchor_of(rule, home.path, signer)) as kept:
            kept.until_signed()
            (hand,) = kept.posts.hands
            kept.once(lambda: hand.state.failing_since is not None, "anybody is trusted")
            assert "its certificate is not trusted" in (hand.state.why or "")
        rule = WitnessAnchorRule(witness.url, witness.vkey, str(witness.folder.tls / "cert.pem"))
        with keeping(home, anchor_of(rule, home.path, signer)) as kept:
            until_cosigned(kept)
