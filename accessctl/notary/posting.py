"""Posting something over HTTP, with an end to every wait. Blocking; each anchor has a thread of its own.

Loaded only where an anchor is on the network.
"""

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from threading import Timer
from typing import Final, NamedTuple
from urllib.parse import SplitResult, urlsplit

PATIENCE_S: Final = 10.0
"""From the connection to the last byte of the answer, however many bytes come on the way."""
LONGEST: Final = 256 * 1024
"""Bytes of an answer. A stamp with its chain of certificates has some 6 KiB."""
_AGENT: Final = "accessctl"


class Posted(NamedTuple):
    """What was answered."""

    status: int
    type: str
    body: bytes


def post(url: str, body: bytes, type_: str, ca: str | None = None, patience_s: float = PATIENCE_S) -> Posted:
    """Post it and give the answer. Raises ``OSError``. No redirect is followed.

    ``ca``: a file of certificates (PEM) that are trusted, in place of those of the system.
    """
    parts = urlsplit(url)
    path = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    headers = {"Content-Type": type_, "User-Agent": _AGENT, "Connection": "close"}
    try:
        with _connected(parts, ca, patience_s) as connection:
            connection.request("POST", path, body, headers)
            with connection.getresponse() as answer:
                found = answer.read(LONGEST + 1)
                kind = (answer.getheader("Content-Type") or "").partition(";")[0].strip().lower()
    except TimeoutError as error:
        raise OSError("it does not answer in time") from error
    except ssl.SSLCertVerificationError as error:
        raise OSError(f"its certificate is not trusted: {error.verify_message}") from error
    except (HTTPException, ValueError) as error:  # ValueError: TLS whose socket was taken away meanwhile
        raise OSError(f"it does not answer as it has to ({type(error).__name__})") from error
    if len(found) > LONGEST:
        raise OSError(f"its answer has more than {LONGEST} bytes")
    return Posted(answer.status, kind, found)


@contextmanager
def _connected(parts: SplitResult, ca: str | None, patience_s: float) -> Iterator[HTTPConnection]:
    """Connect. When time is over the connection is taken away, whatever is waited for."""
    encrypted, host = parts.scheme == "https", parts.hostname or ""
    port = parts.port or (443 if encrypted else 80)
    # Each single wait has an end; so has all of them together, or a byte now and then would go on for ever.
    with socket.create_connection((host, port), patience_s) as raw, raw.dup() as twin:
        timer = Timer(patience_s, _hang_up, (twin,))
        timer.daemon = True
        timer.start()
        connection = (HTTPSConnection if encrypted else HTTPConnection)(host, port)
        try:
            connection.sock = _context(ca).wrap_socket(raw, server_hostname=host) if encrypted else raw
            yield connection
        finally:
            timer.cancel()
            connection.close()


def _context(ca: str | None) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=ca)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _hang_up(connection: socket.socket) -> None:
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
