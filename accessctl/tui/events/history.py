"""What the table of events shows: the whole record, or what was found in it. The newest entry comes first.

The newest is what one comes for, and from there one reads back in time; the record ends at no fixed place
below, since what is looked for is found from the newest on. Neither keeps more than a few blocks of entries:
of the whole record it is enough to know its last number, and of what was found the numbers.
"""

from array import array
from collections.abc import Iterable
from typing import Protocol

from accessctl.client import ApiClient, Event, EventsFound
from accessctl.tui.event_words import Names
from accessctl.tui.events.blocks import BLOCK, Blocks, Found, Key, Load, Waiting
from accessctl.tui.events.lines import line_of
from accessctl.tui.events.wanted import Query
from accessctl.tui.line_rows import Cell, Row, Rows
from accessctl.tui.look import NOTHING, Tone


class History(Rows, Protocol):
    """Rows whose entries come block by block."""

    waiting: Waiting
    names: Names
    """Of doors and access points."""

    def number(self, index: int) -> int:
        """Give the number of the entry in a row."""
        ...

    def event(self, index: int) -> Event | None:
        """Give the entry in a row, if it is here."""
        ...

    def loading(self, key: Key) -> Load:
        """Give what fetches a block."""
        ...

    def put(self, key: Key, events: list[Event]) -> None:
        """Take a block that was fetched."""
        ...


class WholeRecord:
    """Every entry. A row's number follows from its place, since numbers have no gaps."""

    def __init__(self) -> None:
        """Begin with an empty record."""
        self.waiting = Waiting()
        self.names: Names = {}
        self.newest = 0
        self.epoch: str | None = None
        self._blocks = Blocks()
        self._asking_at = 0

    def take(self, events: Iterable[Event]) -> int | None:
        """Take entries that have come, oldest first; give how many there are more than before.

        ``None``: they are of another record, and everything begins anew.
        """
        before, other = self.newest, False
        for event in events:
            if event["epoch"] != self.epoch:
                other = self.epoch is not None
                self.newest, self.epoch = 0, event["epoch"]
                self._blocks = Blocks()
            if event["seq"] > self.newest:
                self.newest = event["seq"]
                self._blocks.put(_block_of(event["seq"]), (event,))
        return None if other else self.newest - before

    def __len__(self) -> int:
        """Give how many entries there are."""
        return self.newest

    def number(self, index: int) -> int:
        """Give the number of the entry in a row."""
        return self.newest - index

    def row(self, index: int) -> Row | None:
        """Give a line; one that is not here is wanted from now on."""
        seq = self.number(index)
        key = _block_of(seq)
        found = self._blocks.find(key, seq)
        if found is not None:
            return _line(found, self.names)
        self.waiting.want(key)
        return None

    def event(self, index: int) -> Event | None:
        """Give the entry in a row, if it is here."""
        seq = self.number(index)
        found = self._blocks.find(_block_of(seq), seq)
        return None if found is None else found.event

    def loading(self, key: Key) -> Load:
        """Give what fetches a block: by its numbers."""
        first = key[1] * BLOCK
        self._asking_at = self.newest

        def load(api: ApiClient) -> list[Event]:
            page = api.event_page(after=first, limit=BLOCK)
            return [event for event in page["events"] if event["seq"] <= first + BLOCK]

        return load

    def put(self, key: Key, events: list[Event]) -> None:
        """Take a block that was fetched."""
        first = key[1] * BLOCK
        self._blocks.put(key, (event for event in events if event["epoch"] == self.epoch))
        # What did not come is not asked for again and again.
        self._blocks.put_gone(key, range(first + 1, min(first + BLOCK, self._asking_at) + 1))


class FoundEntries:
    """Entries that fit a filter, as far as was looked for them. More are found as one goes further down."""

    def __init__(self, query: Query, newest: int, epoch: str | None) -> None:
        """Look from the newest entry on, this one included; nothing was looked at yet."""
        self.waiting = Waiting()
        self.names: Names = {}
        self.query, self.newest, self.epoch = query, newest, epoch
        self.reached: int | None = newest + 1
        """Everything from this number on was looked at; ``None``: everything was."""
        self._blocks = Blocks()
        self._older, self._newer = array("q"), array("q")

    def take_older(self, page: EventsFound) -> None:
        """Take a page that was found below."""
        for event in page["events"]:
            self._blocks.put(("older", len(self._older) // BLOCK), (event,))
            self._older.append(event["seq"])
        self.reached = page["next"]

    def take_newer(self, page: EventsFound, newest: int) -> int:
        """Take a page of what has come; give how many they are. ``newest``: so far was looked."""
        come = [event for event in page["events"] if event["seq"] > self.newest]
        for event in come:
            self._blocks.put(("newer", len(self._newer) // BLOCK), (event,))
            self._newer.append(event["seq"])
        self.newest = page["next"] or max(newest, self.newest, *(event["seq"] for event in come))
        return len(come)

    def older(self, api: ApiClient) -> EventsFound:
        """Look for what comes below."""
        return api.event_page(before=self.reached, limit=BLOCK, wanted=self.query)

    def __len__(self) -> int:
        """Give how many were found."""
        return len(self._newer) + len(self._older)

    def number(self, index: int) -> int:
        """Give the number of the entry in a row."""
        numbers, at = self._place(index)
        return numbers[at]

    def row(self, index: int) -> Row | None:
        """Give a line; one that is not here is wanted from now on."""
        found = self._find(index)
        return None if found is None else _line(found, self.names)

    def event(self, index: int) -> Event | None:
        """Give the entry in a row, if it is here."""
        found = self._find(index)
        return None if found is None else found.event

    def loading(self, key: Key) -> Load:
        """Give what fetches a block again: the filter is asked from its newest entry on."""
        numbers = self._numbers(key)
        newest, oldest, query = max(numbers), min(numbers), self.query

        def load(api: ApiClient) -> list[Event]:
            found: list[Event] = []
            before: int | None = newest + 1
            while before is not None and before > oldest:
                page = api.event_page(before=before, limit=BLOCK, wanted=query)
                found += page["events"]
                before = page["next"]
            return [event for event in found if event["seq"] >= oldest]

        return load

    def put(self, key: Key, events: list[Event]) -> None:
        """Take a block that was fetched again."""
        self._blocks.put(key, events)

    def _find(self, index: int) -> Found | None:
        numbers, at = self._place(index)
        key = ("newer" if numbers is self._newer else "older", at // BLOCK)
        found = self._blocks.find(key, numbers[at])
        if found is None:
            self.waiting.want(key)
        return found

    def _place(self, index: int) -> tuple["array[int]", int]:
        """Give which numbers a row is among, and where."""
        newer = len(self._newer)
        return (self._newer, newer - 1 - index) if index < newer else (self._older, index - newer)

    def _numbers(self, key: Key) -> "array[int]":
        all_ = self._newer if key[0] == "newer" else self._older
        return all_[key[1] * BLOCK : (key[1] + 1) * BLOCK]


def _line(found: Found, names: Names) -> Row:
    return (Cell(NOTHING, Tone.DIM),) if found.event is None else line_of(found.event, names)


def _block_of(seq: int) -> Key:
    return ("all", (seq - 1) // BLOCK)
