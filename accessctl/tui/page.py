"""A page of the console: the line above, what it is about, and its keys below."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical

from accessctl.operators.rights import Right
from accessctl.tui.banner import Banner
from accessctl.tui.gated import Gated
from accessctl.tui.key_line import KeyLine
from accessctl.tui.left_once import LeftOnce
from accessctl.tui.standing import News
from accessctl.tui.topbar import TopBar


class Page(LeftOnce[None], Gated):
    """One of the console's pages. A subclass says what is on it in ``contents``."""

    NAME: ClassVar[str] = ""
    """One word, for the line above."""
    HELP: ClassVar[str] = ""
    """What one does here and how, in a few lines; the help page shows it above the keys."""
    RIGHT: ClassVar[Right | None] = None
    """Without this right there is no such page."""
    HORIZONTAL_BREAKPOINTS = [  # noqa: RUF012 - as Textual declares it
        (0, "-narrow"),
        (100, "-wide"),
        (150, "-very-wide"),
    ]
    VERTICAL_BREAKPOINTS = [(0, "-low"), (36, "-high")]  # noqa: RUF012 - the same
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave_field", show=False, id="page.leave-field"),
    ]

    def compose(self) -> ComposeResult:
        """Put the page together."""
        yield TopBar()
        yield Banner()
        with Vertical(id="contents"):
            yield from self.contents()
        yield KeyLine()

    def contents(self) -> ComposeResult:
        """Give what the page is about."""
        yield from ()

    def on_mount(self) -> None:
        """Listen to what happens."""
        self.console.news.subscribe(self, self._told)
        self.heard(News.STATUS | News.EVENTS | News.ALARMS | News.LINE)

    def _told(self, news: News) -> None:
        if self.is_current:
            self.heard(news)

    def on_screen_resume(self) -> None:
        """Catch up with what happened while another page was shown."""
        self.heard(News.STATUS | News.EVENTS | News.ALARMS | News.LINE)
        self.refresh_bindings()

    def heard(self, news: News) -> None:
        """Show what has changed in ``self.console.standing``. Called a few times a second at most."""

    def action_leave_field(self) -> None:
        """Leave the field that is being typed in, so that keys are keys again."""
        self.set_focus(None)
