"""A tag on nfcpy's udp driver, as a process of its own: ``python -m tests.hardware.nfc_emulated PORT TAG``.

``TAG`` is the JSON of a ``Tag``. nfcpy's driver listens on every address of this machine while it plays a
tag, which is why nothing but tests ever listens.
"""

# ruff: noqa: ANN401 - nfcpy has no types
import json
import os
import struct
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import nfc
import nfc.clf
import nfc.tag
import nfc.tag.tt3

FOREVER_S = 3600.0
NDEF_APPLICATION = bytes.fromhex("D2760000850101")


@dataclass(frozen=True)
class Tag:
    """What tag to play, and how it misbehaves."""

    kind: str
    """``t2``, ``t3`` or ``t4``."""
    uid: str
    message: str | None = None
    """The NDEF message in hex; ``None`` for a tag that was never formatted."""
    gone_after: int | None = None
    """After so many answers it is torn away."""
    answers: str = "right"
    """How it answers once chosen: ``right``, ``garbage``, ``half``, or ``wait``: it wants ever more time."""

    @property
    def octets(self) -> bytes:
        """Its message."""
        return bytes.fromhex(self.message or "")


Answer = Callable[[bytes], bytes]


def type_2(tag: Tag) -> Answer:
    """Answer READ from a memory with one message in it."""
    uid, octets = bytes.fromhex(tag.uid), tag.octets
    memory = bytearray(uid[:3] + b"\x00" + uid[3:7] + bytes(4))
    if tag.message is None:
        memory += bytes(4)
    else:
        memory += b"\xe1\x10\x80\x00"
        size = bytes([len(octets)]) if len(octets) < 255 else b"\xff" + struct.pack(">H", len(octets))
        memory += b"\x03" + size + octets + b"\xfe"
    memory += bytes(1104 - len(memory))

    def answer(command: bytes) -> bytes:
        if command[:1] != b"\x30":
            return b"\x00"  # not known
        return bytes((memory * 2)[command[1] * 4 : command[1] * 4 + 16])

    return answer


def type_4(tag: Tag) -> Answer:
    """Speak ISO-DEP, and answer the commands of the NDEF application."""
    files = {
        b"\xe1\x03": bytes.fromhex("000F20003B00340406E104040000FF"),
        b"\xe1\x04": struct.pack(">H", len(tag.octets)) + tag.octets,
    }
    chosen = b""

    def apdu(command: bytes) -> bytes:
        nonlocal chosen
        if command[1] == 0xA4 and command[2] == 4:
            known = tag.message is not None and command[5:12] == NDEF_APPLICATION
            return b"\x90\x00" if known else b"\x6a\x82"
        if command[1] == 0xA4:
            chosen = bytes(command[5:7])
            return b"\x90\x00" if chosen in files else b"\x6a\x82"
        if command[1] == 0xB0:
            at = command[2] << 8 | command[3]
            return files[chosen][at : at + command[4]] + b"\x90\x00"
        return b"\x6d\x00"

    def answer(command: bytes) -> bytes:
        first = command[0]
        if first == 0xE0:
            return bytes.fromhex("067577810280")
        if tag.answers == "wait":
            return b"\xf2\x01"
        if first & 0xE2 == 0x02:
            return bytes([first & 0xEF]) + apdu(bytes(command[1:]))
        return b"\xc2" if first == 0xC2 else b""

    return answer


def spoilt(tag: Tag, answer: Answer) -> Iterator[Answer]:
    """Give for each command the way it is answered, until the tag is torn away."""
    ways: dict[str, Answer] = {
        "garbage": lambda _command: b"\xff\x17\x00",
        "half": lambda command: (right := answer(command))[: len(right) // 2],
    }
    left = tag.gone_after
    while left is None or left > 0:
        yield ways.get(tag.answers, answer)
        left = None if left is None else left - 1


def play(frontend: Any, tag: Tag) -> None:
    """Be a Type 2 or Type 4 tag until torn away."""
    answer = {"t2": type_2, "t4": type_4}[tag.kind](tag)
    sens_res, sel_res = {"t2": (b"\x44\x00", b"\x00"), "t4": (b"\x44\x03", b"\x20")}[tag.kind]
    ways = spoilt(tag, answer)
    while True:
        target = nfc.clf.LocalTarget(
            "106A", sens_res=sens_res, sdd_res=bytes.fromhex(tag.uid), sel_res=sel_res
        )
        target = frontend.listen(target, timeout=FOREVER_S)
        if target is None:
            continue
        command = target.tt4_cmd or target.tt2_cmd
        try:
            while command:
                way = next(ways, None)
                if way is None:
                    os._exit(0)
                command = frontend.exchange(way(bytes(command)), FOREVER_S)
        except nfc.clf.CommunicationError:
            continue


def play_type_3(frontend: Any, tag: Tag) -> None:
    """Be a Type 3 tag with nfcpy's own emulation."""
    octets = tag.octets
    about = bytearray(
        struct.pack(">BBBHBBBBBB3s", 0x10, 12, 8, 16, 0, 0, 0, 0, 0, 1, len(octets).to_bytes(3, "big"))
    )
    about += struct.pack(">H", sum(about))
    memory = about + octets + bytes(-len(octets) % 16)

    def startup(target: Any) -> Any:
        target.brty = "212F"
        target.sensf_res = b"\x01" + bytes.fromhex(tag.uid) + b"\xff" * 8 + b"\x12\xfc"
        return target

    def connected(emulation: Any) -> bool:
        def block(number: int, _begin: bool, _end: bool) -> bytes | None:
            return bytes(memory[number * 16 : number * 16 + 16]) if number < len(memory) // 16 else None

        if tag.message is not None:
            emulation.add_service(0x0009, block, lambda *_: False)
            emulation.add_service(0x000B, block, lambda *_: False)
        return True

    while True:
        frontend.connect(card={"on-startup": startup, "on-connect": connected})


def main(port: str, tag: Tag) -> None:
    """Play a tag until killed, and say when it begins."""
    frontend = nfc.ContactlessFrontend(f"udp:127.0.0.1:{port}")
    print("ready", flush=True)  # noqa: T201 - what the test waits for
    (play_type_3 if tag.kind == "t3" else play)(frontend, tag)


if __name__ == "__main__":
    main(sys.argv[1], Tag(**json.loads(sys.argv[2])))
