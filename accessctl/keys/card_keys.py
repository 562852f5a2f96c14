"""The keys that the site's own cards carry: one set for DESFire, one for NTAG 424 DNA, kept sealed.

They are made once and never changed: every card that was encoded derives its own keys from them, and would
have to be encoded anew. They are never shown. Whoever wants the same cards to open doors of several
controllers makes the keys elsewhere and gives them to each.
"""

import hashlib
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from accessctl.keys.sealed_file import SealedFile, SealedFileUnusable
from hardware.specs import CardKeys, DesfireKeys, SunKeys

KEY_BYTES: Final = 16
APPLICATION_BYTES: Final = 3
_ABOUT: Final = b"accessctl/card-keys/v1\0"
_CHECK: Final = b"accessctl/card-keys-check/v1\0"
_CHECK_BYTES: Final = 4
_PRIVATE: Final = 0xF0
"""The first half byte of applications that are registered with nobody (NXP AN10787)."""
_HEX: Final = re.compile(r"([0-9a-fA-F]{2})+")


class CardKeysUnusable(SealedFileUnusable):
    """The file of the cards' keys cannot be read, opened or written."""


class CardKeysExist(Exception):
    """The site has keys of this kind. Others would make every card that was encoded worthless."""


class CardKeysWrong(ValueError):
    """What was given cannot be a set of keys. The text says which part, and quotes nothing."""


class CardKind(StrEnum):
    """Which cards have keys of the site."""

    DESFIRE = "desfire"
    SUN = "sun"


@dataclass(frozen=True, slots=True)
class Part:
    """One value of a set of keys."""

    length: int
    """In bytes."""
    secret: bool = True
    needed: bool = True


PARTS: Final[Mapping[CardKind, Mapping[str, Part]]] = MappingProxyType(
    {
        CardKind.DESFIRE: {
            "application": Part(APPLICATION_BYTES, secret=False),
            "master": Part(KEY_BYTES),
            "transport": Part(KEY_BYTES, needed=False),
        },
        CardKind.SUN: {"reading": Part(KEY_BYTES), "master": Part(KEY_BYTES)},
    }
)
"""What a set of each kind consists of."""


@dataclass(frozen=True, slots=True)
class HeldKeys:
    """What may be said of a set of keys."""

    kind: CardKind
    made_at: str
    imported: bool
    application: str
    """In hex; empty where the cards have none."""
    check: str
    """Eight digits by which two controllers can be seen to have the same keys, and by which none is found."""


class CardKeyStore:
    """The keys of all kinds, in one file. Used from one thread."""

    def __init__(self, path: Path, sealing_key: bytes) -> None:
        """Read the file, if it is there. Raises ``CardKeysUnusable``."""
        self._file = SealedFile(
            path, sealing_key, about=_ABOUT, part="cards", extra="cards", error=CardKeysUnusable
        )
        self._values = self._file.read()
        self._checked()

    @property
    def keys(self) -> CardKeys:
        """Give the keys, as readers take them."""
        desfire, sun = self._of(CardKind.DESFIRE), self._of(CardKind.SUN)
        return CardKeys(
            desfire=None if desfire is None else DesfireKeys(**desfire),
            sun=None if sun is None else SunKeys(**sun),
        )

    def held(self) -> tuple[HeldKeys, ...]:
        """Tell which keys there are."""
        return tuple(self._described(kind) for kind in CardKind if kind in self._values)

    def make(self, kind: CardKind, at: datetime, given: Mapping[str, str] | None = None) -> HeldKeys:
        """Make keys by chance, or take those that are given in hex, and keep them durably.

        Raises ``CardKeysExist``, ``CardKeysWrong`` or ``CardKeysUnusable``.
        """
        if kind in self._values:
            raise CardKeysExist(
                f"this controller has keys for {kind} cards; they are never replaced, because every card "
                "that was encoded with them would be worthless"
            )
        parts = _made(kind) if given is None else _taken(kind, given)
        about = {"made_at": at.isoformat(timespec="seconds"), "imported": given is not None}
        changed = {
            **self._values,
            kind: {**about, "parts": {name: each.hex() for name, each in parts.items()}},
        }
        self._file.write(changed)
        self._values = changed
        return self._described(kind)

    def _of(self, kind: CardKind) -> dict[str, bytes] | None:
        value = self._values.get(kind)
        return None if value is None else {name: bytes.fromhex(each) for name, each in value["parts"].items()}

    def _described(self, kind: CardKind) -> HeldKeys:
        value: dict[str, Any] = self._values[kind]
        parts = self._of(kind) or {}
        content = b"".join(parts.get(name, b"") for name in PARTS[kind])
        digest = hashlib.sha256(_CHECK + kind.encode() + content).digest()
        return HeldKeys(
            kind,
            str(value["made_at"]),
            bool(value["imported"]),
            parts.get("application", b"").hex(),
            digest[:_CHECK_BYTES].hex(),
        )

    def _checked(self) -> None:
        try:
            for kind, value in self._values.items():
                _taken(CardKind(kind), value["parts"])
            self.held()
        except Exception as error:
            raise self._file.unopened() from error


def _made(kind: CardKind) -> dict[str, bytes]:
    made = {
        name: secrets.token_bytes(part.length)
        for name, part in PARTS[kind].items()
        if part.secret and part.needed
    }
    if kind is CardKind.DESFIRE:
        number = secrets.token_bytes(APPLICATION_BYTES)
        made["application"] = bytes([_PRIVATE | number[0] & 0x0F]) + number[1:]
    return made


def _taken(kind: CardKind, given: Mapping[str, str]) -> dict[str, bytes]:
    parts = PARTS[kind]
    if strange := sorted(set(given) - set(parts)):
        raise CardKeysWrong(f"keys for {kind} cards have no {strange[0]!r}; they have {', '.join(parts)}")
    taken: dict[str, bytes] = {}
    for name, part in parts.items():
        text = given.get(name)
        if text is None and not part.needed:
            continue
        if not isinstance(text, str) or not _HEX.fullmatch(text) or len(text) != 2 * part.length:
            raise CardKeysWrong(f"{name} is not {2 * part.length} hex digits")
        taken[name] = bytes.fromhex(text)
        if part.needed and len(set(taken[name])) == 1:
            raise CardKeysWrong(f"{name} is one byte over and over: everybody would try that first")
    if kind is CardKind.SUN and taken["reading"] == taken["master"]:
        raise CardKeysWrong("reading and master are the same key; the reading key is in every tag")
    return taken
