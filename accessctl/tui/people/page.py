"""People: find, add, change."""

from collections.abc import Mapping
from typing import Any, ClassVar, Final

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.timer import Timer

from accessctl.client import ApiError, Person
from accessctl.operators.rights import Right
from accessctl.tui.dialogs import Choice, Choose
from accessctl.tui.enrol import flows
from accessctl.tui.page import Page
from accessctl.tui.people import bulk, wanted
from accessctl.tui.people.asking import names_of, where_of
from accessctl.tui.people.facts import Dossier, Names, sections
from accessctl.tui.people.people_list import PeopleList
from accessctl.tui.people.person_keys import PERSON_NEEDS, PersonKeys
from accessctl.tui.people.person_screen import PersonScreen
from accessctl.tui.people.search import SearchField
from accessctl.tui.people.view import FactsView
from accessctl.tui.standing import News
from accessctl.tui.words import _

_RESTED_S: Final = 0.3
"""Where somebody is, is asked when one stays with them for so long."""
_ANEW_S: Final = 2.0
"""So often at most the list is fetched again because others change people."""
_CHANGES: Final = ("person_", "people_", "credential_")
_ALL: Final = "*"


def _key(key: str, action: str, words: str, tooltip: str, *, show: bool = False) -> Binding:
    return Binding(key, action, words, show=show, id=f"people.{action}", tooltip=tooltip)


