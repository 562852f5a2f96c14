"""A door's drawer: what there is to know of it, and what happened there as far back as the record goes."""

from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from accessctl.client import ApiError
from accessctl.operators.rights import Right
from accessctl.tui.board.alarm_answers import AlarmAnswers
from accessctl.tui.board.door_facts import facts_of, old_words, schedule_words
from accessctl.tui.board.door_history import DoorHistory
from accessctl.tui.board.door_orders import DoorOrders
from accessctl.tui.board.event_details import show_event
from accessctl.tui.board.event_rows import columns
from accessctl.tui.board.health import Health
from accessctl.tui.board.two_columns import two_columns
from accessctl.tui.dialogs import Dialog
from accessctl.tui.event_words import names_of
from accessctl.tui.lines import LineTable
from accessctl.tui.standing import News
from accessctl.tui.words import _


class HistoryTable(LineTable):
    """A table that tells when other rows come into sight."""

    class Scrolled(Message):
        """Other rows are in sight."""

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Tell."""
        super().watch_scroll_y(old_value, new_value)
        self.post_message(self.Scrolled())


class DoorDrawer(Dialog[bool], AlarmAnswers, DoorOrders):
    """One door in full. The orders of the board can be given here as well."""

    NEEDS: ClassVar = {**AlarmAnswers.NEEDS, **DoorOrders.NEEDS, "refusals": Right.EVENTS_READ}
    HELP = _(
        "What there is to know of the door, and below it what happened there, the newest first. Enter on a "
        "refusal says why: every check in order, and when it would have been granted."
    )
    DEFAULT_CSS = """
    DoorDrawer > #frame { width: 130; height: 94%; max-height: 94%; padding: 0 2; }
    DoorDrawer #door-facts { height: auto; max-height: 45%; margin: 1 0; }
    DoorDrawer #door-old { color: $text-warning; text-style: bold; }
    DoorDrawer #history { height: 1fr; min-height: 4; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "leave", _("Close"), id="dialog.leave", tooltip=_("Close the drawer.")),
        Binding(
            "f",
            "refusals",
            _("Refusals"),
            id="door.refusals",
            tooltip=_("Show refusals alone, or everything."),
        ),
    ]

    def __init__(self, door: str, health: Health) -> None:
        """Show this door. ``health`` knows how its readers are."""
        super().__init__("")
        self._door, self._health = door, health
        self._schedule: list[str] = []
        self._fetching: DoorHistory | None = None

    @property
    def ordered_door(self) -> str | None:
        """The door that it is about."""
        return self._door

    def contents(self) -> ComposeResult:
        """The facts, and the history for whoever may read it."""
        with VerticalScroll(id="door-facts"):
            yield Static("", id="door-old", markup=False)
            yield Static("", id="door-told", markup=False)
        if Right.EVENTS_READ in self.console.rights:
            yield Static("", id="history-head", classes="heading", markup=False)
            yield HistoryTable(
                columns(days=True), id="history", empty=_("Nothing was recorded of this door.")
            )

    def on_mount(self) -> None:
        """Listen, and read."""
        known = self.console.standing.door(self._door)
        self.query_one("#frame").border_title = Content(self._door if known is None else known["name"])
        self.console.news.subscribe(self, self._heard)
        self.set_interval(1.0, self._while_old)
        self._heard(News.STATUS)
        if Right.RULES_READ in self.console.rights:
            self._read_schedule()
        if Right.EVENTS_READ in self.console.rights:
            self._begin(refusals=False)
            self.query_one(HistoryTable).focus()

    # ------------------------------------------------------------------------------------- facts

    def _heard(self, news: News) -> None:
        standing, now = self.console.standing, self.console.now()
        if news & ~News.EVENTS:
            facts = facts_of(self._door, standing, self._health.known, self._schedule)
            old = old_words(standing, now)
            self.query_one("#door-old", Static).update(old)
            self.query_one("#door-old").display = bool(old)
            self.query_one("#door-told", Static).update(two_columns(facts, quiet=bool(old)))
        if news & News.EVENTS and (table := self._table) is not None:
            history = self._history
            history.names = names_of(standing.status)
            table.came_above(history.take_new(standing.recent))

    def _while_old(self) -> None:
        """Let the age go on."""
        if not self.console.standing.believed:
            self._heard(News.LINE)

    @work(group="schedule")
    async def _read_schedule(self) -> None:
        try:
            found = await self.console.ask(lambda api: api.site_file())
        except ApiError:
            return  # a line less; what does not answer is said above
        self._schedule = schedule_words(str(found["site"]), self._door)
        self._heard(News.STATUS)

    # ----------------------------------------------------------------------------------- history

    @property
    def _table(self) -> HistoryTable | None:
        found = self.query(HistoryTable)
        return found.first() if found else None

    def _begin(self, *, refusals: bool) -> None:
        """Read from the newest on."""
        history = DoorHistory(self._door, self.console.now, refusals=refusals)
        history.names = names_of(self.console.standing.status)
        self._history = history
        words, none = _("What happened here, the newest first"), _("Nothing was recorded of this door.")
        if refusals:
            words, none = _("Who was refused here, the newest first"), _("Nobody was refused here.")
        self.query_one("#history-head", Static).update(words)
        if (table := self._table) is not None:
            table.show(history, keep=False, empty=none)
            self._more(table)

    @on(HistoryTable.Scrolled)
    @on(HistoryTable.Moved)
    def _scrolled(self) -> None:
        if (table := self._table) is not None:
            self._more(table)

    def _more(self, table: HistoryTable) -> None:
        history = self._history
        last = max(table.cursor, table.seen[-1] if len(table.seen) else 0)
        if self._fetching is not history and history.wants_more(last):
            self._fetching = history
            self._fetch(history)

    @work(group="history")
    async def _fetch(self, history: DoorHistory) -> None:
        """Fetch the next page; what fails is said, and tried again when somebody moves on."""
        try:
            history.take(await self.console.ask(history.fetch))
            self.wrong("")
        except ApiError as error:
            self.wrong(str(error))
            return
        finally:
            if self._fetching is history:
                self._fetching = None
        if history is self._history and (table := self._table) is not None:
            table.grown()
            self._more(table)

    def action_refusals(self) -> None:
        """Show refusals alone, or everything again."""
        self._begin(refusals=not self._history.refusals)

    @on(HistoryTable.Chosen)
    def _wants_to_know(self, message: LineTable.Chosen) -> None:
        if (event := self._history.event(message.index)) is not None:
            show_event(self.console, event)
