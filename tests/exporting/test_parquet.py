"""Parquet says what the entries say."""

import sys
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from accessctl.evidence.entry import COLUMNS, facts_of
from accessctl.exporting import parquet as ours
from accessctl.exporting.errors import ExportFailed
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


def test_without_pyarrow_it_says_what_is_missing(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing else needs it."""
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(ExportFailed, match=r"accessctl\[parquet\]"):
        ours.export_parquet(home.record, tmp_path / "record.parquet", Wanted(), silent)
