"""The notary's loop: its looks, its signals, and who asks at its socket."""

import logging
import os
import selectors
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import Final

from accessctl.notary.asking import REFUSED, SIGN, SIGNED
from accessctl.notary.keeping import Keeper

FINISH_S: Final = 3.0
"""Whoever stops it kills it after five."""
MOST_ASKING: Final = 16

log = logging.getLogger(__name__)


class Serving:
    """Runs a keeper until it is told to stop. Lives in the main thread."""

    def __init__(self, keeper: Keeper, path: Path) -> None:
        """``path``: where the socket is to be."""
        self._keeper, self._path = keeper, path
        self._stopping = False
        self._asking: list[socket.socket] = []

    def run(self) -> None:
        """Look, sign and answer until SIGTERM or SIGINT; then sign once more."""
        with selectors.DefaultSelector() as selector, _woken(selector), self._listening(selector):
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, self._stop)
            signal.signal(signal.SIGUSR1, lambda *_: self._keeper.sign_now())
            while not self._stopping:
                wait_s = self._keeper.look()
                self._answer_all()
                self._wait(selector, wait_s)
            self._keeper.finish(FINISH_S)

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stopping = True

    def _wait(self, selector: selectors.BaseSelector, wait_s: float) -> None:
        if self._stopping:
            return
        for key, _ in selector.select(wait_s):
            if key.data == "woken":
                with suppress(BlockingIOError):
                    os.read(key.fd, 64)
            else:
                self._hear(key.fileobj)

    def _hear(self, listener: object) -> None:
        with suppress(OSError):
            asked, _ = listener.accept()  # type: ignore[attr-defined]  # the one socket that is registered
            if len(self._asking) >= MOST_ASKING:
                asked.close()
                return
            # A word of five bytes is there at once or is none; nobody is waited for here.
            asked.settimeout(0.2)
            if asked.recv(len(SIGN)) == SIGN:
                self._asking.append(asked)
                self._keeper.sign_now()
            else:
                asked.close()

    def _answer_all(self) -> None:
        """Answer those who asked, once it is done or known why it is not."""
        why_not, newest = self._keeper.why_not, self._keeper.newest()
        if not self._asking or (self._keeper.busy and not why_not):
            return
        if why_not:
            said = REFUSED + b"\n" + why_not.encode()
        elif newest is None:
            said = REFUSED + b"\nnothing was signed yet"
        else:
            said = SIGNED + b"\n" + newest.encode()
        for asked in self._asking:
            with suppress(OSError):
                asked.sendall(said)  # a few hundred bytes: they fit into any socket's buffer
            asked.close()
        self._asking.clear()

    @contextmanager
    def _listening(self, selector: selectors.BaseSelector) -> Iterator[None]:
        listener = None
        with suppress(FileNotFoundError):
            self._path.unlink()
        before = os.umask(0o117)  # 0660: whoever exports is of the same group
        try:
            listener = socket.socket(socket.AF_UNIX)
            listener.bind(str(self._path))
            listener.listen()
            listener.settimeout(0)
            selector.register(listener, selectors.EVENT_READ, "asked")
        except OSError as error:
            log.error("nobody can ask for a head: %s", error)  # noqa: TRY400 - it signs all the same
        finally:
            os.umask(before)
        try:
            yield
        finally:
            if listener is not None:
                listener.close()
            with suppress(OSError):
                self._path.unlink()


@contextmanager
def _woken(selector: selectors.BaseSelector) -> Iterator[None]:
    """Let a signal end a wait."""
    read_end, write_end = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
    before = signal.set_wakeup_fd(write_end)
    selector.register(read_end, selectors.EVENT_READ, "woken")
    try:
        yield
    finally:
        signal.set_wakeup_fd(before)
        os.close(read_end)
        os.close(write_end)