class PeoplePage(PersonKeys, Page):
    """A field to search in, who was found, and the one who is chosen."""

    NAME = _("People")
    RIGHT = Right.PEOPLE_READ
    HELP = _(
        "Type the beginnings of a name's words, or of an id; the arrows choose, Enter opens, Escape leaves "
        "the field so that letters are keys. Filters go among the words: role:driver, group:northline, "
        "is:disabled, is:enabled, no:card, has:card."
    )
    NEEDS: ClassVar[Mapping[str, Right]] = {
        **PERSON_NEEDS,
        "new": Right.PEOPLE_WRITE,
        "import": Right.PEOPLE_WRITE,
        "export": Right.PEOPLE_READ,
    }
    DEFAULT_CSS = """
    PeoplePage #found { height: 1fr; }
    PeoplePage #side { width: 42; padding: 1 1 0 1; border-left: solid $panel; }
    PeoplePage.-narrow #side { display: none; }
    PeoplePage.-very-wide #side { width: 62; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        _key("slash", "search", _("Search"), _("Go to the search field."), show=True),
        _key("n,ctrl+n", "new", _("New"), _("Add a person with all they need at a door."), show=True),
        _key("s,f4", "filter", _("Filter"), _("Show only people of a role or group, or without a card.")),
        _key("I", "import", _("Import"), _("Add and change many people from a file, with a preview.")),
        _key("X", "export", _("Export"), _("Write everybody into a file.")),
    ]

    def __init__(self) -> None:
        """Show nobody yet."""
        super().__init__()
        self._seen = 0
        self._rested: Timer | None = None
        self._anew: Timer | None = None

    def contents(self) -> ComposeResult:
        """The list, and the side."""
        with Horizontal(id="found"):
            yield PeopleList()
            with VerticalScroll(id="side", can_focus=False):
                yield FactsView()

    @property
    def _list(self) -> PeopleList:
        return self.query_one(PeopleList)

    def on_mount(self) -> None:
        """Begin to type."""
        self._learn_names()
        self._list.go_to_field()

    @work(group="names")
    async def _learn_names(self) -> None:
        try:
            self._list.learn(await self.console.ask(names_of))
        except ApiError:
            return  # ids are shown instead, and the banner says that nobody answers

    # ----------------------------------------------------------------------- what others change

    def heard(self, news: News) -> None:
        """Fetch the list anew when somebody changed people."""
        if not news & News.EVENTS:
            return
        fresh = [event for event in self.console.standing.recent if event["seq"] > self._seen]
        if not fresh:
            return
        begun, self._seen = self._seen, fresh[-1]["seq"]
        if begun and self._anew is None and any(event["type"].startswith(_CHANGES) for event in fresh):
            self._anew = self.set_timer(_ANEW_S, self._look_again)

    def _look_again(self) -> None:
        self._anew = None
        if self._list.at_beginning:  # whoever has scrolled on keeps what they look at
            self._list.find()

    def on_screen_resume(self) -> None:
        """Look again: on a person's own page everything may have been changed."""
        self._look_again()

    # ------------------------------------------------------------------------- the one who is meant

    @on(PeopleList.Meant)
    def _meant(self, message: PeopleList.Meant) -> None:
        """Show who is meant, with what the list says.

        What they hold is fetched when they are opened: such a look is in the record, and passing by is none.
        """
        if self._rested is not None:
            self._rested.stop()
        if message.person is None:
            self.query_one(FactsView).show("", "", ())
            return
        self._at_the_side(message.person, None)
        if not self.has_class("-narrow") and Right.PRESENCE_READ in self.console.rights:
            self._rested = self.set_timer(_RESTED_S, self._find_where)

    @work(group="side", exclusive=True)
    async def _find_where(self) -> None:
        person, rights = self._list.person, self.console.rights
        if person is None:
            return
        id_ = person["id"]
        try:
            where = await self.console.ask(lambda api: where_of(api, id_, rights))
        except ApiError:
            return  # what the list says stays; opening the person tells what is wrong
        if id_ == self.person_meant():
            self._at_the_side(person, where)

    def _at_the_side(self, person: Person, where: Mapping[str, Any] | None) -> None:
        dossier = Dossier({**person, "has_duress_pin": False}, where=where)
        told = sections(dossier, self.names, self.console.now())
        self.query_one(FactsView).show(person["name"], person["id"], told)

    def person_meant(self) -> str | None:
        """Give who is under the cursor."""
        person = self._list.person
        return None if person is None else person["id"]

    @property
    def names(self) -> Names:
        """What roles and groups are called."""
        return self._list.names

    async def person_changed(self, person: str, now: Person | None) -> None:
        """Show them as they are now, where they stand."""
        self._list.changed(person, now)

    # -------------------------------------------------------------------------------------- keys

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer the way to the field where one is not in it."""
        if action == "search" and isinstance(self.focused, SearchField):
            return False
        return super().check_action(action, parameters)

    @on(PeopleList.Opened)
    def _open(self, message: PeopleList.Opened) -> None:
        """Open the person's own page."""
        self.console.push_screen(PersonScreen(message.person))

    def action_leave_field(self) -> None:
        """Leave the field."""
        self._list.go_to_people()

    def action_search(self) -> None:
        """Go to the field."""
        self._list.go_to_field()

    @work(group="job")
    async def action_filter(self) -> None:
        """Put a filter into the field, or take it out."""
        chosen = await self.console.push_screen_wait(Choose(_("Only some people"), filters(self.names)))
        if chosen is not None:
            self._list.look_for("" if chosen == _ALL else wanted.with_filter(self._list.typed, chosen))

    @work(group="job")
    async def action_new(self) -> None:
        """Add a person, and stand at them."""
        added = await flows.new_person(self.console)
        if added is not None:
            self._list.look_for(added)
            self._list.go_to_people()

    @work(group="job")
    async def action_import(self) -> None:
        """Import a file, with a preview."""
        if await bulk.import_people(self.console):
            self._list.find()

    @work(group="job")
    async def action_export(self) -> None:
        """Write everybody into a file."""
        await bulk.export_people(self.console)


def filters(names: Names) -> list[Choice]:
    """Offer every filter there is."""
    return [
        Choice(_ALL, _("Everybody"), _("no filter")),
        Choice(wanted.DISABLED, _("Disabled"), wanted.DISABLED),
        Choice(wanted.ENABLED, _("Not disabled"), wanted.ENABLED),
        Choice(wanted.NO_CARD, _("Without a card that counts"), wanted.NO_CARD),
        Choice(wanted.HAS_CARD, _("With a card that counts"), wanted.HAS_CARD),
        *(Choice(f"{wanted.ROLE}{id_}", name, f"{wanted.ROLE}{id_}") for id_, name in names.roles.items()),
        *(Choice(f"{wanted.GROUP}{id_}", name, f"{wanted.GROUP}{id_}") for id_, name in names.groups.items()),
    ]
