"""An NTAG 424 DNA tag made of nothing but published facts: what it answers, it computes as a tag would.

It has its message file with the mirroring of UID and count, the five keys, and the secure messaging that
NXP's cards call EV2. As a real tag it forgets who it talks to after any error, and whenever something is
selected.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from tests.hardware.cards.card_aes import ZEROS, cmac, crc, decrypt, encrypt

APPLICATION: Final = bytes.fromhex("d2760000850101")
GET_UID: Final = bytes.fromhex("ffca000000")
GOOD: Final = b"\x90\x00"
MORE, INTEGRITY, NO_KEY, LENGTH, PERMISSION, AUTHENTICATION = 0xAF, 0x1E, 0x40, 0x7E, 0x9D, 0xAE
UNKNOWN = 0x1C
FREE = 0xE
FILE_SIZE: Final = 256


class Failure(Exception):
    """The tag answers with an error."""

    def __init__(self, status: int) -> None:
        super().__init__(hex(status))
        self.status = status


def short(mac: bytes) -> bytes:
    """Shorten a MAC as the tags do: the bytes with odd numbers, counted from 0."""
    return bytes(mac[place] for place in range(1, 16, 2))


def filled(data: bytes) -> bytes:
    """Fill up with 80 00 ... to whole blocks."""
    return data + b"\x80" + bytes(15 - len(data) % 16)


def new_settings() -> bytes:
    """Give the settings of the message file as a tag leaves its factory."""
    return bytes.fromhex("00e0ee")


@dataclass
class NtagCard:
    """One tag. Call it with a command; ``None`` is a tag that is taken away."""

    uid: bytes = bytes.fromhex("04de5f1eacc040")
    keys: list[bytes] = field(default_factory=lambda: [ZEROS] * 5)
    versions: list[int] = field(default_factory=lambda: [0] * 5)
    settings: bytes = field(default_factory=new_settings)
    content: bytearray = field(default_factory=lambda: bytearray(FILE_SIZE))
    count: int = 0
    challenge: Callable[[int], bytes] = secrets.token_bytes
    taken_away_at: int | None = None
    """The number of the command in the middle of which it is taken away, counted from 0."""
    does_it_first: bool = False
    """Whether that command is still carried out."""
    commands: int = 0

    _in_application: bool = False
    _in_file: bool = False
    _counted: bool = False
    _pending: tuple[int, bytes] | None = None
    _session: tuple[bytes, bytes] | None = None
    _number: int = 0
    _transaction: bytes = bytes(4)
    _counter: int = 0

    def __call__(self, command: bytes) -> bytes | None:
        """Answer a command."""
        last = self.commands == self.taken_away_at
        self.commands += 1
        answer = None if last and not self.does_it_first else self._answer(command)
        if last:
            self._in_application = self._in_file = False
            self._session = self._pending = None
        return None if last else answer

    def _answer(self, command: bytes) -> bytes:
        if command == GET_UID:
            return self.uid + GOOD
        if command[:1] == b"\x90":
            data = command[5:-1] if len(command) > 5 else b""
            try:
                status, answer = self._native(command[1], data)
            except Failure as failure:
                self._session = self._pending = None
                status, answer = failure.status, b""
            return answer + bytes([0x91, status])
        return self._iso(command)

    # ------------------------------------------------------------------------------ ISO 7816 and SDM

    def _iso(self, command: bytes) -> bytes:
        code, data = command[1], command[5 : 5 + command[4]]
        if code == 0xA4:
            return self._select(command[2], data)
        if not self._in_file:
            return b"\x69\x86"
        offset = command[2] << 8 | command[3]
        if code == 0xB0:
            if self.settings[2] >> 4 != FREE:
                return b"\x69\x82"
            return bytes(self._seen()[offset : offset + (command[4] or 256)]) + GOOD
        if code == 0xD6:
            if self.settings[2] & 0xF != FREE and self.settings[1] >> 4 != FREE:
                return b"\x69\x82"
            self.content[offset : offset + len(data)] = data
            return GOOD
        return b"\x6d\x00"

    def _select(self, how: int, data: bytes) -> bytes:
        self._session = self._pending = None
        self._in_file = False
        if how == 0x04:
            self._in_application = data == APPLICATION
            return GOOD if self._in_application else b"\x6a\x82"
        if not self._in_application or data != b"\xe1\x04":
            return b"\x6a\x82"
        self._in_file, self._counted = True, False
        return GOOD

    def _seen(self) -> bytes:
        """Give the file as a reader sees it: with the UID, the count and the MAC of this time in it."""
        if not self.settings[0] & 0x40:
            return bytes(self.content)
        if not self._counted:
            self.count, self._counted = self.count + 1, True
        rights = int.from_bytes(self.settings[4:6], "little")
        data_at, covered_at, mac_at = (
            int.from_bytes(self.settings[place : place + 3], "little") for place in (6, 9, 12)
        )
        said = self.uid + self.count.to_bytes(3, "little")
        data = encrypt(self.keys[rights >> 12], b"\xc7" + said + self.challenge(5))
        seen = bytearray(self.content)
        seen[data_at : data_at + 32] = data.hex().upper().encode()
        session = cmac(self.keys[rights >> 8 & 0xF], bytes.fromhex("3cc300010080") + said)
        seen[mac_at : mac_at + 16] = (
            short(cmac(session, bytes(seen[covered_at:mac_at]))).hex().upper().encode()
        )
        return bytes(seen)

    # ---------------------------------------------------------------------------------- EV2 commands

    def _native(self, code: int, data: bytes) -> tuple[int, bytes]:
        if code not in {0x51, 0x5F, 0x64, 0x71, 0xC4, MORE}:
            raise Failure(UNKNOWN)
        if not self._in_application:
            raise Failure(PERMISSION)
        if code == MORE:
            return self._finish_authentication(data)
        self._pending = None
        if code == 0x71:
            return self._begin_authentication(data)
        if self._session is None:
            raise Failure(AUTHENTICATION)
        sent, mac = data[:-8], data[-8:]
        if mac != self._mac(code, sent):
            raise Failure(INTEGRITY)
        if code == 0xC4:
            return self._change_key(sent)
        done = {0x51: self._tell_uid, 0x5F: self._change_settings, 0x64: self._key_version}.get(code)
        if done is None:
            raise Failure(UNKNOWN)
        return self._finish(done(sent), sealed=code == 0x51)

    def _finish(self, answer: bytes, *, sealed: bool) -> tuple[int, bytes]:
        self._counter += 1
        if sealed and self._session is not None:
            answer = encrypt(self._session[0], filled(answer), self._vector(b"\x5a\xa5"))
        return 0, answer + self._mac(0, answer)

    def _begin_authentication(self, data: bytes) -> tuple[int, bytes]:
        self._session = None
        if len(data) != 2:
            raise Failure(LENGTH)
        if data[0] >= len(self.keys):
            raise Failure(NO_KEY)
        b = self.challenge(16)
        self._pending = (data[0], b)
        return MORE, encrypt(self.keys[data[0]], b)

    def _finish_authentication(self, token: bytes) -> tuple[int, bytes]:
        if self._pending is None or len(token) != 32:
            raise Failure(LENGTH)
        (number, b), self._pending = self._pending, None
        key = self.keys[number]
        plain = decrypt(key, token)
        a = plain[:16]
        if plain[16:] != b[1:] + b[:1]:
            raise Failure(AUTHENTICATION)
        mixed = a[0:2] + bytes(x ^ y for x, y in zip(a[2:8], b[0:6], strict=True)) + b[6:16] + a[8:16]
        self._session = (
            cmac(key, bytes.fromhex("a55a00010080") + mixed),
            cmac(key, bytes.fromhex("5aa500010080") + mixed),
        )
        self._number, self._counter, self._transaction = number, 0, self.challenge(4)
        return 0, encrypt(key, self._transaction + a[1:] + a[:1] + bytes(12))

    def _mac(self, code: int, body: bytes) -> bytes:
        assert self._session is not None
        count = self._counter.to_bytes(2, "little")
        return short(cmac(self._session[1], bytes([code]) + count + self._transaction + body))

    def _vector(self, direction: bytes) -> bytes:
        assert self._session is not None
        return encrypt(
            self._session[0], direction + self._transaction + self._counter.to_bytes(2, "little") + bytes(8)
        )

    def _opened(self, sealed: bytes) -> bytes:
        assert self._session is not None
        if not sealed or len(sealed) % 16:
            raise Failure(LENGTH)
        plain = decrypt(self._session[0], sealed, self._vector(b"\xa5\x5a"))
        bare = plain.rstrip(b"\0")
        if bare[-1:] != b"\x80":
            raise Failure(INTEGRITY)
        return bare[:-1]

    def _tell_uid(self, _sent: bytes) -> bytes:
        return self.uid

    def _key_version(self, sent: bytes) -> bytes:
        return bytes([self.versions[sent[0]]])

    def _change_settings(self, sent: bytes) -> bytes:
        if sent[:1] != b"\x02" or self._number != self.settings[1] & 0xF:
            raise Failure(PERMISSION)
        settings = self._opened(sent[1:])
        if len(settings) != (15 if settings[0] & 0x40 else 3):
            raise Failure(LENGTH)
        self.settings = settings
        return b""

    def _change_key(self, sent: bytes) -> tuple[int, bytes]:
        if self._number != 0:
            raise Failure(AUTHENTICATION)
        number, plain = sent[0], self._opened(sent[1:])
        if number == 0:
            if len(plain) != 17:
                raise Failure(LENGTH)
            self.keys[0], self.versions[0] = plain[:16], plain[16]
            self._session = None
            return 0, b""
        if len(plain) != 21 or number >= len(self.keys):
            raise Failure(LENGTH)
        new = bytes(x ^ y for x, y in zip(plain[:16], self.keys[number], strict=True))
        if crc(new) != plain[17:]:
            raise Failure(INTEGRITY)
        self.keys[number], self.versions[number] = new, plain[16]
        return self._finish(b"", sealed=False)
