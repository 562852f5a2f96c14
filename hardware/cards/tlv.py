"""Tag, length, value: the form in which cards answer. Strict, since everything here comes from strangers."""

from typing import Final

LONG_FORM: Final = 0x80
MORE_TAG: Final = 0x1F
LENGTH_BYTES: Final = 2
"""A longer length than two bytes tell is no card's answer."""


class NotTlv(ValueError):
    """These bytes are no fields one after the other. The text says what is wrong, not what was there."""


def fields_of(body: bytes) -> dict[int, bytes]:
    """Read fields with one-byte tags, each of them there once. Raises ``NotTlv``.

    Every byte belongs to a field, and no length reaches over the end.
    """
    fields: dict[int, bytes] = {}
    at = 0
    while at < len(body):
        tag = body[at]
        if tag & MORE_TAG == MORE_TAG:
            raise NotTlv("a tag is longer than one byte")
        if tag in fields:
            raise NotTlv("a field is there twice")
        length, at = _length(body, at + 1)
        if at + length > len(body):
            raise NotTlv("a field is longer than the answer")
        fields[tag] = body[at : at + length]
        at += length
    return fields


def _length(body: bytes, at: int) -> tuple[int, int]:
    """Give a length, and where the value begins."""
    if at >= len(body):
        raise NotTlv("a length is missing")
    first = body[at]
    if first < LONG_FORM:
        return first, at + 1
    size = first - LONG_FORM
    if not 0 < size <= LENGTH_BYTES or at + 1 + size > len(body):
        raise NotTlv("a length is in no form that cards use")
    return int.from_bytes(body[at + 1 : at + 1 + size], "big"), at + 1 + size
