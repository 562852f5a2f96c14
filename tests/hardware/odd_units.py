"""Units whose processes see what a test made up: USB ports that are folders, a serial line that is a pty.

A process that hosts one of them imports this module, and so nothing of it may import what sets a test up.
"""

from dataclasses import dataclass
from pathlib import Path

from hardware.hosted.unit import HostedUnit
from hardware.ports import Annunciator, Reader
from hardware.signals import DeviceId
from hardware.specs import PcscReaderSpec

Built = tuple[dict[DeviceId, Reader], dict[DeviceId, Annunciator]]


@dataclass(frozen=True)
class PcscUnit(HostedUnit):
    """PC/SC readers whose kernel tells of made-up USB ports."""

    sysfs: Path = Path()

    def build(self) -> Built:
        from hardware.readers.pcsc import pcsc_readers

        specs = [spec for spec in self.readers if isinstance(spec, PcscReaderSpec)]
        return {reader.id: reader for reader in pcsc_readers(specs, sysfs=self.sysfs)}, {}


@dataclass(frozen=True)
class NfcUnit(HostedUnit):
    """NFC readers on one serial port, which is this link while a chip hangs on it."""

    port: Path = Path()

    def build(self) -> Built:
        from nfc.clf.transport import TTY

        # nfcpy looks for serial ports in /dev; a pseudo terminal is deeper in there.
        TTY.find = self._find
        return super().build()

    def _find(self, _path: str) -> tuple[list[str], str, bool] | None:
        return ([str(self.port.readlink())], "pn532", False) if self.port.is_symlink() else None
