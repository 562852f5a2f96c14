"""Light and buzzer on GPIO lines, played by one thread for all readers of the board."""

import logging
import time
from threading import Condition, Thread

from hardware.errors import LineFailed
from hardware.gpio import Header, OutputLine
from hardware.patterns import DARK, STEPS, Lamps, Score, Steps
from hardware.ports import Pattern
from hardware.signals import DeviceId
from hardware.specs import GpioAnnunciatorSpec

log = logging.getLogger(__name__)


class GpioAnnunciator:
    """The lamps of one reader. A lamp that is not wired is simply not played."""

    def __init__(self, spec: GpioAnnunciatorSpec, header: Header, player: "Player") -> None:
        """Claim the lines, dark. Raises ``GpioTaken`` or ``LineFailed``; then no line stays claimed."""
        self.id: DeviceId = spec.id
        self.score = Score(player.steps)
        self._player = player
        self._lit = DARK
        self._active_low = spec.active_low
        self._lines: dict[str, OutputLine] = {}
        wired = {"green": spec.green_gpio, "red": spec.red_gpio, "buzzer": spec.buzzer_gpio}
        try:
            for lamp, gpio in wired.items():
                if gpio is not None:
                    self._lines[lamp] = header.output(gpio, spec.id, high=spec.active_low)
        except Exception:
            self._free()
            raise

    def show(self, pattern: Pattern) -> None:
        """Play a pattern now. The lines follow in the player's thread, a moment later."""
        self._player.show(self, pattern)

    def close(self) -> None:
        """Go dark and silent, and free the lines."""
        self._player.leave(self)
        self.light(DARK)
        self._free()

    def light(self, lamps: Lamps) -> None:
        """Drive the lamps that differ. A broken lamp is logged and never stops the others."""
        for lamp, line in self._lines.items():
            on: bool = getattr(lamps, lamp)
            if on is not getattr(self._lit, lamp):
                try:
                    line.drive(high=on is not self._active_low)
                except LineFailed as error:
                    log.warning("the %s lamp does not work: %s", lamp, error)
        self._lit = lamps

    def _free(self) -> None:
        while self._lines:
            self._lines.popitem()[1].close()


class Player:
    """One daemon thread that plays the scores of all annunciators. It sleeps while nothing blinks."""

    def __init__(self, steps: Steps = STEPS) -> None:
        """Build it silent, with this board's patterns; the thread starts with the first one that is shown."""
        self.steps = steps
        self._changed = Condition()
        self._annunciators: set[GpioAnnunciator] = set()
        self._thread: Thread | None = None
        self._closed = False

    def show(self, annunciator: GpioAnnunciator, pattern: Pattern) -> None:
        """Have one annunciator play a pattern from now on; nothing after ``close``."""
        with self._changed:
            if self._closed:
                return
            annunciator.score.show(pattern, time.monotonic_ns())
            self._annunciators.add(annunciator)
            if self._thread is None:
                self._thread = Thread(target=self._play, name="annunciators", daemon=True)
                self._thread.start()
            self._changed.notify()

    def leave(self, annunciator: GpioAnnunciator) -> None:
        """Forget one annunciator: when this returns, the thread does not touch its lines any more."""
        with self._changed:
            self._annunciators.discard(annunciator)

    def close(self) -> None:
        """End the thread."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        if self._thread is not None:
            self._thread.join()

    def _play(self) -> None:
        with self._changed:
            while not self._closed:
                now_ns = time.monotonic_ns()
                changes_ns = []
                for annunciator in self._annunciators:
                    annunciator.light(annunciator.score.lamps(now_ns))
                    changes_ns.append(annunciator.score.next_change_ns(now_ns))
                due_ns = min((at for at in changes_ns if at is not None), default=None)
                self._changed.wait(None if due_ns is None else (due_ns - now_ns) / 1e9)
