"""The door process's readers and annunciators in the simulated warehouse. Pins need none: those are GPIO."""

import time
from collections.abc import Callable
from threading import Lock

from hardware.cards.pass_text import is_pass
from hardware.health import Health, HealthBook
from hardware.ports import Pattern, Report
from hardware.signals import (
    CardForged,
    CardFrame,
    CardUnreadable,
    DeviceBack,
    DeviceId,
    DeviceLost,
    KeyPressed,
    ReaderInsecure,
    ReaderPower,
    ReaderTampered,
    Signal,
    Technology,
    UnknownDevice,
)
from hardware.simulated.wire import Message


class SimulatedReader:
    """A reader with a keypad. Reports from the link's thread."""

    def __init__(self, device: DeviceId) -> None:
        """Build it lost until the warehouse says otherwise."""
        self.id = device
        self._lock = Lock()
        self._report: Report | None = None
        self._lost: str | None = "the simulated warehouse was not reached yet"
        self._book = HealthBook(driver="simulated", model="simulated reader")
        self._tampered = self._powerless = False

    @property
    def health(self) -> Health:
        """How the reader is, from any thread."""
        return self._book.page()

    def open(self, report: Report) -> None:
        """Report ``DeviceBack`` or ``DeviceLost`` at once, then whatever is shown."""
        with self._lock:
            self._report = report
            self._tell_presence()

    def close(self) -> None:
        """Stop reporting."""
        with self._lock:
            self._report = None

    def be(self, lost: str | None) -> None:
        """Be lost for this reason, or with ``None`` be there. Reported when it is news."""
        with self._lock:
            news = (lost is None) is not (self._lost is None)
            self._lost = lost
            if lost is None:
                self._book.here()
            else:
                self._book.lost(lost)
            if news:
                self._tell_presence()

    def hear(self, message: Message) -> None:
        """Report what the warehouse tells of this reader. Raises ``ValueError`` for what no reader tells."""
        now = time.monotonic_ns()
        signal: Signal
        match message["told"]:
            case "card":
                technology = Technology(message.get("technology", Technology.ISO14443_UID))
                number, counter = bytes.fromhex(message["number"]), message.get("counter")
                signal = CardFrame(self.id, now, technology, number, counter)
            case "forged":
                signal = CardForged(self.id, now, Technology(message["technology"]), message["why"])
            case "pass":
                signal = self._pass(str(message["text"]), now)
            case "key":
                signal = KeyPressed(self.id, now, message["key"])
            case "unreadable":
                signal = CardUnreadable(self.id, now, message["why"])
                self._book.erred(message["why"])
            case "tamper":
                self.trouble(tampered=bool(message["active"]))
                return
            case "power":
                self.trouble(powerless=bool(message["failed"]))
                return
            case "unknown":
                signal = UnknownDevice(self.id, now, message["what"])
            case "insecure":
                self._tell_anyway(ReaderInsecure(self.id, now, message["why"]))
                self.be(message["why"])
                return
            case "lost" | "back" as told:
                self.be("it was unplugged" if told == "lost" else None)
                return
            case unknown:
                raise ValueError(f"a reader does not tell {unknown!r}")
        with self._lock:
            if self._report is not None and self._lost is None:
                self._book.seen()
                self._report(signal)

    def trouble(self, *, tampered: bool | None = None, powerless: bool | None = None) -> None:
        """Be tampered with, or without power of its own, or no longer. Reported when it is news."""
        with self._lock:
            now = time.monotonic_ns()
            if tampered is not None and tampered is not self._tampered:
                self._tampered = tampered
                self._say(ReaderTampered(self.id, now, tampered))
            if powerless is not None and powerless is not self._powerless:
                self._powerless = powerless
                self._say(ReaderPower(self.id, now, powerless))

    def _pass(self, text: str, now: int) -> Signal:
        """Tell a pass from any other code, as a real reader does."""
        shown = text.encode(errors="replace")
        if is_pass(shown):
            return CardFrame(self.id, now, Technology.PASS, shown)
        self._book.erred(why := "what was shown is no pass")
        return CardUnreadable(self.id, now, why)

    def _tell_anyway(self, signal: Signal) -> None:
        """Report what does not come from the reader itself, also while it is lost."""
        with self._lock:
            self._say(signal)

    def _say(self, signal: Signal) -> None:
        if self._report is not None:
            self._report(signal)

    def _tell_presence(self) -> None:
        if self._report is None:
            return
        now = time.monotonic_ns()
        if self._lost is None:
            self._report(DeviceBack(self.id, now))
            for signal in (
                *((ReaderTampered(self.id, now, active=True),) if self._tampered else ()),
                *((ReaderPower(self.id, now, failed=True),) if self._powerless else ()),
            ):
                self._report(signal)
        else:
            self._report(DeviceLost(self.id, now, self._lost))


class SimulatedAnnunciator:
    """The light and buzzer built into a simulated reader."""

    def __init__(self, device: DeviceId, show: Callable[[DeviceId, Pattern | None], None]) -> None:
        """Show through the link; ``None`` means dark."""
        self.id = device
        self._show = show
        self._closed = False

    def show(self, pattern: Pattern) -> None:
        """Play a pattern now. The warehouse falls back from a short one by itself."""
        if not self._closed:
            self._show(self.id, pattern)

    def close(self) -> None:
        """Go dark and silent."""
        if not self._closed:
            self._closed = True
            self._show(self.id, None)
