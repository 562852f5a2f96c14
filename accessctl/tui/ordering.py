"""Orders to doors and to the site: given at once or not at all, since somebody stands there and waits.

An order that a silent API carried out when it comes back would move a door that nobody looks at any more.
"""

import time
from typing import TYPE_CHECKING, Final

from accessctl.client import ApiClient, ApiSilent
from accessctl.tui.asker import STALLED_S, Ask
from accessctl.tui.words import _

if TYPE_CHECKING:
    from accessctl.tui.console import Console

_SHOWN_S: Final = 12


class Orders:
    """Gives them, for the console."""

    def __init__(self, console: "Console") -> None:
        """None is under way yet."""
        self._console = console
        self._under_way: set[tuple[str, ...]] = set()

    def possible(self) -> bool:
        """Whether an order would reach anybody; it is said where it would not."""
        if self._console.standing.believed:
            return True
        self._console.notify(
            _("There is no answer now, and how the doors stand is not known. Nothing was sent."),
            title=_("No answer"),
            severity="error",
            timeout=_SHOWN_S,
        )
        return False

    async def give(self, order: tuple[str, ...], ask: Ask[object], done: str) -> None:
        """Give an order, and say what came of it. ``order``: what tells it from others.

        The same one, while it waits for its answer, is not given a second time.
        """
        if not self.possible():
            return
        if order in self._under_way:
            words = _("This was ordered a moment ago and is not answered yet. It was not sent again.")
            self._console.notify(words, severity="warning")
            return
        gives_up = time.monotonic() + STALLED_S

        def in_time(api: ApiClient) -> object:
            if time.monotonic() > gives_up:  # it waited for its turn behind questions
                raise ApiSilent(_("No answer came in time. Nothing was sent."))
            return ask(api)

        self._under_way.add(order)
        try:
            await self._console.attempt(in_time, done, STALLED_S)
        finally:
            self._under_way.discard(order)
