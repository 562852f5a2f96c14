"""The table of entries: fetches what is in sight, looks for what is wanted, and takes what comes."""

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Final, cast

from textual import work
from textual.message import Message

from accessctl.client import ApiError, Event
from accessctl.tui.event_words import Names
from accessctl.tui.events.blocks import BLOCK
from accessctl.tui.events.history import FoundEntries, WholeRecord
from accessctl.tui.events.lines import COLUMNS
from accessctl.tui.events.status import Looking
from accessctl.tui.events.wanted import Wanted
from accessctl.tui.lines import LineTable
from accessctl.tui.look import DOTS
from accessctl.tui.words import _

if TYPE_CHECKING:
    from accessctl.tui.console import Console

RETRY_S: Final = 1.0
_NEWER: Final = 1000
"""As many as the API gives at once of what has come since."""


class HistoryTable(LineTable):
    """Shows the whole record or what was found in it; the newest entry comes first."""

    class Looked(Message):
        """There is something else to be said above the table."""

    def __init__(self) -> None:
        """Begin with the whole record, of which nothing is known yet."""
        self.whole = WholeRecord()
        self.found: FoundEntries | None = None
        self.looking = Looking()
        self._wanted = Wanted()
        self._newer_asked = False
        super().__init__(COLUMNS, self.whole, id="history", empty=_("Nothing is recorded yet."))

    @property
    def history(self) -> WholeRecord | FoundEntries:
        """What is shown."""
        return self.whole if self.found is None else self.found

    @property
    def above(self) -> int:
        """So many entries are newer than the first one in sight."""
        return self.seen.start

    # --------------------------------------------------------------------------------- what is shown

    def on_mount(self) -> None:
        """Begin with what is known already, and find out what is newest."""
        self.take_news()
        self._find_newest()
        self._fetch()

    @work(group="newest", exclusive=True)
    async def _find_newest(self) -> None:
        """Ask for the newest entries, since the console follows the record from its own beginning on."""
        console = self._asks
        while not self.whole.newest:
            with suppress(ApiError):
                page = await console.ask(lambda api: api.event_page(before=0, limit=BLOCK))
                self._take(page["events"][::-1])
            await asyncio.sleep(RETRY_S)

    def look_for(self, wanted: Wanted) -> None:
        """Show what fits a filter, from the newest entry on."""
        self._wanted, self._newer_asked = wanted, False
        self.workers.cancel_group(self, "search")
        self.looking = Looking()
        if wanted.anything:
            self.found = None
            self.show(self.whole, keep=False, empty=_("Nothing is recorded yet."))
        else:
            self.found = FoundEntries(wanted.query(), self.whole.newest, self.whole.epoch)
            self.found.names = self.whole.names
            self.show(self.found, keep=False)
            self.look_on()
        self._fetch()
        self.post_message(self.Looked())

    def take_names(self, names: Names) -> None:
        """Show these for doors and access points."""
        if names != self.whole.names:
            self.whole.names = self.history.names = names
            self.refresh()

    def take_news(self) -> None:
        """Take what the console has heard of since."""
        came: list[Event] = []
        for event in reversed(self._asks.standing.recent):
            if event["seq"] <= self.whole.newest and event["epoch"] == self.whole.epoch:
                break
            came.append(event)
        if came:
            self._take(came[::-1])
        self.refresh()  # what could not be fetched is wanted again

    def _take(self, events: list[Event]) -> None:
        more = self.whole.take(events)
        if more is None:
            self.look_for(self._wanted)  # another record: nothing that is shown is in it
        elif self.found is None:
            self.came_above(more)
            self.post_message(self.Looked())
        elif not self._newer_asked:
            self._newer_asked = True
            self._look_for_newer(self.found)

    # -------------------------------------------------------------------------------------- fetching

    @work(group="fetch", exclusive=True)
    async def _fetch(self) -> None:
        """Fetch what is in sight and not here, one block after the other."""
        history = self.history
        while True:
            key = await history.waiting.next()
            try:
                events = await self._asks.ask(history.loading(key))
            except ApiError as error:
                self._say(trouble=str(error))
                await asyncio.sleep(RETRY_S)
                self.refresh()  # what is in sight still is wanted again
                continue
            history.put(key, events)
            self.refresh()
            if self.looking.trouble:
                self._say()

    @work(group="search", exclusive=True)
    async def look_on(self) -> None:
        """Look for more below, as long as less was found than one sees soon."""
        found = self.found
        if found is None:
            return
        self._say(searching=True)
        while found.reached is not None and len(found) < self.seen.stop + BLOCK:
            try:
                page = await self._asks.ask(found.older)
            except ApiError as error:
                self._say(searching=True, trouble=str(error))
                await asyncio.sleep(RETRY_S)
                continue
            found.take_older(page)
            self.grown()
            self._say(searching=True)
        self._say()

    @work(group="newer")
    async def _look_for_newer(self, found: FoundEntries) -> None:
        """Ask which of the entries that came fit the filter: the API says so, and nobody else."""
        more = True
        while more and found is self.found:
            known = self.whole.newest
            try:
                page = await self._asks.ask(
                    lambda api: api.event_page(after=found.newest, limit=_NEWER, wanted=found.query)
                )
            except ApiError:
                break  # the next ones that come ask again
            if found is self.found:
                self.came_above(found.take_newer(page, known))
                self.post_message(self.Looked())
            more = page["next"] is not None or self.whole.newest > found.newest
        if found is self.found:
            self._newer_asked = False

    def stop(self) -> bool:
        """Look no further; give whether anything was going on."""
        if not self.looking.searching:
            return False
        self.workers.cancel_group(self, "search")
        self._say(stopped=True)
        return True

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Look for more where one comes near the end of what was found."""
        super().watch_scroll_y(old_value, new_value)
        self._came_near()

    def watch_cursor(self) -> None:
        """The same for the cursor."""
        super().watch_cursor()
        self._came_near()

    def _came_near(self) -> None:
        self.post_message(self.Looked())
        found = self.found
        if found is None or found.reached is None or self.looking.searching or self.looking.stopped:
            return
        if len(found) < self.seen.stop + BLOCK // 2:
            self.look_on()

    def _say(self, *, searching: bool = False, stopped: bool = False, trouble: str = "") -> None:
        self.looking = Looking(searching=searching, stopped=stopped, trouble=trouble)
        self._empty = _("searching{dots}").format(dots=DOTS) if searching else _("Nothing was found.")
        self.post_message(self.Looked())

    @property
    def _asks(self) -> "Console":
        return cast("Console", self.app)
