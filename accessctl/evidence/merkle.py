"""The tree over the record: hashes, roots and proofs as RFC 6962 and RFC 9162 define them.

Nothing is read or written here. Where a hash comes from, whoever asks says by ``HashAt``: the hash of the
whole subtree of ``2**level`` leaves that begins at leaf ``index * 2**level``.
"""

from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256
from typing import Final

Hash = bytes
"""32 bytes of SHA-256."""
HashAt = Callable[[int, int], Hash]
"""Gives the hash of a whole subtree by its level and its number there."""
HASH_BYTES: Final = 32
EMPTY_ROOT: Final = sha256().digest()


def leaf_hash(entry: bytes) -> Hash:
    """Give the hash of an entry."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: Hash, right: Hash) -> Hash:
    """Give the hash of two subtrees beside each other."""
    return sha256(b"\x01" + left + right).digest()


class Frontier:
    """The whole subtrees at the right edge of a tree that grows, the largest first: log2(size) hashes."""

    def __init__(self, size: int = 0, hashes: Sequence[Hash] = ()) -> None:
        """Go on from a tree of this size. Raises ``ValueError`` for another count of hashes than it has."""
        if len(hashes) != size.bit_count():
            raise ValueError(f"a tree of {size} leaves has {size.bit_count()} subtrees at its edge")
        self.size = size
        self._hashes = list(hashes)

    @property
    def hashes(self) -> tuple[Hash, ...]:
        """The subtrees' hashes, the largest first."""
        return tuple(self._hashes)

    def add(self, leaf: Hash) -> Iterator[tuple[int, int, Hash]]:
        """Add a leaf, and give each subtree that is whole by it: level, number and hash, the leaf first."""
        self._hashes.append(leaf)
        yield 0, self.size, leaf
        self.size += 1
        level, number = 0, self.size
        while number % 2 == 0:
            right, left = self._hashes.pop(), self._hashes.pop()
            self._hashes.append(node_hash(left, right))
            level, number = level + 1, number // 2
            yield level, number - 1, self._hashes[-1]

    def root(self) -> Hash:
        """Give the root of the tree as it is."""
        return joined(self._hashes)


def joined(hashes: Sequence[Hash]) -> Hash:
    """Give the root over subtrees that shrink from left to right."""
    if not hashes:
        return EMPTY_ROOT
    root = hashes[-1]
    for left in reversed(hashes[:-1]):
        root = node_hash(left, root)
    return root


def subtrees(begin: int, end: int) -> Iterator[tuple[int, int]]:
    """Give the whole subtrees that make up the leaves from ``begin`` to before ``end``, from left to right.

    ``begin`` has to be where a subtree begins that reaches to ``end`` or beyond.
    """
    while begin < end:
        level = (end - begin).bit_length() - 1
        if begin:
            level = min(level, (begin & -begin).bit_length() - 1)
        yield level, begin >> level
        begin += 1 << level


def root_of(size: int, hash_at: HashAt) -> Hash:
    """Give the root of the tree of the first ``size`` leaves."""
    return range_hash(0, size, hash_at)


def range_hash(begin: int, end: int, hash_at: HashAt) -> Hash:
    """Give the hash over the leaves from ``begin`` to before ``end``, as one node of the tree."""
    return joined([hash_at(level, number) for level, number in subtrees(begin, end)])


# --------------------------------------------------------------------------------------- making proofs


def inclusion_proof(index: int, size: int, hash_at: HashAt) -> list[Hash]:
    """Give what proves that a leaf is in the tree of this size (RFC 9162, 2.1.3.1). Raises ``ValueError``."""
    if not 0 <= index < size:
        raise ValueError(f"a tree of {size} leaves has no leaf {index}")
    proof, begin, end = [], 0, size
    while end - begin > 1:
        middle = begin + _largest_power_below(end - begin)
        if index < middle:
            proof.append(range_hash(middle, end, hash_at))
            end = middle
        else:
            proof.append(range_hash(begin, middle, hash_at))
            begin = middle
    return proof[::-1]


def consistency_proof(old: int, new: int, hash_at: HashAt) -> list[Hash]:
    """Give what proves that the tree of ``old`` leaves begins that of ``new`` ones (RFC 9162, 2.1.4.1).

    Raises ``ValueError`` for sizes between which there is nothing to prove.
    """
    if not 0 < old <= new:
        raise ValueError(f"no tree of {new} leaves goes on from one of {old}")
    proof: list[Hash] = []
    begin, end, whole = 0, new, True
    while old != end:
        middle = begin + _largest_power_below(end - begin)
        if old <= middle:
            proof.append(range_hash(middle, end, hash_at))
            end = middle
        else:
            proof.append(range_hash(begin, middle, hash_at))
            begin, whole = middle, False
    if not whole:
        proof.append(range_hash(begin, end, hash_at))
    return proof[::-1]


def _largest_power_below(count: int) -> int:
    return 1 << ((count - 1).bit_length() - 1)


# ------------------------------------------------------------------------------------ checking proofs


def includes(index: int, size: int, leaf: Hash, proof: Sequence[Hash], root: Hash) -> bool:
    """Whether a proof shows that this leaf is in the tree with this root (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size or not _are_hashes(proof):
        return False
    number, last, found = index, size - 1, leaf
    for hash_ in proof:
        if last == 0:
            return False
        if number % 2 or number == last:
            found = node_hash(hash_, found)
            while number % 2 == 0 and number:
                number, last = number >> 1, last >> 1
        else:
            found = node_hash(found, hash_)
        number, last = number >> 1, last >> 1
    return last == 0 and found == root


def goes_on(old: int, old_root: Hash, new: int, new_root: Hash, proof: Sequence[Hash]) -> bool:
    """Whether a proof shows that the new tree begins with the whole old one (RFC 9162, 2.1.4.2).

    Every tree goes on from the empty one, and each from itself, without a hash to prove it.
    """
    if not 0 <= old <= new or not _are_hashes(proof):
        return False
    if old in {0, new}:
        same = EMPTY_ROOT if old == 0 else new_root
        return not proof and old_root == same
    hashes = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    if not hashes:
        return False
    number, last = old - 1, new - 1
    while number % 2:
        number, last = number >> 1, last >> 1
    was = is_ = hashes[0]
    for hash_ in hashes[1:]:
        if last == 0:
            return False
        if number % 2 or number == last:
            was, is_ = node_hash(hash_, was), node_hash(hash_, is_)
            while number % 2 == 0 and number:
                number, last = number >> 1, last >> 1
        else:
            is_ = node_hash(is_, hash_)
        number, last = number >> 1, last >> 1
    return last == 0 and was == old_root and is_ == new_root


def _are_hashes(proof: Sequence[Hash]) -> bool:
    return all(len(hash_) == HASH_BYTES for hash_ in proof)
