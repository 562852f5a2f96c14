"""What a board consists of, as plain values: made from the site file, and devices are built from them."""

from dataclasses import dataclass
from enum import StrEnum

from hardware.signals import DeviceId


class BoardKind(StrEnum):
    """On what the lines and readers stand."""

    PI = "pi"
    """A Raspberry Pi's own header, through gpiozero and lgpio."""
    SIMULATED = "simulated"
    """gpiozero's mock pins, wired to a simulated warehouse in a process of its own."""


class LockKind(StrEnum):
    """What the lock does when its power fails."""

    FAIL_SECURE = "fail_secure"
    """Locked without power: most strikes."""
    FAIL_SAFE = "fail_safe"
    """Unlocked without power: magnets, and strikes on escape routes."""


class Unattended(StrEnum):
    """What the door does while no software drives its line: before start, after a crash, after a stop."""

    SECURED = "secured"
    RELEASED = "released"


@dataclass(frozen=True, slots=True)
class StrikeSpec:
    """One lock and the line that drives its relay.

    The line is active while the door is released. So a line that nobody drives leaves the door
    secured, whichever way the lock fails: a fail-secure strike hangs on the relay's normally open
    contact, a fail-safe magnet on the normally closed one. Only where ``unattended`` says released
    (which a fail-secure lock cannot be) is it the other way round: the line is active while secured.

    Active means high. Nobody drives the line before the start and after a crash, so it needs a
    pull-down resistor of its own: a Pi pulls GPIO0 to GPIO8 up at boot, GPIO2 and GPIO3 always.
    """

    id: DeviceId
    gpio: int
    lock: LockKind = LockKind.FAIL_SECURE
    unattended: Unattended = Unattended.SECURED

    def __post_init__(self) -> None:
        """Refuse what no wiring can do."""
        if self.lock is LockKind.FAIL_SECURE and self.unattended is Unattended.RELEASED:
            raise ValueError("a fail-secure lock is locked without power, so never released unattended")

    @property
    def active_means_released(self) -> bool:
        """Whether an active line frees the leaf."""
        return self.unattended is Unattended.SECURED


@dataclass(frozen=True, slots=True)
class ContactSpec:
    """One dry contact between a line and ground, read with the pull-up on."""

    id: DeviceId
    gpio: int
    normally_closed: bool = False
    """Whether the contact is closed while nothing happens. Position switches are (a cut wire then
    reads as an open leaf); buttons are not."""
    debounce_ms: int = 20


@dataclass(frozen=True, slots=True)
class GpioAnnunciatorSpec:
    """Light and buzzer of one reader on GPIO lines; a line that is not there is ``None``."""

    id: DeviceId
    green_gpio: int | None = None
    red_gpio: int | None = None
    buzzer_gpio: int | None = None


@dataclass(frozen=True, slots=True)
class PcscReaderSpec:
    """A contactless reader behind pcscd."""

    id: DeviceId
    name: str
    """The reader's PC/SC name or the beginning of it, such as ``ACS ACR122U``."""


@dataclass(frozen=True, slots=True)
class SimulatedReaderSpec:
    """A reader with a keypad in the simulated warehouse."""

    id: DeviceId


@dataclass(frozen=True, slots=True)
class SimulatedAnnunciatorSpec:
    """The light and buzzer that a simulated reader has built in."""

    id: DeviceId


ReaderSpec = PcscReaderSpec | SimulatedReaderSpec


@dataclass(frozen=True, slots=True)
class BoardSpec:
    """Every device that one door process drives."""

    kind: BoardKind
    strikes: tuple[StrikeSpec, ...] = ()
    contacts: tuple[ContactSpec, ...] = ()
    readers: tuple[ReaderSpec, ...] = ()
    annunciators: tuple[GpioAnnunciatorSpec | SimulatedAnnunciatorSpec, ...] = ()
