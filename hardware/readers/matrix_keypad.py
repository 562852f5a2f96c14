"""A keypad of bare switches, each between a row and a column, on GPIO lines.

At rest all rows are low, so that any key pulls its column low, and the thread sleeps until one does. Only
then the rows are driven one by one to see which key it is. A row is pulled low or not driven at all
(open drain): two keys of one column would otherwise join a high output with a low one. The columns'
pull-ups are what makes the other level.

Keys that are down when the keypad is opened, or back after a fault, are not read until they were let go.
"""

import logging
import time
from contextlib import ExitStack
from threading import Event, Lock, Thread
from typing import Final

from hardware.errors import LineFailed
from hardware.gpio import Header
from hardware.health import Health, HealthBook
from hardware.ports import Report
from hardware.readers.matrix_keys import MatrixKeys, Place, Places
from hardware.signals import DeviceBack, DeviceId, DeviceLost, KeyPressed, Signal
from hardware.specs import MatrixKeypadSpec

log = logging.getLogger(__name__)

READ: Final = frozenset("0123456789*#")
"""The keys that are read; whatever else a keypad has is none of ours."""
SCAN_S: Final = 0.008
"""Between two scans. A press counts after three that agree, some 20 ms."""
STUCK_SCAN_S: Final = 0.1
"""The same while nothing can be read anyway."""
SETTLE_S: Final = 0.000_2
"""For a column to rise through its pull-up of 50 kΩ, along a cable of 4 nF at most."""
LOOK_S: Final = 1.0
"""How long one wait for a key lasts. It ends earlier by any key, and by ``close``."""
RETRY_S: Final = 1.0
CLOSE_S: Final = 0.9


class MatrixKeypad:
    """One keypad. Reports from a thread of its own."""

    def __init__(self, spec: MatrixKeypadSpec, header: Header) -> None:
        """Claim all lines. Raises ``GpioTaken`` or ``LineFailed``, and keeps none of them then."""
        if [len(row) for row in spec.keys] != [len(spec.column_gpios)] * len(spec.row_gpios):
            raise ValueError(f"{spec.id} has no key for each row and column, or more than that")
        self.id: DeviceId = spec.id
        self._keys = spec.keys
        self._lock = Lock()
        self._report: Report | None = None
        self._here: bool | None = None
        self._thread: Thread | None = None
        self._stop, self._wake = Event(), Event()
        self._book = HealthBook(driver="matrix", line="cannot tell whether the keypad is there")
        with ExitStack() as building:
            self._rows = []
            for gpio in spec.row_gpios:
                self._rows.append(header.output(gpio, spec.id, high=True, open_drain=True))
                building.callback(self._rows[-1].close)
            self._columns = []
            for gpio in spec.column_gpios:
                self._columns.append(header.input(gpio, spec.id, debounce_ms=0))
                building.callback(self._columns[-1].close)
            self._lines = building.pop_all()

    @property
    def health(self) -> Health:
        """How the keys are: whether a keypad hangs on the lines, nobody can tell."""
        return self._book.page()

    def open(self, report: Report) -> None:
        """Start to report; the first report comes once the keys were looked at."""
        with self._lock:
            self._report, self._here = report, None
            if self._thread is None:
                self._stop.clear()
                self._thread = Thread(target=self._run, name=f"keypad {self.id}", daemon=True)
                self._thread.start()

    def close(self) -> None:
        """Stop reporting and free all lines."""
        with self._lock:
            self._report = None
            thread, self._thread = self._thread, None
        self._stop.set()
        self._wake.set()
        if thread is not None:
            thread.join(CLOSE_S)
        self._lines.close()

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self._watch()
            except LineFailed as error:
                self._be(f"its lines cannot be used: {error}")
            except Exception:
                # Whatever it was: a thread that ended here would be a keypad that never works again.
                log.exception("reading %s failed; it begins anew", self.id)
                self._be("reading the keys failed; the log says how")
            self._stop.wait(RETRY_S)

    def _watch(self) -> None:
        """Read keys until told to stop. Raises ``LineFailed``."""
        keys = MatrixKeys()
        for column in self._columns:
            column.watch(lambda _closed, _mono_ns: self._wake.set())
        while not self._stop.is_set():
            self._book.beat()
            now = time.monotonic_ns()
            was_confused = keys.confused
            pressed = keys.scan(self._scan(), now)
            if keys.confused and not was_confused:
                self._book.erred("several keys at once")
            if keys.known:
                self._judge(keys, now)
            if pressed is not None:
                self._press(pressed, now)
            if keys.idle:
                self._rest()
            else:
                self._stop.wait(STUCK_SCAN_S if self._here is False else SCAN_S)

    def _scan(self) -> Places:
        """Pull one row low after the other, and look which columns follow."""
        down = set()
        for row in self._rows:
            row.drive(high=True)
        for place, row in enumerate(self._rows):
            row.drive(high=False)
            time.sleep(SETTLE_S)
            down |= {(place, at) for at, column in enumerate(self._columns) if column.circuit_closed}
            row.drive(high=True)
        return frozenset(down)

    def _rest(self) -> None:
        """Sleep until some key is pressed."""
        self._wake.clear()
        for row in self._rows:
            row.drive(high=False)
        # A key that went down since the scan makes its edge as the rows go low, or is seen here.
        if not self._stop.is_set() and not any(column.circuit_closed for column in self._columns):
            self._wake.wait(LOOK_S)

    def _judge(self, keys: MatrixKeys, now: int) -> None:
        if stuck := keys.stuck(now):
            names = " and ".join(self._keys[row][column] for row, column in stuck)
            self._be(f"key {names} is stuck" if len(stuck) == 1 else f"keys {names} are stuck, or a wire is")
        elif self._here is None or keys.idle:
            self._be(None)

    def _press(self, place: Place, now: int) -> None:
        row, column = place
        self._book.seen()
        if (key := self._keys[row][column]) in READ and self._here:
            self._tell(KeyPressed(self.id, now, key))

    def _be(self, lost: str | None) -> None:
        here = lost is None
        if here is self._here:
            return
        self._here = here
        if lost is None:
            self._book.here()
            self._tell(DeviceBack(self.id, time.monotonic_ns()))
        else:
            self._book.lost(lost)
            self._tell(DeviceLost(self.id, time.monotonic_ns(), lost))

    def _tell(self, signal: Signal) -> None:
        with self._lock:
            if self._report is not None:
                self._report(signal)
