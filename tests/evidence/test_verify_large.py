"""Exports of more than one tile: hashes above the lowest level, and the first entry that is wrong."""

from pathlib import Path

import pytest

from tests.exporting.making import export, files_of, record, sign, verified
from tests.homes import new_home

SIZE = 66_000


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, bytes], str]:
    folder = tmp_path_factory.mktemp("large")
    home = new_home(folder / "home")
    for first in range(1, SIZE, 6000):
        record(home, 6000, first)
    vkey = sign(home)
    export(home, folder / "export")
    return files_of(folder / "export"), vkey


def test_three_levels_are_whole(large: tuple[dict[str, bytes], str], tmp_path: Path) -> None:
    """257 tiles, one and a piece above them, and one hash above those."""
    files, vkey = large
    assert verified(files, vkey).good
    assert {"tile/1/000", "tile/1/001.p/1", "tile/2/000.p/1", "tile/0/257.p/208"} < set(files)


@pytest.mark.parametrize(
    ("name", "at", "seq"),
    [
        ("tile/0/100", 40, 100 * 256 + 2),
        ("tile/1/000", 32 * 7, 7 * 256 + 1),
        ("tile/1/001.p/1", 5, 65_536 + 1),
        ("tile/2/000.p/1", 0, 1),
        ("tile/entries/255", 2, 255 * 256 + 1),
    ],
)
def test_the_first_entry_that_is_meant_is_named(
    large: tuple[dict[str, bytes], str], name: str, at: int, seq: int
) -> None:
    """Whichever tile was changed."""
    files, vkey = large
    other = bytearray(files[name])
    other[at] ^= 1
    report = verified({**files, name: bytes(other)}, vkey)
    assert report.findings[0].seq == seq


@pytest.mark.parametrize("name", ["tile/0/003", "tile/1/000", "tile/2/000.p/1", "tile/entries/009"])
def test_a_tile_that_is_missing_is_found(large: tuple[dict[str, bytes], str], name: str) -> None:
    """Of whichever level."""
    files, vkey = large
    assert not verified({each: content for each, content in files.items() if each != name}, vkey).good
