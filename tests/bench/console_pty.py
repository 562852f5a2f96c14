"""The console in a terminal of its own: what it writes, how soon after a key, and what it costs."""

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from accessctl.home import Home
from tests.bench.figures import rss_mib

SIZE: Final = (160, 50)
PATIENCE_S: Final = 30.0
_CONTROL: Final = re.compile(rb"\x1b\[[0-9;?$<>=]*[A-Za-z]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b.")


class PtyConsole:
    """``accessctl tui`` as somebody sees it. Everything that it writes is read, as a terminal does."""

    def __init__(self, home: Home) -> None:
        """Start it; its settings are those of the home, that is none."""
        self._fd, inside = pty.openpty()
        fcntl.ioctl(inside, termios.TIOCSWINSZ, struct.pack("HHHH", SIZE[1], SIZE[0], 0, 0))
        left_out = {"COLUMNS", "LINES", "ACCESSCTL_LANGUAGE"}
        environment = {name: value for name, value in os.environ.items() if name not in left_out}
        environment |= {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8"}
        environment |= {"XDG_CONFIG_HOME": str(home.path), "XDG_STATE_HOME": str(home.path / "state")}
        command = [str(Path(sys.executable).with_name("accessctl")), "--home", str(home.path), "tui"]
        self._process = subprocess.Popen(
            command, stdin=inside, stdout=inside, stderr=inside, env=environment, start_new_session=True
        )
        os.close(inside)
        self._written, self._total = bytearray(), 0
        self._more = threading.Condition()
        self._over = False
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def cpu_s(self) -> float:
        """The processor's time that it has taken so far."""
        fields = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    @property
    def rss_mib(self) -> float:
        """The memory that it has."""
        return rss_mib(self._process.pid)

    @property
    def written_bytes(self) -> int:
        """How much it has written so far."""
        return self._total

    @property
    def text(self) -> str:
        """What it has written since ``forget``, without what colours and places it."""
        with self._more:
            return _CONTROL.sub(b"", bytes(self._written)).decode(errors="replace")

    def forget(self) -> None:
        """Look only at what is written from now on."""
        with self._more:
            self._written.clear()

    def press(self, keys: str, until: str) -> float:
        """Press keys; give the seconds until this is written."""
        self.forget()
        began = time.perf_counter()
        os.write(self._fd, keys.encode())
        self.wait_for(until)
        return time.perf_counter() - began

    def wait_for(self, words: str) -> None:
        """Wait until this is written; ``words`` is a regular expression."""
        wanted = re.compile(words)
        deadline = time.monotonic() + PATIENCE_S
        while wanted.search(self.text) is None:
            with self._more:
                if not self._more.wait(deadline - time.monotonic()) or self._over:
                    said = _CONTROL.sub(b"", bytes(self._written)).decode(errors="replace")
                    raise AssertionError(f"{words!r} was never written, but: {said[-3000:]}")

    def settle(self) -> None:
        """Wait until it has nothing more to write than its clock."""
        while True:
            before = self._total
            time.sleep(0.3)
            if self._total - before < 400:  # a clock that goes on is some 100
                return

    def _read(self) -> None:
        while not self._over:
            ready, _w, _x = select.select([self._fd], [], [], 0.2)
            try:
                piece = os.read(self._fd, 65536) if ready else b""
            except OSError:
                piece, self._over = b"", True
            with self._more:
                self._written += piece
                self._total += len(piece)
                self._more.notify_all()

    def __enter__(self) -> Self:
        """Run until the block ends."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End it."""
        self._process.terminate()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._over = True
        self._reader.join()
        os.close(self._fd)
