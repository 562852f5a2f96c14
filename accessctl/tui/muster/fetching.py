"""Fetches the list again and again, and sends ticks; what cannot be had or sent is said and tried again."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Final

from accessctl.client import ApiError, ApiRefused, ApiUnreachable
from accessctl.muster_sheet.answers import Answers, ask
from accessctl.muster_sheet.view import MusterView, view_of
from accessctl.operators.rights import Right
from accessctl.tui.muster.keeping import KeptList
from accessctl.tui.muster.ticks import Kept, Ticks, send_tick
from accessctl.tui.page import Page
from accessctl.tui.words import _, many

BEAT_S: Final = 1.0
_EVERY: Final = timedelta(seconds=1.5)
"""How old the list becomes during a muster while all is well."""
_EVERY_AT_REST: Final = timedelta(seconds=5)
_APART: Final = timedelta(seconds=0.9)
_KEEP_EVERY: Final = timedelta(seconds=15)


class FetchingPage(Page):
    """The part of the muster page that talks to the API."""

    view: MusterView | None = None
    trouble: str | None = None
    """Why the list could not be fetched the last time."""

    def __init__(self) -> None:
        """Begin with nothing known."""
        super().__init__()
        self.ticks = Ticks()
        self._answers: Answers | None = None
        self._before: Answers | None = None
        self._fetching = self._sending = self._once_more = self._wanted = False
        self._begun: datetime | None = None
        self._kept: KeptList | None = None
        self._written: MusterView | None = None

    def begin_fetching(self) -> None:
        """Show what was kept, then ask again and again."""
        if not self.console.is_web:  # there the disk is everybody's
            self._kept = KeptList(self.console.remembered.folder, self.console.operator)
            if self._answers is None and (kept := self._kept.read(self.console.now())) is not None:
                self._take(kept)
                # It is shown; but who knows what has become of the record and of the site file since.
                self._before = replace(kept, seq=None, points={})
        self.set_interval(BEAT_S, self._beat)
        self.fetch()

    def _beat(self) -> None:
        if self.console.session is None:
            return
        self.show_age()
        if self.ticks.waiting:
            self.send_ticks()
        if not self.is_current and not self.ticks.waiting:
            return
        view = self.view
        every = _EVERY if view is not None and view.running else _EVERY_AT_REST
        if self._wanted or view is None or self.trouble or self.console.now() - view.as_of >= every:
            self.fetch()

    # ----------------------------------------------------------------------------------- the list

    def fetch(self) -> None:
        """Fetch the list, now or as soon as it was fetched."""
        if self._fetching:
            self._once_more = True
            return
        self._fetching = True
        self.run_worker(self._fetch(), group="fetch")

    def fetch_soon(self) -> None:
        """Fetch it within a beat: at a busy site much happens, and nobody reads faster than that."""
        now, last = self.console.now(), self._begun
        if last is None or now - last >= _APART:
            self.fetch()
        else:
            self._wanted = True

    async def _fetch(self) -> None:
        events = Right.EVENTS_READ in self.console.rights
        try:
            while True:
                self._once_more = self._wanted = False
                self._begun = self.console.now()
                before = self._before
                answers = await self.console.ask(
                    lambda api: ask(api, self.console.now, before, events=events)  # noqa: B023 - done by then
                )
                self.trouble, self._before = None, answers
                self._take(answers)
                await self._keep()
                if not self._once_more:
                    return
        except ApiError as error:
            self.trouble = str(error)
            self.show_view()
        finally:
            self._fetching = False

    def _take(self, answers: Answers) -> None:
        self._answers = answers
        lost = self.ticks.settle(answers)
        if lost:
            names = ", ".join(tick.shown for tick in lost)
            self._say(_("The muster is over; these ticks were never sent: {names}").format(names=names))
        self.show_again()

    def show_again(self) -> None:
        """Build the list anew, with what was ticked here."""
        if self._answers is not None:
            self.view = view_of(self._answers, ticks=self.ticks.shown())
            self.show_view()

    async def _keep(self) -> None:
        """Write the list down, when it is another one than was written."""
        view, answers, written = self.view, self._answers, self._written
        if self._kept is None or view is None or answers is None:
            return
        fresh = written is not None and view.as_of - written.as_of < _KEEP_EVERY
        if written is None or not fresh or written.areas != view.areas or written.running != view.running:
            self._written = view
            await asyncio.to_thread(self._kept.keep, answers, view)

    # ---------------------------------------------------------------------------------- the ticks

    def send_ticks(self) -> None:
        """Send what was ticked, one after the other."""
        if not self._sending:
            self._sending = True
            self.run_worker(self._send(), group="send")

    async def _send(self) -> None:
        try:
            for tick in self.ticks.unsent():
                if not await self._send_one(tick):
                    break
        finally:
            self._sending = False
            self.show_again()
        self.fetch()

    async def _send_one(self, tick: Kept) -> bool:
        """Send one; false when nothing can be sent for now."""
        try:
            await self.console.ask(lambda api: send_tick(api, tick))
        except ApiUnreachable as error:
            self._put_off(tick, error)
            return False
        except ApiRefused as error:
            if error.status >= HTTPStatus.INTERNAL_SERVER_ERROR or error.status in _LATER:
                self._put_off(tick, error)
                return False
            self._refused(tick, error)
        except ApiError as error:
            self._refused(tick, error)
        else:
            self.ticks.sent(tick, self.console.now())
        return True

    def _put_off(self, tick: Kept, error: ApiError) -> None:
        """Keep the tick, and say so once."""
        if not tick.tried:
            words = many(
                "{count} tick is kept here and sent as soon as the controller answers.",
                "{count} ticks are kept here and sent as soon as the controller answers.",
                sum(1 for each in self.ticks.shown()),
            )
            self._say(f"{words} {error}")
        self.ticks.could_not_send()

    def _refused(self, tick: Kept, error: ApiError) -> None:
        self.ticks.take_back(tick)
        self._say(_("{name} is NOT ticked off: {why}").format(name=tick.shown, why=error))

    def _say(self, words: str) -> None:
        self.console.notify(words, severity="warning", timeout=10, markup=False)

    # ------------------------------------------------------------------------ what a page has to do

    def show_view(self) -> None:
        """Show ``view`` and ``trouble``."""
        raise NotImplementedError

    def show_age(self) -> None:
        """Say how old ``view`` is."""
        raise NotImplementedError


_LATER: Final = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.REQUEST_TIMEOUT})
"""Refusals that say nothing against the tick."""
