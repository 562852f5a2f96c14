"""All open alarms, as they come and go."""

from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from accessctl.client import Alarm
from accessctl.operators.rights import Right
from accessctl.tui.board.alarm_answers import acknowledge
from accessctl.tui.board.alarm_rows import columns, row_of, unanswered
from accessctl.tui.board.event_details import show_event
from accessctl.tui.dialogs import Dialog
from accessctl.tui.event_words import names_of
from accessctl.tui.lines import FixedRows, LineTable
from accessctl.tui.standing import News
from accessctl.tui.words import _


class AlarmList(Dialog[bool]):
    """The open alarms; one may be acknowledged, or all of them."""

    NEEDS: ClassVar = {"acknowledge": Right.ALARMS_ANSWER, "acknowledge_all": Right.ALARMS_ANSWER}
    HELP = _("An alarm is open until it is over and somebody has acknowledged it.")
    DEFAULT_CSS = """
    AlarmList > #frame { width: 110; height: 80%; }
    AlarmList #alarms { height: 1fr; min-height: 4; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "leave", _("Close"), id="dialog.leave", tooltip=_("Close this list.")),
        Binding(
            "a",
            "acknowledge",
            _("Acknowledge"),
            id="alarms.acknowledge",
            tooltip=_("Take notice of the alarm under the cursor, with a note."),
        ),
        Binding(
            "A",
            "acknowledge_all",
            _("All"),
            id="alarms.acknowledge-all",
            tooltip=_("Take notice of all of them, with one note."),
        ),
    ]

    def __init__(self) -> None:
        """Begin with those that are open now."""
        super().__init__(_("Open alarms"))
        self._alarms: tuple[Alarm, ...] = ()

    def contents(self) -> ComposeResult:
        """The list."""
        yield LineTable(columns(), id="alarms", empty=_("No alarm is open."))

    def on_mount(self) -> None:
        """Listen."""
        self.console.news.subscribe(self, self._heard)
        self._heard(News.ALARMS)
        self.query_one(LineTable).focus()

    def _heard(self, news: News) -> None:
        if not news & News.ALARMS:
            return
        standing, now = self.console.standing, self.console.now()
        self._alarms = standing.alarms
        names = names_of(standing.status)
        self.query_one(LineTable).show(FixedRows([row_of(alarm, names, now) for alarm in self._alarms]))

    @work(group="orders")
    async def action_acknowledge(self) -> None:
        """Acknowledge the one under the cursor."""
        at = self.query_one(LineTable).cursor
        wanted = unanswered(self._alarms[at : at + 1])
        if wanted:
            await acknowledge(self.console, wanted)
        elif self._alarms:
            self.console.notify(_("Somebody has acknowledged it already; it is open until it is over."))

    @work(group="orders")
    async def action_acknowledge_all(self) -> None:
        """Acknowledge all of them."""
        if wanted := unanswered(self._alarms):
            await acknowledge(self.console, wanted)

    @on(LineTable.Chosen, "#alarms")
    def _chosen(self, message: LineTable.Chosen) -> None:
        self._open(self._alarms[message.index]["seq"])

    @work(group="opening", exclusive=True)
    async def _open(self, seq: int) -> None:
        entry = await self.console.attempt(lambda api: api.event(seq))
        if entry is not None:
            show_event(self.console, entry)
