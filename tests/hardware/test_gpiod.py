"""What can be said of real lines without any: which chip is taken, and how edges are handed out.

What the kernel does with them is in ``tests/vm``.
"""

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import SimpleQueue
from threading import Event

import pytest

from hardware import gpiod_factory
from hardware.errors import HeaderMissing
from hardware.gpio import open_header
from hardware.gpiod_edges import EdgeThread, KernelEdge
from hardware.specs import BoardKind
from tests.hardware.listening import PATIENCE_S
from tests.hardware.threads import Threads


def test_a_machine_without_chips_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Elsewhere than on a Pi there is nothing to open."""
    monkeypatch.setattr(gpiod_factory, "CHIPS", str(tmp_path / "gpiochip*"))
    with pytest.raises(HeaderMissing, match=r"there is no .*gpiochip\*"):
        open_header(BoardKind.PI)


def test_what_is_no_chip_is_passed_over(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A file that answers no question about its label is logged, and never taken for the header."""
    (tmp_path / "gpiochip0").touch()
    monkeypatch.setattr(gpiod_factory, "CHIPS", str(tmp_path / "gpiochip*"))
    with pytest.raises(HeaderMissing, match=r"is labelled pinctrl-bcm2711 or pinctrl-rp1 .*; there is: none"):
        open_header(BoardKind.PI)
    assert "gpiochip0 cannot be asked for its label" in caplog.text


@pytest.mark.parametrize(("parameter", "warns"), [("Y", True), ("N", False), (None, False)])
def test_a_kernel_that_keeps_lines_driven_is_warned_of(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    parameter: str | None,
    warns: bool,
) -> None:
    """Where a killed process leaves a door released, the log says what to change."""
    if parameter is not None:
        (tmp_path / "persist_gpio_outputs").write_text(f"{parameter}\n")
    monkeypatch.setattr(gpiod_factory, "PERSISTENCE", str(tmp_path / "persist*"))
    gpiod_factory.warn_of_persistence()
    assert ("dtparam=strict_gpiod" in caplog.text) is warns


class PipeLine:
    """A line whose edges come out of a pipe, as the kernel's come out of a request."""

    def __init__(self, told: "SimpleQueue[KernelEdge]") -> None:
        self.told = told
        self.fd, self._end = os.pipe()
        self.edges: list[KernelEdge] = []
        self.woken = False
        self.reading: Callable[[], object] = lambda: None

    def fall(self, at_ns: int) -> None:
        """Have an edge; ``wake`` lets it be read."""
        self.edges.append(KernelEdge(at_ns, self, high=False))

    def wake(self) -> None:
        self.woken = True
        os.write(self._end, b"!")

    def edges_since(self) -> list[KernelEdge]:
        os.read(self.fd, 1)
        self.woken = False
        taken, self.edges = self.edges, []
        self.reading()
        return taken

    def tell(self, edge: KernelEdge) -> None:
        self.told.put(edge)

    def close(self) -> None:
        for fd in (self.fd, self._end):
            os.close(fd)


@pytest.fixture
def told() -> "SimpleQueue[KernelEdge]":
    return SimpleQueue()


@pytest.fixture
def lines(told: "SimpleQueue[KernelEdge]") -> Iterator[tuple[PipeLine, PipeLine]]:
    one, other = PipeLine(told), PipeLine(told)
    yield one, other
    one.close()
    other.close()


@pytest.fixture
def edges() -> Iterator[EdgeThread]:
    edges = EdgeThread()
    yield edges
    edges.close()
    edges.close()


class Gate(PipeLine):
    """A line whose watcher holds the thread until it is let go."""

    def __init__(self, edges: EdgeThread) -> None:
        super().__init__(SimpleQueue())
        self._shut, self._go = Event(), Event()
        edges.watch(self.fd, self)
        self.fall(0)
        self.wake()
        assert self._shut.wait(PATIENCE_S)

    def tell(self, edge: KernelEdge) -> None:
        self._shut.set()
        self._go.wait(PATIENCE_S)

    def let_go(self) -> None:
        self._go.set()


class TestEdges:
    def test_edges_of_all_lines_come_in_their_order(
        self, edges: EdgeThread, lines: tuple[PipeLine, PipeLine], told: "SimpleQueue[KernelEdge]"
    ) -> None:
        """What is read line by line is told by its instants."""
        gate = Gate(edges)
        for line in lines:
            edges.watch(line.fd, line)
        for n in range(8):
            lines[n % 2].fall(n)
        for line in lines:
            line.wake()
        gate.let_go()
        assert [told.get(timeout=PATIENCE_S).mono_ns for _ in range(8)] == list(range(8))

    def test_what_falls_while_lines_are_read_waits(
        self, edges: EdgeThread, lines: tuple[PipeLine, PipeLine], told: "SimpleQueue[KernelEdge]"
    ) -> None:
        """An edge from after the reading began is told after an earlier one that the next round finds."""

        def fall_meanwhile() -> None:
            # One of the two was read just now, and has the earlier edge; the other one is read next.
            first, second = lines if lines[1].woken else lines[::-1]
            for line in lines:
                line.reading = lambda: None
            first.fall(time.monotonic_ns())
            first.wake()
            second.fall(time.monotonic_ns())

        gate = Gate(edges)
        for line in lines:
            edges.watch(line.fd, line)
            line.reading = fall_meanwhile
            line.wake()
        gate.let_go()
        heard = [told.get(timeout=PATIENCE_S).mono_ns for _ in range(2)]
        assert heard == sorted(heard)

    def test_one_that_fails_takes_no_other_along(
        self,
        edges: EdgeThread,
        lines: tuple[PipeLine, PipeLine],
        told: "SimpleQueue[KernelEdge]",
        monkeypatch: pytest.MonkeyPatch,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        """A line that cannot be read, or whose watcher fails, is logged; the thread goes on."""
        broken, sound = lines

        def fail(*_: object) -> None:
            raise OSError("it is gone")

        monkeypatch.setattr(broken, "tell", fail)
        edges.watch(broken.fd, broken)
        edges.watch(sound.fd, sound)
        broken.fall(1)
        broken.wake()
        sound.fall(2)
        sound.wake()
        assert told.get(timeout=PATIENCE_S).mono_ns == 2
        monkeypatch.setattr(broken, "edges_since", fail)
        broken.wake()
        sound.fall(3)
        sound.wake()
        assert told.get(timeout=PATIENCE_S).mono_ns == 3
        assert "whoever watches a line failed" in caplog.text

    def test_a_line_that_was_left_is_silent(
        self, edges: EdgeThread, lines: tuple[PipeLine, PipeLine], told: "SimpleQueue[KernelEdge]"
    ) -> None:
        """After leave a line's edges are not read; leaving twice, or what never was watched, is leaving."""
        left, watched = lines
        for line in lines:
            edges.watch(line.fd, line)
            edges.watch(line.fd, line)
        edges.leave(left.fd)
        edges.leave(left.fd)
        left.fall(1)
        left.wake()
        watched.fall(2)
        watched.wake()
        assert told.get(timeout=PATIENCE_S).mono_ns == 2
        assert told.empty()

    def test_no_thread_without_lines(self, lines: tuple[PipeLine, PipeLine]) -> None:
        """The thread starts with the first line that is watched, and ends with close."""
        threads = Threads()
        edges = EdgeThread()
        assert not threads.new
        edges.watch(lines[0].fd, lines[0])
        assert len(threads.new) == 1
        edges.close()
        assert not threads.new
