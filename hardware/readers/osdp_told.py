"""What a reader told over OSDP, as signals. Pure: nothing is guessed, cut off or filled up.

A card comes as a count of bits, the first sent in the top bit of the first byte. With a format they are a
Wiegand number and have to fit it bit for bit; without, they are the card's own number in whole bytes.
"""

from typing import Final

from osdp import CardFormat as OsdpFormat
from osdp import Event, StatusReportType

from hardware.readers.osdp_panel import Happening
from hardware.readers.uid import SUCCESS, Unreadable, number_of
from hardware.readers.wiegand import decode
from hardware.signals import CardFrame, CardUnreadable, KeyPressed, Technology
from hardware.specs import OsdpReaderSpec

BITS_PER_BYTE: Final = 8
_KEYS: Final = {ord(key): key for key in "0123456789*#"} | {0x7F: "*", 0x0D: "#"}
"""The standard names 7F for the star key and 0D for the hash key; some readers send the characters."""


def card(spec: OsdpReaderSpec, told: Happening) -> CardFrame | CardUnreadable | None:
    """Read a card out of what the reader told; ``None`` for anything else."""
    if told.get("event") != Event.CardRead:
        return None
    mono_ns = _number(told, "mono_ns")
    try:
        technology, number = _card_number(spec, told)
    except Unreadable as unreadable:
        return CardUnreadable(spec.id, mono_ns, str(unreadable))
    return CardFrame(spec.id, mono_ns, technology, number)


def _card_number(spec: OsdpReaderSpec, told: Happening) -> tuple[Technology, bytes]:
    if told.get("format") not in {OsdpFormat.Unspecified, OsdpFormat.Wiegand}:
        raise Unreadable("the reader sent the card in a way that is not known here")
    data, bits = _data(told), _number(told, "length")
    if bits == 0 or len(data) != -(-bits // BITS_PER_BYTE):
        raise Unreadable("the reader sent another count of bits than it said")
    if spec.format is not None:
        written = "".join(f"{byte:08b}" for byte in data)
        return Technology.WIEGAND, decode(written[:bits], spec.format)
    if bits % BITS_PER_BYTE:
        raise Unreadable(f"the reader sent {bits} bits: it needs a card format")
    return number_of(data + SUCCESS)


def keys(spec: OsdpReaderSpec, told: Happening) -> list[KeyPressed]:
    """Read the keys out of what the reader told; none where the keypad is not to count."""
    if told.get("event") != Event.KeyPress or not spec.keypad:
        return []
    mono_ns = _number(told, "mono_ns")
    return [KeyPressed(spec.id, mono_ns, _KEYS[byte]) for byte in _data(told) if byte in _KEYS]


def tamper_and_power(told: Happening) -> tuple[bool, bool] | None:
    """Tell whether the reader is tampered with and whether its supply fails; ``None`` for anything else."""
    if told.get("event") != Event.Status or told.get("type") != StatusReportType.Local:
        return None
    report = _data(told, "report")
    return (bool(report[0]), bool(report[1])) if len(report) > 1 else None


def _number(told: Happening, name: str) -> int:
    value = told.get(name)
    return value if isinstance(value, int) else 0


def _data(told: Happening, name: str = "data") -> bytes:
    value = told.get(name)
    return value if isinstance(value, bytes) else b""
