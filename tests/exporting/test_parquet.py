"""Parquet says what the entries say."""

import sys
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from accessctl.evidence.entry import COLUMNS, facts_of
from accessctl.exporting import parquet as ours
from accessctl.exporting.errors import ExportFailed
from accessctl.exporting.part import Part
from accessctl.exporting.wanted import Wanted
from accessctl.home import Home
from accessctl.store.connect import reader
from accessctl.store.leaves import Leaves
from tests.exporting.making import record, silent
from tests.homes import NOON, new_home


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = new_home(tmp_path / "home")
    record(home, 100)
    return home


def test_columns_are_those_of_the_table(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Texts as they are, instants in UTC, in groups of rows."""
    parquet = pytest.importorskip("pyarrow.parquet")
    monkeypatch.setattr(ours, "ROWS", 7)
    target = tmp_path / "record.parquet"
    done = ours.export_parquet(home.record, target, Wanted(until=NOON + timedelta(seconds=91)), silent)
    assert done.entries == 90
    table = parquet.read_table(target)
    assert table.column_names == list(COLUMNS)
    with closing(reader(home.record)) as connection:
        found = [facts_of(leaf) for _seq, leaf in Leaves(connection).after(0, 90)]
    for row, facts in zip(table.to_pylist(), found, strict=True):
        shown = facts._asdict() | {"seq": int(facts.seq), "mono_us": int(facts.mono_us)}
        shown |= {"synced": facts.synced == "true", "at": NOON + timedelta(seconds=int(facts.seq))}
        assert row == shown


def test_nothing_is_written_over(home: Home, tmp_path: Path) -> None:
    """Neither what is there, nor what is in the making, nor what has come to be there meanwhile."""
    pytest.importorskip("pyarrow.parquet")
    target, part = tmp_path / "record.parquet", tmp_path / "record.parquet.part"

    def comes(_total: int) -> Callable[[int], None]:
        assert not part.stat().st_mode & 0o077
        with pytest.raises(ExportFailed, match="another process"):
            ours.export_parquet(home.record, target, Wanted(), silent)
        with pytest.raises(ExportFailed, match="another process"):
            Part(target, {}, resume=True)
        target.write_text("somebody's")
        return silent(0)

    with pytest.raises(ExportFailed, match="come to be there meanwhile"):
        ours.export_parquet(home.record, target, Wanted(), comes)
    assert target.read_text() == "somebody's"
    assert not part.exists()
    with pytest.raises(ExportFailed, match="is there already"):
        ours.export_parquet(home.record, target, Wanted(), silent)


def test_what_fails_leaves_nothing_behind(home: Home, tmp_path: Path) -> None:
    """It cannot be gone on with, so the next try finds the place free."""
    pytest.importorskip("pyarrow.parquet")
    target = tmp_path / "record.parquet"

    def fails(_total: int) -> Callable[[int], None]:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ours.export_parquet(home.record, target, Wanted(), fails)
    assert ours.export_parquet(home.record, target, Wanted(), silent).entries == 100


def test_without_pyarrow_it_says_what_is_missing(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing else needs it."""
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(ExportFailed, match=r"accessctl\[parquet\]"):
        ours.export_parquet(home.record, tmp_path / "record.parquet", Wanted(), silent)
