"""One section of the system page: it looks now and then while it is seen."""

from collections.abc import Callable, Sequence
from typing import ClassVar, Final

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from accessctl.client import ApiClient, ApiError
from accessctl.operators.rights import Right
from accessctl.tui.asker import Ask
from accessctl.tui.gated import Gated
from accessctl.tui.lines import FixedRows, LineTable, Row
from accessctl.tui.look import ALARM, Tone
from accessctl.tui.standing import News
from accessctl.tui.words import _

STYLES: Final = {
    Tone.PLAIN: "",
    Tone.DIM: "dim",  # a colour that is seen through, such as $text-muted, would be drawn in full here
    Tone.STRONG: "bold",
    Tone.GOOD: "$text-success",
    Tone.NOTE: "$text-primary",
    Tone.WARN: "$text-warning",
    Tone.BAD: "$text-error",
    Tone.ALARM: "$text-error bold",
}
"""The theme's colour for each tone, where words stand outside a table."""


def toned(words: str, tone: Tone) -> Content:
    """Give words in a tone."""
    return Content.styled(words, STYLES[tone]) if STYLES[tone] else Content(words)


def did(call: Callable[[ApiClient], None]) -> Ask[bool]:
    """Give true once a call that answers nothing was answered."""

    def ask(api: ApiClient) -> bool:
        call(api)
        return True

    return ask


def show_anew(table: LineTable, rows: Sequence[Row], before: Sequence[str], after: Sequence[str]) -> None:
    """Show other rows; what is under the cursor stays there when others came or went.

    ``before`` and ``after`` name what each row was about, and is about now.
    """
    chosen = table.under_cursor(before)
    table.show(FixedRows(rows))
    if chosen in after:
        table.cursor = after.index(chosen)


class Section(Vertical, Gated):
    """A subclass says what is in it in ``contents``, and asks and shows in ``look``."""

    ID: ClassVar[str] = ""
    NAME: ClassVar[str] = ""
    """One or two words, for the list of sections."""
    RIGHT: ClassVar[Right | None] = None
    """Without this right the section is not offered."""
    EVERY_S: ClassVar[float] = 10.0
    """So often it looks while it is seen."""
    DEFAULT_CSS = """
    Section { height: 1fr; }
    Section > .unknown { color: $text-warning; display: none; height: auto; }
    Section > .unknown.-shown { display: block; }
    Section .below { height: auto; max-height: 50%; margin-top: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "look", _("Again"), show=False, id="system.look", tooltip=_("Look again at once.")),
    ]

    def __init__(self) -> None:
        """Know nothing yet."""
        super().__init__(id=self.ID)
        self._looking = False

    def compose(self) -> ComposeResult:
        """Put the section together."""
        yield Static(classes="unknown", markup=False)
        yield from self.contents()

    def contents(self) -> ComposeResult:
        """Give what is in the section."""
        yield from ()

    def on_mount(self) -> None:
        """Look, and go on looking while this is what is seen."""
        self.set_interval(self.EVERY_S, self._look_if_seen)
        self.action_look()

    @property
    def first(self) -> Widget | None:
        """What has the keys when the section is gone to."""
        return next((each for each in self.query("*") if each.focusable), None)

    @property
    def seen(self) -> bool:
        """Whether this section is in sight."""
        return self.display and self.screen.is_current and bool(self.console.rights)

    def _look_if_seen(self) -> None:
        if self.seen:
            self.action_look()

    def action_look(self) -> None:
        """Look at once, unless that is being done."""
        if not self._looking:
            self._looking = True
            self._look()

    @work(group="look")
    async def _look(self) -> None:
        wrong = ""
        try:
            await self.look()
        except ApiError as error:
            wrong = _("{mark} What stands here may be old: {why}").format(mark=ALARM, why=error)
        finally:
            self._looking = False
        if self.is_attached:
            line = self.query_one(".unknown", Static)
            line.update(wrong)
            line.set_class(bool(wrong), "-shown")

    async def look(self) -> None:
        """Ask and show. Raises ``ApiError``."""

    def leave_field(self) -> None:
        """Forget what was being typed: the keys are keys again."""

    def heard(self, news: News) -> None:
        """Hear that something has changed in ``self.console.standing``."""
