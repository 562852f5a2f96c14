"""The keys by which one sees who wrote what: entries, and what is kept about the tree."""

from pathlib import Path
from typing import NamedTuple, Self

from accessctl.keys.root import Purpose, RootKey, RootKeyUnusable


class Keys(NamedTuple):
    """Both derive from the installation's root; each has 32 secret bytes."""

    marks: bytes
    """That of the door process, for entries."""
    beside_the_tree: bytes
    """That of the notary, for what it keeps about the tree."""

    @classmethod
    def of(cls, root: RootKey) -> Self:
        """Derive them."""
        return cls(root.derive(Purpose.RECORD_ENTRIES), root.derive(Purpose.BESIDE_THE_TREE))

    @classmethod
    def at(cls, root: Path) -> Self | None:
        """Derive them for whoever can do without: nothing where the root cannot be read."""
        try:
            return cls.of(RootKey.load(root))
        except RootKeyUnusable:
            return None
