"""What stands for a name in an entry: nobody can read it, and whoever has the salt can prove it."""

import hashlib
import hmac
import json
from base64 import urlsafe_b64encode

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from accessctl.evidence.seal import Disclosure, DisclosureWrong, seal_of

SALT = bytes(range(32))
ALICE = Disclosure("p-7h3k2m9x", "Alice Okafor", SALT)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@given(TEXTS, TEXTS, st.binary(min_size=32, max_size=32))
def test_it_is_what_the_documentation_says(person: str, name: str, salt: bytes) -> None:
    """Another program, with another library for the canonical form, makes the same seal."""
    said = rfc8785.dumps({"person": person, "name": name})
    expected = urlsafe_b64encode(hmac.new(salt, said, hashlib.sha256).digest()).decode().rstrip("=")
    assert seal_of(person, name, salt) == expected
    assert len(expected) == 43


def test_each_part_of_it_counts() -> None:
    """Another person, another name or another salt is another seal."""
    seals = {
        seal_of("p-1", "Alice", SALT),
        seal_of("p-2", "Alice", SALT),
        seal_of("p-1", "Alicf", SALT),
        seal_of("p-1", "Alice", bytes(32)),
    }
    assert len(seals) == 4


@given(TEXTS, TEXTS, st.binary(min_size=32, max_size=32))
def test_a_file_is_read_as_it_was_written(person: str, name: str, salt: bytes) -> None:
    """Whoever it names, and whatever the salt is."""
    said = Disclosure(person, name, salt)
    assert Disclosure.parse(bytes(said)) == said


@pytest.mark.parametrize(
    "change",
    [
        {"salt": "x"},
        {"salt": urlsafe_b64encode(SALT).decode()},  # with its padding
        {"salt": "é" * 43},
        {"name": 1},
        {"name": "\ud800"},
        {"more": "x"},
    ],
)
def test_what_discloses_nobody_is_refused(change: dict[str, object]) -> None:
    """A file that is not exactly one is none."""
    said = json.loads(bytes(ALICE)) | change
    with pytest.raises(DisclosureWrong):
        Disclosure.parse(json.dumps(said).encode())


@pytest.mark.parametrize("written", [b"", b"[]", b"{}", b"\xff", b"[" * 100_000])
def test_what_is_no_such_file_is_refused(written: bytes) -> None:
    """And nothing else is raised."""
    with pytest.raises(DisclosureWrong):
        Disclosure.parse(written)
