"""The board: every door, what happens now, and what one can do about it."""

from typing import Any, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container

from accessctl.operators.rights import Right
from accessctl.tui.board.alarm_answers import AlarmAnswers
from accessctl.tui.board.alarm_list import AlarmList
from accessctl.tui.board.door_orders import DoorOrders
from accessctl.tui.board.drawer import DoorDrawer
from accessctl.tui.board.event_details import show_event
from accessctl.tui.board.grid import TileGrid
from accessctl.tui.board.health import Health
from accessctl.tui.board.site_orders import SiteOrders
from accessctl.tui.board.stream import Kind
from accessctl.tui.board.stream_view import StreamView
from accessctl.tui.board.tile import tiles_of
from accessctl.tui.event_words import names_of
from accessctl.tui.page import Page
from accessctl.tui.standing import News
from accessctl.tui.words import _

_AGE_EVERY_S = 1.0
_HEALTH_EVERY_S = 15.0
"""Whatever else tells of readers; most of what befalls them is recorded and known at once."""


def _door_commands() -> Any:  # noqa: ANN401 - Textual loads it when the palette is first opened
    from accessctl.tui.board.commands import DoorCommands

    return DoorCommands


class BoardPage(Page, SiteOrders, AlarmAnswers, DoorOrders):
    """The board: every door, what happens now, and what one can do about it."""

    NAME = _("Board")
    RIGHT = Right.DOORS_READ
    HELP = _(
        "Each tile is a door, and below them is what happens. Arrow keys choose a door; keys for orders are "
        "about it, and Enter opens its drawer. Tab goes to the entries: Enter on a refusal says why. A tile "
        "that says UNKNOWN shows what was known last, and nobody knows how that door stands now."
    )
    COMMANDS: ClassVar[set[Any]] = {_door_commands}
    NEEDS: ClassVar = {
        **AlarmAnswers.NEEDS,
        **DoorOrders.NEEDS,
        **SiteOrders.NEEDS,
        "alarms": Right.EVENTS_READ,
        "filter": Right.EVENTS_READ,
        "kind": Right.EVENTS_READ,
    }
    CSS = """
    BoardPage #board { height: 1fr; layout: vertical; }
    BoardPage.-very-wide #board { layout: horizontal; }
    BoardPage.-very-wide TileGrid { width: 1fr; height: 1fr; max-height: 100%; }
    BoardPage.-very-wide StreamView { width: 1fr; height: 1fr; margin-left: 1; }
    BoardPage.-blind TileGrid { height: 1fr; max-height: 100%; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "slash",
            "filter",
            _("Filter"),
            id="board.filter",
            key_display="/",
            tooltip=_("Show entries with these words in door, access point, person, type or reason."),
        ),
        Binding(
            "f",
            "kind",
            _("Kind"),
            id="board.kind",
            tooltip=_("Show all entries, refusals, alarms, or those of the chosen door."),
        ),
        Binding(
            "A",
            "alarms",
            _("All alarms"),
            id="board.alarms",
            show=False,
            tooltip=_("Every alarm that is open, with who has acknowledged it."),
        ),
    ]

    def __init__(self) -> None:
        """Begin with no door."""
        super().__init__()
        self.health = Health()
        self._could_be_ended: tuple[bool, bool] | None = None

    def contents(self) -> ComposeResult:
        """The tiles, and the stream for whoever may read the record."""
        with Container(id="board"):
            yield TileGrid(id="tiles")
            if Right.EVENTS_READ in self.console.rights:
                yield StreamView()

    def on_mount(self) -> None:
        """Begin with the tiles."""
        super().on_mount()
        self.set_class(self.stream is None, "-blind")
        self.tiles.focus()
        self.set_interval(_AGE_EVERY_S, self._grow_old)
        self.set_interval(_HEALTH_EVERY_S, self._look_at_readers)

    @property
    def tiles(self) -> TileGrid:
        """The tiles."""
        return self.query_one(TileGrid)

    @property
    def stream(self) -> StreamView | None:
        """The stream; nothing for whoever may not read the record."""
        found = self.query(StreamView)
        return found.first() if found else None

    @property
    def ordered_door(self) -> str | None:
        """The door whose tile is chosen."""
        return self.tiles.chosen

    # ----------------------------------------------------------------------------------- showing

    def heard(self, news: News) -> None:
        """Show what has changed."""
        standing = self.console.standing
        self._show_tiles()
        if news & News.EVENTS and (stream := self.stream) is not None:
            stream.take(standing, names_of(standing.status))
        if self.can_be_ended != self._could_be_ended:
            self._could_be_ended = self.can_be_ended  # the line of keys is made anew, which is dear
            self.refresh_bindings()
        if standing.believed and self.health.may_have_changed(standing):
            self._look_at_readers()

    def _show_tiles(self) -> None:
        self.tiles.show(tiles_of(self.console.standing, self.health.known, self.console.now()))

    def _grow_old(self) -> None:
        """Let the age of what nobody confirms be seen."""
        if self.is_current and not self.console.standing.believed:
            self._show_tiles()

    @work(group="health", exclusive=True)
    async def _look_at_readers(self) -> None:
        if self.is_current and self.console.standing.believed and await self.health.ask(self.console):
            self._show_tiles()

    @on(TileGrid.Moved)
    def _another_door(self) -> None:
        if (stream := self.stream) is not None and stream.stream.kind is Kind.DOOR:
            stream.want(Kind.DOOR, self.ordered_door or "")

    # ----------------------------------------------------------------------------------- opening

    @on(TileGrid.Opened)
    def _opened(self, message: TileGrid.Opened) -> None:
        self.open_drawer(message.door)

    def open_drawer(self, door: str) -> None:
        """Open the drawer of a door."""
        self.app.push_screen(DoorDrawer(door, self.health))

    @on(StreamView.Chosen)
    def _wants_to_know(self, message: StreamView.Chosen) -> None:
        show_event(self.console, message.event)

    def action_alarms(self) -> None:
        """Show all open alarms."""
        self.app.push_screen(AlarmList())

    # ----------------------------------------------------------------------------------- filters

    def action_filter(self) -> None:
        """Let words be typed."""
        if (stream := self.stream) is not None:
            stream.begin_to_type()

    def action_kind(self) -> None:
        """Go on to the next kind of entries."""
        if (stream := self.stream) is not None:
            stream.want(stream.stream.kind.next, self.ordered_door or "")

    def action_leave_field(self) -> None:
        """Leave the field, or give the filter up; otherwise go back to the tiles."""
        if (stream := self.stream) is None or not stream.leave():
            self.tiles.focus()
