"""What can go wrong with devices. Raised for faults only; a lost device is a signal, not an error."""


class HardwareError(Exception):
    """A device did not do what it was told."""


class GpioTaken(HardwareError, ValueError):
    """Two devices were given the same GPIO line."""

    def __init__(self, gpio: int, owner: str) -> None:
        """Name the line and the device that has it."""
        super().__init__(f"GPIO{gpio} already belongs to {owner}")
        self.gpio, self.owner = gpio, owner


class LibraryMissing(HardwareError, ImportError):
    """A configured device needs a library that is not installed."""

    def __init__(self, device: str, library: str, remedy: str) -> None:
        """Name the device, what it lacks, and the command that brings it."""
        super().__init__(f"{device} needs {library}, which is not installed: {remedy}")
        self.device, self.library, self.remedy = device, library, remedy


class LineFailed(HardwareError, OSError):
    """A GPIO line could not be claimed, driven or read."""

    def __init__(self, gpio: int, owner: str, why: str) -> None:
        """Name the line, the device it belongs to, and what the system said."""
        super().__init__(f"{owner}: GPIO{gpio}: {why}")
        self.gpio, self.owner, self.why = gpio, owner, why


class HeaderMissing(HardwareError, OSError):
    """This machine has no GPIO header that we may use."""

    def __init__(self, why: str) -> None:
        """Keep what the library said."""
        super().__init__(f"no GPIO header of a Raspberry Pi can be used here: {why}")
        self.why = why


class ReaderNamesOverlap(HardwareError, ValueError):
    """Two reader names of the site could mean one and the same PC/SC reader."""

    def __init__(self, first: str, second: str, name: str) -> None:
        """Name both devices and the name that they share the beginning of."""
        super().__init__(f"{first} and {second} would both take the PC/SC reader {name!r}")
        self.first, self.second, self.name = first, second, name


class SimulationMissing(HardwareError, ConnectionError):
    """No simulated warehouse answers at this socket."""

    def __init__(self, path: str, why: str) -> None:
        """Name the socket and say what is wrong with it."""
        super().__init__(f"no simulated warehouse runs at {path} ({why})")
        self.path, self.why = path, why


class SimulationRefused(HardwareError, ValueError):
    """The simulated warehouse says that this is physically impossible."""
