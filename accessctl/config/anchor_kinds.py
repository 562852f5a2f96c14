"""The kinds of value that say where on the network heads are kept, and who cosigns them."""

import re
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from accessctl.config.reading import Reading, Wrong, as_text, parent, show
from accessctl.evidence.note import COSIGNATURE, NoteWrong, VerifierKey

LONGEST_URL: Final = 255
LONGEST_NAME: Final = 255
"""Of a witness. The record names it wherever it tells of it."""
_URL: Final = re.compile(
    r"https?://(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+)(?::[0-9]{1,5})?(?:/[A-Za-z0-9._~/%+-]*)?"
)
"""Without a user's name, a password or a query: none of them has a place in a site file."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where something on the network is asked, as a URL that no other anchor has."""

    signed: bool
    """Whether every answer is signed, so that it may go in clear to other machines too."""

    def read(self, value: object, at: str, reading: Reading) -> str:
        """Take ``https://witness.example.com``, and ``http://`` where nobody can stand between."""
        text = as_text(value)
        if len(text) > LONGEST_URL or not _URL.fullmatch(text) or not _can_be_asked(text):
            raise Wrong(f'must be a URL such as "https://witness.example.com", not {show(text)}')
        parts = urlsplit(text)
        if parts.scheme == "http" and not (self.signed or _is_here(parts.hostname or "")):
            raise Wrong("must begin with https://: who stood between could raise a false alarm")
        if (earlier := reading.claim("url", text.rstrip("/"), parent(at))) is not None:
            raise Wrong(f"{show(text)} is already {earlier}")
        return text


def _can_be_asked(url: str) -> bool:
    try:
        return urlsplit(url).port != 0
    except ValueError:
        return False


def _is_here(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


@dataclass(frozen=True, slots=True)
class WitnessKey:
    """The public key of a witness, as it shows it."""

    def read(self, value: object, at: str, reading: Reading) -> str:
        """Take a verifier key of a cosigner that no other anchor has."""
        text = as_text(value)
        try:
            found = VerifierKey.parse(text)
        except NoteWrong as wrong:
            raise Wrong(f"{wrong}; `accessctl witness show` prints it, NAME+ID+KEY") from None
        if found.type != COSIGNATURE or not text.isascii():
            raise Wrong("must be the key of a witness (Ed25519, type 04), with a name in ASCII")
        if len(found.name) > LONGEST_NAME:
            raise Wrong(
                f"its name must not be longer than {LONGEST_NAME} characters, and has {len(found.name)}"
            )
        earlier = reading.claim("witness", found.public, parent(at))
        if earlier is not None:
            raise Wrong(f"this is already the key of {earlier}")
        return text
