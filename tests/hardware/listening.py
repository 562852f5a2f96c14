"""What tests hear from devices, in order, without sleeping."""

from queue import Empty, SimpleQueue
from typing import TypeVar

from hardware.signals import Signal

S = TypeVar("S", bound=Signal)

PATIENCE_S = 10.0
"""How long a signal may take on a busy machine. Only a failing test waits so long."""


class Ear:
    """A place to report to. Signals are heard one by one."""

    def __init__(self) -> None:
        self._signals: SimpleQueue[Signal] = SimpleQueue()

    def __call__(self, signal: Signal) -> None:
        self._signals.put(signal)

    def next(self, kind: type[S]) -> S:
        """Wait for the next signal; it must be of this kind."""
        signal = self._get(kind)
        assert isinstance(signal, kind), f"wanted a {kind.__name__}, heard {signal}"
        return signal

    def skip_to(self, kind: type[S]) -> S:
        """Wait for a signal of this kind, whatever comes before."""
        while True:
            if isinstance(signal := self._get(kind), kind):
                return signal

    def soon(self, kind: type[S], within_s: float = 1.0) -> S | None:
        """Give the next signal, which must be of this kind, if it comes within this time."""
        try:
            signal = self._signals.get(timeout=within_s)
        except Empty:
            return None
        assert isinstance(signal, kind), f"wanted a {kind.__name__}, heard {signal}"
        return signal

    def _get(self, kind: type[S]) -> Signal:
        try:
            return self._signals.get(timeout=PATIENCE_S)
        except Empty:
            raise AssertionError(f"no {kind.__name__} within {PATIENCE_S:g} s") from None

    @property
    def quiet(self) -> bool:
        """Whether nothing more was heard until now."""
        return self._signals.empty()
