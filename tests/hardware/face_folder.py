"""Pictures of real people, and models, that whoever runs the tests may have: none of them is in the project.

``ACCESSCTL_FACES`` is a folder with ``webcam/bonafide/<person>/<session>/*.jpg`` and, of printed photos held
before the same camera, ``webcam/print/…``; ``ACCESSCTL_MODELS`` is one with the MiniFASNet files. The
tests that need them are skipped without.
"""

import hashlib
import os
from pathlib import Path

import pytest

from hardware.cameras.decoding import picture_file
from hardware.faces.engine import Picture
from hardware.specs import ModelFile


def faces() -> Path:
    return _folder("ACCESSCTL_FACES", "a folder of pictures of people")


def models() -> tuple[ModelFile, ...]:
    found = sorted(_folder("ACCESSCTL_MODELS", "a folder with the liveness models").glob("*MiniFASNet*.onnx"))
    if not found:
        pytest.skip("there is no MiniFASNet in the folder of models")
    return tuple(ModelFile(str(path), hashlib.sha256(path.read_bytes()).hexdigest()) for path in found)


def sittings(kind: str = "bonafide") -> dict[tuple[str, str], list[Path]]:
    """Give the pictures of each sitting, by person and session."""
    found: dict[tuple[str, str], list[Path]] = {}
    for path in sorted((faces() / "webcam" / kind).glob("*/*/*.jpg")):
        found.setdefault((path.parts[-3], path.parts[-2]), []).append(path)
    if not found:
        pytest.skip(f"there are no pictures of the kind {kind}")
    return found


def two_people() -> tuple[list[Picture], list[Picture]]:
    """Give a sitting of each of two people."""
    by_person = {person: paths for (person, _), paths in sittings().items()}
    if len(by_person) < 2:
        pytest.skip("there are pictures of one person only")
    one, other, *_ = by_person.values()
    return [read(path) for path in one], [read(path) for path in other]


def read(path: Path) -> Picture:
    picture = picture_file(path)
    assert picture is not None, path.name
    return picture


def _folder(variable: str, what: str) -> Path:
    if not (named := os.environ.get(variable)):
        pytest.skip(f"{variable} names no folder: {what}")
    return Path(named)
