"""What a witness cosigns and what it refuses: the words of C2SP tlog-witness, one after the other."""

from collections.abc import Callable, Iterator
from contextlib import closing
from http import HTTPStatus
from itertools import pairwise
from pathlib import Path

import pytest

from accessctl.evidence.checkpoint import Checkpoint, opened
from accessctl.evidence.consistency import Consistency
from accessctl.evidence.ed25519 import CosignatureVerifier, cosigned_at
from accessctl.evidence.note import parsed, signed
from accessctl.witness.errors import WitnessUnusable
from accessctl.witness.folder import Folder
from accessctl.witness.logs import Logs
from accessctl.witness.showing import shown
from accessctl.witness.state import State
from accessctl.witness.witness import SIZE, Answer, Witness
from tests.homes import NOON, OwnClock
from tests.witness.logs import ORIGIN, Log

NAME = "witness.example.com/w1"
Add = Callable[[bytes], Answer]


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    folder = Folder(tmp_path / "witness")
    folder.make(NAME)
    folder.logs.write_text(f"# of a test\n{Log().signer.vkey}  # kade-1\n")
    return folder


@pytest.fixture
def state(folder: Folder) -> Iterator[State]:
    with closing(State.open(folder.state)) as state:
        yield state


@pytest.fixture
def add(folder: Folder, state: State) -> Add:
    return Witness(folder.signer(), Logs(folder.logs), state, OwnClock()).add


def test_what_grows_is_cosigned_with_the_time(add: Add, folder: Folder) -> None:
    """Head after head; what comes back makes a note that verifies with the key that the witness shows."""
    log, old = Log(), 0
    key = CosignatureVerifier.of(str(folder.signer().vkey))
    for count in (1, 2, 3, 250, 1, 255, 513):
        log = log.grow(count)
        status, body, _ = add(log.request(old))
        assert status == 200, body
        note = log.note() + body.encode()
        head, signers = opened(note, ORIGIN, [key])
        assert (head.size, signers) == (len(log.leaves), [key])
        assert cosigned_at(parsed(note).signatures[-1].signature) == int(NOON.timestamp())
        old = head.size


def test_a_head_is_cosigned_again_without_a_proof(add: Add) -> None:
    """A log that lost the answer asks once more."""
    log = Log().grow(5)
    assert add(log.request(0)).status == 200
    assert add(log.request(5)).status == 200
    assert add(log.request(5).replace(b"old 5\n", b"old 5\n" + b"A" * 43 + b"=\n")).status == 422


@pytest.mark.parametrize("old", [0, 4, 6])
def test_another_size_than_it_has_seen_is_a_conflict(add: Add, old: int) -> None:
    """It says which one it has seen, as the type for that says."""
    log = Log().grow(9)
    assert add(log.request(0, 5)).status == 200
    assert add(log.request(old)) == Answer(HTTPStatus.CONFLICT, "5\n", SIZE)
    assert add(log.request(5)).status == 200


def test_a_log_that_was_rolled_back_is_a_conflict(add: Add) -> None:
    """Whatever old size it claims: the witness knows better."""
    log = Log().grow(9)
    assert add(log.request(0)).status == 200
    for old in (0, 4):
        assert add(log.request(old, 4)) == Answer(HTTPStatus.CONFLICT, "9\n", SIZE)


def test_a_fork_of_the_same_size_is_a_conflict_and_kept(add: Add, state: State, folder: Folder) -> None:
    """Both signed heads together prove to anybody that the log has two histories."""
    log, other = Log().grow(4).grow(5), Log().grow(4).grow(5, "forged")
    assert add(log.request(0)).status == 200
    for _ in range(2):
        assert add(other.request(9)) == Answer(HTTPStatus.CONFLICT, "9\n", SIZE)
    assert [(new, old) for new, old, _ in state.forks(ORIGIN)] == [
        (other.note().decode(), log.note().decode())
    ]
    (known,) = shown(folder).logs
    assert (known.origin, known.seen.size, len(known.forks)) == (ORIGIN, 9, 1)


