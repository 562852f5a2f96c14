"""A file of secrets: sealed one by one, replaced as a whole, and never quoted."""

import json
from pathlib import Path

import pytest

from accessctl.keys.sealed_file import SealedFile, SealedFileUnusable

pytest.importorskip("cryptography", reason="accessctl[osdp] is not installed")
SEAL = bytes(range(32))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "secrets.json"


def the_file(path: Path, about: bytes = b"tests/1\0", key: bytes = SEAL) -> SealedFile:
    return SealedFile(path, key, about=about, part="things", extra="none")


def test_values_come_back_and_none_stands_there(path: Path) -> None:
    """Whatever JSON holds, under its name; the file itself shows the names alone."""
    the_file(path).write({"one": {"key": "5ec2e7"}, "other": [1, None]})
    assert the_file(path).read() == {"one": {"key": "5ec2e7"}, "other": [1, None]}
    assert "5ec2e7" not in path.read_text()
    assert set(json.loads(path.read_text())["things"]) == {"one", "other"}


def test_no_file_is_no_value(path: Path) -> None:
    """Reading makes none."""
    assert the_file(path).read() == {}
    assert not path.exists()


def test_a_seal_counts_for_its_purpose_its_name_and_its_key_alone(path: Path) -> None:
    """The file of another purpose, a value under another's name, another root: none is opened."""
    the_file(path).write({"one": 1, "other": 2})
    for wrong in (the_file(path, b"tests/2\0"), the_file(path, key=bytes(32))):
        with pytest.raises(SealedFileUnusable, match="cannot be opened"):
            wrong.read()
    body = json.loads(path.read_text())
    body["things"]["one"] = body["things"]["other"]
    path.write_text(json.dumps(body))
    with pytest.raises(SealedFileUnusable, match="cannot be opened"):
        the_file(path).read()


def test_the_error_is_the_owners(path: Path) -> None:
    """Whoever keeps something in such a file hears of it in their own words."""

    class Mine(SealedFileUnusable):
        pass

    path.write_text("{}")
    with pytest.raises(Mine):
        SealedFile(path, SEAL, about=b"", part="things", extra="none", error=Mine).read()
