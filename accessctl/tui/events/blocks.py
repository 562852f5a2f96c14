"""Entries that are here, block by block, and the blocks that are waited for."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Iterable
from typing import Final, NamedTuple

from accessctl.client import ApiClient, Event

BLOCK: Final = 100
"""Entries in a block: two screens full, and so few that one comes within a glance."""
_KEPT: Final = 20
"""Blocks that are kept: some 5 MB. Whatever fell out is fetched again."""
_MOST_WAITED_FOR: Final = 3
"""Blocks. What was scrolled past long ago need not come any more."""

Key = tuple[str, int]
"""Names a block."""
Load = Callable[[ApiClient], list[Event]]


class Found(NamedTuple):
    """What came for a number."""

    event: Event | None
    """``None``: it was asked for and is not there."""


_GONE: Final = Found(None)


class Blocks:
    """Entries by block and number. The block that was looked at longest ago falls out first."""

    def __init__(self) -> None:
        """Begin with none."""
        self._blocks: OrderedDict[Key, dict[int, Found]] = OrderedDict()

    def find(self, key: Key, seq: int) -> Found | None:
        """Give an entry, if it is here."""
        block = self._blocks.get(key)
        if block is None:
            return None
        self._blocks.move_to_end(key)
        return block.get(seq)

    def put(self, key: Key, events: Iterable[Event]) -> None:
        """Take entries of a block."""
        block = self._blocks.setdefault(key, {})
        block.update((event["seq"], Found(event)) for event in events)
        self._blocks.move_to_end(key)
        while len(self._blocks) > _KEPT:
            self._blocks.popitem(last=False)

    def put_gone(self, key: Key, numbers: Iterable[int]) -> None:
        """Say of numbers that no entry came for them, unless one is here."""
        block = self._blocks.get(key, {})
        for seq in numbers:
            block.setdefault(seq, _GONE)

    def __len__(self) -> int:
        """Give how many blocks are here."""
        return len(self._blocks)


class Waiting:
    """Blocks that somebody wants to see; what was wanted last comes first."""

    def __init__(self) -> None:
        """Wait for nothing."""
        self._keys: OrderedDict[Key, None] = OrderedDict()
        self._busy: Key | None = None
        self._any = asyncio.Event()

    def want(self, key: Key) -> None:
        """Wait for a block. Whoever looks at it says so each time it is drawn without it."""
        if key == self._busy:
            return
        self._keys[key] = None
        self._keys.move_to_end(key)
        while len(self._keys) > _MOST_WAITED_FOR:
            self._keys.popitem(last=False)
        self._any.set()

    async def next(self) -> Key:
        """Give the block to be fetched next, as soon as there is one."""
        self._busy = None
        while not self._keys:
            self._any.clear()
            await self._any.wait()
        self._busy, _none = self._keys.popitem()
        return self._busy

    def __len__(self) -> int:
        """Give how many blocks are waited for."""
        return len(self._keys)
