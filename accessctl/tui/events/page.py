"""Events: everything that was recorded, what one looks for in it, and exports."""

from dataclasses import replace
from typing import ClassVar, Final

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input

from accessctl.client import ApiError, Event
from accessctl.tui.dialogs import Choice, Choose
from accessctl.tui.event_words import is_refusal, type_words
from accessctl.tui.events.above import AboveLine
from accessctl.tui.events.details import EntryDialog
from accessctl.tui.events.export_bar import ExportBar
from accessctl.tui.events.exporting import ExportingPage
from accessctl.tui.events.kinds import kinds, known_types, types_of
from accessctl.tui.events.picking import PickEnd, PickPerson, PickSpan, Somebody
from accessctl.tui.events.status import how_much
from accessctl.tui.events.table import HistoryTable
from accessctl.tui.events.typed import Places, understood
from accessctl.tui.events.wanted import Wanted
from accessctl.tui.lines import LineTable
from accessctl.tui.look import DOTS
from accessctl.tui.standing import News
from accessctl.tui.times import day_and_minute
from accessctl.tui.words import _

_NEXT_OUTCOME: Final = {None: "refused", "refused": "granted", "granted": None}
_ANY: Final = ""


def _key(key: str, action: str, words: str, id_: str, tooltip: str, *, show: bool = True) -> Binding:
    return Binding(key, action, words, show=show, id=f"events.{id_}", tooltip=tooltip)


