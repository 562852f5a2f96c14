"""What a session or a token shows: 256 bits made by chance, of which only the digest is kept."""

import hashlib
import re
import secrets
from typing import Final

SESSION: Final = "acs_"
TOKEN: Final = "act_"  # noqa: S105 - the beginning of one, so that a leaked one is known for what it is
_SECRET: Final = re.compile(r"(acs|act)_[A-Za-z0-9_-]{43}")
_BYTES: Final = 32


def new_secret(kind: str) -> str:
    """Make one up: ``SESSION`` or ``TOKEN`` and 43 characters."""
    return kind + secrets.token_urlsafe(_BYTES)


def digest_of(secret: str) -> bytes | None:
    """Give what is kept of a secret; ``None`` for what cannot be one."""
    return hashlib.sha256(secret.encode()).digest() if _SECRET.fullmatch(secret) else None
