"""Paths as they are typed: one's own home, somebody else's, and one that nobody has."""

import pwd
from pathlib import Path

import pytest

from accessctl.tui.typed_path import is_no_file, typed_path


def test_a_home_folder_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """One's own, and that of a name."""
    monkeypatch.setenv("HOME", "/somewhere")
    assert typed_path(" ~/x.csv ") == Path("/somewhere/x.csv")
    assert typed_path("~root/x.csv") == Path(pwd.getpwnam("root").pw_dir, "x.csv")


def test_a_home_that_nobody_has_is_a_path_that_is_not_there() -> None:
    """It is no reason to end: whoever asked for a path says that there is none."""
    assert typed_path("~nosuchuser/x.csv") == Path("~nosuchuser/x.csv")


def test_a_device_is_nothing_to_be_replaced(tmp_path: Path) -> None:
    """Nor is a folder; a file is, and what is not there yet."""
    file = tmp_path / "week.csv"
    assert not is_no_file(file)
    file.write_text("old")
    assert not is_no_file(file)
    assert is_no_file(Path("/dev/full"))
    assert is_no_file(tmp_path)
