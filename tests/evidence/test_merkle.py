"""The tree: published roots and proofs, and every proof of every small tree."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accessctl.evidence.merkle import (
    EMPTY_ROOT,
    Frontier,
    Hash,
    consistency_proof,
    goes_on,
    includes,
    inclusion_proof,
    leaf_hash,
    node_hash,
    range_hash,
    root_of,
    subtrees,
)

# The leaves and roots of the test data of Certificate Transparency.
LEAVES = tuple(
    map(
        bytes.fromhex,
        (
            "",
            "00",
            "10",
            "2021",
            "3031",
            "40414243",
            "5051525354555657",
            "606162636465666768696a6b6c6d6e6f",
        ),
    )
)
ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
SIX_TO_EIGHT = (
    "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
    "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
    ROOTS[3],
)
MOST = 300


class Tree:
    """A whole tree in memory: every whole subtree by level and number."""

    def __init__(self, entries: list[bytes]) -> None:
        self.nodes: dict[tuple[int, int], Hash] = {}
        self.frontier = Frontier()
        self.roots = [EMPTY_ROOT]
        for entry in entries:
            for level, number, hash_ in self.frontier.add(leaf_hash(entry)):
                self.nodes[level, number] = hash_
            self.roots.append(self.frontier.root())

    def at(self, level: int, number: int) -> Hash:
        return self.nodes[level, number]


TREE = Tree([f"entry {number}".encode() for number in range(MOST)])


def by_definition(entries: list[bytes]) -> Hash:
    """RFC 9162, 2.1.1, word for word."""
    if not entries:
        return EMPTY_ROOT
    if len(entries) == 1:
        return leaf_hash(entries[0])
    middle = 1 << ((len(entries) - 1).bit_length() - 1)
    return node_hash(by_definition(entries[:middle]), by_definition(entries[middle:]))


def flipped(hash_: Hash, bit: int) -> Hash:
    return bytes(byte ^ (1 << bit % 8 if at == bit // 8 else 0) for at, byte in enumerate(hash_))


def test_the_empty_tree_has_the_hash_of_nothing() -> None:
    """As RFC 9162 says."""
    assert EMPTY_ROOT.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert Frontier().root() == EMPTY_ROOT


@pytest.mark.parametrize("size", range(1, 9))
def test_published_roots(size: int) -> None:
    """Grown leaf by leaf, and read from its subtrees, a tree has the published root."""
    tree = Tree(list(LEAVES[:size]))
    assert tree.roots[size].hex() == ROOTS[size - 1]
    assert root_of(size, tree.at).hex() == ROOTS[size - 1]


def test_a_published_proof_of_consistency() -> None:
    """From six to eight leaves."""
    tree = Tree(list(LEAVES))
    assert [hash_.hex() for hash_ in consistency_proof(6, 8, tree.at)] == list(SIX_TO_EIGHT)


def test_the_published_hash_of_hello_world() -> None:
    """The leaf hash that Go's tlog package tests with."""
    assert (
        base64.b64encode(leaf_hash(b"hello world")).decode() == "TszzRgjTG6xce+z2AG31kAXYKBgQVtCSCE40HmuwBb0="
    )


def test_roots_are_those_of_the_definition() -> None:
    """Whatever way a root is found, it is that of RFC 9162's definition."""
    for size in range(1, 70):
        entries = [f"entry {number}".encode() for number in range(size)]
        assert by_definition(entries) == TREE.roots[size] == root_of(size, TREE.at)


@pytest.mark.parametrize("size", range(1, MOST + 1))
def test_every_inclusion_proof_verifies(size: int) -> None:
    """Of every leaf in every tree of up to 300; and none for another leaf, index or root."""
    root = TREE.roots[size]
    for index in range(size):
        proof, leaf = inclusion_proof(index, size, TREE.at), TREE.nodes[0, index]
        assert includes(index, size, leaf, proof, root)
        assert not includes(index, size, TREE.nodes[0, (index + 1) % MOST], proof, root)
        assert not includes((index + 1) % size, size, leaf, proof, root) or size == 1
        assert not includes(index, size, leaf, [*proof, root], root)
        assert not includes(index, size, leaf, proof, TREE.roots[size - 1])


