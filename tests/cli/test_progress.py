import errno
import os
import pty
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr

import click
import pytest
from click.testing import CliRunner

from accessctl.cli.progress import LINE_S, progress
from accessctl.cli.talk import as_table


class Watch:
    """A clock that moves when it is told to."""

    def __init__(self) -> None:
        self.at = 0.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def watch() -> Watch:
    return Watch()


class Terminal:
    """A terminal on which somebody sees what is drawn."""

    def __init__(self) -> None:
        self._screen, self._line = pty.openpty()
        self.drawn = ""

    @contextmanager
    def as_stderr(self) -> Iterator[None]:
        # In the test itself: pytest puts its own stderr back between a fixture and the test.
        with os.fdopen(self._line, "w") as stderr, redirect_stderr(stderr):
            yield
        # What was written reaches the other end a little later: only the hang-up says that it is all there.
        self.drawn = b"".join(iter(self._piece, b"")).decode()
        os.close(self._screen)

    def _piece(self) -> bytes:
        try:
            return os.read(self._screen, 65536)
        except OSError as hung_up:
            if hung_up.errno == errno.EIO:
                return b""
            raise


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    monkeypatch.setenv("COLUMNS", "100")
    return Terminal()


def test_a_log_gets_a_line_now_and_then(watch: Watch, capsys: pytest.CaptureFixture[str]) -> None:
    """Where stderr is no terminal, a line says how far it is, how fast it goes and how long it will take."""
    with progress("importing", 100_000, clock=watch) as step:
        for _ in range(4):
            watch.at += LINE_S / 2
            step(10_000)
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.splitlines() == [
        "accessctl: importing: 20,000 of 100,000 (4,000/s, 0:20 left)",
        "accessctl: importing: 40,000 of 100,000 (4,000/s, 0:15 left)",
        "accessctl: importing: 40,000 of 100,000 (4,000/s, 0:15 left)",
    ]


def test_a_terminal_gets_a_bar_that_is_drawn_over(watch: Watch, terminal: Terminal) -> None:
    """The bar stays on one line, and its last state stays behind."""
    with terminal.as_stderr(), progress("importing", 200, clock=watch) as step:
        watch.at = 60.0
        step(100)
        watch.at = 90.0
        step(100)
    drawn = terminal.drawn.replace("\x1b[K", "").rstrip().split("\r")
    assert drawn[1] == "importing [                        ] 0 of 200"
    assert drawn[2] == "importing [############            ] 100 of 200 (1.7/s, 1:00 left)"
    assert drawn[-1] == "importing [########################] 200 of 200 (2.2/s, 1:30)"


def test_a_bar_is_not_drawn_more_often_than_anybody_sees(watch: Watch, terminal: Terminal) -> None:
    """A million small steps do not become a million lines."""
    with terminal.as_stderr(), progress("importing", 1_000, clock=watch) as step:
        for _ in range(1_000):
            step(1)
    assert terminal.drawn.count("\r") <= 3


def test_plain_output_has_no_bar(watch: Watch, terminal: Terminal) -> None:
    """Who has the screen read to them gets lines, on a terminal too."""

    @click.command()
    @as_table
    def work(*, json_: bool) -> None:
        with progress("importing", 20, quiet=json_, clock=watch) as step:
            watch.at = LINE_S
            step(10)

    with terminal.as_stderr():
        work.main(["--plain"], standalone_mode=False)
    assert set(terminal.drawn.split("\r\n")) == {"accessctl: importing: 10 of 20 (2.0/s, 0:05 left)", ""}


def test_quiet_work_says_nothing(watch: Watch, capsys: pytest.CaptureFixture[str]) -> None:
    """--json and --quiet leave stderr to what went wrong."""
    with progress("importing", 20, quiet=True, clock=watch) as step:
        watch.at = LINE_S
        step(20)
    assert capsys.readouterr().err == ""


def test_work_of_unknown_length_is_counted(watch: Watch, capsys: pytest.CaptureFixture[str]) -> None:
    """Without a total there is no bar and no estimate, and the rate is true."""
    with progress("reading", None, clock=watch) as step:
        watch.at = 3700.0
        step(7_400)
    assert capsys.readouterr().err.splitlines()[-1] == "accessctl: reading: 7,400 (2.0/s, 1:01:40)"


def test_work_that_fails_leaves_its_line_whole() -> None:
    """What went wrong is said on a line of its own, behind how far it came."""

    @click.command()
    def work() -> None:
        with progress("importing", 20) as step:
            step(5)
            raise click.ClickException("the API does not answer")

    said = CliRunner().invoke(work).stderr.splitlines()
    assert said[0].startswith("accessctl: importing: 5 of 20")
    assert said[1:] == ["Error: the API does not answer"]
