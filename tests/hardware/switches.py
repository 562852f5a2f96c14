"""A matrix keypad's end of the lines: switches that somebody presses."""

from threading import Condition, RLock

from hardware.gpio import SimulatedHeader
from hardware.readers.matrix_keys import Place
from hardware.specs import MatrixKeypadSpec
from tests.hardware.listening import PATIENCE_S


class Switches:
    """The keypad's end of the lines: switches without diodes, through which current finds any way."""

    def __init__(self, header: SimulatedHeader, spec: MatrixKeypadSpec) -> None:
        self._header, self._spec = header, spec
        self._lock = Condition(RLock())
        self._down: set[Place] = set()
        self._low = set(spec.row_gpios) - {gpio for gpio in spec.row_gpios if header.is_high(gpio)}
        self.writes = 0
        header.listen(self._written)

    def press(self, *keys: str) -> None:
        with self._lock:
            self._down |= {self._place(key) for key in keys}
            self._flow()

    def let_go(self, *keys: str) -> None:
        with self._lock:
            self._down -= {self._place(key) for key in keys}
            self._flow()

    def wait_for_scans(self, count: int) -> None:
        """Wait until all rows were driven so many times more."""
        with self._lock:
            enough = self.writes + 3 * len(self._spec.row_gpios) * count
            assert self._lock.wait_for(lambda: self.writes >= enough, PATIENCE_S)

    def wait_for_rest(self) -> None:
        """Wait until all rows are low, as they are only while no key is down."""
        with self._lock:
            assert self._lock.wait_for(lambda: self._low == set(self._spec.row_gpios), PATIENCE_S)

    def _place(self, key: str) -> Place:
        row = next(at for at, keys in enumerate(self._spec.keys) if key in keys)
        return row, self._spec.keys[row].index(key)

    def _written(self, gpio: int, high: bool) -> None:
        if gpio in self._spec.row_gpios:
            with self._lock:
                self.writes += 1
                (self._low.discard if high else self._low.add)(gpio)
                self._flow()
                self._lock.notify_all()

    def _flow(self) -> None:
        rows = {at for at, gpio in enumerate(self._spec.row_gpios) if gpio in self._low}
        columns: set[int] = set()
        for _ in self._down:
            columns |= {column for row, column in self._down if row in rows}
            rows |= {row for row, column in self._down if column in columns}
        for at, gpio in enumerate(self._spec.column_gpios):
            if self._header.is_high(gpio) is (at in columns):
                self._header.set_circuit(gpio, closed=at in columns)
