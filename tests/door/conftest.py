"""Fixtures of the door process's tests."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from accessctl.home import Home
from tests.door.story import Office, Story, make_home

ALICE, BOB = bytes.fromhex("04A1B2C3D4E5F6"), bytes.fromhex("0411223344AA55")
STRANGER = bytes.fromhex("04DEADBEEF0102")


@pytest.fixture(scope="session")
def staffed_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home where Alice and Bob work and Alice has a PIN, made once and copied for each test."""
    home = make_home(tmp_path_factory.mktemp("staffed"))
    office = Office(home)
    office.person("alice", pin="4711")
    office.person("bob")
    office.card("alice", ALICE)
    office.card("bob", BOB)
    office.writer.close()
    return home.path


@pytest.fixture
def story(staffed_home: Path, tmp_path: Path) -> Iterator[Story]:
    """A site where Alice and Bob work; Alice has a PIN."""
    shutil.copytree(staffed_home, tmp_path / "home")
    told = Story(Home(tmp_path / "home"))
    yield told
    told.process.stop()
    told.office.writer.close()
