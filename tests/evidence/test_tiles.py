"""Tiles: their paths, their widths, and what is in them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accessctl.evidence.tiles import TileWrong, bundle, entries_in, hashes_in, path_of, tiles_of


@pytest.mark.parametrize(
    ("level", "number", "width", "path"),
    [
        (0, 0, 256, "tile/0/000"),
        (1, 273, 112, "tile/1/273.p/112"),
        (None, 1_234_067, 256, "tile/entries/x001/x234/067"),
        (None, 999, 1, "tile/entries/999.p/1"),
        (0, 1000, 256, "tile/0/x001/000"),
    ],
)
def test_where_tiles_lie(level: int | None, number: int, width: int, path: str) -> None:
    """In groups of three digits, partial ones under their width."""
    assert path_of(level, number, width) == path


def test_the_tiles_of_seventy_thousand() -> None:
    """As the specification counts them: 273 whole and one of 112, one and 17, one of 1."""
    tiles = list(tiles_of(70_000))
    assert sum(level == 0 and width == 256 for level, _number, width in tiles) == 273
    assert (0, 273, 112) in tiles
    assert [tile for tile in tiles if tile[0] == 1] == [(1, 0, 256), (1, 1, 17)]
    assert [tile for tile in tiles if tile[0] == 2] == [(2, 0, 1)]
    assert not list(tiles_of(0))


@given(st.lists(st.binary(max_size=300), max_size=40))
def test_entries_come_out_as_they_went_in(entries: list[bytes]) -> None:
    """Also empty ones."""
    assert entries_in(bundle(entries), len(entries)) == entries


@given(st.lists(st.binary(max_size=30), min_size=1, max_size=10), st.data())
def test_a_bundle_that_was_cut_is_refused(entries: list[bytes], data: st.DataObject) -> None:
    """Wherever it was cut."""
    bundled = bundle(entries)
    end = data.draw(st.integers(0, len(bundled) - 1))
    with pytest.raises(TileWrong):
        entries_in(bundled[:end], len(entries))


def test_what_does_not_fit_is_refused() -> None:
    """An entry that is too long, a tile of another width."""
    with pytest.raises(TileWrong):
        bundle([bytes(65_536)])
    assert hashes_in(bytes(64), 2) == [bytes(32), bytes(32)]
    with pytest.raises(TileWrong):
        hashes_in(bytes(64), 3)
