"""What can be wrong with a file before anybody reads what it says."""

import os
from pathlib import Path

import pytest

from accessctl.config import LARGEST_FILE, Problem, SiteInvalid, load, load_file
from tests.config.sites import GOOD


def problem_of(path: Path | str) -> Problem:
    with pytest.raises(SiteInvalid) as caught:
        load_file(path)
    (problem,) = caught.value.problems
    return problem


def test_a_file_loads_like_its_text(tmp_path: Path) -> None:
    """The file and its text give the same site, revision included."""
    path = tmp_path / "site.toml"
    path.write_text(GOOD, encoding="utf-8")
    assert load_file(path) == load(GOOD) == load_file(str(path))


def test_windows_line_ends_are_read_and_count_for_the_revision(tmp_path: Path) -> None:
    """The revision is that of the bytes on the disk, as sha256sum sees them."""
    path = tmp_path / "site.toml"
    path.write_bytes(GOOD.replace("\n", "\r\n").encode())
    site = load_file(path)
    assert site.doors == load(GOOD).doors
    assert site.revision != load(GOOD).revision


def test_a_missing_file_is_a_problem(tmp_path: Path) -> None:
    """It is told by its path."""
    path = tmp_path / "site.toml"
    assert problem_of(path) == Problem(str(path), "cannot be read: No such file or directory")


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    """Nor is anything else that is no plain file."""
    assert problem_of(tmp_path) == Problem(str(tmp_path), "cannot be read: it is not a file")


def test_a_pipe_is_refused_instead_of_waited_for(tmp_path: Path) -> None:
    """A door that starts must not hang on a pipe that nobody writes to."""
    os.mkfifo(tmp_path / "pipe")
    assert problem_of(tmp_path / "pipe").what == "cannot be read: it is not a file"


def test_a_path_that_cannot_exist_is_a_problem() -> None:
    """Not even the name of the file brings a traceback."""
    assert problem_of("site\0.toml").what.startswith("cannot be read: ")
    assert problem_of("x" * 5000).what == "cannot be read: File name too long"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_a_problem(tmp_path: Path) -> None:
    """The reason is the system's own."""
    path = tmp_path / "site.toml"
    path.touch(mode=0)
    assert problem_of(path).what == "cannot be read: Permission denied"


@pytest.mark.parametrize(("extra", "fits"), [(0, True), (1, False)])
def test_a_file_may_have_one_mebibyte(tmp_path: Path, extra: int, *, fits: bool) -> None:
    """The largest file that is allowed loads, and one more byte does not."""
    path = tmp_path / "site.toml"
    path.write_text(GOOD + "#" * (LARGEST_FILE - len(GOOD) + extra), encoding="ascii")
    if fits:
        assert load_file(path).name == "Kade Warehouse"
    else:
        assert problem_of(path) == Problem(str(path), "is larger than 1024 KiB")


def test_bytes_that_are_no_text_are_told_by_their_line(tmp_path: Path) -> None:
    """An old editor's Latin-1 is found at its first odd letter."""
    path = tmp_path / "site.toml"
    path.write_bytes(b'[site]\nname = "Yard \xe9"\n')
    assert problem_of(path) == Problem(str(path), "is not UTF-8 text (line 2)")
