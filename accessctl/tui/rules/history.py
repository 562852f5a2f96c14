"""What the site file was: who changed it, when and why, and what each change was."""

from collections.abc import Sequence
from typing import Any, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from accessctl.client import ApiError
from accessctl.operators.rights import Right
from accessctl.tui.dialogs import Dialog
from accessctl.tui.lines import FixedRows, LineTable
from accessctl.tui.page import Page
from accessctl.tui.rules.diff import diff_of
from accessctl.tui.rules.diff_view import DiffView
from accessctl.tui.rules.history_rows import COLUMNS, Revision, former_of, rows_of
from accessctl.tui.rules.restoring import put_back, revisions_of
from accessctl.tui.rules.toml_area import TomlArea
from accessctl.tui.words import _


class HistoryPage(Page):
    """Every change of the site file, newest first, with what it changed below."""

    HELP = _(
        "Every change of the site file: who, when and why. Below stands what the chosen one changed. "
        "Enter shows its whole text; z puts it back in force."
    )
    DEFAULT_CSS = """
    HistoryPage #revisions { height: 1fr; min-height: 5; }
    HistoryPage #change { height: 2fr; border-top: solid $panel; padding: 0 1; }
    HistoryPage #about { height: 1; padding: 0 1; color: $text-muted; }
    """
    NEEDS: ClassVar[dict[str, Right]] = {"put_back": Right.RULES_WRITE}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "leave", _("Back"), id="history.leave", tooltip=_("Back to the matrix.")),
        Binding("t", "open", _("Text"), id="history.open", tooltip=_("Show the whole text of this one.")),
        Binding(
            "z", "put_back", _("Put back"), id="history.put-back", tooltip=_("Put this one in force again.")
        ),
    ]

    def __init__(self) -> None:
        """Begin with nothing."""
        super().__init__()
        self._revisions: Sequence[Revision] = ()
        self._texts: dict[str, str | None] = {}

    def contents(self) -> ComposeResult:
        """The list, and what the chosen one changed."""
        yield LineTable(COLUMNS, id="revisions", empty=_("Asking …"))
        yield Static("", id="about", markup=False)
        yield DiffView(id="change")

    def on_mount(self) -> None:
        """Fetch the list."""
        super().on_mount()
        self.query_one("#revisions").focus()
        self._fetch()

    @work(group="fetch", exclusive=True)
    async def _fetch(self) -> None:
        revisions = await revisions_of(self.console)
        table = self.query_one("#revisions", LineTable)
        self._revisions = revisions or ()
        table.show(FixedRows(rows_of(self._revisions)), empty=_("Nothing is known of it."))
        self._show_change(table.cursor)

    @on(LineTable.Moved, "#revisions")
    def _moved(self, message: LineTable.Moved) -> None:
        self._show_change(message.index)

    @work(group="change", exclusive=True)
    async def _show_change(self, at: int) -> None:
        """Show what a change changed."""
        if at >= len(self._revisions):
            return
        former = former_of(self._revisions, at)
        try:
            text = await self._text(self._revisions[at]["revision"])
            before = "" if former is None else await self._text(former["revision"])
        except ApiError as error:
            self._about(str(error))
            return
        if former is None:
            self._about(_("The first one that is known. Enter shows its text."))
            self.query_one(DiffView).show([])
            return
        self._about(_("What it changed of {revision}").format(revision=former["revision"]))
        self.query_one(DiffView).show(diff_of(before or "", text or ""))

    def _about(self, words: str) -> None:
        self.query_one("#about", Static).update(words)

    async def _text(self, revision: str) -> str | None:
        if revision not in self._texts:
            found: dict[str, Any] = await self.console.ask(lambda api: api.site_revision(revision))
            self._texts[revision] = found["site"]
        return self._texts[revision]

    @on(LineTable.Chosen, "#revisions")
    @work(group="open", exclusive=True)
    async def action_open(self) -> None:
        """Show the whole text of the chosen one."""
        at = self.query_one("#revisions", LineTable).cursor
        if at >= len(self._revisions):
            return
        revision = self._revisions[at]["revision"]
        try:
            text = await self._text(revision)
        except ApiError as error:
            self.console.say_why(error)
            return
        if text is None:
            self.notify(_("There are passwords in it that you may not see."), severity="warning")
            return
        self.app.push_screen(WholeText(revision, text))

    @work(group="put-back", exclusive=True)
    async def action_put_back(self) -> None:
        """Put the chosen one in force again."""
        at = self.query_one("#revisions", LineTable).cursor
        if at >= len(self._revisions):
            return
        if self._revisions[at]["revision"] == self._revisions[0]["revision"]:
            self.notify(_("This one lies there now."), severity="warning")
        elif await put_back(self.console, self._revisions[at]["revision"]):
            self._fetch()

    def action_leave(self) -> None:
        """Back to the matrix."""
        self.dismiss(None)


class WholeText(Dialog[bool]):
    """A site file as it was."""

    DEFAULT_CSS = """
    WholeText > #frame { width: 140; height: 94%; padding: 0 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,enter", "leave", _("Close"), id="dialog.leave", tooltip=_("Close this.")),
    ]

    def __init__(self, revision: str, text: str) -> None:
        """Show this text."""
        super().__init__(_("Revision {revision}").format(revision=revision))
        self._text = text

    def contents(self) -> ComposeResult:
        """The text."""
        yield TomlArea(self._text, read_only=True, id="text")

    def on_mount(self) -> None:
        """Begin in the text."""
        self.query_one("#text").focus()
