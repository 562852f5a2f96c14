"""Exports into files: whole or not there, and gone on with where they were left."""

import json
import stat
from pathlib import Path
from typing import NoReturn

import pytest

from accessctl.evidence.entry import HEADING
from accessctl.exporting.errors import ExportFailed
from accessctl.exporting.lines import STRETCH, Form
from accessctl.exporting.part import Part
from accessctl.exporting.rows import Exported, export_rows
from accessctl.exporting.wanted import Wanted
from accessctl.home import Home
from tests.exporting.making import record, silent
from tests.homes import NOON, new_home

COUNT = 4 * STRETCH


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = new_home(tmp_path_factory.mktemp("rows") / "home")
    record(home, COUNT)
    return home


def exported(home: Home, target: Path, form: Form = Form.CSV, *, resume: bool = False) -> Exported:
    return export_rows(home.record, target, form, Wanted(), resume=resume, begin=silent)


class Cut(Exception):
    """The power is gone."""


def cut_after(home: Home, target: Path, form: Form, stretches: int) -> None:
    """Begin an export that ends after so many stretches."""
    left = stretches

    def step(_more: int) -> None:
        nonlocal left
        left -= 1
        if not left:
            raise Cut

    with pytest.raises(Cut):
        export_rows(home.record, target, form, Wanted(), resume=False, begin=lambda _total: step)


def test_a_file_is_for_its_owner_alone(home: Home, tmp_path: Path) -> None:
    """It has a heading, and a line for each entry; nothing else is left beside it."""
    done = exported(home, tmp_path / "record.csv")
    text = (tmp_path / "record.csv").read_text()
    assert done.entries == COUNT
    assert text.startswith(HEADING.rstrip())
    assert stat.S_IMODE((tmp_path / "record.csv").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["record.csv"]
    assert done.as_detail() == {"format": "csv", "entries": COUNT, "last": COUNT, "entered": False}


@pytest.mark.parametrize("form", list(Form))
@pytest.mark.parametrize("stretches", [1, 2, 4])
def test_what_was_cut_off_is_gone_on_with(home: Home, tmp_path: Path, form: Form, stretches: int) -> None:
    """With whatever was half written behind what is known to be whole; the file is the same in the end."""
    exported(home, tmp_path / "whole", form)
    target = tmp_path / "cut"
    cut_after(home, target, form, stretches)
    assert not target.exists()
    with (tmp_path / "cut.part").open("ab") as part:
        part.write(b"half a line")
    done = exported(home, target, form, resume=True)
    assert target.read_bytes() == (tmp_path / "whole").read_bytes()
    assert done.entries == COUNT
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cut", "whole"]


def test_a_file_that_was_cut_off_behind_its_heading_has_one_heading(home: Home, tmp_path: Path) -> None:
    """It has bytes, and no entry yet."""
    exported(home, tmp_path / "whole")

    def cut(_total: int) -> NoReturn:
        raise Cut

    with pytest.raises(Cut):
        export_rows(home.record, tmp_path / "cut", Form.CSV, Wanted(), resume=False, begin=cut)
    noted = json.loads((tmp_path / "cut.part.json").read_text())
    assert (noted["bytes"], noted["reached"]) == (len(HEADING), 0)
    exported(home, tmp_path / "cut", resume=True)
    assert (tmp_path / "cut").read_bytes() == (tmp_path / "whole").read_bytes()


def test_without_resume_nothing_is_written_over(home: Home, tmp_path: Path) -> None:
    """Neither a file that is there nor one that is in the making."""
    target = tmp_path / "record.csv"
    cut_after(home, target, Form.CSV, 1)
    with pytest.raises(ExportFailed, match="--resume"):
        exported(home, target)
    exported(home, target, resume=True)
    with pytest.raises(ExportFailed, match="is there already"):
        exported(home, target, resume=True)


def test_only_the_same_is_gone_on_with(home: Home, tmp_path: Path) -> None:
    """Other days, or another record, would make a file of two halves."""
    target = tmp_path / "record.csv"
    cut_after(home, target, Form.CSV, 1)
    with pytest.raises(ExportFailed, match="something else"):
        exported(home, target, Form.JSON, resume=True)
    with pytest.raises(ExportFailed, match="something else"):
        export_rows(home.record, target, Form.CSV, Wanted(since=NOON), resume=True, begin=silent)


def test_a_part_that_is_shorter_than_was_noted_is_refused(home: Home, tmp_path: Path) -> None:
    """So is one whose note nobody can read."""
    target = tmp_path / "record.csv"
    cut_after(home, target, Form.CSV, 2)
    part, notes = tmp_path / "record.csv.part", tmp_path / "record.csv.part.json"
    assert json.loads(notes.read_text())["reached"] > 0
    part.write_bytes(part.read_bytes()[:100])
    with pytest.raises(ExportFailed, match="shorter"):
        exported(home, target, resume=True)
    notes.write_text("{}")
    with pytest.raises(ExportFailed, match="remove it"):
        exported(home, target, resume=True)


def test_resuming_what_was_never_begun_begins(home: Home, tmp_path: Path) -> None:
    """So that a script may always say it."""
    assert exported(home, tmp_path / "record.csv", resume=True).entries == COUNT


def test_two_at_once_do_not_write_one_file(tmp_path: Path) -> None:
    """The second one is told."""
    with Part(tmp_path / "a", {}, resume=True), pytest.raises(ExportFailed, match="another process"):
        Part(tmp_path / "a", {}, resume=True)


def test_a_home_without_a_record_is_told(tmp_path: Path) -> None:
    """In words, and no file is left."""
    with pytest.raises(ExportFailed):
        export_rows(tmp_path / "record.db", tmp_path / "a", Form.CSV, Wanted(), resume=False, begin=silent)
    assert not list(tmp_path.iterdir())
