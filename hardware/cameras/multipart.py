"""The parts of an endless HTTP answer, of which each is a picture (``multipart/x-mixed-replace``). Pure.

RFC 2046, section 5.1, as cameras have it: some give the length of a part and some do not, some repeat the
hyphens in the boundary that they announce, some end lines with a line feed alone.
"""

import re
from email.message import Message
from typing import Final

LARGEST: Final = 8 << 20
"""Bytes of one picture; more is no camera."""
_HEADERS_END: Final = re.compile(rb"\r?\n\r?\n")
_LENGTH: Final = re.compile(rb"(?im)^content-length[ \t]*:[ \t]*([0-9]{1,9})[ \t]*\r?$")


class NotMultipart(ValueError):
    """What came is no stream of pictures."""


def boundary_of(content_type: str) -> bytes:
    """Give what stands between two parts. Raises ``NotMultipart``."""
    message = Message()
    message["Content-Type"] = content_type
    boundary = message.get_boundary()
    if message.get_content_maintype() != "multipart" or not boundary or not boundary.strip("-").isascii():
        raise NotMultipart("the address gives no stream of pictures (multipart/x-mixed-replace)")
    return b"--" + boundary.strip().lstrip("-").encode()


class Parts:
    """Takes bytes as they come, and gives the parts that are whole."""

    def __init__(self, boundary: bytes) -> None:
        """Begin before the first part."""
        self._boundary = boundary
        self._left = bytearray()

    def feed(self, data: bytes) -> list[bytes]:
        """Take bytes; give what they completed. Raises ``NotMultipart`` when a part grows too large."""
        self._left += data
        parts = []
        while (part := self._next()) is not None:
            parts.append(part)
        if len(self._left) > LARGEST:
            raise NotMultipart("what the address gives is no picture, or too large")
        return parts

    def _next(self) -> bytes | None:
        begin = self._left.find(self._boundary)
        if begin < 0:
            # The boundary may have begun in what is there.
            del self._left[: max(len(self._left) - len(self._boundary), 0)]
            return None
        del self._left[:begin]
        headers = _HEADERS_END.search(self._left)
        if headers is None:
            return None
        length = _LENGTH.search(self._left, 0, headers.end())
        if length is not None:
            end = headers.end() + int(length[1])
            if int(length[1]) > LARGEST:
                raise NotMultipart("a picture is said to be larger than any is")
            if len(self._left) < end:
                return None
        else:
            end = self._left.find(self._boundary, headers.end())
            if end < 0:
                return None
        part = bytes(self._left[headers.end() : end])
        del self._left[:end]
        return part
