"""What fails together, and therefore lives in one process: one device, or the readers of one line."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec

from hardware.drivers import libraries_of
from hardware.patterns import STEPS, Steps
from hardware.ports import Annunciator, Reader
from hardware.signals import DeviceId
from hardware.specs import (
    CameraSpec,
    CardKeys,
    FprintdSensorSpec,
    NfcReaderSpec,
    OsdpAnnunciatorSpec,
    OsdpReaderSpec,
    PcscReaderSpec,
    UartSensorSpec,
)

HostedReaderSpec = PcscReaderSpec | NfcReaderSpec | OsdpReaderSpec
HostedFingerSpec = FprintdSensorSpec | UartSensorSpec
HostedSpec = HostedReaderSpec | HostedFingerSpec | CameraSpec


@dataclass(frozen=True, slots=True)
class HostedUnit:
    """The devices of one process, with the lights that its readers have built in."""

    readers: tuple[HostedReaderSpec, ...] = ()
    annunciators: tuple[OsdpAnnunciatorSpec, ...] = ()
    patterns: Steps = field(default_factory=lambda: dict(STEPS))
    keys: Mapping[DeviceId, tuple[bytes, ...]] = field(default_factory=dict, repr=False)
    """For each OSDP reader its keys, newest first; none for one that was never paired."""
    fingers: tuple[HostedFingerSpec, ...] = ()
    cameras: tuple[CameraSpec, ...] = ()
    card_keys: CardKeys | None = field(default=None, repr=False)
    """What PC/SC readers need for cards that prove a key of the site's."""

    @property
    def specs(self) -> tuple[HostedSpec, ...]:
        """Give every device that can be opened."""
        return (*self.readers, *self.fingers, *self.cameras)

    @property
    def names(self) -> tuple[DeviceId, ...]:
        """Name every device that can be opened."""
        return tuple(spec.id for spec in self.specs)

    def find_libraries(self) -> None:
        """Raise ``ImportError`` for a library that is missing, without loading any into this process."""
        for spec in self.specs:
            for library in libraries_of(spec):
                if find_spec(library.module) is None:
                    raise ModuleNotFoundError(f"No module named {library.module!r}", name=library.module)

    def build(self) -> tuple[dict[DeviceId, Reader], dict[DeviceId, Annunciator]]:
        """Build the drivers themselves, in whichever process this is called."""
        devices: dict[DeviceId, Reader] = {}
        annunciators: dict[DeviceId, Annunciator] = {}
        for spec in self.specs:
            if isinstance(spec, PcscReaderSpec):
                from hardware.readers.pcsc import pcsc_readers

                devices |= {reader.id: reader for reader in pcsc_readers([spec], self.card_keys)}
            elif isinstance(spec, NfcReaderSpec):
                from hardware.readers.nfc import NfcReader

                devices[spec.id] = NfcReader(spec)
            elif isinstance(spec, FprintdSensorSpec):
                from hardware.fingers.fprintd import FprintdSensor

                devices[spec.id] = FprintdSensor(spec)
            elif isinstance(spec, UartSensorSpec):
                from hardware.fingers.uart import UartSensor

                devices[spec.id] = UartSensor(spec)
            elif isinstance(spec, CameraSpec):
                from hardware.cameras.camera import build_camera

                devices[spec.id] = build_camera(spec)
        osdp = [spec for spec in self.readers if isinstance(spec, OsdpReaderSpec)]
        if osdp:
            from hardware.readers.osdp import OsdpBus

            bus = OsdpBus(osdp, self.keys, self.annunciators, self.patterns)
            devices |= bus.readers
            annunciators |= bus.annunciators
        return devices, annunciators
