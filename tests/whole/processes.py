"""Start the real processes of one home, ask them, and end them one way or another."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

from accessctl.home import Home
from accessctl.link.answers import Answer, Fault, Status
from accessctl.link.requests import AskStatus, Request
from accessctl.link.wire import LONGEST_LINE, decode, encode
from hardware.errors import SimulationMissing
from hardware.simulated.tool import WarehouseTool
from tests.homes import let_in

PATIENCE_S = 20.0
"""Nothing here takes as long; it is reached only when something is broken."""


class Warehouse:
    """The simulated warehouse, in its own process."""

    def __init__(self, home: Home) -> None:
        """Start it, and take a hand in it."""
        self._process = subprocess.Popen(
            [sys.executable, "-m", "hardware.simulated", str(home.warehouse_socket)],
            stdout=subprocess.DEVNULL,
        )
        self.tool = _once_there(
            lambda: WarehouseTool(home.warehouse_socket), SimulationMissing, self._process
        )

    def released(self) -> list[str]:
        """The doors whose leaf is free at this instant."""
        return [door for door, facts in self.tool.state()["doors"].items() if facts["strike"] == "released"]

    def close(self) -> None:
        """End it."""
        self.tool.close()
        _end(self._process)


class Door:
    """The door process."""

    def __init__(
        self, home: Home, *arguments: str, wrapper: tuple[str, ...] = (), options: tuple[str, ...] = ()
    ) -> None:
        """Start it and wait until it answers and its board is attached."""
        self.home = home
        self.log = home.path / "door.log"
        where = ("--home", str(home.path))
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*wrapper, sys.executable, *arguments, "-m", "accessctl.door", *where, *options],
                stderr=log,
            )
        self._link = _once_there(lambda: _connect(home.door_socket), OSError, self.process)

    def ask(self, request: Request) -> Answer:
        """Ask over the link."""
        self._link.sendall(encode(request))
        return self.next_answer()

    def next_answer(self) -> Answer:
        """Read the next answer. Raises ``ConnectionError`` when the process has gone."""
        line = bytearray()
        while not line.endswith(b"\n"):
            part = self._link.recv(LONGEST_LINE)
            if not part:
                raise ConnectionError
            line += part
        answer = decode(bytes(line))
        assert isinstance(answer, Answer)
        return answer

    def status(self) -> Status:
        """How everything stands."""
        answer = self.ask(AskStatus())
        assert not isinstance(answer, Fault)
        assert isinstance(answer, Status)
        return answer

    def kill(self) -> None:
        """End it as a power cut would, and wait until it is gone."""
        self.process.kill()
        self.process.wait(PATIENCE_S)
        self._link.close()

    def stop(self) -> int:
        """Ask it to stop and give its exit status."""
        self._link.close()
        return _end(self.process)

    def __enter__(self) -> Self:
        """Run until the block ends."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop, if it has not been."""
        self._link.close()
        if self.process.poll() is None:
            self.stop()


class Api:
    """The API process."""

    def __init__(self, home: Home) -> None:
        """Start it and wait until it listens."""
        self.log = home.path / "api.log"
        let_in(home)
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "accessctl.api", "--home", str(home.path)], stdout=log, stderr=log
            )
        _once_there(lambda: _connect(home.api_socket), OSError, self.process).close()
        transport = httpx.HTTPTransport(uds=str(home.api_socket))
        self.client = httpx.Client(transport=transport, base_url="http://api", timeout=PATIENCE_S)

    def close(self) -> None:
        """End it."""
        self.client.close()
        if self.process.poll() is None:
            _end(self.process)


@contextmanager
def stopped(process: int) -> Iterator[None]:
    """Let a process stand still as SIGSTOP makes it, then go on."""
    os.kill(process, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(process, signal.SIGCONT)


def _connect(path: Path) -> socket.socket:
    link = socket.socket(socket.AF_UNIX)
    try:
        link.settimeout(PATIENCE_S)
        link.connect(str(path))
    except OSError:
        link.close()
        raise
    return link


def _once_there(
    connect: Callable[[], Any], missing: type[Exception], process: subprocess.Popen[bytes]
) -> Any:  # noqa: ANN401
    """Connect as soon as the process listens. It is the process that is waited for, not the clock."""
    for _ in range(int(PATIENCE_S / _POLL_S)):
        try:
            return connect()
        except missing:
            try:
                process.wait(_POLL_S)
            except subprocess.TimeoutExpired:
                continue
            raise AssertionError(f"the process ended with {process.returncode}") from None
    raise AssertionError("the process does not answer")


_POLL_S = 0.02


def _end(process: subprocess.Popen[bytes]) -> int:
    process.terminate()
    return process.wait(PATIENCE_S)


def children(pid: int) -> list[int]:
    """Give the processes that a process has started, and that are still there."""
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return [int(child) for task in tasks for child in (task / "children").read_text().split()]
