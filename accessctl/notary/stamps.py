"""Time stamps of a head (RFC 3161): what is asked, and whether what comes is what was asked for.

The program ``openssl`` does both, with the commands that an auditor uses as well. It checks signature, chain,
purpose and digest of the certificate, and that the reply answers this very request.
"""

import re
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

REQUEST, REPLY = "application/timestamp-query", "application/timestamp-reply"
PATIENCE_S: Final = 20.0
_TIME: Final = re.compile(r"^Time stamp: (\w{3} +\d+ \d\d:\d\d:\d\d)(?:\.\d+)? (\d{4}) GMT$", re.MULTILINE)

Check = Callable[[bytes], int]
"""Takes a reply and gives the second, since 1970, that it says. Raises ``OSError`` for a bad one."""


def asked(note: bytes, ca: Path) -> tuple[bytes, Check]:
    """Give a request over the SHA-256 of a note, and what checks the reply. Raises ``OSError``.

    ``ca``: certificates (PEM); those that sign themselves are the roots that are trusted.
    """
    with TemporaryDirectory(prefix="accessctl-stamp-") as folder:
        data = Path(folder, "note")
        data.write_bytes(note)
        # With a number that is used once, and the stamper's certificates: the reply stands by itself.
        request = _openssl("-query", "-data", str(data), "-sha256", "-cert")

    def check(reply: bytes) -> int:
        with TemporaryDirectory(prefix="accessctl-stamp-") as folder:
            query, answer = Path(folder, "query"), Path(folder, "reply")
            query.write_bytes(request)
            answer.write_bytes(reply)
            trusted = ("-CAfile", str(ca), "-untrusted", str(ca))
            _openssl("-verify", "-queryfile", str(query), "-in", str(answer), *trusted)
            return _time_in(_openssl("-reply", "-in", str(answer), "-text").decode(errors="replace"))

    return request, check


def _time_in(text: str) -> int:
    if (found := _TIME.search(text)) is None:
        raise OSError("what it has stamped is no good: it names no time")
    at = datetime.strptime(" ".join(found.groups()), "%b %d %H:%M:%S %Y").replace(tzinfo=UTC)
    return int(at.timestamp())


def _openssl(*words: str) -> bytes:
    try:
        done = subprocess.run(
            ("openssl", "ts", *words),  # noqa: S607 - wherever the system has it
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            timeout=PATIENCE_S,
        )
    except FileNotFoundError:
        raise OSError("the program openssl is missing: Debian's package openssl has it") from None
    except subprocess.TimeoutExpired:
        raise OSError("the program openssl does not come to its end") from None
    if done.returncode != 0:
        said = done.stderr.decode(errors="replace").splitlines()
        why = next((line.rpartition("error:")[2] for line in reversed(said) if "error:" in line), "")
        raise OSError(f"what it has stamped is no good: {why or ' '.join(said[-1:])}")
    return done.stdout
