"""USB badge readers and keypads that pose as keyboards, each at one USB port and nowhere else.

Anybody can plug in a keyboard that types card numbers. So a port is part of the site file, what is at it is
grabbed, and what turns up elsewhere is reported and not read. Somebody who gets at our reader's own plug can
still take its place: a port is no proof of who types.
"""

import time
from abc import ABC, abstractmethod
from collections import deque
from importlib.metadata import version
from threading import Lock
from typing import Final

from hardware.health import Health, HealthBook
from hardware.ports import Report
from hardware.readers.input_watch import InputWatch, Typist, shared_watch
from hardware.readers.reporter import Reporter
from hardware.readers.typed_keys import SHIFT, keypad_key
from hardware.readers.typed_number import DOWN, LONGEST, LONGEST_OF, Typing, number_typed
from hardware.readers.uid import Unreadable
from hardware.signals import CardFrame, CardUnreadable, DeviceId, KeyPressed, Signal
from hardware.specs import UsbKeypadSpec, UsbReaderSpec

MOST_KEYS: Final = 20
"""In one second, by hand. What types faster is a machine that tries PINs, and is not heard."""
NS_PER_S: Final = 1_000_000_000


class _UsbInput(ABC):
    """What both have in common: a port, and a thread that they share with all others."""

    def __init__(self, device: DeviceId, usb_port: str, watch: InputWatch | None) -> None:
        self.id = device
        self.usb_port = usb_port
        self._watch = watch or shared_watch()
        self._watch.expect(self)
        self._book = HealthBook(driver=f"evdev {version('evdev')}", port=usb_port)
        self._changing = Lock()
        self._opened: _Opened | None = None

    @property
    def health(self) -> Health:
        """How the device is, as far as is known."""
        return self._book.page()

    def open(self, report: Report) -> None:
        """Start to report; the first report comes once the port was looked at."""
        with self._changing:
            if self._opened is None:
                self._opened = _Opened(self, Reporter(self.id, report, self._book))
                self._watch.join(self._opened)

    def close(self) -> None:
        """Stop reporting and let go of the device, within a second."""
        with self._changing:
            opened, self._opened = self._opened, None
            if opened is not None:
                opened.reporter.end()
                self._watch.leave(opened)

    @abstractmethod
    def typist(self, reporter: Reporter) -> Typist:
        """Make what listens to one device at the port."""


class _Opened:
    """One of them from open to close."""

    def __init__(self, owner: _UsbInput, reporter: Reporter) -> None:
        self.usb_port = owner.usb_port
        self.reporter = reporter
        self._owner = owner

    def typist(self) -> Typist:
        return self._owner.typist(self.reporter)


class UsbReader(_UsbInput):
    """A badge reader that types a card's number and Enter."""

    def __init__(self, spec: UsbReaderSpec, watch: InputWatch | None = None) -> None:
        """Build it lost; its port is looked at once it is opened."""
        super().__init__(spec.id, spec.usb_port, watch)
        self._spec = spec

    def typist(self, reporter: Reporter) -> Typist:
        """Make what listens to one device at the port."""
        return _BadgeTypist(self._spec, reporter)


class UsbKeypad(_UsbInput):
    """A keypad: digits, clear and enter."""

    def __init__(self, spec: UsbKeypadSpec, watch: InputWatch | None = None) -> None:
        """Build it lost; its port is looked at once it is opened."""
        super().__init__(spec.id, spec.usb_port, watch)

    def typist(self, reporter: Reporter) -> Typist:
        """Make what listens to one device at the port."""
        return _KeypadTypist(reporter)


class _BadgeTypist:
    """Makes cards of what one device types."""

    def __init__(self, spec: UsbReaderSpec, reporter: Reporter) -> None:
        self._spec, self._reporter = spec, reporter
        self._typing = Typing(LONGEST_OF.get(spec.reads, LONGEST))

    @property
    def waiting(self) -> bool:
        return self._typing.waiting

    def key(self, code: int, value: int) -> Signal | None:
        try:
            line = self._typing.key(code, value)
            if line is None:
                return None
            technology, number = number_typed(line, self._spec.reads, reverse=self._spec.reversed)
        except Unreadable as unreadable:
            return self._unreadable(unreadable)
        return CardFrame(self._spec.id, time.monotonic_ns(), technology, number)

    def silence(self) -> Signal | None:
        try:
            self._typing.silence()
        except Unreadable as unreadable:
            return self._unreadable(unreadable)
        return None

    def lose(self) -> None:
        self._typing.lose()

    def _unreadable(self, unreadable: Unreadable) -> CardUnreadable:
        self._reporter.book.erred(str(unreadable))
        return CardUnreadable(self._spec.id, time.monotonic_ns(), str(unreadable))


class _KeypadTypist:
    """Makes keys of what one device types, as long as a hand could have typed it."""

    def __init__(self, reporter: Reporter) -> None:
        self._reporter = reporter
        self._shifts: set[int] = set()
        self._latest: deque[int] = deque(maxlen=MOST_KEYS)
        self._deaf = False

    @property
    def waiting(self) -> bool:
        return self._deaf

    def key(self, code: int, value: int) -> Signal | None:
        if code in SHIFT:
            (self._shifts.add if value else self._shifts.discard)(code)
            return None
        key = keypad_key(code, shifted=bool(self._shifts))
        if key is None or value != DOWN or self._deaf:
            return None
        now = time.monotonic_ns()
        if len(self._latest) == MOST_KEYS and now - self._latest[0] < NS_PER_S:
            self._reporter.book.erred("keys came faster than a hand can type")
            self.lose()
            return None
        self._latest.append(now)
        return KeyPressed(self._reporter.device, now, key)

    def silence(self) -> Signal | None:
        self._deaf = False
        self._latest.clear()
        return None

    def lose(self) -> None:
        self._deaf = True
