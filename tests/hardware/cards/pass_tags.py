"""Tags behind a reader of PC/SC, playing the NFC Forum's Type 2 and Type 4: commands in, answers out."""

import struct
from collections.abc import Callable

OK, NOT_FOUND, WRONG_COMMAND = b"\x90\x00", b"\x6a\x82", b"\x6d\x00"
Answer = Callable[[bytes], bytes]


def type_2(message: bytes, *, before: bytes = b"", capabilities: bytes = b"\xe1\x10\x3e\x00") -> Answer:
    """Answer READ BINARY of a reader (PC/SC part 3) from pages of four bytes."""
    size = bytes([len(message)]) if len(message) < 255 else b"\xff" + struct.pack(">H", len(message))
    memory = bytes(12) + capabilities + before + b"\x03" + size + message + b"\xfe"
    memory += bytes(-len(memory) % 16 + 16)

    def answer(command: bytes) -> bytes:
        if command[:3] != b"\xff\xb0\x00":
            return WRONG_COMMAND
        first, length = command[3] * 4, command[4]
        part = memory[first : first + length]
        return part + OK if len(part) == length else b"\x63\x00"

    return answer


def type_4(message: bytes, *, most: int = 0x3B, access: int = 0x00, file: bytes = b"\xe1\x04") -> Answer:
    """Answer SELECT and READ BINARY of the NDEF application."""
    capabilities = (
        b"\x00\x0f\x20"
        + struct.pack(">HH", most, 0x34)
        + b"\x04\x06"
        + file
        + b"\x04\x00"
        + bytes((access, 0xFF))
    )
    files = {b"\xe1\x03": capabilities, file: struct.pack(">H", len(message)) + message}
    chosen = b""

    def answer(command: bytes) -> bytes:
        nonlocal chosen
        if command[1:4] == b"\xa4\x04\x00":
            return OK if command[5:12] == bytes.fromhex("D2760000850101") else NOT_FOUND
        if command[1:4] == b"\xa4\x00\x0c":
            chosen = files.get(command[5:7], b"")
            return OK if command[5:7] in files else NOT_FOUND
        if command[1] == 0xB0:
            offset, length = int.from_bytes(command[2:4], "big"), command[4]
            return chosen[offset : offset + min(length, most)] + OK
        return WRONG_COMMAND

    return answer
