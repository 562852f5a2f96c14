"""Fixtures of the tests of faces at a door."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faces.rig import Faces


@pytest.fixture
def faces(tmp_path: Path) -> Iterator[Faces]:
    """A home where nobody has a face yet."""
    made = Faces(tmp_path)
    yield made
    made.close()
