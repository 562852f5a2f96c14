"""The muster page: who is inside, by area, and in an evacuation who is still missing."""

from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Input, Static

from accessctl.operators.rights import Right
from accessctl.tui.dialogs import Confirm
from accessctl.tui.lines import LineTable
from accessctl.tui.muster import head
from accessctl.tui.muster.fetching import FetchingPage
from accessctl.tui.muster.printing import print_list
from accessctl.tui.muster.rows import airy, lines_of
from accessctl.tui.muster.table import MusterTable
from accessctl.tui.standing import News
from accessctl.tui.words import _, many

_LEGEND_FROM_HEIGHT = 36


class MusterPage(FetchingPage):
    """Who is inside, or missing."""

    NAME = _("Muster")
    RIGHT = Right.PRESENCE_READ
    HELP = _(
        "Who is inside, area by area, and how sure that is. s starts a muster: everybody who is inside then "
        "is missing until they badge at a muster point, leave through an opened door, or are ticked off here "
        "with space. A tick cannot be taken back. e ends the muster. Without network the last list stays; "
        "ticks are kept and sent when the line is back. p writes a sheet for paper.\n"
        "≈ means less sure: nothing told that the door was opened, or somebody has left from there since by "
        "an exit button. ? means in doubt: somebody may have gone through a door behind somebody else."
    )
    NEEDS: ClassVar = {
        "start": Right.SITE_ORDER,
        "end": Right.SITE_ORDER,
        "tick": Right.SITE_ORDER,
    }
    CSS_PATH = "page.tcss"
    _offered_running: bool | None = None
    """What the keys below were last chosen for."""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "space",
            "tick",
            _("Seen safe"),
            id="muster.tick",
            tooltip=_("Tick off whom the cursor is on: you see them, and they are safe."),
        ),
        Binding(
            "s",
            "start",
            _("Start muster"),
            id="muster.start",
            tooltip=_("Begin a muster: whoever is inside now has to be seen safe."),
        ),
        Binding(
            "e",
            "end",
            _("End muster"),
            id="muster.end",
            tooltip=_("End the muster, whoever is missing still; the record says who."),
        ),
        Binding(
            "p",
            "print",
            _("Print"),
            id="muster.print",
            tooltip=_("Write the list as a page and as text, with boxes to tick by hand."),
        ),
        Binding(
            "slash",
            "search",
            _("Search"),
            id="muster.search",
            key_display="/",
            tooltip=_("Find somebody by name, pseudonym or area."),
        ),
    ]

    def contents(self) -> ComposeResult:
        """Totals, how old they are, the list, and what its marks mean."""
        yield Static("", id="heading", markup=False)
        yield Static("", id="age", markup=False)
        yield Input(placeholder=_("name, pseudonym or area"), id="search", classes="-hidden")
        yield MusterTable()
        with Vertical(id="below"):
            yield Static("", id="details", markup=False)
            yield Static("", id="legend", classes="quiet", markup=False)

    def on_mount(self) -> None:
        """Begin with the last list that was kept, if there is one, and ask for a new one."""
        super().on_mount()
        self.query_one(MusterTable).focus()
        self.begin_fetching()

    def heard(self, news: News) -> None:
        """Look at once when something happened."""
        if news & (News.EVENTS | News.STATUS | News.LINE):
            self.fetch_soon()

    # ----------------------------------------------------------------------------------- showing

    def show_view(self) -> None:
        """Show the list as it is known now."""
        if not self.is_mounted:
            return
        view, now = self.view, self.console.now()
        table = self.query_one(MusterTable)
        if view is None:
            table.show_lines([], now, empty=self.trouble or _("Asking who is inside …"))
            return
        typed = self.query_one("#search", Input).value
        empty = _("Nobody here is called that.") if typed.strip() else _("Nobody is inside.")
        table.show_lines(airy(lines_of(view, typed), table.size.height - 1), now, empty=empty)
        self.set_class(view.running, "-running")
        self.set_class(view.running and view.missing == 0, "-complete")
        room = self.size.height >= _LEGEND_FROM_HEIGHT
        self.query_one("#legend", Static).update(head.legend(view, room=room))
        self._show_details()
        self.show_age()
        if self._offered_running != view.running:
            self._offered_running = view.running
            self.refresh_bindings()

    def show_age(self) -> None:
        """Say how old the list is."""
        if self.view is None or not self.is_mounted:
            return
        now = self.console.now()
        words, old = head.age_words(self.view, now, self.trouble)
        self.query_one("#heading", Static).update(head.heading(self.view, now, self.size.width - 2))
        age = self.query_one("#age", Static)
        age.update(words)
        age.set_class(old, "-old")

    @on(LineTable.Moved)
    def _show_details(self) -> None:
        table = self.query_one(MusterTable)
        person = table.lines.person(table.cursor)
        self.query_one("#details", Static).update(head.details(person, self.console.now()))

    def on_resize(self) -> None:
        """Say as much as there is room for."""
        self.show_view()

    # ----------------------------------------------------------------------------------- searching

    def action_search(self) -> None:
        """Go to the field that narrows the list."""
        field = self.query_one("#search", Input)
        field.remove_class("-hidden")
        field.focus()

    def action_leave_field(self) -> None:
        """Show everybody again."""
        field = self.query_one("#search", Input)
        field.value = ""
        field.add_class("-hidden")
        self.query_one(MusterTable).focus()

    @on(Input.Changed, "#search")
    def _narrow(self) -> None:
        self.show_view()

    @on(Input.Submitted, "#search")
    def _found(self) -> None:
        self.query_one(MusterTable).focus()

    # ------------------------------------------------------------------------------------- orders

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what can be done now."""
        running = self.view is not None and self.view.running
        fits = {"start": not running, "end": running, "tick": running}.get(action, True)
        return fits and super().check_action(action, parameters)

    @on(LineTable.Chosen)
    def _chosen(self) -> None:
        if self.check_action("tick", ()):
            self.action_tick()

    def action_tick(self) -> None:
        """Tick off whom the cursor is on."""
        table, view = self.query_one(MusterTable), self.view
        person = table.lines.person(table.cursor)
        if view is None or person is None:
            return
        if self.ticks.add(view, person, self.console.now(), self.console.operator):
            self.show_again()
            self.send_ticks()

    def action_start(self) -> None:
        """Ask whether a muster should begin, and begin it."""
        self.run_worker(self._start(), group="orders", exclusive=True)

    async def _start(self) -> None:
        inside = 0 if self.view is None else self.view.inside
        words = many(
            "{count} person is inside now and will be missing until they are seen safe.",
            "{count} people are inside now and will be missing until they are seen safe.",
            inside,
        )
        question = Confirm(_("Start a muster"), words, _("Start the muster"))
        if await self.app.push_screen_wait(question):
            began = await self.console.attempt(lambda api: api.start_muster(), _("A muster has begun."))
            if began is not None:
                self.fetch()

    def action_end(self) -> None:
        """Ask whether the muster should end, and end it."""
        self.run_worker(self._end(), group="orders", exclusive=True)

    async def _end(self) -> None:
        missing = 0 if self.view is None else self.view.missing
        words = many(
            "{count} person is still MISSING. The record will say who.",
            "{count} people are still MISSING. The record will say who.",
            missing,
        )
        if not missing:
            words = _("Everybody was seen safe.")
        question = Confirm(_("End the muster"), words, _("End it"), typed=_("end") if missing else None)
        if await self.app.push_screen_wait(question):
            ended = await self.console.attempt(lambda api: api.end_muster(), _("The muster has ended."))
            if ended is not None:
                self.fetch()

    def action_print(self) -> None:
        """Write the list for paper."""
        if self.view is None:
            self.console.notify(_("There is no list yet."), markup=False)
            return
        self.run_worker(print_list(self.console, self.view, Path.cwd()), group="print", exclusive=True)
