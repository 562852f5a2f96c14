"""The console as a browser shows it: the login stands before it, so it has none of its own."""

from contextlib import suppress
from pathlib import Path

from textual import work

import accessctl.tui
from accessctl.client import ApiError
from accessctl.tui.console import Console
from accessctl.web import ENDED


class BrowserConsole(Console):
    """Leaves wherever another one would ask who is there: that is asked by the page before it."""

    # Without it Textual would look beside this module.
    CSS_PATH = str(Path(accessctl.tui.__file__).with_name(Console.CSS_PATH))

    @work(group="login", exclusive=True)
    async def must_log_in(self, why: str) -> None:
        """Leave: the server leads back to the login."""
        self.exit(return_code=ENDED)

    @work(group="leaving")
    async def action_log_out(self) -> None:
        """End the session, and leave."""
        with suppress(ApiError):
            await self.asker(lambda api: api.log_out())
        self.exit(return_code=ENDED)
