"""A tree that grows in tiles: the same roots and proofs as the whole tree has, from nothing but its tiles."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accessctl.evidence.builder import Builder, hash_at
from accessctl.evidence.merkle import (
    Hash,
    consistency_proof,
    goes_on,
    includes,
    inclusion_proof,
    leaf_hash,
    root_of,
)
from accessctl.evidence.tiles import hashes_in, tiles_of

LARGEST = 70_000


class Grown:
    """A tree of many leaves, kept as its tiles alone."""

    def __init__(self, size: int) -> None:
        self.tiles: dict[tuple[int, int], list[Hash]] = {}
        self.roots: dict[int, Hash] = {}
        self.builder = Builder()
        for index in range(size):
            for tile in self.builder.add(leaf_of(index)):
                self.tiles[tile.level, tile.number] = hashes_in(tile.hashes, len(tile.hashes) // 32)
            if index % 1000 == 7 or index + 1 == size:
                self.roots[index + 1] = self.builder.root()
        for tile in self.builder.edge():
            self.tiles[tile.level, tile.number] = hashes_in(tile.hashes, len(tile.hashes) // 32)

    def tile(self, level: int, number: int) -> list[Hash]:
        return self.tiles[level, number]


def leaf_of(index: int) -> Hash:
    return leaf_hash(b"%d" % index)


GROWN = Grown(LARGEST)


def test_a_tree_has_the_tiles_that_the_specification_counts() -> None:
    """Whole ones, and one at the edge of each level."""
    widths = {(level, number): len(hashes) for (level, number), hashes in GROWN.tiles.items()}
    assert widths == {(level, number): width for level, number, width in tiles_of(LARGEST)}


@pytest.mark.parametrize("size", sorted(GROWN.roots))
def test_roots_are_found_from_tiles(size: int) -> None:
    """Of the tree as it is, and of every smaller one that it was."""
    assert root_of(size, hash_at(GROWN.tile)) == GROWN.roots[size]


@given(st.data())
def test_proofs_are_found_from_tiles(data: st.DataObject) -> None:
    """Of any leaf, and from any head to any later one."""
    old, new = sorted(data.draw(st.lists(st.sampled_from(sorted(GROWN.roots)), min_size=2, max_size=2)))
    index = data.draw(st.integers(0, new - 1))
    at = hash_at(GROWN.tile)
    assert includes(index, new, leaf_of(index), inclusion_proof(index, new, at), GROWN.roots[new])
    assert goes_on(old, GROWN.roots[old], new, GROWN.roots[new], consistency_proof(old, new, at))


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 1500), st.integers(0, 600))
def test_a_tree_goes_on_from_its_edge(first: int, more: int) -> None:
    """Given the hashes of its unfinished tiles it grows as if it had never stopped."""
    before = Builder()
    for index in range(first):
        list(before.add(leaf_of(index)))
    edges = {tile.level: hashes_in(tile.hashes, len(tile.hashes) // 32) for tile in before.edge()}
    after, whole = Builder(first, edges), Builder()
    for index in range(first, first + more):
        list(after.add(leaf_of(index)))
    for index in range(first + more):
        list(whole.add(leaf_of(index)))
    assert after.root() == whole.root()
    assert list(after.edge()) == list(whole.edge())


def test_an_edge_of_another_size_is_refused() -> None:
    """A tree of three has three hashes at its edge."""
    with pytest.raises(ValueError, match="3 hashes"):
        Builder(3, {0: [leaf_of(0)]})


def test_what_the_tiles_lack_is_said() -> None:
    """A leaf beyond the edge is in no tile."""
    with pytest.raises(LookupError):
        hash_at(GROWN.tile)(0, LARGEST)
