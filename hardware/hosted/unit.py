"""What fails together, and therefore lives in one process: one reader, or the readers of one line."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec

from hardware.drivers import LIBRARIES_OF
from hardware.patterns import STEPS, Steps
from hardware.ports import Annunciator, Reader
from hardware.signals import DeviceId
from hardware.specs import NfcReaderSpec, OsdpAnnunciatorSpec, OsdpReaderSpec, PcscReaderSpec

HostedSpec = PcscReaderSpec | NfcReaderSpec | OsdpReaderSpec


@dataclass(frozen=True, slots=True)
class HostedUnit:
    """The readers of one process, with the lights that they have built in."""

    readers: tuple[HostedSpec, ...]
    annunciators: tuple[OsdpAnnunciatorSpec, ...] = ()
    patterns: Steps = field(default_factory=lambda: dict(STEPS))
    keys: Mapping[DeviceId, tuple[bytes, ...]] = field(default_factory=dict, repr=False)
    """For each OSDP reader its keys, newest first; none for one that was never paired."""

    def find_libraries(self) -> None:
        """Raise ``ImportError`` for a library that is missing, without loading any into this process."""
        for spec in self.readers:
            for library in LIBRARIES_OF[type(spec)]:
                if find_spec(library.module) is None:
                    raise ModuleNotFoundError(f"No module named {library.module!r}", name=library.module)

    def build(self) -> tuple[dict[DeviceId, Reader], dict[DeviceId, Annunciator]]:
        """Build the drivers themselves, in whichever process this is called."""
        readers: dict[DeviceId, Reader] = {}
        annunciators: dict[DeviceId, Annunciator] = {}
        for spec in self.readers:
            if isinstance(spec, PcscReaderSpec):
                from hardware.readers.pcsc import pcsc_readers

                readers |= {reader.id: reader for reader in pcsc_readers([spec])}
            elif isinstance(spec, NfcReaderSpec):
                from hardware.readers.nfc import NfcReader

                readers[spec.id] = NfcReader(spec)
        osdp = [spec for spec in self.readers if isinstance(spec, OsdpReaderSpec)]
        if osdp:
            from hardware.readers.osdp import OsdpBus

            bus = OsdpBus(osdp, self.keys, self.annunciators, self.patterns)
            readers |= bus.readers
            annunciators |= bus.annunciators
        return readers, annunciators