def test_a_fork_that_has_grown_is_not_proven(add: Add, state: State) -> None:
    """Nor is a proof with a hash changed, one that is cut, or one where none may be."""
    log, forged = Log().grow(7).grow(6), Log().grow(7, "forged").grow(6)
    right = log.request(7)
    lines = right.split(b"\n")
    assert add(log.request(0, 7)).status == 200
    wrong = [
        forged.request(7),
        right.replace(lines[1], lines[2], 1),
        right.replace(lines[1] + b"\n", b"", 1),
        right.replace(lines[1], lines[1] + b"\n" + lines[1], 1),
    ]
    assert [add(each).status for each in wrong] == [422] * 4
    assert state.seen(ORIGIN).size == 7
    assert add(right).status == 200


def test_a_first_head_needs_no_proof_and_may_have_none(add: Add) -> None:
    """From nothing every log goes on."""
    log = Log().grow(3)
    assert add(log.request(0).replace(b"old 0\n", b"old 0\n" + b"A" * 43 + b"=\n")).status == 422
    assert add(Log().request(0)).status == 200
    assert add(log.request(0)).status == 200


def test_an_empty_log_with_another_root_is_a_conflict(add: Add) -> None:
    """There is one empty tree."""
    text = f"{ORIGIN}\n0\n{'A' * 43}=\n"
    note = str(signed(text, Log().signer)).encode()
    assert add(b"old 0\n\n" + note) == Answer(HTTPStatus.CONFLICT, "0\n", SIZE)


def test_a_log_that_is_not_named_is_not_found(add: Add) -> None:
    """Whoever signed it."""
    assert add(Log(f"{ORIGIN}/2").grow(3).request(0)).status == 404


def test_a_head_that_its_log_has_not_signed_is_forbidden(add: Add) -> None:
    """Another key of that name, a signature that is spoiled, and none that is known."""
    log, thief = Log().grow(3), Log(seed=bytes(32)).grow(3)
    assert add(thief.request(0)).status == 403
    spoiled = log.request(0)[:-8] + b"AAAAAA=\n"
    assert add(spoiled).status in {400, 403}
    assert add(log.request(0)).status == 200


def test_signatures_that_are_not_known_are_ignored_and_not_kept(add: Add, state: State) -> None:
    """Another witness may have cosigned before; anybody could put a line there."""
    log = Log().grow(3)
    stranger = parsed(Log("somebody", bytes(32)).grow(3).note()).signatures[0].line
    assert add(log.request(0) + f"{stranger}\n".encode()).status == 200
    assert state.seen(ORIGIN).note == log.note().decode()


@pytest.mark.parametrize(
    "request_",
    [
        b"",
        b"\n",
        b"old 0\n\n",
        b"old 00\n\n" + Log().grow(1).note(),
        b"old -1\n\n" + Log().grow(1).note(),
        b"old 0 \n\n" + Log().grow(1).note(),
        b"old 0\nAAAA\n\n" + Log().grow(1).note(),
        b"old 0\n" + b"\n".join([b"A" * 43 + b"="] * 64) + b"\n\n" + Log().grow(1).note(),
        b"old 0\n\n" + Log().grow(1).note()[:-1],
        b"old 2\n\n" + Log().grow(1).note(),
        b"old 0\n\n\xff" + Log().grow(1).note(),
    ],
)
def test_what_is_no_request_is_a_bad_one(add: Add, request_: bytes) -> None:
    """Also one whose old size is larger than its head's."""
    assert add(request_).status == 400


def test_logs_are_looked_at_anew_and_a_spoiled_file_changes_nothing(add: Add, folder: Folder) -> None:
    """A log is named while the witness serves; a slip in the file takes none away."""
    log, next_ = Log().grow(3), Log(f"{ORIGIN}/2").grow(3)
    assert add(next_.request(0)).status == 404
    folder.logs.write_text(f"{log.signer.vkey}\n{next_.signer.vkey}\n")
    assert add(next_.request(0)).status == 200
    folder.logs.write_text("no key at all\n")
    assert add(log.request(0)).status == 200


