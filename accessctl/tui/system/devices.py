"""Readers and every other device: how they are, trying them out, giving a reader its key, the wiring."""

from typing import Any, ClassVar, Final

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input, Static

from accessctl.operators.rights import Right
from accessctl.tui.dialogs import Choice, Choose, Confirm, Tell
from accessctl.tui.lines import Column, LineTable
from accessctl.tui.system.device_view import (
    OSDP,
    ails,
    details,
    device_row,
    in_short,
    sorted_devices,
    summary,
)
from accessctl.tui.system.pairing import Pairing
from accessctl.tui.system.reader_trial import ReaderTest
from accessctl.tui.system.section import Section, show_anew, toned
from accessctl.tui.system.wiring_walk import WiringTest
from accessctl.tui.words import _

_READS: Final = frozenset({"reader", "keypad"})
_ADVICE_EVERY: Final = 15
"""With every so many looks it is asked anew what to do; the answer is some seconds old anyway."""


class DevicesSection(Section):
    """Every device in a line."""

    ID = "devices"
    NAME = _("Devices")
    EVERY_S = 2.0
    NEEDS: ClassVar = {
        "test": Right.READERS_INSTALL,
        "pair": Right.READERS_INSTALL,
        "wiring": Right.READERS_INSTALL,
    }
    DEFAULT_CSS = """
    DevicesSection #devices-line { height: 1; }
    DevicesSection #device-filter { display: none; }
    DevicesSection #device-filter.-shown { display: block; }
    DevicesSection #device { height: auto; max-height: 4; margin-top: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("t", "test", _("Test"), id="system.test", tooltip=_("Test a reader: see what it reads.")),
        Binding(
            "w", "wiring", _("Wiring"), id="system.wiring", tooltip=_("Walk through the devices of a door.")
        ),
        Binding("P", "pair", _("Pair"), id="system.pair", tooltip=_("Give an OSDP reader a key of its own.")),
        Binding("slash", "filter", _("Find"), key_display="/", id="system.find", tooltip=_("Find devices.")),
    ]

    def contents(self) -> ComposeResult:
        """Give the table, and what matters of the chosen one."""
        self._all: list[dict[str, Any]] = []
        self._rows: list[dict[str, Any]] = []
        self._looks = 0
        self._do: dict[str, list[str]] = {}
        yield Static(id="devices-line")
        yield Input(placeholder=_("id, kind, driver, door, state"), id="device-filter")
        yield LineTable(
            (
                Column("", 1),
                Column(_("Device"), 24),
                Column(_("Kind"), 11),
                Column(_("Driver"), 10, from_width=86),
                Column(_("State"), 12),
                Column(_("Since"), 16, from_width=104),
                Column(_("Err/h"), 7),
                Column(_("Anew"), 5, from_width=104),
                Column(_("What is wrong")),
            ),
            id="devices-table",
            empty=_("There is no such device."),
        )
        yield Static(id="device", markup=False)

    @property
    def first(self) -> Widget | None:
        """The table."""
        return self.query_one("#devices-table")

    async def look(self) -> None:
        """Ask how every device is, and what to do about what is wrong."""
        self._all = await self.console.ask(lambda api: api.devices())
        self._show()
        lacking = any(ails(each) and each["id"] not in self._do for each in self._all)
        if Right.RULES_READ in self.console.rights and (lacking or self._looks % _ADVICE_EVERY == 0):
            found = await self.console.ask(lambda api: api.health())
            self._do = {}
            for each in found["findings"]:
                self._do.setdefault(each["about"], []).append(each["do"])
            self._show_chosen()
        self._looks += 1

    def _shown(self) -> list[dict[str, Any]]:
        typed = self.query_one("#device-filter", Input).value
        return [dict(each) for each in sorted_devices(self._all, typed)]

    def _show(self) -> None:
        words, tone = summary(self._all)
        self.query_one("#devices-line", Static).update(toned(words, tone))
        now = self.console.now()
        table, before = self.query_one("#devices-table", LineTable), [each["id"] for each in self._rows]
        self._rows = self._shown()
        rows = [device_row(each, now) for each in self._rows]
        show_anew(table, rows, before, [each["id"] for each in self._rows])
        self._show_chosen()

    @property
    def chosen(self) -> dict[str, Any] | None:
        """The device under the cursor."""
        return self.query_one("#devices-table", LineTable).under_cursor(self._rows)

    @on(LineTable.Moved, "#devices-table")
    def _show_chosen(self) -> None:
        device = self.chosen
        words = "" if device is None else in_short(device, "; ".join(self._do.get(device["id"], ())) or None)
        self.query_one("#device", Static).update(Content(words))

    @on(LineTable.Chosen, "#devices-table")
    @work
    async def _tell(self) -> None:
        device = self.chosen
        if device is not None:
            told = details(device, self._do.get(device["id"], ()), self.console.now())
            await self.app.push_screen_wait(Tell(device["id"], told))

    # ------------------------------------------------------------------------------------ finding

    def action_filter(self) -> None:
        """Narrow the list."""
        field = self.query_one("#device-filter", Input)
        field.add_class("-shown")
        field.focus()

    @on(Input.Changed, "#device-filter")
    def _narrow(self) -> None:
        self._show()

    @on(Input.Submitted, "#device-filter")
    def _narrowed(self) -> None:
        field = self.query_one("#device-filter", Input)
        field.set_class(bool(field.value), "-shown")
        self.query_one("#devices-table").focus()

    def leave_field(self) -> None:
        """Show all again."""
        field = self.query_one("#device-filter", Input)
        field.value = ""
        field.remove_class("-shown")

    # ------------------------------------------------------------------------------------- trying

    def _reader(self) -> dict[str, Any] | None:
        device = self.chosen
        if device is not None and device["kind"] in _READS:
            return device
        words = _("Choose a reader or a keypad first: those read cards and keys.")
        self.console.notify(words, severity="warning", markup=False)
        return None

    @work
    async def action_test(self) -> None:
        """See what a reader reads, for some seconds."""
        reader = self._reader()
        if reader is not None:
            await self.app.push_screen_wait(ReaderTest(reader["id"], reader["name"]))
            self.action_look()

    @work
    async def action_pair(self) -> None:
        """Give a reader a key of its own."""
        reader = self._reader()
        if reader is None:
            return
        if reader["driver"] != OSDP:
            words = _("{reader} is no OSDP reader: only those have a key of their own.")
            self.console.notify(words.format(reader=reader["id"]), severity="warning", markup=False)
            return
        words = _(
            "Do it at a bench: while the window is open the reader is told its key under the install key "
            "that everybody knows. Put it into install mode first. The window goes on when this is closed."
        )
        if await self.app.push_screen_wait(Confirm(reader["id"], words, _("Pair"), dangerous=True)):
            await self.app.push_screen_wait(Pairing(reader["id"]))
            self.action_look()

    @work
    async def action_wiring(self) -> None:
        """Walk through the devices of a door."""
        doors = self.console.standing.doors
        device = self.chosen
        here = None if device is None else device.get("door")
        choices = [Choice(each["id"], each["id"], each["name"]) for each in doors]
        if not choices:
            return
        door = await self.app.push_screen_wait(Choose(_("Which door?"), choices, value=here))
        if door is not None:
            await self.app.push_screen_wait(WiringTest(door, self._all))
