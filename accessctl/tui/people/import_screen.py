"""An import before it is made, while it is made, and until the last of its cards is enrolled."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar, Final

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widgets import Button, ProgressBar, Static

from accessctl.client import ApiError, ApiRefused, ApiWaits, Imported
from accessctl.tui.dialogs import Dialog, Tell
from accessctl.tui.lines import Column, FixedRows, LineTable, Row
from accessctl.tui.people import bulk_words
from accessctl.tui.words import _

_LOOK_EVERY_S: Final = 0.5
_CHUNK: Final = 256 * 1024


class ImportScreen(Dialog[bool]):
    """Shows what a file would do, and does it when it is told to. Gives true when people were imported."""

    HELP = _(
        "First nothing is changed: each row says what it would do. One bad row refuses the whole file, and "
        "everything that is wrong with it is listed. Cards are enrolled afterwards; who leaves stops nothing."
    )
    DEFAULT_CSS = """
    ImportScreen > #frame { width: 130; height: 90%; overflow: hidden; padding: 0 1; }
    ImportScreen #sum { margin: 0 1 1 1; }
    ImportScreen #sum.-bad { color: $text-error; }
    ImportScreen ProgressBar { margin: 0 1; display: none; }
    ImportScreen ProgressBar.-shown { display: block; }
    ImportScreen #rows { height: 1fr; }
    ImportScreen #answers { height: auto; align-horizontal: right; }
    ImportScreen Button { margin-left: 2; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "ctrl+s",
            "import",
            _("Import"),
            id="import.go",
            tooltip=_("Import what is listed here, all of it."),
        ),
    ]

    def __init__(self, path: Path, body: bytes, kind: str) -> None:
        """``body``: what was in the file, so that what is imported is what was shown."""
        super().__init__(_("Import {file}").format(file=path.name))
        self._body, self._kind = body, kind
        self._ready = self._imported = False

    def contents(self) -> ComposeResult:
        """What it comes to, row by row, and what to do about it."""
        yield Static(_("Looking through the file …"), id="sum", markup=False)
        yield ProgressBar(show_eta=False)
        yield LineTable(bulk_words.COLUMNS, id="rows", empty=_("no row would change anything"))
        with Horizontal(id="answers"):
            yield Button(_("Close"), id="no", compact=True)
            yield Button(_("Import"), id="yes", variant="primary", compact=True, disabled=True)

    def on_mount(self) -> None:
        """Find out what it would do."""
        self._run(dry=True)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer the import once it is known what it would do."""
        return super().check_action(action, parameters) and (action != "import" or self._ready)

    @on(Button.Pressed, "#yes")
    def action_import(self) -> None:
        """Import it."""
        if self._ready:
            self._set_ready(ready=False)
            self._say(_("Importing …"))
            self._run(dry=False)

    @on(LineTable.Chosen)
    def _read(self, message: LineTable.Chosen) -> None:
        """Show all of a row."""
        row = message.table.rows.row(message.index) or ()
        texts = (cell if isinstance(cell, str) else cell.text for cell in row)
        self.app.push_screen(Tell(_("Row"), "\n".join(text.strip() for text in texts if text)))

    @on(Button.Pressed, "#no")
    def action_leave(self) -> None:
        """Leave; cards that wait go on being enrolled."""
        self.workers.cancel_node(self)
        self.dismiss(self._imported or None)

    @work(exclusive=True, group="import")
    async def _run(self, *, dry: bool) -> None:
        try:
            done = await self.console.asker.while_waited_for(
                lambda api: api.import_people(self._chunks(), self._kind, dry_run=dry)
            )
        except ApiWaits as waits:
            self.console.say_why(waits)
            self.dismiss(None)
        except ApiError as error:
            await self._refuse(error)
        else:
            await (self._preview(done) if dry else self._follow(done))

    async def _preview(self, done: Imported) -> None:
        self._say(bulk_words.sum_in_words(done))
        await self._list(bulk_words.COLUMNS, bulk_words.change_rows(done))
        self._set_ready(ready=bool(done["added"] or done["changed"] or done["cards"]))

    async def _refuse(self, error: ApiError) -> None:
        refused = error if isinstance(error, ApiRefused) else None
        self._say(bulk_words.refusal_in_words(refused) if refused else str(error), bad=True)
        if refused and (rows := bulk_words.problem_rows(refused)):
            await self._list(bulk_words.PROBLEM_COLUMNS, rows)

    async def _follow(self, done: Imported) -> None:
        """Tell how far the cards are until all of them are enrolled."""
        self._imported = True
        said, id_ = bulk_words.sum_in_words(done), done["id"]
        self._say(said)
        self.console.look_again()
        if not done["cards"] or id_ is None:
            self.dismiss(result=True)
            self.console.notify(said, title=_("Imported"), markup=False)
            return
        bar = self.query_one(ProgressBar)
        bar.add_class("-shown")
        try:
            while True:
                seen = await self.console.ask(lambda api: api.import_(id_))
                bar.update(total=seen["cards"], progress=seen["cards"] - seen["waiting"])
                self._say(f"{said}\n{bulk_words.progress_in_words(seen)}", bad=seen["stalled"] is not None)
                if not seen["waiting"]:
                    break
                await asyncio.sleep(_LOOK_EVERY_S)
            if seen["failed"]:
                failures = await self.console.ask(lambda api: list(api.import_failures(id_)))
                await self._list(bulk_words.FAILURE_COLUMNS, bulk_words.failure_rows(failures))
        except ApiError as error:
            self._say(f"{said}\n{error}", bad=True)

    def _chunks(self) -> Iterator[bytes]:
        for at in range(0, len(self._body), _CHUNK):
            yield self._body[at : at + _CHUNK]

    def _set_ready(self, *, ready: bool) -> None:
        self._ready = ready
        self.query_one("#yes", Button).disabled = not ready
        self.refresh_bindings()

    def _say(self, words: str, *, bad: bool = False) -> None:
        line = self.query_one("#sum", Static)
        line.update(words)
        line.set_class(bad, "-bad")

    async def _list(self, columns: tuple[Column, ...], rows: list[Row]) -> None:
        """Show other rows, under headings of their own."""
        await self.query_one("#rows").remove()
        empty = _("no row would change anything")
        table = LineTable(columns, FixedRows(rows), id="rows", empty=empty)
        await self.query_one("#frame").mount(table, before="#answers")
        table.focus()
