"""What the page of events does to export: asks, writes while one goes on, says what came of it."""

import asyncio
import os
import tempfile
from pathlib import Path

from textual import work

from accessctl.client import ApiError
from accessctl.tui.events.export import Export, ExportCancelled, Format
from accessctl.tui.events.export_bar import ExportBar
from accessctl.tui.events.export_dialog import ExportDialog, default_name
from accessctl.tui.events.lines import counted
from accessctl.tui.events.typed import Places
from accessctl.tui.events.wanted import Wanted
from accessctl.tui.page import Page
from accessctl.tui.saving import SaveAs, ask_where, folder
from accessctl.tui.words import _


class ExportingPage(Page):
    """A page that exports the entries that are wanted on it."""

    wanted: Wanted

    @property
    def export(self) -> Export | None:
        """The one that is running."""
        return self.query_one(ExportBar).export

    @work(group="export")
    async def action_export(self) -> None:
        """Ask into which file, and write it."""
        if self.export is not None:
            self.notify(_("One export at a time: Escape ends the one that is running."), severity="warning")
            return
        choice = await self._choose()
        if choice is None or self.export is not None:
            return
        if self.app.is_web:
            await self._send(choice)
            return
        await self._write(Export(choice.path, Format(choice.way), self.wanted.query()), str(choice.path))

    async def _choose(self) -> SaveAs | None:
        status = self.console.standing.status or {}
        name = default_name(status.get("site", ""), self.wanted, self.console.now())
        words = self.wanted.in_words(Places.of(self.console.standing.status).names)
        dialog = ExportDialog(words, folder(self.console) / name, sent=self.app.is_web)
        return await ask_where(dialog, self.console)

    async def _write(self, export: Export, said: str) -> bool:
        """Write a file while its progress is shown; give whether it is there."""
        bar = self.query_one(ExportBar)
        bar.show(export)
        try:
            await asyncio.to_thread(export.run, self.console.asker.client)
        except ExportCancelled:
            self.notify(_("The export was ended. Nothing is kept of it."), severity="warning", markup=False)
        except (ApiError, OSError) as error:
            self.notify(
                str(error), title=_("Not exported; nothing is kept of it"), severity="error", markup=False
            )
        else:
            words = _("{entries} in {file}").format(entries=counted(export.entries), file=said)
            self.notify(words, title=_("Exported"), timeout=10, markup=False)
            if export.unentered is not None:
                why = _("The record does not say that this was exported")
                self.notify(export.unentered, title=why, severity="warning", markup=False)
            return True
        finally:
            export.cancel()  # also when the page goes while it is written
            if bar.is_attached:
                bar.show(None)
        return False

    async def _send(self, choice: SaveAs) -> None:
        """Write a file that nobody else finds, and hand it to the browser."""
        handle, name = tempfile.mkstemp(prefix="accessctl-")
        os.close(handle)
        path = Path(name)
        try:
            if await self._write(Export(path, Format(choice.way), self.wanted.query()), choice.path.name):
                # It is opened before this returns, and stays readable to whoever has it open.
                self.app.deliver_binary(path, save_filename=choice.path.name)
        finally:
            path.unlink(missing_ok=True)  # noqa: ASYNC240 - one name in memory