def test_a_log_may_have_two_keys(add: Add, folder: Folder) -> None:
    """While one is replaced by another."""
    old, new = Log().grow(3), Log(seed=bytes(32)).grow(5)
    folder.logs.write_text(f"{old.signer.vkey}\n{new.signer.vkey}\n")
    assert [add(old.request(0)).status, add(new.request(3)).status] == [200, 200]


def test_nothing_is_cosigned_that_is_not_on_the_disk(folder: Folder, state: State) -> None:
    """Each commit is synced; where it fails, nothing was cosigned and the old head stands."""
    assert state._connection.execute("PRAGMA synchronous").fetchone() == (2,)
    witness = Witness(folder.signer(), Logs(folder.logs), state, OwnClock())
    assert witness.add(Log().grow(3).request(0)).status == 200
    state._connection.execute("PRAGMA query_only=ON")
    with pytest.raises(WitnessUnusable, match="readonly"):
        witness.add(Log().grow(5).request(3))
    state._connection.execute("PRAGMA query_only=OFF")
    assert state.seen(ORIGIN).size == 3
    assert witness.add(Log().grow(5).request(3)).status == 200


def test_it_remembers_over_a_restart(folder: Folder) -> None:
    """Whichever process asks its file."""
    log = Log().grow(20)
    for old, size in pairwise((0, 5, 12, 20)):
        with closing(State.open(folder.state)) as state:
            witness = Witness(folder.signer(), Logs(folder.logs), state, OwnClock())
            assert witness.add(log.request(old, size)).status == 200
            assert witness.add(log.request(0, size)) == Answer(HTTPStatus.CONFLICT, f"{size}\n", SIZE)


def test_a_state_that_is_gone_is_not_made_anew(folder: Folder) -> None:
    """An empty one would cosign a log that was rolled back."""
    folder.state.unlink()
    with pytest.raises(WitnessUnusable, match="none is made anew"):
        State.open(folder.state)
    assert not folder.state.exists()


def test_a_witness_is_made_once_and_its_secret_is_its_own(folder: Folder) -> None:
    """A second one in the same folder would have another key under the same name."""
    with pytest.raises(WitnessUnusable, match="there is a witness already"):
        folder.make(NAME)
    assert folder.key.stat().st_mode & 0o777 == 0o600
    assert folder.state.stat().st_mode & 0o777 == 0o600
    assert folder.signer().vkey == folder.signer().vkey


@pytest.mark.parametrize("name", ["", "a b", "a+b", "wärter", "x" * 129, "a\nb"])
def test_a_name_that_no_note_can_have_is_refused(tmp_path: Path, name: str) -> None:
    """Before anything is made."""
    with pytest.raises(WitnessUnusable, match="a witness is named such as"):
        Folder(tmp_path / "witness").make(name)
    assert not (tmp_path / "witness").exists()


def test_a_line_that_is_no_key_is_named(folder: Folder) -> None:
    """With its number; the key of a witness is none of a log."""
    folder.logs.write_text(f"\n# a word\n{folder.signer().vkey}\n")
    with pytest.raises(WitnessUnusable, match=r"line 3 of .*: this is no Ed25519 key of a log"):
        Logs(folder.logs)


def test_a_head_that_cannot_be_kept_is_refused_in_words(add: Add) -> None:
    """It has more entries than a database counts; the log's own key has signed it. One less is cosigned."""
    log = Log()

    def request(size: int) -> bytes:
        head = Checkpoint(ORIGIN, size, bytes(32))
        return bytes(Consistency(0, (), str(signed(head.text, log.signer)).encode()))

    assert add(request(2**63)) == Answer(HTTPStatus.BAD_REQUEST, "no log has 9223372036854775808 entries\n")
    assert add(request(2**63 - 1)).status == 200
