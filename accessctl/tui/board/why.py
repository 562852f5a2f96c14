"""Why somebody was refused: every check in order, and when it would have been granted."""

from typing import Any, ClassVar

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from accessctl.client import ApiError, Event
from accessctl.operators.rights import Right
from accessctl.tui.board.explanation import (
    COLUMNS,
    can_be_explained,
    differs,
    next_words,
    objection_in,
    outcome_words,
    refusing,
    rows_of,
)
from accessctl.tui.console import Console
from accessctl.tui.dialogs import Dialog
from accessctl.tui.event_words import Names, names_of, type_words, where_of, who_of
from accessctl.tui.lines import FixedRows, LineTable
from accessctl.tui.look import event_mark
from accessctl.tui.times import day_and_clock
from accessctl.tui.words import _


class WhyDrawer(Dialog[bool]):
    """Asks the API about the person, the access point and the instant of an entry."""

    HELP = _(
        "Every check that a decision goes through, in order. The first that fails decides; what comes after "
        "it was not reached. Rules and person are those of now, looked at as if it were that instant."
    )
    DEFAULT_CSS = """
    WhyDrawer > #frame { width: 100; height: 90%; }
    WhyDrawer #event { margin-bottom: 1; }
    WhyDrawer #checks { height: 1fr; min-height: 5; margin-top: 1; display: none; }
    WhyDrawer #objection { height: 2; margin-top: 1; display: none; }
    WhyDrawer.-told #checks, WhyDrawer.-told #objection { display: block; }
    WhyDrawer #next { text-style: bold; }
    WhyDrawer #then { color: $text-warning; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "leave", _("Close"), id="dialog.leave", tooltip=_("Close this.")),
        Binding(
            "d", "details", _("Details"), id="why.details", tooltip=_("Everything the record says of it.")
        ),
    ]

    def __init__(self, event: Event) -> None:
        """Tell why about this entry."""
        super().__init__(_("Why"))
        self._event = event
        self._found: dict[str, Any] = {"checks": ()}

    def contents(self) -> ComposeResult:
        """What happened, what the rules say, when it would be granted, and the checks."""
        yield Static(_headline(self._event, names_of(self.console.standing.status)), id="event", markup=False)
        yield Static("", id="outcome", markup=False)
        yield Static("", id="next", markup=False)
        yield Static("", id="then", markup=False)
        yield LineTable(COLUMNS, id="checks")
        yield Static("", id="objection", markup=False)

    def on_mount(self) -> None:
        """Ask, where there is something to ask about."""
        if not can_be_explained(self._event):
            self._say(
                _(
                    "The record does not know whose it was, so there is nobody to ask the rules about: what "
                    "it says above is all."
                )
            )
        elif Right.RULES_FORESEE not in self.console.rights:
            self._say(_("Your roles do not let you ask the rules why. The record says what it says above."))
        else:
            self._say(_("Asking the rules …"))
            self._ask()

    def _say(self, words: str) -> None:
        self.query_one("#outcome", Static).update(words)

    @work(exclusive=True)
    async def _ask(self) -> None:
        event = self._event
        person, point, at = event["person"] or "", event["access_point"] or "", event["at"]
        try:
            found = await self.console.ask(lambda api: api.explain(person, point, at))
        except ApiError as error:
            self._say("")
            self.wrong(str(error))
            return
        self._say(_("The rules say: {words}").format(words=outcome_words(found)))
        self.query_one("#next", Static).update(next_words(found, self.console.now()))
        if differs(event, found):
            self.query_one("#then", Static).update(
                _(
                    "That is not what was recorded: since then rules, person or card were changed, or it "
                    "came to what was shown or typed at the door."
                )
            )
        table = self.query_one("#checks", LineTable)
        table.show(FixedRows(rows_of(found)))
        self.add_class("-told")
        table.focus()
        self._found = found
        # Once the table has its height, so that the checks before it stay in sight where there is room.
        self.call_after_refresh(self._go_to, refusing(found))

    def _go_to(self, index: int) -> None:
        table = self.query_one("#checks", LineTable)
        table.set_reactive(LineTable.cursor, -1)  # so that the first row is news as well
        table.cursor = index

    @on(LineTable.Moved, "#checks")
    def _look_at(self, message: LineTable.Moved) -> None:
        self.query_one("#objection", Static).update(objection_in(self._found, message.index))

    def action_details(self) -> None:
        """Show everything that the record says of it."""
        from accessctl.tui.board.event_details import EventDetails

        self.app.push_screen(EventDetails(self._event))


def _headline(event: Event, names: Names) -> Text:
    """Give what happened in a line or two: when, who, where, and why."""
    told = Text()
    told.append(f"{event_mark(event['type'])} {type_words(event['type'])}\n".lstrip(), "bold")
    parts = (day_and_clock(event["at"]), who_of(event), where_of(event, names))
    told.append("  ·  ".join(part for part in parts if part))
    if event["reason"]:
        told.append(f"\n{event['reason']}")
    return told


def show_why(console: Console, event: Event) -> None:
    """Show why it came to an entry, over whatever page is shown. For refusals, and for grants as well."""
    console.push_screen(WhyDrawer(event))
