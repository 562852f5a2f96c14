"""A seal: what stands in an entry in place of a person's name, and what opens it.

It is a salted commitment. Whoever is handed the salt and the name can tell that the entry was made about
that person; from the seal alone nobody can try names, since the salt is 256 bits made by chance. When the
salt is erased the seal says nothing any more, and stays the same bytes.
"""

import base64
import hmac
import json
from dataclasses import dataclass
from typing import Final

from accessctl.evidence.canonical import NotCanonical, canonical

SALT_BYTES: Final = 32
_MEMBERS: Final = frozenset({"name", "person", "salt"})


class DisclosureWrong(ValueError):
    """Bytes that disclose nobody. The words say why."""


def seal_of(person: str, name: str, salt: bytes) -> str:
    """Give the seal: base64url without padding of HMAC-SHA256, keyed with the salt, over canonical JSON.

    ``person`` is the pseudonym. Raises ``NotCanonical`` for a name that is no text.
    """
    said = canonical({"name": name, "person": person})
    return _encoded(hmac.digest(salt, said, "sha256"))


@dataclass(frozen=True, slots=True)
class Disclosure:
    """Who a pseudonym is, with the salt that proves it at the entries about that person."""

    person: str
    name: str
    salt: bytes

    def __bytes__(self) -> bytes:
        """Give the file: canonical JSON on one line."""
        said = {"name": self.name, "person": self.person, "salt": _encoded(self.salt)}
        return canonical(said) + b"\n"

    @property
    def seal(self) -> str:
        """What entries about this person have."""
        return seal_of(self.person, self.name, self.salt)

    @classmethod
    def parse(cls, written: bytes) -> "Disclosure":
        """Read a file. Raises ``DisclosureWrong``."""
        try:
            value = json.loads(written)
        except (ValueError, RecursionError):
            raise DisclosureWrong("it is no JSON") from None
        if not isinstance(value, dict) or value.keys() != _MEMBERS:
            raise DisclosureWrong(f"it has other members than {', '.join(sorted(_MEMBERS))}")
        if not all(isinstance(each, str) for each in value.values()):
            raise DisclosureWrong("it has something else than text")
        found = cls(value["person"], value["name"], _decoded(value["salt"]))
        try:
            found.seal  # noqa: B018 - what cannot be sealed discloses nobody
        except NotCanonical as error:
            raise DisclosureWrong(str(error)) from None
        return found


def _encoded(some: bytes) -> str:
    return base64.urlsafe_b64encode(some).decode().rstrip("=")


def _decoded(salt: str) -> bytes:
    """Read a salt of which every bit counts."""
    try:
        found = base64.b64decode(f"{salt}=", altchars=b"-_", validate=True)
    except ValueError:
        found = b""
    if len(found) != SALT_BYTES or _encoded(found) != salt:
        raise DisclosureWrong(f"its salt is not {SALT_BYTES} bytes in base64url without padding")
    return found
