"""A DESFire card made of nothing but published facts: what it answers, it computes as a card would.

It has what the driver needs and what an attacker may try: applications with AES keys, files with rights and
ways to be read, the chain of CMACs that the cards call EV1. As a real card it forgets who it talks to after
any error, and when another application is selected.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from tests.hardware.cards.card_aes import ZEROS, chained_cmac, crc, decrypt, encrypt

PLAIN, MACED = 0, 1
FREE = 0xE
OK, MORE = 0x00, 0xAF
INTEGRITY, NO_KEY, LENGTH, PERMISSION, PARAMETER = 0x1E, 0x40, 0x7E, 0x9D, 0x9E
NO_APPLICATION, AUTHENTICATION, EXISTS, NO_FILE, UNKNOWN = 0xA0, 0xAE, 0xDE, 0xF0, 0x1C
GET_UID: Final = bytes.fromhex("ffca000000")
CARD: Final = bytes(3)


class Failure(Exception):
    """The card answers with an error."""

    def __init__(self, status: int) -> None:
        super().__init__(hex(status))
        self.status = status


@dataclass
class File:
    """A file of standard data."""

    way: int
    rights: int
    content: bytearray

    def readers(self) -> set[int]:
        """Which keys read it."""
        return {self.rights >> 12, self.rights >> 4 & 0xF}

    def writers(self) -> set[int]:
        """Which keys write it."""
        return {self.rights >> 8 & 0xF, self.rights >> 4 & 0xF}


@dataclass
class Application:
    """An application: its keys with their versions, its settings, its files."""

    keys: list[bytes]
    settings: int = 0x0F
    versions: list[int] = field(default_factory=list)
    files: dict[int, File] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.versions = self.versions or [0] * len(self.keys)


@dataclass
class DesfireCard:
    """One card. Call it with a command; ``None`` is a card that is taken away."""

    uid: bytes = bytes.fromhex("04a1b2c3d4e580")
    random_uid: bool = False
    master: bytes = ZEROS
    """The card's own master key; an AES one, since the tests need no other."""
    free_to_create: bool = True
    applications: dict[bytes, Application] = field(default_factory=dict)
    challenge: Callable[[int], bytes] = secrets.token_bytes
    taken_away_at: int | None = None
    """The number of the command in the middle of which it is taken away, counted from 0."""
    does_it_first: bool = False
    """Whether that command is still carried out."""
    commands: int = 0

    _selected: bytes = CARD
    _pending: tuple[int, bytes] | None = None
    _key: bytes | None = None
    _number: int = 0
    _iv: bytes = ZEROS

    def __call__(self, command: bytes) -> bytes | None:
        """Answer a command."""
        last = self.commands == self.taken_away_at
        self.commands += 1
        if last and not self.does_it_first:
            self._lose_power()
            return None
        answer = self._answer(command)
        if last:
            self._lose_power()
        return None if last else answer

    def _lose_power(self) -> None:
        self._key = self._pending = None
        self._selected = CARD

    def _answer(self, command: bytes) -> bytes:
        if command == GET_UID:
            shown = b"\x08" + secrets.token_bytes(3) if self.random_uid else self.uid
            return shown + b"\x90\x00"
        if command[:1] != b"\x90" or len(command) < 5:
            return b"\x6e\x00"
        data = command[5:-1] if len(command) > 5 else b""
        if len(command) > 5 and command[4] != len(data):
            return b"\x67\x00"
        try:
            status, answer = self._carry_out(command[1], data)
        except Failure as failure:
            self._key = self._pending = None
            status, answer = failure.status, b""
        return answer + bytes([0x91, status])

    def _carry_out(self, code: int, data: bytes) -> tuple[int, bytes]:
        if code == MORE:
            return self._finish_authentication(data)
        self._pending = None
        if code == 0xAA:
            return self._begin_authentication(data)
        if code == 0x5A:
            return self._select(data)
        if code == 0x51:
            return OK, self._tell_uid()
        if code == 0xC4:
            return self._change_key(data)
        done = {
            0x64: self._key_version,
            0x6F: self._list_files,
            0xCA: self._create_application,
            0xCD: self._create_file,
            0xDF: self._delete_file,
            0xF5: self._file_settings,
            0x3D: self._write,
            0xBD: self._read,
        }.get(code)
        if done is None:
            raise Failure(UNKNOWN)
        if code != 0x3D:  # it chains without the MAC that it is sent
            self._chain(bytes([code]) + data)
        return OK, self._signed(done(data))

    # ------------------------------------------------------------------------------- authentication

    def _keys(self) -> list[bytes]:
        return [self.master] if self._selected == CARD else self.applications[self._selected].keys

    def _begin_authentication(self, data: bytes) -> tuple[int, bytes]:
        if len(data) != 1:
            raise Failure(LENGTH)
        self._key = None
        if data[0] >= len(self._keys()):
            raise Failure(NO_KEY)
        b = self.challenge(16)
        self._pending = (data[0], b)
        return MORE, encrypt(self._keys()[data[0]], b)

    def _finish_authentication(self, token: bytes) -> tuple[int, bytes]:
        if self._pending is None or len(token) != 32:
            raise Failure(LENGTH)
        (number, b), self._pending = self._pending, None
        key = self._keys()[number]
        plain = decrypt(key, token, encrypt(key, b))
        a, back = plain[:16], plain[16:]
        if back != b[1:] + b[:1]:
            raise Failure(AUTHENTICATION)
        self._key, self._number, self._iv = a[:4] + b[:4] + a[12:] + b[12:], number, ZEROS
        return OK, encrypt(key, a[1:] + a[:1], token[16:])

    def _chain(self, message: bytes) -> bytes:
        if self._key is None:
            return b""
        self._iv = chained_cmac(self._key, message, self._iv)
        return self._iv

    def _signed(self, answer: bytes) -> bytes:
        return answer + self._chain(answer + b"\x00")[:8]

    def _may(self, allowed: set[int]) -> None:
        if FREE not in allowed and (self._key is None or self._number not in allowed):
            raise Failure(AUTHENTICATION)

    # ------------------------------------------------------------------------------------- commands

    def _select(self, data: bytes) -> tuple[int, bytes]:
        self._key = None
        if data != CARD and data not in self.applications:
            raise Failure(NO_APPLICATION)
        self._selected = data
        return OK, b""

    def _application(self) -> Application:
        if self._selected == CARD:
            raise Failure(PERMISSION)
        return self.applications[self._selected]

    def _tell_uid(self) -> bytes:
        if self._key is None:
            raise Failure(AUTHENTICATION)
        self._chain(b"\x51")
        plain = self.uid + crc(self.uid + b"\x00")
        self._iv = encrypt(self._key, plain + bytes(16 - len(plain)), self._iv)
        return self._iv

    def _key_version(self, data: bytes) -> bytes:
        return bytes([self._application().versions[data[0]]])

    def _list_files(self, _data: bytes) -> bytes:
        here = self._application()
        if not here.settings & 0x02:
            self._may({0})
        return bytes(here.files)

    def _create_application(self, data: bytes) -> bytes:
        if self._selected != CARD:
            raise Failure(PERMISSION)
        if not self.free_to_create:
            self._may({0})
        if len(data) != 5 or data[4] >> 4 != 8:
            raise Failure(PARAMETER)
        if data[:3] in self.applications:
            raise Failure(EXISTS)
        self.applications[data[:3]] = Application([ZEROS] * (data[4] & 0xF), data[3])
        return b""

    def _create_file(self, data: bytes) -> bytes:
        here = self._application()
        if not here.settings & 0x04:
            self._may({0})
        if len(data) != 7:
            raise Failure(LENGTH)
        if data[0] in here.files:
            raise Failure(EXISTS)
        size = int.from_bytes(data[4:7], "little")
        here.files[data[0]] = File(data[1], int.from_bytes(data[2:4], "little"), bytearray(size))
        return b""

    def _delete_file(self, data: bytes) -> bytes:
        here = self._application()
        if not here.settings & 0x04:
            self._may({0})
        if here.files.pop(data[0], None) is None:
            raise Failure(NO_FILE)
        return b""

    def _file_settings(self, data: bytes) -> bytes:
        file = self._file(data)
        return (
            bytes([0, file.way]) + file.rights.to_bytes(2, "little") + len(file.content).to_bytes(3, "little")
        )

    def _file(self, data: bytes) -> File:
        found = self._application().files.get(data[0]) if data else None
        if found is None:
            raise Failure(NO_FILE)
        return found

    def _write(self, data: bytes) -> bytes:
        file = self._file(data)
        self._may(file.writers())
        offset, length = int.from_bytes(data[1:4], "little"), int.from_bytes(data[4:7], "little")
        content, mac = data[7 : 7 + length], data[7 + length :]
        expected = self._chain(b"\x3d" + data[:7] + content)
        if mac != (expected[:8] if file.way == MACED else b""):
            raise Failure(INTEGRITY)
        if offset + length > len(file.content) or len(content) != length:
            raise Failure(LENGTH)
        file.content[offset : offset + length] = content
        return b""

    def _read(self, data: bytes) -> bytes:
        file = self._file(data)
        self._may(file.readers())
        offset, length = int.from_bytes(data[1:4], "little"), int.from_bytes(data[4:7], "little")
        return bytes(file.content[offset : offset + length])

    def _change_key(self, data: bytes) -> tuple[int, bytes]:
        here = self._application()
        if self._key is None or (self._number != 0 and here.settings >> 4 == 0):
            raise Failure(AUTHENTICATION)
        number, sealed = data[0], data[1:]
        if len(sealed) != 32 or number >= len(here.keys):
            raise Failure(LENGTH)
        plain = decrypt(self._key, sealed, self._iv)
        self._iv = sealed[-16:]
        told = plain[:17]
        own = number == self._number
        new = told[:16] if own else bytes(x ^ y for x, y in zip(told[:16], here.keys[number], strict=True))
        checked = told + crc(b"\xc4" + data[:1] + told) + (b"" if own else crc(new))
        if plain != checked + bytes(32 - len(checked)):
            raise Failure(INTEGRITY)
        here.keys[number], here.versions[number] = new, told[16]
        if own:
            self._key = None
            return OK, b""
        return OK, self._signed(b"")
