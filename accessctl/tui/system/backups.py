"""Backups: made, checked, deleted."""

import asyncio
from typing import Any, ClassVar, Final

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from accessctl.operators.rights import Right
from accessctl.tui.dialogs import Confirm, Tell
from accessctl.tui.lines import Column, LineTable
from accessctl.tui.look import Tone
from accessctl.tui.system.backup_view import backup_row, in_short, summary
from accessctl.tui.system.section import Section, did, show_anew, toned
from accessctl.tui.words import _

WATCH_S: Final = 0.3
"""So often is asked how far a backup is."""


class BackupsSection(Section):
    """Every backup in a line."""

    ID = "backups"
    NAME = _("Backups")
    RIGHT = Right.BACKUPS_READ
    EVERY_S = 5.0
    NEEDS: ClassVar = {
        "make": Right.BACKUPS_WRITE,
        "check": Right.BACKUPS_READ,
        "delete": Right.BACKUPS_WRITE,
    }
    DEFAULT_CSS = """
    BackupsSection #backups-line { height: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("b", "make", _("Back up"), id="system.back-up", tooltip=_("Make a backup now.")),
        Binding(
            "c", "check", _("Check"), id="system.check-backup", tooltip=_("Look the chosen backup through.")
        ),
        Binding(
            "D", "delete", _("Delete"), id="system.delete-backup", tooltip=_("Delete the chosen backup.")
        ),
    ]

    def contents(self) -> ComposeResult:
        """Give the table, and what is in the chosen one."""
        self._backups: list[dict[str, Any]] = []
        self._checks: dict[str, dict[str, Any]] = {}
        yield Static(id="backups-line")
        yield LineTable(
            (
                Column("", 1),
                Column(_("Backup"), 11),
                Column(_("Made"), 17),
                Column(_("Age"), 16, from_width=90),
                Column(_("Size"), 9),
                Column(_("Version"), 8, from_width=100),
                Column(_("State")),
            ),
            id="backups-table",
            empty=_("There is no backup."),
        )
        yield Static(id="backup", classes="below", markup=False)

    async def look(self) -> None:
        """Ask which there are."""
        found = await self.console.ask(lambda api: api.backups())
        before, self._backups = [each["id"] for each in self._backups], found
        self._show(before)

    def _show(self, before: list[str]) -> None:
        now = self.console.now()
        self.query_one("#backups-line", Static).update(toned(summary([*self._backups]), Tone.DIM))
        rows = [backup_row(each, self._checks, now) for each in self._backups]
        table = self.query_one("#backups-table", LineTable)
        show_anew(table, rows, before, [each["id"] for each in self._backups])
        self._show_chosen()

    @property
    def chosen(self) -> dict[str, Any] | None:
        """The backup under the cursor."""
        return self.query_one("#backups-table", LineTable).under_cursor(self._backups)

    @on(LineTable.Moved, "#backups-table")
    def _show_chosen(self) -> None:
        words = "" if self.chosen is None else in_short(self.chosen)
        self.query_one("#backup", Static).update(words)

    @work(group="make-backup")
    async def action_make(self) -> None:
        """Make a backup, and show how far it is until it is there."""
        begun = await self.console.attempt(lambda api: api.make_backup())
        while begun is not None and begun["state"] == "making":
            id_ = begun["id"]
            begun = await self.console.attempt(lambda api: api.backup(id_))  # noqa: B023 - asked at once
            self.action_look()
            await asyncio.sleep(WATCH_S)
        if begun is None:
            return
        if begun["state"] == "ready":
            words = _("The backup {id} is there. Take a copy elsewhere, and root.key to another place.")
            self.console.notify(words.format(id=begun["id"]), markup=False)
        else:
            words = _("The backup was not made: {why}").format(why=begun["why"])
            self.console.notify(words, severity="error", timeout=12, markup=False)

    @work(group="check-backup")
    async def action_check(self) -> None:
        """Look the chosen backup through."""
        backup = self.chosen
        if backup is None:
            return
        self.console.notify(_("Looking {id} through …").format(id=backup["id"]), markup=False)
        found = await self.console.attempt(lambda api: api.check_backup(backup["id"]))
        if found is None:
            return
        self._checks[backup["id"]] = found
        self._show([each["id"] for each in self._backups])
        if not found["sound"]:
            await self.app.push_screen_wait(Tell(backup["id"], "\n".join(found["problems"])))

    @work
    async def action_delete(self) -> None:
        """Delete the chosen backup."""
        backup = self.chosen
        if backup is None:
            return
        words = _("It is gone for good then. Nothing else is changed.")
        title = _("Delete {id}").format(id=backup["id"])
        if await self.app.push_screen_wait(Confirm(title, words, _("Delete"), typed=backup["id"])):
            done = _("{id} is deleted").format(id=backup["id"])
            await self.console.attempt(did(lambda api: api.delete_backup(backup["id"])), done=done)
            self.action_look()
