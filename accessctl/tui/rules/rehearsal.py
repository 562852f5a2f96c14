"""Playing the last days against a text: waiting for it, and what would have been decided otherwise."""

import time
from datetime import timedelta
from typing import Any, ClassVar, Final

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from accessctl.client import ApiError
from accessctl.tui.dialogs import Dialog, Tell
from accessctl.tui.lines import FixedRows, LineTable
from accessctl.tui.rules.rehearsal_rows import COLUMNS, details_of, rows_of, summary_of
from accessctl.tui.times import how_long
from accessctl.tui.words import _

SPAN: Final = timedelta(days=30)
APPLY: Final = "apply"
AGAIN: Final = "again"


class Rehearsing(Dialog[dict[str, Any]]):
    """Waits for a rehearsal. Escape ends it: the API then stops thinking as well."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", _("Stop"), id="dialog.leave", tooltip=_("Rehearse no further.")),
    ]

    def __init__(self, text: str) -> None:
        """Rehearse this text."""
        super().__init__(
            _("Rehearsing"),
            _(
                "What happened in the last {days} days is decided once more, by this text. "
                "Nothing is changed."
            ).format(days=SPAN.days),
        )
        self._text, self._began = text, time.monotonic()

    def contents(self) -> ComposeResult:
        """How long it takes already."""
        yield Static("", id="elapsed")

    def on_mount(self) -> None:
        """Begin."""
        self.set_interval(0.5, self._tell)
        self._tell()
        self._rehearse()

    def _tell(self) -> None:
        elapsed = how_long(time.monotonic() - self._began)
        self.query_one("#elapsed", Static).update(_("for {time} so far").format(time=elapsed))

    @work(group="rehearsal", exclusive=True)
    async def _rehearse(self) -> None:
        since = (self.console.now() - SPAN).isoformat()
        try:
            result = await self.console.asker.while_waited_for(lambda api: api.rehearse(self._text, since))
        except ApiError as error:
            self.console.say_why(error)
            self.dismiss(None)
        else:
            self.dismiss(result)


class Rehearsed(Dialog[str]):
    """What a rehearsal found. Gives ``APPLY`` or ``AGAIN``."""

    HELP = _(
        "What would have been decided otherwise if this text had been in force, and whose rights would be "
        "others now. Enter on a line tells all of it."
    )
    DEFAULT_CSS = """
    Rehearsed > #frame { width: 140; height: 90%; }
    Rehearsed #summary { margin-bottom: 1; }
    Rehearsed #changes { height: 1fr; min-height: 5; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "leave", _("Back to the text"), id="dialog.leave", tooltip=_("Go on writing.")),
        Binding(
            "ctrl+s",
            "apply",
            _("Apply"),
            id="rehearsal.apply",
            tooltip=_("Put this text in force, as a whole."),
        ),
        Binding("r", "again", _("Rehearse again"), id="rehearsal.again", tooltip=_("Rehearse it once more.")),
    ]

    def __init__(self, result: dict[str, Any]) -> None:
        """Show this."""
        super().__init__(_("Rehearsed on the last {days} days").format(days=SPAN.days))
        self._result, self._rows = result, rows_of(result)

    def contents(self) -> ComposeResult:
        """The sums, and every change."""
        yield Static("\n".join(summary_of(self._result)), id="summary", markup=False)
        yield LineTable(
            COLUMNS, FixedRows(self._rows), id="changes", empty=_("Nothing would have gone otherwise.")
        )

    def on_mount(self) -> None:
        """Begin in the list."""
        self.query_one("#changes").focus()

    @on(LineTable.Chosen, "#changes")
    def _open(self, message: LineTable.Chosen) -> None:
        self.app.push_screen(Tell(_("What would have changed"), details_of(self._rows[message.index])))

    def action_apply(self) -> None:
        """Go on and put it in force."""
        self.dismiss(APPLY)

    def action_again(self) -> None:
        """Rehearse once more."""
        self.dismiss(AGAIN)
