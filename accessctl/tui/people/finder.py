"""Search as somebody types: pages of people, of which an older answer never stands over a newer one."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Final

from accessctl.client import ApiError, PeopleFound, Person
from accessctl.tui.lines import Row
from accessctl.tui.people.rows import row_of
from accessctl.tui.people.wanted import Wanted

AT_ONCE: Final = 64
"""So many people are fetched at a time: more than the largest screen shows, and soon here."""
_NEAR: Final = 32
"""With so few rows left below, the next ones are fetched."""

AskPage = Callable[[Wanted, str], Awaitable[PeopleFound]]
"""Asks for the people who are wanted, from behind an id on."""


class FoundPeople:
    """The people who were found, as far as they are here; rows for a table."""

    def __init__(self, wanted: Wanted, page: PeopleFound, now: Callable[[], datetime]) -> None:
        """Begin with the first page. Where it is all there is, it is in the order of names."""
        self.wanted, self.next = wanted, page["next"]
        self.people: list[Person] = list(page["people"])
        if self.next is None:
            self.people.sort(key=lambda person: (person["name"].casefold(), person["id"]))
        self._now = now

    def __len__(self) -> int:
        """Give how many rows there are; one that stands for more is among them."""
        return len(self.people) + (self.next is not None)

    def row(self, index: int) -> Row | None:
        """Give the row of a person."""
        return row_of(self.people[index], self._now()) if index < len(self.people) else None

    def at(self, index: int) -> Person | None:
        """Give the person of a row."""
        return self.people[index] if 0 <= index < len(self.people) else None

    def place_of(self, person: str) -> int | None:
        """Give the row in which somebody stands."""
        return next((at for at, each in enumerate(self.people) if each["id"] == person), None)

    def ends_soon(self, index: int) -> bool:
        """Whether more should be fetched for somebody who looks at this row."""
        return self.next is not None and index >= len(self.people) - _NEAR

    def add(self, page: PeopleFound) -> None:
        """Take a further page."""
        self.people += page["people"]
        self.next = page["next"]

    def put(self, person: Person) -> None:
        """Show a person as they are now."""
        at = self.place_of(person["id"])
        if at is not None:
            self.people[at] = person

    def drop(self, person: str) -> None:
        """Show somebody no more."""
        self.people = [each for each in self.people if each["id"] != person]


class Finder:
    """Asks for people. Whoever asks anew hears nothing any more of what was asked before."""

    def __init__(self, ask: AskPage, now: Callable[[], datetime]) -> None:
        """``ask`` raises ``ApiError``."""
        self._ask, self._now = ask, now
        self._newest = 0
        self._fetching: FoundPeople | None = None

    async def find(self, wanted: Wanted) -> FoundPeople | None:
        """Give who was found; ``None`` when something newer was asked meanwhile. Raises ``ApiError``."""
        self._newest += 1
        mine = self._newest
        try:
            page = await self._ask(wanted, "")
        except ApiError:
            if mine != self._newest:
                return None
            raise
        return FoundPeople(wanted, page, self._now) if mine == self._newest else None

    async def more(self, found: FoundPeople) -> bool:
        """Fetch a further page, one at a time; true when it came. Raises ``ApiError``."""
        if found.next is None or self._fetching is found:
            return False
        self._fetching = found
        try:
            found.add(await self._ask(found.wanted, found.next))
        finally:
            self._fetching = None
        return True
