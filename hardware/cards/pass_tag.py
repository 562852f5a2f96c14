"""Passes that a tag or a phone carries: the NDEF message of a Type 2 or Type 4 tag, read with few commands.

A tag is whatever somebody holds to the reader. So what it claims is bounded before it is believed: the length
of a message, and with it the number of commands; what does not fit together is a tag without a pass.
The commands are those of PC/SC part 3 (READ BINARY for a Type 2 tag's pages) and of the NFC Forum's Type 4
Tag specification.
"""

from collections.abc import Callable
from typing import Final

from hardware.cards.pass_text import pass_in
from hardware.readers.ndef_number import number_of_message
from hardware.readers.uid import Unreadable

Transmit = Callable[[bytes], bytes]
"""Sends one command and gives the answer with its two status bytes. What it raises, goes through."""

LONGEST_MESSAGE: Final = 512
"""Bytes of NDEF. A pass has 151 characters, and there may be a longer link before it."""
_SUCCESS: Final = b"\x90\x00"

_NDEF_APPLICATION: Final = bytes.fromhex("00A4040007D276000085010100")
_SELECT_FILE: Final = bytes.fromhex("00A4000C02")
_CAPABILITIES: Final = b"\xe1\x03"
_CAPABILITIES_LENGTH: Final = 15
_NDEF_FILE_CONTROL: Final = b"\x04\x06"
"""The tag and length of what names the NDEF file, at byte 7 of the capability container."""
_FREE_TO_READ: Final = 0x00
_LONGEST_READ: Final = 0xF0
_SHORTEST_READ: Final = 0x0F

_PAGE: Final = 4
_READ_AT_ONCE: Final = 16
_FIRST_USER_PAGE: Final = 4
_NDEF_MAGIC: Final = 0xE1
_NULL, _MESSAGE, _TERMINATOR, _LONG = 0x00, 0x03, 0xFE, 0xFF


def pass_on_tag(transmit: Transmit, *, stores_only: bool = False) -> bytes | None:
    """Give the pass that the tag at a reader carries; ``None`` where it carries none.

    A card that only stores is not asked for files: some readers are confused by commands that it cannot know.
    """
    message = (None if stores_only else _type_4(transmit)) or _type_2(transmit)
    return None if message is None else pass_in_ndef(message)


def pass_in_ndef(message: bytes) -> bytes | None:
    """Give the pass in the first text or URI record of a message; a link may end in it."""
    try:
        return pass_in(number_of_message(message))
    except Unreadable:
        return None


# --------------------------------------------------------------------------------- Type 4: files


def _type_4(transmit: Transmit) -> bytes | None:
    if transmit(_NDEF_APPLICATION)[-2:] != _SUCCESS or not _select(transmit, _CAPABILITIES):
        return None
    capabilities = _read(transmit, 0, _CAPABILITIES_LENGTH)
    if capabilities is None or capabilities[7:9] != _NDEF_FILE_CONTROL or capabilities[13] != _FREE_TO_READ:
        return None
    at_once = min(int.from_bytes(capabilities[3:5], "big"), _LONGEST_READ)
    if at_once < _SHORTEST_READ or not _select(transmit, capabilities[9:11]):
        return None
    length = _read(transmit, 0, 2)
    size = 0 if length is None else int.from_bytes(length, "big")
    if not 0 < size <= LONGEST_MESSAGE:
        return None
    message = b""
    while len(message) < size:
        part = _read(transmit, 2 + len(message), min(at_once, size - len(message)))
        if part is None:
            return None
        message += part
    return message


def _select(transmit: Transmit, file: bytes) -> bool:
    return transmit(_SELECT_FILE + file)[-2:] == _SUCCESS


def _read(transmit: Transmit, offset: int, length: int) -> bytes | None:
    """Read so many bytes, neither fewer nor more."""
    answer = transmit(bytes((0x00, 0xB0)) + offset.to_bytes(2, "big") + bytes((length,)))
    return answer[:-2] if answer[-2:] == _SUCCESS and len(answer) == length + 2 else None


# --------------------------------------------------------------------------------- Type 2: pages


def _type_2(transmit: Transmit) -> bytes | None:
    """Read pages from the first on, up to the end of the message that they announce."""
    head = _pages(transmit, _FIRST_USER_PAGE - 1)
    if head is None or head[0] != _NDEF_MAGIC or head[3] >> 4:
        return None
    memory = head[_PAGE:]
    while (end := _end_of_message(memory)) is not None:
        if end <= len(memory):
            return _message_of(memory)
        part = _pages(transmit, _FIRST_USER_PAGE + len(memory) // _PAGE)
        if part is None:
            return None
        memory += part
    return None


def _pages(transmit: Transmit, first: int) -> bytes | None:
    """Read four pages."""
    answer = transmit(bytes((0xFF, 0xB0, 0x00, first, _READ_AT_ONCE)))
    good = answer[-2:] == _SUCCESS and len(answer) == _READ_AT_ONCE + 2
    return answer[:-2] if good else None


def _end_of_message(memory: bytes) -> int | None:
    """Tell how much of the memory has to be known; ``None`` where there is no message, or one too long."""
    at = _start_of_message(memory)
    if at is None:
        return None
    start, size = _extent(memory, at)
    return start + size if start + size <= LONGEST_MESSAGE else None


def _message_of(memory: bytes) -> bytes | None:
    at = _start_of_message(memory)
    start, size = _extent(memory, 0 if at is None else at)
    return memory[start : start + size] or None


def _start_of_message(memory: bytes) -> int | None:
    """Find the block (TLV) that holds the message, going over those before it."""
    at = 0
    while at < len(memory):
        if memory[at] == _TERMINATOR:
            return None
        if memory[at] == _MESSAGE:
            return at
        start, size = _extent(memory, at)
        at = at + 1 if memory[at] == _NULL else start + size
    return at if at <= LONGEST_MESSAGE else None


def _extent(memory: bytes, at: int) -> tuple[int, int]:
    """Tell where a block's value begins and how long it is, as far as the memory is known."""
    length = memory[at + 1 : at + 4]
    if length[:1] == bytes((_LONG,)):
        return at + 4, int.from_bytes(length[1:3], "big")
    return at + 2, length[0] if length else 0
