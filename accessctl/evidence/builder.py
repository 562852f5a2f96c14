"""Growing a tree and cutting it into tiles, with no more in memory than its right edge."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from accessctl.evidence.merkle import Frontier, Hash, HashAt, node_hash, subtrees
from accessctl.evidence.tiles import HEIGHT, WIDTH


class Tile(NamedTuple):
    """A tile of hashes: 256 of them, or fewer at the right edge."""

    level: int
    number: int
    hashes: bytes


class Builder:
    """A tree that grows. What is whole is handed out at once and forgotten here."""

    def __init__(self, size: int = 0, edges: Mapping[int, Sequence[Hash]] | None = None) -> None:
        """Go on from a tree of ``size`` leaves.

        ``edges``: the hashes of the tile at the right edge, by the tile's level; those that are none are left
        out. Raises ``ValueError`` when they are not as many as the size says.
        """
        self._edges: dict[int, list[Hash]] = {level: list(hashes) for level, hashes in (edges or {}).items()}
        level, count = 0, size
        while count:
            if len(self._edges.setdefault(level, [])) != count % WIDTH:
                raise ValueError(f"the edge of a tree of {size} has {count % WIDTH} hashes at level {level}")
            level, count = level + 1, count >> HEIGHT
        self._frontier = Frontier(size, [self._edge_at(*each) for each in subtrees(0, size)])

    @property
    def size(self) -> int:
        """How many leaves there are."""
        return self._frontier.size

    def add(self, leaf: Hash) -> Iterator[Tile]:
        """Add a leaf, and give each tile that is whole by it, from below."""
        for level, number, hash_ in self._frontier.add(leaf):
            if level % HEIGHT == 0:
                edge = self._edges.setdefault(level // HEIGHT, [])
                edge.append(hash_)
                if len(edge) == WIDTH:
                    yield Tile(level // HEIGHT, number // WIDTH, b"".join(edge))
                    edge.clear()

    def edge(self) -> Iterator[Tile]:
        """Give the tiles at the right edge that are not whole."""
        for level, hashes in self._edges.items():
            if hashes:
                yield Tile(level, (self.size >> (HEIGHT * level)) // WIDTH, b"".join(hashes))

    def root(self) -> Hash:
        """Give the root of the tree as it is."""
        return self._frontier.root()

    def _edge_at(self, level: int, number: int) -> Hash:
        """Give a whole subtree at the edge, out of the hashes of the tile that it lies in."""
        tile, within = divmod(level, HEIGHT)
        first = (number << within) % WIDTH
        return folded(self._edges[tile][first : first + (1 << within)])


def folded(hashes: Sequence[Hash]) -> Hash:
    """Give the hash over subtrees of one size; there are a power of two of them."""
    level = list(hashes)
    while len(level) > 1:
        level = [node_hash(left, right) for left, right in zip(level[::2], level[1::2], strict=True)]
    return level[0]


TileOf = Callable[[int, int], Sequence[Hash]]
"""Gives the hashes of a tile by its level and number, as many as there are."""


def hash_at(tile_of: TileOf) -> HashAt:
    """Give the hashes of subtrees out of tiles. What the tiles lack raises ``LookupError``."""

    def found(level: int, number: int) -> Hash:
        tile, within = divmod(level, HEIGHT)
        first = number << within
        hashes = tile_of(tile, first // WIDTH)
        at, count = first % WIDTH, 1 << within
        if len(hashes) < at + count:
            raise LookupError(f"tile {first // WIDTH} at level {tile} ends before its hash {at + count - 1}")
        return folded(hashes[at : at + count])

    return found