class EventsPage(ExportingPage):
    """Events."""

    NAME = _("Events")
    AUTO_FOCUS = "HistoryTable"
    HELP = _(
        "The record, the newest entry first. What comes appears above; what one reads stays where it is.\n"
        "/ takes a few words: refused cage yesterday ana. Letters ask for one thing each; x shows all.\n"
        "s 7 Enter, then E Enter, exports the last seven days."
    )
    DEFAULT_CSS = """
    EventsPage #words { display: none; }
    EventsPage #words.-shown { display: block; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        _key("slash", "type_words", _("Find"), "find", _("Type what to look for, in a few words.")),
        _key("p", "person", _("Person"), "person", _("Only entries about somebody.")),
        _key("d", "door", _("Door"), "door", _("Only entries of a door or an access point.")),
        _key("t", "type", _("Type"), "type", _("Only entries of a type, or of a group of types.")),
        _key("o", "outcome", _("Result"), "outcome", _("Only who was refused; only who was granted; all.")),
        _key("s", "since", _("Since"), "since", _("Only a stretch of time: yesterday, the last 7 days.")),
        _key("u", "until", _("Until"), "until", _("Only until then."), show=False),
        _key("E", "export", _("Export"), "export", _("Write what is shown into a file.")),
        _key("x", "clear", _("All"), "clear", _("Show everything again.")),
        _key("w", "why", _("Why"), "why", _("Why somebody was refused: every check in its order.")),
        _key("m", "more", _("Look on"), "more", _("Go on with a search that was stopped.")),
    ]

    def __init__(self) -> None:
        """Begin with everything."""
        self.wanted = Wanted()
        self._useful = {"why": False, "more": False, "clear": False}
        super().__init__()

    def contents(self) -> ComposeResult:
        """What is wanted in words, the entries, and how far an export is."""
        yield AboveLine()
        yield Input(placeholder=_("refused cage yesterday ana"), id="words")
        yield HistoryTable()
        yield ExportBar()

    @property
    def table(self) -> HistoryTable:
        """The entries."""
        return self.query_one(HistoryTable)

    @property
    def _places(self) -> Places:
        return Places.of(self.console.standing.status)

    def heard(self, news: News) -> None:
        """Show what has come, and fetch what could not be fetched."""
        if news & (News.EVENTS | News.LINE):
            self.table.take_news()
        if news & News.STATUS:
            self.table.take_names(self._places.names)
            self._say()

    @on(HistoryTable.Looked)
    @on(LineTable.Moved)
    def _say(self) -> None:
        """Say what is shown."""
        table = self.table
        self.query_one(AboveLine).say(
            self.wanted.in_words(self._places.names), how_much(table.history, table.looking, table.above)
        )
        event = self._under_cursor()
        useful = {
            "why": event is not None and is_refusal(event),
            "more": table.looking.stopped,
            "clear": not self.wanted.anything,
        }
        if useful != self._useful:
            self._useful = useful
            self.refresh_bindings()  # the footer is made anew, which costs more than all else here

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer "why" for refusals only, and what has a use just now."""
        return self._useful.get(action, super().check_action(action, parameters))

    # ------------------------------------------------------------------------------------- filters

    def look_for(self, wanted: Wanted) -> None:
        """Show other entries."""
        if wanted.since and wanted.until and wanted.until <= wanted.since:
            words = _("That ends before it begins, so that nothing can be in it: {since} {dots} {until}.")
            ends = {"since": day_and_minute(wanted.since), "until": day_and_minute(wanted.until)}
            self.console.notify(words.format(dots=DOTS, **ends), severity="warning", markup=False)
            return
        self.wanted = wanted
        self.table.look_for(wanted)
        self.table.focus()
        self._say()

    def action_type_words(self) -> None:
        """Let words be typed."""
        field = self.query_one("#words", Input)
        field.add_class("-shown")
        field.value = ""
        field.focus()

    @on(Input.Submitted, "#words")
    def _typed(self, message: Input.Submitted) -> None:
        found = understood(message.value, self._places, self.console.now())
        self._close_words()
        self.look_for(found.wanted)
        if found.person:
            self.action_person(found.person)

    def _close_words(self) -> None:
        self.query_one("#words", Input).remove_class("-shown")
        self.table.focus()

    @work(group="ask", exclusive=True)
    async def action_person(self, begin: str = "") -> None:
        """Ask whom it is about."""
        person: Somebody | None = await self.app.push_screen_wait(PickPerson(_("About whom?"), begin=begin))
        if person is not None:
            self.look_for(replace(self.wanted, person=person.id, person_name=person.name))

    @work(group="ask", exclusive=True)
    async def action_door(self) -> None:
        """Ask of which door or access point."""
        doors, points = self._places
        choices = [
            Choice(_ANY, _("anywhere")),
            *(Choice(f"door {id_}", name, id_) for id_, name in doors.items()),
            *(Choice(f"point {id_}", name, _("reader {id}").format(id=id_)) for id_, name in points.items()),
        ]
        chosen = await self.app.push_screen_wait(Choose(_("Where?"), choices))
        if chosen is not None:
            kind, _space, id_ = chosen.partition(" ")
            door, point = (id_, None) if kind == "door" else (None, id_ or None)
            self.look_for(replace(self.wanted, door=door, access_point=point))

    @work(group="ask", exclusive=True)
    async def action_type(self) -> None:
        """Ask of which type or group of types."""
        groups = {kind.id: kind.words for kind in kinds()}
        choices = [
            Choice(_ANY, _("any type")),
            *(Choice(id_, words, _("group {id}").format(id=id_)) for id_, words in groups.items()),
            *(Choice(name, type_words(name), name) for name in known_types()),
        ]
        chosen = await self.app.push_screen_wait(Choose(_("What?"), choices))
        if chosen is not None:
            kind = groups.get(chosen, chosen) or None
            self.look_for(replace(self.wanted, kind=kind, types=types_of(chosen)))

    def action_outcome(self) -> None:
        """Go on to the next result."""
        self.look_for(replace(self.wanted, outcome=_NEXT_OUTCOME[self.wanted.outcome]))

    @work(group="ask", exclusive=True)
    async def action_since(self) -> None:
        """Ask from when on, or for a stretch that has a name."""
        words = _("A name chosen here sets the end as well.")
        span = await self.app.push_screen_wait(PickSpan(_("Since when?"), words, self.console.now()))
        if span is not None:
            self.look_for(replace(self.wanted, since=span.since, until=span.until))

    @work(group="ask", exclusive=True)
    async def action_until(self) -> None:
        """Ask until when."""
        span = await self.app.push_screen_wait(PickEnd(_("Until when?"), "", self.console.now()))
        if span is not None:
            self.look_for(replace(self.wanted, until=span.until))

    def action_clear(self) -> None:
        """Show everything."""
        self.look_for(Wanted())

    def action_more(self) -> None:
        """Go on with a search."""
        self.table.look_on()

    def action_leave_field(self) -> None:
        """Leave the field; else stop what is going on: a search, then an export."""
        if self.query_one("#words").has_focus:
            self._close_words()
        elif not self.table.stop() and self.export is not None:
            self.export.cancel()
        self.table.focus()

    # --------------------------------------------------------------------------------- one entry

    def _under_cursor(self) -> Event | None:
        table = self.table
        return table.history.event(table.cursor) if len(table.history) else None

    @on(LineTable.Chosen)
    def _chosen(self, message: LineTable.Chosen) -> None:
        self._open(self.table.history.number(message.index))

    @work(group="ask", exclusive=True)
    async def _open(self, number: int) -> None:
        """Show an entry, and do what is wanted of it."""
        try:
            event = await self.console.ask(lambda api: api.event(number))
        except ApiError as error:
            self.console.say_why(error)
            return
        match await self.app.push_screen_wait(EntryDialog(event, self._places.names)):
            case "why":
                await self._show_why(event)
            case "person":
                name = event["person_name"] or event["person"]
                self.look_for(replace(self.wanted, person=event["person"], person_name=name))
            case "door":
                self.look_for(replace(self.wanted, door=event["door"], access_point=None))
            case "type":
                self.look_for(replace(self.wanted, kind=event["type"], types=(event["type"],), outcome=None))
            case _:
                pass

    @work(group="ask", exclusive=True)
    async def action_why(self) -> None:
        """Show why somebody was refused."""
        if (event := self._under_cursor()) is not None:
            await self._show_why(event)

    async def _show_why(self, event: Event) -> None:
        from accessctl.tui.board.why import show_why

        show_why(self.console, event)
