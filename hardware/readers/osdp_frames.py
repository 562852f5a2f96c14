"""The frames of an OSDP line: found among noise, checked, and what of them is not encrypted.

A frame is ``53 address length(2) control``, a security block where control says so, one byte that names the
command or reply, its data, and a check: CRC-16 (polynomial 1021, start 1D0F, low byte first) or the two's
complement of the byte sum. The address of a reply has its top bit set. An ``FF`` before the frame is filler.
Source: IEC 60839-11-5.
"""

from binascii import crc_hqx
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final

START: Final = 0x53
FILLER: Final = 0xFF
REPLY: Final = 0x80
HEADER_BYTES: Final = 5
SHORTEST_FRAME: Final = 7
LONGEST_FRAME: Final = 256
"""More than libosdp takes is no frame of ours."""

_WITH_CRC: Final = 0x04
_WITH_BLOCK: Final = 0x08
_SHORTEST_BLOCK: Final = 2
_CRC_START: Final = 0x1D0F


class Command(IntEnum):
    """The commands that this panel sends, by their byte on the line."""

    POLL = 0x60
    ID = 0x61
    CAPABILITIES = 0x62
    LOCAL_STATUS = 0x64
    OUTPUT = 0x68
    LED = 0x69
    BUZZER = 0x6A
    KEYSET = 0x75
    CHALLENGE = 0x76
    CRYPTOGRAM = 0x77


class Answer(IntEnum):
    """The replies that matter here, by their byte on the line."""

    ACK = 0x40
    NAK = 0x41
    ID = 0x45
    CAPABILITIES = 0x46
    RAW_CARD = 0x50
    CRYPTOGRAM = 0x76
    INITIAL_MAC = 0x78
    BUSY = 0x79


class Block(IntEnum):
    """Kinds of security block. The odd ones the panel sends, the even ones the reader."""

    CHALLENGE = 0x11
    CHALLENGED = 0x12
    CRYPTOGRAM = 0x13
    INITIAL_MAC = 0x14
    COMMAND_AUTHENTIC = 0x15
    REPLY_AUTHENTIC = 0x16
    COMMAND_SECRET = 0x17
    REPLY_SECRET = 0x18


IN_SESSION: Final = frozenset({Block.COMMAND_AUTHENTIC, Block.COMMAND_SECRET})
AUTHENTIC: Final = frozenset({Block.REPLY_AUTHENTIC, Block.REPLY_SECRET})


@dataclass(frozen=True, slots=True)
class Frame:
    """One whole frame with a good check."""

    raw: bytes = field(repr=False)
    address: int
    is_reply: bool
    block: int | None
    """The kind of its security block."""
    block_data: bytes
    """In a handshake: ``00`` means the install key, ``01`` the reader's own."""
    code: int
    data: bytes = field(repr=False)
    """What follows the code, as it is on the line: encrypted, and with its MAC, inside a session."""


def crc(body: bytes) -> bytes:
    """Give the check of a frame in CRC mode."""
    return crc_hqx(body, _CRC_START).to_bytes(2, "little")


def checksum(body: bytes) -> bytes:
    """Give the check of a frame in checksum mode."""
    return bytes([-sum(body) % 256])


def parse(raw: bytes) -> Frame | None:
    """Take one frame apart; ``None`` when the bytes are anything but one whole good frame."""
    if not SHORTEST_FRAME <= len(raw) <= LONGEST_FRAME or raw[0] != START:
        return None
    if int.from_bytes(raw[2:4], "little") != len(raw):
        return None
    control = raw[4]
    size, check = (2, crc) if control & _WITH_CRC else (1, checksum)
    if raw[-size:] != check(raw[:-size]):
        return None
    body, block, block_data = raw[HEADER_BYTES:-size], None, b""
    if control & _WITH_BLOCK:
        if not _SHORTEST_BLOCK <= body[0] < len(body):
            return None
        block, block_data, body = body[1], body[2 : body[0]], body[body[0] :]
    if not body:
        return None
    address, is_reply = raw[1] & ~REPLY, bool(raw[1] & REPLY)
    return Frame(raw, address, is_reply, block, block_data, body[0], body[1:])


class Finder:
    """Finds frames in what comes in, whichever pieces it comes in."""

    def __init__(self) -> None:
        """Begin with nothing heard."""
        self._heard = bytearray()

    def clear(self) -> None:
        """Forget what was heard of an unfinished frame."""
        self._heard.clear()

    def feed(self, heard: bytes) -> tuple[list[Frame], bool]:
        """Take what was heard; give the frames that are complete now, and whether there was noise."""
        self._heard += heard
        frames: list[Frame] = []
        noise = False
        while self._heard:
            if self._heard[0] != START:
                skipped = self._heard.partition(bytes([START]))[0]
                noise = noise or bool(skipped.strip(bytes([FILLER])))
                del self._heard[: len(skipped)]
                continue
            if len(self._heard) < HEADER_BYTES:
                break
            length = int.from_bytes(self._heard[2:4], "little")
            possible = SHORTEST_FRAME <= length <= LONGEST_FRAME
            if possible and len(self._heard) < length:
                break
            frame = parse(bytes(self._heard[:length])) if possible else None
            if frame is None:
                # Only the start byte goes: the real frame may begin inside of what looked like one.
                noise = True
                del self._heard[0]
            else:
                frames.append(frame)
                del self._heard[:length]
        return frames, noise
