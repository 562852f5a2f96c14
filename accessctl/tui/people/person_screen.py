"""A person's own page: all that is known of them, and what happened last."""

from collections.abc import Mapping
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widgets import Static

from accessctl.client import ApiError, Person
from accessctl.operators.rights import Right
from accessctl.tui import event_words
from accessctl.tui.lines import FixedRows, LineTable
from accessctl.tui.page import Page
from accessctl.tui.people.asking import dossier_of, is_about, names_of
from accessctl.tui.people.event_rows import COLUMNS, row_of
from accessctl.tui.people.facts import Dossier, Names, sections
from accessctl.tui.people.person_keys import PERSON_NEEDS, PersonKeys
from accessctl.tui.people.view import FactsView
from accessctl.tui.standing import News
from accessctl.tui.words import _


class PersonScreen(PersonKeys, Page):
    """Lies over the page from which somebody was opened; Escape goes back there."""

    NAME = _("Person")
    HELP = _(
        "All that is known of a person. Tab goes to what happened last, Enter opens an entry: of a refusal "
        "it tells why, check by check. Every key below does something with this person. Escape goes back."
    )
    NEEDS: ClassVar[Mapping[str, Right]] = PERSON_NEEDS
    DEFAULT_CSS = """
    PersonScreen #person { height: 1fr; }
    PersonScreen #facts { width: 1fr; height: 1fr; padding: 0 1; }
    PersonScreen #last { width: 1fr; height: 1fr; padding: 0 1; border-left: solid $panel; }
    PersonScreen.-narrow #person { layout: vertical; }
    PersonScreen.-narrow #last { height: 8; border-left: none; border-top: solid $panel; }
    PersonScreen.-very-wide #facts { max-width: 84; }
    PersonScreen #last.-without { display: none; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", _("Back"), id="person.back", tooltip=_("Go back to where you came from.")),
        Binding("r", "reload", _("Anew"), show=False, id="person.reload", tooltip=_("Fetch all of it anew.")),
    ]

    def __init__(self, person: str) -> None:
        """Show the person with this id."""
        super().__init__()
        self._whose = person
        self._names = Names()
        self._dossier: Dossier | None = None
        self._seen = 0

    def contents(self) -> ComposeResult:
        """Facts, and what happened last."""
        with Horizontal(id="person"):
            with VerticalScroll(id="facts"):
                yield FactsView()
            with Vertical(id="last"):
                yield Static(_("What happened last"), classes="heading")
                yield LineTable(COLUMNS, empty=_("nothing yet"))

    def on_mount(self) -> None:
        """Fetch it."""
        self.query_one("#last").set_class(Right.EVENTS_READ not in self.console.rights, "-without")
        self.query_one(FactsView).show(_("Looking …"), self._whose, ())
        self.query_one("#facts").focus()
        self.action_reload()

    def heard(self, news: News) -> None:
        """Fetch it anew when something happened with this person."""
        recent = self.console.standing.recent
        newest = next((event["seq"] for event in reversed(recent) if is_about(event, self._whose)), 0)
        if self._dossier is not None and newest > self._seen:
            self.action_reload()

    @work(group="reload", exclusive=True)
    async def action_reload(self) -> None:
        """Fetch it; what takes longest comes last."""
        rights = self.console.rights
        try:
            if not self._names.roles:
                self._names = await self.console.ask(names_of)
            if self._dossier is None:
                self._show(
                    await self.console.ask(lambda api: dossier_of(api, self._whose, rights, whole=False))
                )
            self._show(await self.console.ask(lambda api: dossier_of(api, self._whose, rights, whole=True)))
        except ApiError as error:
            self.console.say_why(error)
            if self._dossier is None:
                self.dismiss()

    def _show(self, dossier: Dossier) -> None:
        self._dossier = dossier
        person, now = dossier.person, self.console.now()
        self.query_one(FactsView).show(person["name"], person["id"], sections(dossier, self._names, now))
        events = dossier.events or ()
        self._seen = max((event["seq"] for event in events), default=self._seen)
        places = event_words.names_of(self.console.standing.status)
        self.query_one(LineTable).show(FixedRows([row_of(event, places, now) for event in events]))

    # -------------------------------------------------------------------------------------- keys

    @property
    def names(self) -> Names:
        """What roles and groups are called."""
        return self._names

    def person_meant(self) -> str | None:
        """Give this person."""
        return self._whose

    async def person_changed(self, person: str, now: Person | None) -> None:
        """Show them as they are now; leave the page of somebody who is gone."""
        if now is None:
            self.dismiss()
        else:
            self.action_reload()

    def action_back(self) -> None:
        """Go back."""
        self.dismiss()

    @on(LineTable.Chosen)
    def _open_event(self, message: LineTable.Chosen) -> None:
        events = self._dossier.events if self._dossier else None
        if events and message.index < len(events):
            from accessctl.tui.board.event_details import show_event

            show_event(self.console, events[message.index])
