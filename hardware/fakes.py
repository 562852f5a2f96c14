"""Devices in memory, with the same contract as the wired ones, on whatever clock they are given.

The played day of the demo and the tests use them. Hands do what people and wires do: ``show_card``,
``press``, ``set``, ``lose``, ``come_back``, ``tamper``. Everything happens in the thread of the caller.
"""

from collections.abc import Callable, Mapping
from typing import Self

from hardware.board import Board
from hardware.errors import HardwareError
from hardware.fakes_camera import FakeFaceCamera
from hardware.fakes_sensors import FakeFingerSensor
from hardware.health import Health, HealthBook
from hardware.patterns import STEPS, Score, Steps
from hardware.ports import Pattern, Report
from hardware.signals import (
    CardForged,
    CardFrame,
    CardUnreadable,
    ContactChanged,
    DeviceBack,
    DeviceId,
    DeviceLost,
    KeyPressed,
    ReaderInsecure,
    ReaderPower,
    ReaderTampered,
    Signal,
    StrikeRested,
    Technology,
    UnknownDevice,
)
from hardware.specs import BoardSpec

Clock = Callable[[], int]
"""``time.monotonic_ns``, or a clock of one's own in nanoseconds."""


class FakeReader:
    """A reader with a keypad, plugged in until ``lose`` is called."""

    def __init__(self, device: DeviceId, monotonic_ns: Clock) -> None:
        """Build it plugged in."""
        self.id = device
        self._now = monotonic_ns
        self._report: Report | None = None
        self._lost: str | None = None
        self._book = HealthBook(monotonic_ns, driver="fake")

    @property
    def health(self) -> Health:
        """How the reader is; unseen until it is opened."""
        return self._book.page()

    def open(self, report: Report) -> None:
        """Report whether the reader is there, then whatever is shown."""
        self._report = report
        self._tell_presence()

    def close(self) -> None:
        """Stop reporting."""
        self._report = None

    def show_card(
        self,
        number: bytes,
        technology: Technology = Technology.ISO14443_UID,
        counter: int | None = None,
    ) -> None:
        """Hold a card to the reader; a reader that is lost or closed reads nothing."""
        self._tell(CardFrame(self.id, self._now(), technology, number, counter))

    def show_forged(self, technology: Technology, why: str = "the card did not prove its key") -> None:
        """Hold a card to the reader that claims to have a key."""
        self._tell(CardForged(self.id, self._now(), technology, why))

    def show_unreadable(self, why: str = "the card went away while it was read") -> None:
        """Hold a card to the reader that it cannot read."""
        self._book.erred(why)
        self._tell(CardUnreadable(self.id, self._now(), why))

    def press(self, keys: str) -> None:
        """Press keys, one after the other."""
        for key in keys:
            self._tell(KeyPressed(self.id, self._now(), key))

    def tamper(self, active: bool = True) -> None:  # noqa: FBT001, FBT002 - tamper(False) mends it
        """Open the reader's housing, or shut it again."""
        self._tell(ReaderTampered(self.id, self._now(), active))

    def power(self, failed: bool = True) -> None:  # noqa: FBT001, FBT002 - power(False) mends it
        """Let the reader's own supply fail, or be good again."""
        self._tell(ReaderPower(self.id, self._now(), failed))

    def insecure(self, why: str = "the key is not the one of this reader") -> None:
        """Put something on the reader's line that is not the reader."""
        self._tell_anyway(ReaderInsecure(self.id, self._now(), why))
        self.lose(why)

    def unknown_device(self, what: str = "keyboard at usb 1-1.4") -> None:
        """Plug something that types in beside the reader."""
        self._tell_anyway(UnknownDevice(self.id, self._now(), what))

    def lose(self, why: str = "it was unplugged") -> None:
        """Pull the reader's plug."""
        if self._lost is None:
            self._lost = why
            self._tell_presence()

    def come_back(self) -> None:
        """Plug the reader in again."""
        if self._lost is not None:
            self._lost = None
            self._tell_presence()

    def _tell(self, signal: Signal) -> None:
        if self._lost is None:
            self._book.seen()
            self._tell_anyway(signal)

    def _tell_anyway(self, signal: Signal) -> None:
        if self._report is not None:
            self._report(signal)

    def _tell_presence(self) -> None:
        if self._report is None:
            return
        if self._lost is None:
            self._book.here()
            self._report(DeviceBack(self.id, self._now()))
        else:
            self._book.lost(self._lost)
            self._report(DeviceLost(self.id, self._now(), self._lost))