@pytest.mark.parametrize("new", range(1, MOST + 1))
def test_every_consistency_proof_verifies(new: int) -> None:
    """Between all trees of up to 300 leaves; and none for another tree."""
    for old in range(1, new + 1):
        proof = consistency_proof(old, new, TREE.at)
        assert goes_on(old, TREE.roots[old], new, TREE.roots[new], proof)
        assert not goes_on(old, TREE.roots[old - 1], new, TREE.roots[new], proof)
        assert not goes_on(old, TREE.roots[old], new, TREE.roots[new - 1], proof)
        assert not goes_on(old, TREE.roots[old], new, TREE.roots[new], [*proof, TREE.roots[new]])
        assert not proof or not goes_on(old, TREE.roots[old], new, TREE.roots[new], proof[:-1])


@given(st.data())
def test_no_proof_survives_a_flipped_bit(data: st.DataObject) -> None:
    """One bit anywhere, in the leaf, the proof or a root, and it proves nothing."""
    new = data.draw(st.integers(2, MOST))
    old, index = data.draw(st.integers(1, new - 1)), data.draw(st.integers(0, new - 1))
    bit = data.draw(st.integers(0, 255))
    proof, leaf, root = inclusion_proof(index, new, TREE.at), TREE.nodes[0, index], TREE.roots[new]
    at = data.draw(st.integers(0, len(proof) - 1))
    wrong = [*proof[:at], flipped(proof[at], bit), *proof[at + 1 :]]
    assert not includes(index, new, leaf, wrong, root)
    assert not includes(index, new, flipped(leaf, bit), proof, root)
    assert not includes(index, new, leaf, proof, flipped(root, bit))
    proof = consistency_proof(old, new, TREE.at)
    at = data.draw(st.integers(0, len(proof) - 1))
    wrong = [*proof[:at], flipped(proof[at], bit), *proof[at + 1 :]]
    assert not goes_on(old, TREE.roots[old], new, root, wrong)
    assert not goes_on(old, flipped(TREE.roots[old], bit), new, root, proof)
    assert not goes_on(old, TREE.roots[old], new, flipped(root, bit), proof)


@given(st.integers(0, MOST), st.integers(0, MOST))
def test_a_frontier_goes_on_from_its_hashes(first: int, more: int) -> None:
    """Kept as its hashes alone, an edge grows as the tree itself does."""
    size = min(first, MOST)
    kept = Frontier(size, [TREE.at(level, number) for level, number in subtrees(0, size)])
    for index in range(size, min(size + more, MOST)):
        list(kept.add(TREE.nodes[0, index]))
    assert kept.root() == TREE.roots[kept.size]


def test_a_frontier_of_another_size_is_refused() -> None:
    """Three leaves have two subtrees at the edge."""
    with pytest.raises(ValueError, match="2 subtrees"):
        Frontier(3, [EMPTY_ROOT])


def test_what_cannot_be_proven_is_refused() -> None:
    """A leaf outside of the tree, a tree that shrinks, an empty one."""
    for index, size in ((3, 3), (-1, 3), (0, 0)):
        with pytest.raises(ValueError, match="no leaf"):
            inclusion_proof(index, size, TREE.at)
    for old, new in ((4, 3), (0, 3)):
        with pytest.raises(ValueError, match="goes on"):
            consistency_proof(old, new, TREE.at)


def test_every_tree_goes_on_from_the_empty_one() -> None:
    """Without a hash to prove it, and from no other root."""
    assert goes_on(0, EMPTY_ROOT, 5, TREE.roots[5], [])
    assert not goes_on(0, TREE.roots[1], 5, TREE.roots[5], [])
    assert not goes_on(0, EMPTY_ROOT, 5, TREE.roots[5], [TREE.roots[1]])
    assert not goes_on(5, TREE.roots[5], 4, TREE.roots[4], [])
    assert not goes_on(3, TREE.roots[3], 5, TREE.roots[5], [])


def test_a_hash_of_another_length_proves_nothing() -> None:
    """Neither an empty one nor a longer one passes for 32 bytes."""
    proof = inclusion_proof(2, 7, TREE.at)
    assert not includes(2, 7, TREE.nodes[0, 2], [*proof[:-1], proof[-1] + b"\x00"], TREE.roots[7])
    assert not goes_on(3, TREE.roots[3], 7, TREE.roots[7], [b""])


def test_ranges_are_nodes_of_the_tree() -> None:
    """The right part of a tree of seven is the node over its last three leaves."""
    expected = node_hash(TREE.at(1, 2), TREE.at(0, 6))
    assert range_hash(4, 7, TREE.at) == expected
