"""What is shown while nobody has answered yet."""

from typing import TYPE_CHECKING, cast

from textual.app import ComposeResult
from textual.screen import Screen
from textual.widgets import Footer, Static

from accessctl.tui.standing import News
from accessctl.tui.words import _

if TYPE_CHECKING:
    from accessctl.tui.console import Console


class StartPage(Screen[None]):
    """Says what is waited for, and why."""

    DEFAULT_CSS = """
    StartPage { align: center middle; }
    StartPage Static { width: auto; max-width: 90%; }
    """

    def compose(self) -> ComposeResult:
        """One line, and how to leave."""
        yield Static(_("Asking the doors …"), id="waiting", markup=False)
        yield Footer(compact=True, show_command_palette=False)

    def on_mount(self) -> None:
        """Listen."""
        cast("Console", self.app).news.subscribe(self, self._heard)

    def _heard(self, _news: News) -> None:
        trouble = cast("Console", self.app).standing.trouble
        if trouble:
            self.query_one("#waiting", Static).update(trouble)
