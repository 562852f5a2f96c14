"""Passwords of operators: Argon2id with 19 MiB and two passes (OWASP's second choice), a salt for each.

The rules are those of NIST SP 800-63B section 3.1.1: long, whatever characters, nothing about age or kinds of
characters, and not what somebody would try first.
"""

import functools
import secrets
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST: Final = 10
LONGEST: Final = 200
_FEWEST_DIFFERENT: Final = 5
_SHORTEST_WORD: Final = 3
_HASHER: Final = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_COMMON: Final = (
    "password",
    "passwort",
    "accessctl",
    "administrator",
    "letmein",
    "qwerty",
    "12345678",
    "raspberry",
)


@functools.cache
def _nobodys() -> str:
    """Give a hash that nothing fits, to be tried where there is none: so the time tells nothing."""
    return _HASHER.hash(secrets.token_hex())


def why_too_easy(password: str, operator: str) -> str | None:
    """Say why a password is none; ``None``: it is good. The words never repeat it."""
    if not SHORTEST <= len(password) <= LONGEST:
        return f"a password has {SHORTEST} to {LONGEST} characters"
    lower = password.casefold()
    if len(set(lower)) < _FEWEST_DIFFERENT:
        return f"a password has at least {_FEWEST_DIFFERENT} different characters"
    # A short id is in every other password by chance.
    held = len(operator) >= _SHORTEST_WORD and operator.casefold() in lower
    if held or any(each in lower for each in _COMMON):
        return "it holds the operator's id, or a word that everybody tries first"
    return None


def hash_of(password: str) -> str:
    """Make the hash to store. Takes some ten milliseconds and 19 MiB."""
    return _HASHER.hash(password)


def fits(hashed: str | None, password: str) -> bool:
    """Whether a password is the one that was hashed. Takes as long where there is none."""
    try:
        _HASHER.verify(hashed or _nobodys(), password)
    except (VerificationError, InvalidHashError):
        return False
    return hashed is not None
