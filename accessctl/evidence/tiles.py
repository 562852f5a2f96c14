"""Tiles: the tree and its entries in files of at most 256 hashes or entries (C2SP tlog-tiles)."""

from collections.abc import Iterable, Iterator
from typing import Final

from accessctl.evidence.merkle import HASH_BYTES, Hash

WIDTH: Final = 256
"""Hashes in a whole tile."""
HEIGHT: Final = 8
"""Levels of the tree that a tile stands for."""
LONGEST_ENTRY: Final = 0xFFFF
_GROUP: Final = 1000


class TileWrong(ValueError):
    """Bytes that are no tile. The words say why."""


def path_of(level: int | None, number: int, width: int = WIDTH) -> str:
    """Give where a tile lies. ``level``: of hashes; ``None``: of entries. ``width``: how many it holds."""
    groups = [f"{number % _GROUP:03d}"]
    while number := number // _GROUP:
        groups.append(f"x{number % _GROUP:03d}")
    part = "" if width == WIDTH else f".p/{width}"
    return f"tile/{'entries' if level is None else level}/{'/'.join(reversed(groups))}{part}"


def tiles_of(size: int) -> Iterator[tuple[int, int, int]]:
    """Give level, number and width of every tile of hashes in a tree of this size, from below."""
    level, hashes = 0, size
    while hashes:
        whole, rest = divmod(hashes, WIDTH)
        for number in range(whole):
            yield level, number, WIDTH
        if rest:
            yield level, whole, rest
        level, hashes = level + 1, hashes >> HEIGHT


def hashes_in(tile: bytes, width: int) -> list[Hash]:
    """Take a tile of hashes apart. Raises ``TileWrong``."""
    if len(tile) != width * HASH_BYTES:
        raise TileWrong(f"a tile of {width} hashes has {width * HASH_BYTES} bytes and not {len(tile)}")
    return [tile[at : at + HASH_BYTES] for at in range(0, len(tile), HASH_BYTES)]


def bundle(entries: Iterable[bytes]) -> bytes:
    """Put entries together: each behind its length in two bytes. Raises ``TileWrong`` for a longer one."""
    parts = []
    for entry in entries:
        if len(entry) > LONGEST_ENTRY:
            raise TileWrong(f"an entry has at most {LONGEST_ENTRY} bytes, not {len(entry)}")
        parts += [len(entry).to_bytes(2, "big"), entry]
    return b"".join(parts)


def entries_in(bundled: bytes, width: int) -> list[bytes]:
    """Take a bundle of entries apart. Raises ``TileWrong``."""
    found, at = list[bytes](), 0
    while at < len(bundled) and len(found) <= width:  # of one that has too many, one too many is enough
        end = at + 2 + int.from_bytes(bundled[at : at + 2], "big")
        if at + 2 > len(bundled) or end > len(bundled):
            raise TileWrong("a bundle ends in the midst of an entry")
        found.append(bundled[at + 2 : end])
        at = end
    if len(found) != width:
        raise TileWrong(f"a bundle of {width} entries has {'more' if len(found) > width else len(found)}")
    return found
