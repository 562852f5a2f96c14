"""Templates of faces are sealed here, each under a key that belongs to one person alone.

A person's key is made by chance and kept wrapped under the installation's root: who has the database and not
the root opens nothing, and who destroys one wrapped key has erased every template of that person, in every
copy of it that lies in a backup without it.

Every seal is bound to what it belongs to: a wrapped key to its person and its own name, a template to its
person, row, kind and model. A row that was swapped for another one does not open.
"""

import secrets
from dataclasses import dataclass
from typing import Any, Final

from accessctl.store.biometrics import PersonKey

__all__ = ["Label", "PersonKey", "Vault", "VaultDamaged", "VaultUnusable"]

KEY_BYTES: Final = 32
_NONCE_BYTES: Final = 12
_TAG_BYTES: Final = 16
_ABOUT_KEY: Final = b"accessctl/person-key/v1"
_ABOUT_TEMPLATE: Final = b"accessctl/template/v1"


class VaultUnusable(Exception):
    """What seals is not installed."""


class VaultDamaged(Exception):
    """What is stored was not sealed here for this purpose: it was changed, swapped, or is another site's."""


@dataclass(frozen=True, slots=True)
class Label:
    """What a sealed template belongs to: the row that holds it."""

    biometric: str
    kind: str
    model: str


class Vault:
    """Seals and opens. Pure apart from chance; may be used from any thread."""

    def __init__(self, master: bytes) -> None:
        """Take the key that wraps the others: ``Purpose.PERSON_KEYS``. Raises ``VaultUnusable``."""
        self._master = _cipher(master)

    def new_key(self, person: str, key_id: str) -> PersonKey:
        """Make a key for a person."""
        key = secrets.token_bytes(KEY_BYTES)
        return PersonKey(person, key_id, _seal(self._master, key, _joined(_ABOUT_KEY, person, key_id)))

    def seal(self, key: PersonKey, label: Label, template: bytes) -> bytes:
        """Seal a template under its person's key. Raises ``VaultDamaged`` for a key that does not open."""
        return _seal(self._unwrapped(key), template, _about(key, label))

    def open(self, key: PersonKey, label: Label, sealed: bytes) -> bytes:
        """Open what was sealed under exactly this key and label. Raises ``VaultDamaged``."""
        return _open(self._unwrapped(key), sealed, _about(key, label), "a template")

    def _unwrapped(self, key: PersonKey) -> Any:  # noqa: ANN401 - see _cipher
        about = _joined(_ABOUT_KEY, key.person, key.id)
        return _cipher(_open(self._master, key.wrapped, about, "a person's key"))


def _about(key: PersonKey, label: Label) -> bytes:
    return _joined(_ABOUT_TEMPLATE, key.person, key.id, label.biometric, label.kind, label.model)


def _joined(purpose: bytes, *parts: str) -> bytes:
    """Write parts one after the other, each after its length: no two lists of parts give the same bytes."""
    encoded = (purpose, *(part.encode() for part in parts))
    return b"".join(len(part).to_bytes(4, "big") + part for part in encoded)


def _seal(cipher: Any, plain: bytes, about: bytes) -> bytes:  # noqa: ANN401 - see _cipher
    nonce = secrets.token_bytes(_NONCE_BYTES)
    sealed: bytes = cipher.encrypt(nonce, plain, about)
    return nonce + sealed


def _open(cipher: Any, sealed: bytes, about: bytes, what: str) -> bytes:  # noqa: ANN401 - see _cipher
    from cryptography.exceptions import InvalidTag

    if len(sealed) < _NONCE_BYTES + _TAG_BYTES:
        raise VaultDamaged(f"{what} is too short to be one")
    try:
        plain: bytes = cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], about)
    except InvalidTag:
        raise VaultDamaged(f"{what} was changed, swapped, or sealed under another root key") from None
    return plain


def _cipher(key: bytes) -> Any:  # noqa: ANN401 - a library that is there only where it is needed
    """Give the cipher of the seals. The library costs 9 MiB, so only a site with faces loads it."""
    try:
        from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
    except ImportError as error:
        raise VaultUnusable("the library cryptography is missing: pip install 'accessctl[face]'") from error
    return ChaCha20Poly1305(key)
