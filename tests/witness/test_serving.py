"""The witness as a process: over HTTP and TLS, killed, and with clients that are no good."""

import socket
import subprocess
import sys
from pathlib import Path
from threading import Barrier, Thread
from urllib.parse import urlsplit

import pytest

from accessctl.witness.errors import WitnessUnusable
from accessctl.witness.listening import listening
from accessctl.witness.witness import LONGEST, SIZE
from tests.witness.logs import Log
from tests.witness.serving import Serving, serving


def test_it_answers_as_the_specification_says_and_survives_a_kill(tmp_path: Path) -> None:
    """What it cosigned it knows after a kill, in a process that is started anew."""
    log = Log().grow(12)
    with serving(tmp_path / "witness") as witness:
        witness.name(log.signer.vkey)
        status, type_, body = witness.post(log.request(0, 5))
        assert (status, body.startswith("— witness.example.com/w1 ".encode())) == (200, True)
        assert witness.post(log.request(5, 9))[0] == 200
        witness.kill()
    with serving(tmp_path / "witness") as witness:
        status, type_, body = witness.post(log.request(5, 12))
        assert (status, type_, body) == (409, SIZE, b"9\n")
        assert witness.post(log.request(9, 12))[0] == 200
        assert witness.post(b"nonsense")[0] == 400
        assert witness.post(b"", "/elsewhere")[0] == 404
        assert witness.post(b"", method="GET")[0] == 405
        assert witness.post(b"x" * (LONGEST + 1))[0] == 413
        assert witness.stop() == 0


def test_of_two_requests_at_once_one_meets_what_the_other_has_left(tmp_path: Path) -> None:
    """Otherwise the smaller head could be kept after the larger one: a rollback."""
    log, answers = Log().grow(60), list[int]()
    with serving(tmp_path / "witness") as witness:
        witness.name(log.signer.vkey)
        for size in range(10, 61, 10):
            together, before = Barrier(4), size - 10
            answers.clear()

            def ask(until: int, before: int = before, together: Barrier = together) -> None:
                together.wait()
                answers.append(witness.post(log.request(before, until))[0])

            threads = [Thread(target=ask, args=(size - back,)) for back in (0, 1, 2, 3)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            assert sorted(answers) == [200, 409, 409, 409]
            seen = int(witness.post(log.request(0, 1))[2])
            assert witness.post(log.request(seen, size))[0] == 200


def test_it_speaks_tls_with_a_certificate_of_its_own(tmp_path: Path) -> None:
    """Whoever asks trusts the file that lies in its folder, and nobody else."""
    with serving(tmp_path / "witness", "--own-cert") as witness:
        log = Log().grow(3)
        witness.name(log.signer.vkey)
        assert urlsplit(witness.url).scheme == "https"
        assert witness.post(log.request(0))[0] == 200


def test_a_client_that_says_nothing_holds_up_nobody(tmp_path: Path) -> None:
    """A hundred that only connect, and one that begins and stops; no address may have more."""
    log = Log().grow(3)
    with serving(tmp_path / "witness") as witness:
        witness.name(log.signer.vkey)
        parts = urlsplit(witness.url)
        idle = [socket.create_connection((parts.hostname or "", parts.port or 0)) for _ in range(100)]
        idle[0].sendall(b"POST /add-checkpoint HTTP/1.1\r\nContent-Length: 1000\r\n")
        try:
            assert witness.post(log.request(0))[0] == 200
        finally:
            for each in idle:
                each.close()


def test_one_folder_is_served_by_one_process(tmp_path: Path) -> None:
    """Of two, each would cosign what the other does not know; the second one says so and ends."""
    with serving(tmp_path / "witness") as witness:
        command = [sys.executable, "-P", "-m", "accessctl.cli", "witness", "run", str(witness.folder.path)]
        second = subprocess.run(
            [*command, "--listen", "127.0.0.1:0"], capture_output=True, text=True, check=False, timeout=30
        )
        assert second.returncode == 1
        assert "another process already serves" in second.stderr


@pytest.mark.parametrize("where", ["0.0.0.0:8422", "192.0.2.9:8422", "[::]:8422"])
def test_nothing_goes_elsewhere_in_clear(where: str) -> None:
    """An answer that says no is not signed: who stood between could raise a false alarm."""
    with pytest.raises(WitnessUnusable, match="nothing goes there in clear"):
        listening(where)
    assert listening(where, own_certificate=True).encrypted
    assert listening(where, Path("cert.pem"), Path("key.pem")).encrypted


@pytest.mark.parametrize(
    ("where", "words"),
    [
        ("8422", "an address and a port are wanted"),
        ("localhost:8422", "an address and a port are wanted"),
        ("127.0.0.1:70000", "an address and a port are wanted"),
        ("[127.0.0.1:80", "an address and a port are wanted"),
    ],
)
def test_what_is_no_address_is_refused(where: str, words: str) -> None:
    """Before anything listens."""
    with pytest.raises(WitnessUnusable, match=words):
        listening(where)


def test_options_that_exclude_each_other_are_refused() -> None:
    """A certificate without its key, two certificates, a name without one to put it in."""
    for options, words in (
        ({"certificate": Path("c")}, "go together"),
        ({"certificate": Path("c"), "key": Path("k"), "own_certificate": True}, "say one of them"),
        ({"names": ("w1",)}, "is for --own-cert"),
    ):
        with pytest.raises(WitnessUnusable, match=words):
            listening("127.0.0.1:0", **options)


def test_a_spoiled_folder_is_said(tmp_path: Path) -> None:
    """It neither serves nor makes itself anew."""
    witness = Serving(tmp_path / "witness")
    witness.kill()
    witness.folder.state.write_bytes(
        b"no database at all, but longer than a page's header of hundred bytes" * 9
    )
    with pytest.raises(AssertionError, match="what was cosigned stands there"):
        Serving(tmp_path / "witness")
