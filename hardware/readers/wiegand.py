"""Which card or key is this frame? Pure: bits in, a number or a reason out.

A card's number is written with its format and all of its fields, ``h10301:123:4567``: the same digits of
another facility, or of another format, are another card. Wrong parity is no matter of taste here. It is
all that a Wiegand frame has against noise, and what passes it unnoticed could be somebody else's number.
The reasons never hold the bits, for they are logged.
"""

from collections.abc import Mapping, Sequence
from functools import reduce
from operator import xor
from typing import Final

from hardware.card_formats import CHECKSUM_BITS, CardFormat, Parity, Span
from hardware.readers.uid import Unreadable
from hardware.specs import WiegandKeys

Bits = tuple[int, ...]

KEYS: Final = "0123456789*#"
"""What four bits mean; 12 to 15 are nothing that we know."""
KEY_BITS: Final[Mapping[WiegandKeys, int]] = {
    WiegandKeys.NONE: 0,
    WiegandKeys.BITS_4: 4,
    WiegandKeys.BITS_8: 8,
}
"""How long the frame of a key is; no frame has no bits."""
_LOW_NIBBLE: Final = 0xF


def decode(bits: Sequence[int] | str, card_format: CardFormat) -> bytes:
    """Tell the card's number, as it is stored. Raises ``Unreadable`` for a frame that is not wholly right.

    The bits are in the order in which they were sent, as numbers or as the characters ``0`` and ``1``.
    """
    if len(bits) != card_format.bits:
        raise Unreadable(
            f"the frame's length is {len(bits)} and not {card_format.bits}: is the format right?"
        )
    frame = tuple(int(bit) for bit in bits)
    codes = [_value(frame, span) for span in card_format.fields]
    if _blank(card_format, codes):
        raise Unreadable("the card's number is blank")
    for at, one in card_format.fixed:
        if bool(frame[at]) is not one:
            raise Unreadable(f"bit {at}, which never changes, is wrong")
    for parity in card_format.parities:
        if frame[parity.at] != _parity(frame, parity):
            raise Unreadable(f"the parity at bit {parity.at} is wrong")
    if card_format.xor_bytes and frame[-CHECKSUM_BITS:] != _checksum(frame):
        raise Unreadable("the checksum is wrong")
    return _written(card_format, codes)


def encode(card_format: CardFormat, facility: int | None, number: int, *, extra: int | None = None) -> Bits:
    """Lay a card's fields out as a reader would send them. Raises ``ValueError`` for what does not fit."""
    given = {"extra code": extra, "facility": facility, "number": number}
    spans = (card_format.extra, card_format.facility, card_format.number)
    frame = [0] * card_format.bits
    for (name, code), span in zip(given.items(), spans, strict=True):
        if (code is None) is not (span is None):
            raise ValueError(f"{card_format.name} has {'no' if span is None else 'a'} field for the {name}")
        if code is not None and span is not None:
            _check_fits(name, code, span)
            frame[span.first : span.last + 1] = _bits(code, len(span.bits))
    for at, one in card_format.fixed:
        frame[at] = int(one)
    for parity in card_format.parities:
        frame[parity.at] = _parity(frame, parity)
    if card_format.xor_bytes:
        frame[-CHECKSUM_BITS:] = _checksum(frame)
    return tuple(frame)


def parse_number(text: str, formats: Mapping[str, CardFormat]) -> bytes:
    """Read a card's number as an admin types it, such as ``h10301:123:4567``, and write it as it is stored.

    Raises ``ValueError`` with words for the admin; they never hold the number.
    """
    name, *digits = text.strip().lower().split(":")
    card_format = formats.get(name)
    if card_format is None:
        raise ValueError(f"a Wiegand number begins with its format: {', '.join(sorted(formats))}")
    if len(digits) != len(card_format.fields) or not all(_is_decimal(each) for each in digits):
        raise ValueError(f"a number of this format is written as {_pattern(card_format)}")
    codes = [int(each) for each in digits]
    for title, code, span in zip(_titles(card_format), codes, card_format.fields, strict=True):
        _check_fits(title, code, span)
    if _blank(card_format, codes):
        raise ValueError("a number of only zeros or only ones is a blank card's")
    return _written(card_format, codes)


def decode_key(bits: Sequence[int] | str, keys: WiegandKeys) -> str:
    """Tell which key a frame means. Raises ``Unreadable``."""
    if not is_key(bits, keys):
        raise Unreadable(f"the frame's length is {len(bits)}, and no key's")
    value = reduce(lambda before, bit: before << 1 | int(bit), bits, 0)
    if keys is WiegandKeys.BITS_8 and value >> 4 != value & _LOW_NIBBLE ^ _LOW_NIBBLE:
        raise Unreadable("a key came garbled")
    if (key := value & _LOW_NIBBLE) >= len(KEYS):
        raise Unreadable("the keypad has a key that is none of 0-9, * and #")
    return KEYS[key]


def encode_key(key: str, keys: WiegandKeys) -> Bits:
    """Lay a key out as a keypad would send it. Raises ``ValueError`` for what is no key."""
    if len(key) != 1 or key not in KEYS or keys is WiegandKeys.NONE:
        raise ValueError("this keypad has no such key")
    value = KEYS.index(key)
    if keys is WiegandKeys.BITS_8:
        value |= (value ^ _LOW_NIBBLE) << 4
    return _bits(value, KEY_BITS[keys])


def is_key(bits: Sequence[int] | str, keys: WiegandKeys) -> bool:
    """Tell whether a frame is a key's, by its length alone: no card format is that short."""
    return 0 < len(bits) == KEY_BITS[keys]


def _value(frame: Sequence[int], span: Span) -> int:
    return reduce(lambda before, at: before << 1 | frame[at], span.bits, 0)


def _bits(value: int, count: int) -> Bits:
    return tuple(value >> shift & 1 for shift in reversed(range(count)))


def _parity(frame: Sequence[int], parity: Parity) -> int:
    return sum(frame[at] for at in parity.over) + (not parity.even) & 1


def _checksum(frame: Sequence[int]) -> Bits:
    body = frame[:-CHECKSUM_BITS]
    bytes_before = (_value(body, Span(at, at + 7)) for at in range(0, len(body), 8))
    return _bits(reduce(xor, bytes_before), CHECKSUM_BITS)


def _blank(card_format: CardFormat, codes: Sequence[int]) -> bool:
    """Tell whether every bit of every field is the same, as on a card that was never written to.

    Parity is no help there: H10301's 0:0 has the right one.
    """
    full = [(1 << len(span.bits)) - 1 for span in card_format.fields]
    return not any(codes) or list(codes) == full


def _check_fits(name: str, code: int, span: Span) -> None:
    most = (1 << len(span.bits)) - 1
    if not 0 <= code <= most:
        raise ValueError(f"the {name} is not between 0 and {most}")


def _is_decimal(text: str) -> bool:
    # str.isdecimal would let through the digits of other scripts, and int() would read them.
    return 0 < len(text) <= len(str(1 << 64)) and set(text) <= set("0123456789")


def _titles(card_format: CardFormat) -> tuple[str, ...]:
    # The three stand in one order, and none is there without those after it.
    return ("extra code", "facility", "number")[-len(card_format.fields) :]


def _pattern(card_format: CardFormat) -> str:
    return ":".join([card_format.name, *(title.split()[0] for title in _titles(card_format))])


def _written(card_format: CardFormat, codes: Sequence[int]) -> bytes:
    return ":".join([card_format.name, *map(str, codes)]).encode("ascii")
