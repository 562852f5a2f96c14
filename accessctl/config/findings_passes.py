"""What does not come to anything of what a site file says of passes."""

from collections.abc import Iterator

from accessctl.config.finding import Finding, note
from accessctl.config.site import Site
from hardware.specs import (
    CameraSpec,
    NfcReaderSpec,
    NfcReads,
    PcscReaderSpec,
    SimulatedReaderSpec,
    UsbReaderSpec,
    UsbReads,
)


def findings_about_passes(site: Site) -> Iterator[Finding]:
    """Give what has no use."""
    devices = (*site.board.readers, *site.board.cameras)
    if site.passes is not None and not any(map(_reads_passes, devices)):
        yield note("passes", "no reader and no camera here reads passes")


def _reads_passes(spec: object) -> bool:
    match spec:
        case PcscReaderSpec(passes=True) | CameraSpec(passes=True) | SimulatedReaderSpec():
            return True
        case UsbReaderSpec(reads=UsbReads.PASS) | NfcReaderSpec(reads=NfcReads.PASS):
            return True
        case _:
            return False