class FakeContact:
    """A contact, at rest until ``set`` is called; a supervised one where ``lose`` is called."""

    def __init__(self, device: DeviceId, monotonic_ns: Clock) -> None:
        """Build it inactive."""
        self.id = device
        self._now = monotonic_ns
        self._report: Report | None = None
        self._active = self._told = False
        self._lost: str | None = None
        self._closed = False

    @property
    def active(self) -> bool:
        """What the line says, or said last while it is lost. Raises ``HardwareError`` after ``close``."""
        if self._closed:
            raise HardwareError(f"{self.id} is closed")
        return self._told if self._lost else self._active

    def open(self, report: Report) -> None:
        """Report the present state, or that it is lost; then every change."""
        self._report = report
        if self._lost is None:
            self._tell_state()
        else:
            report(DeviceLost(self.id, self._now(), self._lost))

    def close(self) -> None:
        """Stop reporting."""
        self._report, self._closed = None, True

    def set(self, active: bool) -> None:  # noqa: FBT001 - set(True) says it
        """Open the leaf or press the button; the same state again is no change."""
        if active is self._active:
            return
        self._active = active
        if self._lost is None:
            self._tell_state()

    def lose(self, why: str = "the wires are cut") -> None:
        """Cut the wires, or short them."""
        if self._lost is None:
            self._lost, self._told = why, self._active
            if self._report is not None:
                self._report(DeviceLost(self.id, self._now(), why))

    def come_back(self) -> None:
        """Mend the wires; what the contact says now is told after it."""
        if self._lost is not None:
            self._lost = None
            if self._report is not None:
                self._report(DeviceBack(self.id, self._now()))
                self._tell_state()

    def _tell_state(self) -> None:
        if self._report is not None:
            self._report(ContactChanged(self.id, self._now(), self._active))


class FakeStrike:
    """A strike that remembers what was done to it."""

    def __init__(self, device: DeviceId, monotonic_ns: Clock) -> None:
        """Build it secured."""
        self.id = device
        self.history: list[tuple[int, bool]] = []
        """Every order to the line, as (instant in ns, released), in order."""
        self._now = monotonic_ns
        self._report: Report | None = None
        self._released = False
        self._closed = False
        self._broken: str | None = None

    @property
    def released(self) -> bool:
        """Whether the leaf is free."""
        return self._released

    def open(self, report: Report) -> None:
        """Have ``StrikeRested`` reported from now on."""
        self._report = report

    def release(self) -> None:
        """Free the leaf. Raises ``HardwareError`` when broken or closed."""
        self._drive(released=True)

    def secure(self) -> None:
        """Hold the leaf. Raises ``HardwareError`` when broken or closed."""
        self._drive(released=False)

    def close(self) -> None:
        """Secure the leaf and leave the line. Raises ``HardwareError`` when broken, yet leaves it."""
        if self._closed:
            return
        try:
            self.secure()
        finally:
            self._released, self._closed, self._report = False, True, None

    def rest(self, after_s: float) -> None:
        """Let the coil have been energised for as long as it may be, if it is."""
        if self._released:
            self.secure()
            if self._report is not None:
                self._report(StrikeRested(self.id, self._now(), after_s))

    def break_line(self, why: str = "the line does not answer") -> None:
        """Let every order fail from now on."""
        self._broken = why

    def mend(self) -> None:
        """Let orders work again."""
        self._broken = None

    def _drive(self, *, released: bool) -> None:
        if self._closed or self._broken:
            raise HardwareError(f"{self.id}: {self._broken or 'it is closed'}")
        self._released = released
        self.history.append((self._now(), released))


class FakeAnnunciator:
    """An annunciator that remembers what it was told to show."""

    def __init__(self, device: DeviceId, monotonic_ns: Clock, steps: Steps = STEPS) -> None:
        """Build it dark, with what this board's patterns look like."""
        self.id = device
        self._steps = steps
        self.history: list[tuple[int, Pattern]] = []
        """Everything that was shown, as (instant in ns, pattern), in order."""
        self._now = monotonic_ns
        self._score = Score(steps)
        self._closed = False

    @property
    def playing(self) -> Pattern | None:
        """What can be seen and heard at this instant; ``None`` is dark and silent."""
        return self._score.playing(self._now())

    def show(self, pattern: Pattern) -> None:
        """Play a pattern now; nothing after ``close``."""
        if not self._closed:
            self.history.append((self._now(), pattern))
            self._score.show(pattern, self._now())

    def close(self) -> None:
        """Go dark and silent."""
        self._score, self._closed = Score(self._steps), True


class FakeBoard(Board):
    """A board in memory. Its devices are the fakes above, hands and histories included."""

    strikes: Mapping[DeviceId, FakeStrike]
    contacts: Mapping[DeviceId, FakeContact]
    readers: Mapping[DeviceId, FakeReader]
    annunciators: Mapping[DeviceId, FakeAnnunciator]
    fingers: Mapping[DeviceId, FakeFingerSensor]
    cameras: Mapping[DeviceId, FakeFaceCamera]

    @classmethod
    def from_spec(cls, spec: BoardSpec, monotonic_ns: Clock) -> Self:
        """Fake every device of a board, whatever it would be wired to."""
        board = cls(
            strikes={s.id: FakeStrike(s.id, monotonic_ns) for s in spec.strikes},
            contacts={c.id: FakeContact(c.id, monotonic_ns) for c in spec.contacts},
            readers={r.id: FakeReader(r.id, monotonic_ns) for r in spec.readers},
            annunciators={
                a.id: FakeAnnunciator(a.id, monotonic_ns, spec.patterns) for a in spec.annunciators
            },
            fingers={f.id: FakeFingerSensor(f.id, monotonic_ns) for f in spec.fingers},
            cameras={c.id: FakeFaceCamera(c.id, monotonic_ns) for c in spec.cameras},
        )
        sensors = (board.cameras, board.fingers)
        for devices in (*sensors, board.annunciators, board.readers, board.contacts, board.strikes):
            for device in devices.values():
                board._closing.callback(device.close)
        return board
