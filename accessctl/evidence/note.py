"""Signed notes: a text, and below it lines with signatures of it (C2SP signed-note).

A signature by a key that one does not know says nothing, and is skipped; a known key whose signature is wrong
makes the whole note wrong.
"""

import base64
import binascii
import re
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Final, Protocol

MOST_SIGNATURES: Final = 100
LONGEST: Final = 1_000_000
"""In bytes."""
ED25519: Final = 0x01
COSIGNATURE: Final = 0x04
_ED25519_BYTES: Final = 32
_SIGNATURE: Final = re.compile(r"— (?P<name>[^\s+]+) (?P<signed>[A-Za-z0-9+/]+={0,2})")
_VKEY: Final = re.compile(r"(?P<name>[^\s+]+)\+(?P<id>[0-9a-f]{8})\+(?P<key>[A-Za-z0-9+/]+={0,2})")


class NoteWrong(ValueError):
    """No note, or not signed as it has to be. The words say why."""


class Verifier(Protocol):
    """Checks the signatures of one key."""

    @property
    def name(self) -> str:
        """Under which name the key signs."""
        ...

    @property
    def id(self) -> bytes:
        """Four bytes that tell it from other keys of that name."""
        ...

    def verify(self, text: bytes, signature: bytes) -> bool:
        """Whether this is the key's signature of the text."""
        ...


class Signer(Protocol):
    """Signs under a name."""

    @property
    def name(self) -> str:
        """Under which name."""
        ...

    @property
    def id(self) -> bytes:
        """Four bytes that tell the key from others of that name."""
        ...

    def sign(self, text: bytes) -> bytes:
        """Give the signature of a text."""
        ...


@dataclass(frozen=True, slots=True)
class Signature:
    """A line of a note that signs it."""

    name: str
    key_id: bytes
    signature: bytes

    @property
    def line(self) -> str:
        """The line, without its end."""
        return f"— {self.name} {base64.b64encode(self.key_id + self.signature).decode()}"


@dataclass(frozen=True, slots=True)
class Note:
    """A text with the signatures below it, not checked."""

    text: str
    signatures: tuple[Signature, ...]

    def __str__(self) -> str:
        """Give the note as it is written."""
        return f"{self.text}\n" + "".join(f"{each.line}\n" for each in self.signatures)


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A public key with its name, as it is handed to auditors (C2SP: vkey)."""

    name: str
    type: int
    public: bytes

    @property
    def id(self) -> bytes:
        """Four bytes that tell it from other keys of that name."""
        return key_id(self.name, self.type, self.public)

    def __str__(self) -> str:
        """Give it as it is written: ``name+id+key``."""
        return f"{self.name}+{self.id.hex()}+{base64.b64encode(bytes([self.type]) + self.public).decode()}"

    @classmethod
    def parse(cls, text: str) -> "VerifierKey":
        """Read one. Raises ``NoteWrong``."""
        found = _VKEY.fullmatch(text)
        said = None if found is None else _decoded(found["key"])
        if found is None or not said:
            raise NoteWrong("this is no verifier key (name+id+key)")
        key = cls(found["name"], said[0], said[1:])
        if key.type in {ED25519, COSIGNATURE} and len(key.public) != _ED25519_BYTES:
            raise NoteWrong(f"an Ed25519 key has {_ED25519_BYTES} bytes")
        if key.id.hex() != found["id"] or not is_name(key.name):
            raise NoteWrong("the verifier key's id is not that of its name and key")
        return key


def key_id(name: str, type_: int, public: bytes) -> bytes:
    """Give the four bytes by which a signature names its key."""
    return sha256(name.encode() + b"\n" + bytes([type_]) + public).digest()[:4]


def is_name(name: str) -> bool:
    """Whether a key can have this name: no blank of any kind, and no plus."""
    return bool(name) and "+" not in name and not any(char.isspace() for char in name)


def signed(text: str, *signers: Signer) -> Note:
    """Sign a text. Raises ``NoteWrong`` for one that no note can have."""
    _check_text(text)
    return Note(text, tuple(Signature(each.name, each.id, each.sign(text.encode())) for each in signers))


def parsed(written: bytes) -> Note:
    """Take a note apart, without checking a signature. Raises ``NoteWrong``."""
    if len(written) > LONGEST:
        raise NoteWrong("the note is too long")
    try:
        whole = written.decode()
    except UnicodeDecodeError:
        raise NoteWrong("the note is not UTF-8") from None
    text, gap, lines = whole.rpartition("\n\n")
    if not gap or not lines.endswith("\n"):
        raise NoteWrong("the note has no signatures below a blank line")
    text += "\n"
    _check_text(text)
    signatures = [_signature(line) for line in lines[:-1].split("\n")]
    if len(signatures) > MOST_SIGNATURES:
        raise NoteWrong("the note has too many signatures")
    return Note(text, tuple(signatures))


def verified(written: bytes, known: Iterable[Verifier]) -> tuple[Note, list[Verifier]]:
    """Give a note and whose signatures of it are good. Raises ``NoteWrong`` when no known key signed it."""
    note, keys = parsed(written), {(key.name, key.id): key for key in known}
    good: list[Verifier] = []
    for signature in note.signatures:
        key = keys.pop((signature.name, signature.key_id), None)
        if key is None:
            continue
        if not key.verify(note.text.encode(), signature.signature):
            raise NoteWrong(f"the signature of {signature.name} is wrong")
        good.append(key)
    if not good:
        raise NoteWrong("nobody who is known has signed the note")
    return note, good


def _signature(line: str) -> Signature:
    found = _SIGNATURE.fullmatch(line)
    said = None if found is None else _decoded(found["signed"])
    if found is None or said is None or len(said) <= 4 or not is_name(found["name"]):  # noqa: PLR2004 - the id
        raise NoteWrong("a line below the note is no signature")
    return Signature(found["name"], said[:4], said[4:])


def _check_text(text: str) -> None:
    if not text.endswith("\n"):
        raise NoteWrong("the text of a note ends with a line's end")
    if any(char < " " and char != "\n" for char in text):
        raise NoteWrong("the text of a note has no control characters")


def _decoded(text: str) -> bytes | None:
    try:
        said = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    # Bits that stand for nothing could be changed without notice.
    return said if base64.b64encode(said).decode() == text else None
