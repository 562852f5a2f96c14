"""The reader or keypad that a table of the site file describes."""

import hashlib
from collections.abc import Mapping
from typing import Final

from accessctl.config.schema_readers import (
    MatrixTable,
    NfcTable,
    OsdpTable,
    PcscTable,
    ReaderTable,
    UsbKeypadTable,
    UsbTable,
    WiegandTable,
)
from hardware.card_formats import CardFormat
from hardware.signals import DeviceId
from hardware.specs import (
    CardProof,
    MatrixKeypadSpec,
    NfcReaderSpec,
    OsdpBusSpec,
    OsdpReaderSpec,
    PcscReaderSpec,
    ReaderSpec,
    SimulatedReaderSpec,
    UsbKeypadSpec,
    UsbReaderSpec,
    WiegandReaderSpec,
)

SITE_BYTES: Final = 16


def site_for_cards(controller: str) -> bytes:
    """Give the name under which cards know the site: the beginning of the SHA-256 of the controller's id."""
    return hashlib.sha256(controller.encode()).digest()[:SITE_BYTES]


def reader_spec(
    device: DeviceId,
    table: ReaderTable,
    buses: Mapping[str, OsdpBusSpec],
    formats: Mapping[str, CardFormat],
    controller: str = "",
) -> ReaderSpec:
    """Give what the table describes, with the line that it hangs on and the layout of its cards."""
    match table:
        case PcscTable():
            return PcscReaderSpec(
                device,
                table.name,
                table.usb_port,
                table.proofs,
                plain_uid=table.plain_uid,
                passes=table.passes,
                site=site_for_cards(controller) if CardProof.PKOC in table.proofs else bytes(SITE_BYTES),
                opensc=table.opensc,
            )
        case NfcTable():
            return NfcReaderSpec(device, table.path, table.reads)
        case OsdpTable():
            return OsdpReaderSpec(
                device,
                buses[table.bus],
                table.address,
                None if table.format is None else formats[table.format],
                keypad=table.keypad,
                sounder_output=table.sounder_output,
            )
        case WiegandTable():
            return WiegandReaderSpec(device, table.d0_gpio, table.d1_gpio, formats[table.format], table.keys_)
        case UsbTable():
            return UsbReaderSpec(device, table.usb_port, table.reads, table.reversed)
        case UsbKeypadTable():
            return UsbKeypadSpec(device, table.usb_port)
        case MatrixTable():
            return MatrixKeypadSpec(device, table.row_gpios, table.column_gpios, table.keys_)
        case _:
            return SimulatedReaderSpec(device)
