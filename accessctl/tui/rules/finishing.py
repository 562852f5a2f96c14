"""From a sound text to rules in force: rehearsed to the letter, looked at again, applied as a whole."""

from collections.abc import Callable
from typing import Any

from accessctl.client import ApiError, ApiRefused, ApiWaits
from accessctl.tui.console import Console
from accessctl.tui.rules.applying import AskReason, changed_meanwhile, put_in_force, said_of
from accessctl.tui.rules.draft import Draft
from accessctl.tui.rules.rehearsal import AGAIN, APPLY, Rehearsed, Rehearsing
from accessctl.tui.rules.theirs import Theirs
from accessctl.tui.words import _


class Finisher:
    """Takes a draft through its last steps. Each is awaited in a worker, and says what came of it."""

    def __init__(self, console: Console, draft: Draft, went_on: Callable[[], None]) -> None:
        """``went_on`` is called whenever the draft stands otherwise than before."""
        self._console, self._draft, self._went_on = console, draft, went_on

    async def rehearse(self) -> bool:
        """Rehearse the text, once unless somebody wants it again; true where it is to be applied then."""
        draft = self._draft
        if why := draft.why_not_rehearse():
            self._console.notify(why, severity="warning")
            return False
        result, text = draft.rehearsal, draft.text
        while True:
            if result is None:
                result = await self._console.push_screen_wait(Rehearsing(text))
                if result is None:
                    return False
                draft.rehearsed = (text, result)
                self._went_on()
            wanted = await self._console.push_screen_wait(Rehearsed(result))
            if wanted != AGAIN:
                return wanted == APPLY
            result = None

    async def apply(self) -> None:
        """Show what is different, ask why, and put it in force."""
        draft = self._draft
        if why := draft.why_not_apply():
            self._console.notify(why, severity="warning")
            return
        text, base = draft.text, draft.revision
        words = _("In place of revision {revision}:").format(revision=base)
        ask = AskReason(_("Put in force"), words, draft.base, text)
        reason = await self._console.push_screen_wait(ask)
        if reason is None:
            return
        try:
            changed = await put_in_force(
                self._console,
                lambda api, why, restart: api.replace_site(text, why, base, restart=restart),
                reason,
            )
        except ApiWaits as waits:
            draft.asked_for = text
            self._console.say_why(waits)
            self._went_on()
        except ApiError as error:
            await self._not_applied(error)
        else:
            if changed is not None:
                self._applied(text, changed)

    def _applied(self, text: str, changed: dict[str, Any]) -> None:
        """Go on from the text that lies there now."""
        self._draft.rebase(text, changed["revision"])
        self._draft.asked_for = None
        self._console.notify(said_of(changed), markup=False, timeout=10)
        self._console.look_again()
        self._went_on()

    async def _not_applied(self, error: ApiError) -> None:
        """Say why. Where somebody else was faster, show what they did, and go on from there if wanted."""
        if not (isinstance(error, ApiRefused) and changed_meanwhile(error)):
            self._console.say_why(error)
            return
        present = await self._console.attempt(lambda api: api.site_file())
        if present is None:
            return
        if present["site"] is None or present["site"] == self._draft.base:
            self._console.say_why(error)
            return
        theirs = Theirs(str(error), self._draft.base, present["site"], self._draft.text)
        if await self._console.push_screen_wait(theirs):
            self._draft.rebase(present["site"], present["revision"])
            self._went_on()
