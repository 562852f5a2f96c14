"""The line to the API's socket: one that can be hung up from elsewhere, and that is never left open.

httpx leaves the socket of a failed connection to the garbage collector, which complains at some later time;
asking beforehand whether anybody listens does not help, for who listens may end in between.
"""

import select
import socket
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final, cast

import httpcore
import httpx

_AT_REST: Final = 1
"""A client asks one thing after the other."""
_RESTS_S: Final = 2.0
"""Less than the five seconds of the API's server, so that nothing is asked on a line as it ends."""


class LineTransport(httpx.BaseTransport):
    """Carries what httpx asks over a Unix socket.

    What goes wrong is raised as ``OSError`` when connecting, one of httpcore after it: ``LINE_ERRORS``.
    """

    def __init__(self, path: Path) -> None:
        """``path``: of the socket. Connects when it is first asked."""
        self._lines = _Lines()
        self._pool = httpcore.ConnectionPool(
            uds=str(path),
            network_backend=self._lines,
            max_keepalive_connections=_AT_REST,
            keepalive_expiry=_RESTS_S,
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Ask, and give the answer; its body is read later."""
        url = request.url
        answer = self._pool.handle_request(
            httpcore.Request(
                request.method,
                httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
                headers=request.headers.raw,
                content=cast("httpx.SyncByteStream", request.stream),
                extensions=request.extensions,
            )
        )
        return httpx.Response(
            answer.status, headers=answer.headers, stream=_Body(answer), extensions=answer.extensions
        )

    def hang_up(self) -> None:
        """End what another thread waits for, and whatever is asked from now on."""
        self._lines.hang_up()

    def close(self) -> None:
        """Hang up, when nobody waits."""
        self._pool.close()


TIMEOUTS: Final = (TimeoutError, httpcore.TimeoutException)
LINE_ERRORS: Final = (OSError, httpcore.NetworkError, httpcore.ProtocolError)


class _Body(httpx.SyncByteStream):
    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        return self._answer.iter_stream()

    def close(self) -> None:
        self._answer.close()


class _Lines(httpcore.NetworkBackend):
    """Connects, and knows the newest line."""

    def __init__(self) -> None:
        self._line: socket.socket | None = None
        self._hung_up = False

    def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[object] | None = None
    ) -> httpcore.NetworkStream:
        del socket_options  # none are asked for
        line = socket.socket(socket.AF_UNIX)
        try:
            line.settimeout(timeout)
            line.connect(path)
        except BaseException:
            line.close()
            raise
        self._line = line
        if self._hung_up:  # while it was still connecting
            self.hang_up()
        return _Line(line)

    def hang_up(self) -> None:
        self._hung_up = True
        if self._line is not None:
            with suppress(OSError):
                self._line.shutdown(socket.SHUT_RDWR)


class _Line(httpcore.NetworkStream):
    """A socket in the words of httpcore."""

    def __init__(self, line: socket.socket) -> None:
        self._line = line

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        with _raising(httpcore.ReadTimeout, httpcore.ReadError):
            self._line.settimeout(timeout)
            return self._line.recv(max_bytes)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        with _raising(httpcore.WriteTimeout, httpcore.WriteError):
            self._line.settimeout(timeout)
            self._line.sendall(buffer)

    def close(self) -> None:
        self._line.close()

    def get_extra_info(self, info: str) -> object:
        return self._may_be_read() if info == "is_readable" else None

    def _may_be_read(self) -> bool:
        """Whether a line that rests has ended: nobody says anything unasked."""
        if self._line.fileno() < 0:
            return True
        waiting = select.poll()
        waiting.register(self._line, select.POLLIN)
        return bool(waiting.poll(0))


@contextmanager
def _raising(late: type[Exception], broken: type[Exception]) -> Iterator[None]:
    try:
        yield
    except TimeoutError as error:
        raise late(str(error)) from error
    except OSError as error:
        raise broken(str(error)) from error
