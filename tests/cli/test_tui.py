"""`accessctl tui`: on a terminal, without one, and when the terminal goes away."""

import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator

import pytest

from tests.tui.rig import Site, running_site

PATIENCE_S = 30.0


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with running_site() as running:
        yield running


class Terminal:
    """A console on a terminal of its own."""

    def __init__(self, site: Site, *options: str) -> None:
        self.screen, inside = pty.openpty()
        fcntl.ioctl(inside, termios.TIOCSWINSZ, struct.pack("4H", 24, 80, 0, 0))
        home = str(site.home.path)
        self.process = subprocess.Popen(
            (sys.executable, "-m", "accessctl.cli", "--home", home, "tui", *options),
            stdin=inside,
            stdout=inside,
            stderr=inside,
            env={**os.environ, "TERM": "xterm-256color", "XDG_CONFIG_HOME": home, "XDG_STATE_HOME": home},
            start_new_session=True,
        )
        os.close(inside)

    def until(self, words: bytes) -> bytes:
        """Read what is drawn until these words come; without them until the end."""
        text, until_s = b"", time.monotonic() + PATIENCE_S
        while not words or words not in text:
            if not select.select([self.screen], [], [], until_s - time.monotonic())[0]:
                pytest.fail(f"{words!r} did not come; the last was {text[-500:]!r}")
            try:
                text += os.read(self.screen, 65536)
            except OSError:  # EIO: nobody has the terminal open any more
                assert not words, text[-500:]
                break
        return text

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self.screen)


@pytest.fixture
def terminal(site: Site) -> Iterator[Terminal]:
    terminal = Terminal(site)
    yield terminal
    terminal.close()


def test_it_opens_with_the_board_and_q_leaves(terminal: Terminal) -> None:
    """At 80 columns by 24 lines, with exit status 0."""
    terminal.until(b"Main gate")
    os.write(terminal.screen, b"q")
    terminal.until(b"")
    assert terminal.process.wait(PATIENCE_S) == 0


def test_it_ends_with_its_terminal(site: Site) -> None:
    """A console on a terminal that is gone would run for ever."""
    terminal = Terminal(site)
    try:
        terminal.until(b"Main gate")
    finally:
        os.close(terminal.screen)
    try:
        terminal.process.wait(PATIENCE_S)
    finally:
        terminal.process.kill()
        terminal.process.wait()


def test_without_a_terminal_it_says_what_to_do_instead(site: Site) -> None:
    """One line, and exit status 1."""
    command = (sys.executable, "-m", "accessctl.cli", "--home", str(site.home.path), "tui")
    ended = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert "tui --plain" in ended.stderr
    assert ended.stdout == ""
