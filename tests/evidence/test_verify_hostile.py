"""An export from somebody who would keep the verifier from its work: it comes to its end all the same."""

import os
import shutil
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from accessctl.evidence.verify import __main__ as verifier
from accessctl.evidence.verify.asked import Asked, WrongUse
from accessctl.evidence.verify.report import Report
from accessctl.evidence.verify.source import Folder, longest
from tests.exporting.making import export, record, sign
from tests.homes import new_home

SIZE = 1 << 40
"""More than any machine has memory for; on the disk it is nothing."""
FILES = (
    *("checkpoint", "vkey.txt", "previous", "consistency", "events.csv", "kept.jsonl", "pruned.txt"),
    *("tile/0/000", "tile/0/001.p/44", "tile/1/000.p/1", "tile/entries/000", "tile/entries/001.p/44"),
    *("policy.txt", "stamped/checkpoint", "stamped/checkpoint.tsr"),
)
"""Every file that is opened. Four of them are not in this export, and are put there."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Give an export of 300 entries that goes on from one of 20, and the key on paper."""
    folder = tmp_path_factory.mktemp("made")
    home = new_home(folder / "home")
    record(home, 20)
    sign(home)
    export(home, folder / "before")
    record(home, 280, 21)
    (folder / "key").write_text(sign(home))
    export(home, folder / "export", folder / "before")
    return folder / "export", folder / "key"


@pytest.fixture
def brought(made: tuple[Path, Path], tmp_path: Path) -> Path:
    """Give a copy that can be spoiled."""
    shutil.copytree(made[0], tmp_path / "brought")
    return tmp_path / "brought"


def look(brought: Path, made: tuple[Path, Path], *previous: Path) -> Report:
    """Verify it as an auditor does, with the key on paper."""
    return Asked(brought, made[1], previous=previous).verify(lambda _more: None)


def pipe(path: Path) -> None:
    """Put a pipe there into which nobody writes."""
    os.mkfifo(path)


def huge(path: Path) -> None:
    """Put a file there that takes no room and never ends."""
    path.touch()
    os.truncate(path, SIZE)


def link(path: Path) -> None:
    """Put a link there to what was there, or to what might be."""
    kept = path.with_name("kept-elsewhere")
    if path.exists():
        path.rename(kept)
    path.symlink_to(kept)


ODD: tuple[Callable[[Path], None], ...] = (pipe, huge, link, Path.mkdir)


@pytest.fixture(autouse=True)
def _has_an_end() -> Iterator[None]:
    """Let a verifier that waits for a pipe fail, where the test would hang with it."""

    def waited(_number: int, _frame: object) -> None:
        raise AssertionError("it waits")

    before = signal.signal(signal.SIGALRM, waited)
    signal.alarm(60)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


@pytest.mark.parametrize("put", ODD)
@pytest.mark.parametrize("name", FILES)
def test_what_is_no_such_file_is_a_finding(
    brought: Path, made: tuple[Path, Path], name: str, put: Callable[[Path], None]
) -> None:
    """A pipe, a file without an end, a link, a folder: in the place of each file that is read."""
    path = brought / name
    path.parent.mkdir(exist_ok=True)
    if put is not link:
        path.unlink(missing_ok=True)
    put(path)
    report = look(brought, made)
    assert report.findings, report.notes
    if put is not huge:
        assert any(finding.file == name for finding in report.findings), report.findings


def test_what_was_not_spoiled_is_good(brought: Path, made: tuple[Path, Path], tmp_path: Path) -> None:
    """And so it is behind a link that whoever verifies has named."""
    assert look(brought, made).good
    (tmp_path / "link").symlink_to(brought, target_is_directory=True)
    (tmp_path / "note").symlink_to(brought / "checkpoint")
    report = look(tmp_path / "link", made, tmp_path / "link", tmp_path / "note")
    assert report.good, report.findings
    assert report.consistent_with == [20, 300, 300]


def test_a_folder_of_an_export_that_is_a_link_is_a_finding(brought: Path, made: tuple[Path, Path]) -> None:
    """Though what lies behind it is what was exported."""
    (brought / "tile").rename(brought.with_name("elsewhere"))
    (brought / "tile").symlink_to(brought.with_name("elsewhere"))
    findings = look(brought, made).findings
    assert "tile is a link to elsewhere" in findings[0].words


@pytest.mark.parametrize("put", [pipe, link, Path.mkdir])
def test_an_older_export_that_is_spoiled_is_said(
    brought: Path, made: tuple[Path, Path], put: Callable[[Path], None], capsys: pytest.CaptureFixture[str]
) -> None:
    """Its head cannot be read, so there is nothing to hold this one against; so it is with a key in it."""
    for name in ("checkpoint", "vkey.txt"):
        if put is not link:
            (brought / name).unlink()
        put(brought / name)
    with pytest.raises(WrongUse, match="checkpoint"):
        look(made[0], made, brought)
    assert verifier.run([str(brought)]) == 2
    assert f"{brought / 'vkey.txt'}: " in capsys.readouterr().err


def test_a_number_without_an_end_is_a_finding(brought: Path, made: tuple[Path, Path]) -> None:
    """In what is left of a bundle, which is read before any hash of it is known."""
    (brought / "tile/entries/000").unlink()
    (brought / "kept.jsonl").write_bytes(b"9" * 5000 + b"\n")
    (finding,) = look(brought, made).findings
    assert (finding.file, finding.seq) == ("kept.jsonl", 1)
    assert "is no JSON" in finding.words


@pytest.mark.parametrize("name", FILES)
def test_no_more_is_read_than_such_a_file_can_hold(tmp_path: Path, name: str) -> None:
    """One byte more, by which it is known for too long."""
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    huge(path)
    assert len(Folder(tmp_path).read(name) or b"") == longest(name) + 1 < 20_000_000
