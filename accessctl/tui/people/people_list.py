"""The search field with who was found below it."""

from typing import ClassVar, Final

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Input, Static

from accessctl.client import ApiError, PeopleFound, Person
from accessctl.tui.gated import Gated
from accessctl.tui.lines import LineTable
from accessctl.tui.look import ALARM
from accessctl.tui.people.asking import members
from accessctl.tui.people.facts import Names
from accessctl.tui.people.finder import AT_ONCE, Finder, FoundPeople
from accessctl.tui.people.search import PeopleTable, SearchField
from accessctl.tui.people.wanted import Wanted, wanted_of
from accessctl.tui.words import _, many

_TYPED_S: Final = 0.02
"""After a key that is asked about at once, those that come within this time are one question together."""


class PeopleList(Vertical, Gated):
    """Asks anew with every key. Tells who is meant, and who is opened."""

    DEFAULT_CSS = """
    PeopleList { width: 1fr; }
    PeopleList #line { height: 3; }
    PeopleList #search { width: 1fr; }
    PeopleList #count { width: auto; min-width: 14; height: 3; padding: 1 1; color: $text-muted; }
    PeopleList #doubts { height: auto; color: $text-warning; padding: 0 1; display: none; }
    PeopleList #doubts.-shown { display: block; }
    PeopleList PeopleTable { margin: 0 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "steer('move', -1)", show=False, id="people.steer-up"),
        Binding("down", "steer('move', 1)", show=False, id="people.steer-down"),
        Binding("pageup", "steer('page', -1)", show=False, id="people.steer-page-up"),
        Binding("pagedown", "steer('page', 1)", show=False, id="people.steer-page-down"),
    ]

    class Meant(Message):
        """Somebody else is under the cursor, or is shown anew."""

        def __init__(self, person: Person | None) -> None:
            """Tell who; ``None``: nobody is found."""
            super().__init__()
            self.person = person

    class Opened(Message):
        """Somebody was chosen."""

        def __init__(self, person: str) -> None:
            """Tell who."""
            super().__init__()
            self.person = person

    def __init__(self) -> None:
        """Show nobody yet."""
        super().__init__()
        self._names = Names()
        self._found: FoundPeople | None = None
        self._typed: Timer | None = None
        """Runs for a moment after a question."""
        self._typed_on = False
        """Whether anything was typed in that moment."""
        self._opens = False
        """Whether who is found next is opened: Enter was faster than the answer."""

    def compose(self) -> ComposeResult:
        """The field, how many there are, what is not understood, and the people."""
        with Horizontal(id="line"):
            words = _("name, id, role:…, group:…, is:disabled, no:card")
            yield SearchField(placeholder=words, id="search", max_length=300)
            yield Static("", id="count")
        yield Static("", id="doubts", markup=False)
        yield PeopleTable()

    def on_mount(self) -> None:
        """Show everybody."""
        self._finder = Finder(self._page, self.console.now)
        self.find()

    @property
    def person(self) -> Person | None:
        """Who is under the cursor."""
        return None if self._found is None else self._found.at(self.query_one(PeopleTable).cursor)

    @property
    def at_beginning(self) -> bool:
        """Whether no more than the first people were fetched."""
        return self._found is None or len(self._found.people) <= AT_ONCE

    @property
    def names(self) -> Names:
        """What roles and groups are called, for filters."""
        return self._names

    def learn(self, names: Names) -> None:
        """Take what roles and groups are called."""
        self._names = names
        self.find()

    # ------------------------------------------------------------------------------------ finding

    @on(Input.Changed, "#search")
    def _typing(self) -> None:
        self._opens = False
        if self._typed is None:
            self._find_and_rest()
        else:
            self._typed_on = True

    def _find_and_rest(self) -> None:
        self.find()
        self._typed_on = False
        self._typed = self.set_timer(_TYPED_S, self._rested)

    def _rested(self) -> None:
        self._typed = None
        if self._typed_on:
            self._find_and_rest()

    def _wanted(self) -> Wanted:
        typed = self.query_one("#search", SearchField).value
        return wanted_of(typed, members(self._names.roles), members(self._names.groups))

    async def _page(self, wanted: Wanted, after: str) -> PeopleFound:
        query = wanted.query()
        return await self.console.ask(lambda api: api.people_page(after=after, limit=AT_ONCE, **query))

    @work(group="find", exclusive=True)
    async def find(self) -> None:
        """Ask for who is wanted now. Whoever asks the same again stays where they are."""
        wanted = self._wanted()
        try:
            found = await self._finder.find(wanted)
        except ApiError as error:
            self._opens = False
            self._doubt(str(error))
            return
        if found is None:
            return
        self._doubt("\n".join(wanted.doubts))
        stay = self.person if self._found is not None and self._found.wanted == wanted else None
        self._found = found
        place = None if stay is None else found.place_of(stay["id"])
        self._show(place)
        if self._opens and wanted == self._wanted():
            self._open_chosen()

    def _show(self, place: int | None) -> None:
        found, table = self._found, self.query_one(PeopleTable)
        if found is None:
            return
        table.show(found, keep=place is not None, empty=_("nobody is found"))
        if place is not None:
            table.cursor = place
        self._count(found)
        self.post_message(self.Meant(self.person))

    def _count(self, found: FoundPeople) -> None:
        count = len(found.people)
        words = many("{count} person", "{count} people", count)
        if found.next is not None:
            words = _("more than {count}").format(count=count)
        self.query_one("#count", Static).update(words)

    def _doubt(self, words: str) -> None:
        line = self.query_one("#doubts", Static)
        line.update("\n".join(f"{ALARM} {each}" for each in words.splitlines()))
        line.set_class(bool(words), "-shown")

    @on(LineTable.Moved)
    @on(PeopleTable.Scrolled)
    def _looked_on(self) -> None:
        table, found = self.query_one(PeopleTable), self._found
        lowest = max(table.cursor, table.seen[-1] if len(table.seen) else 0)
        if found is not None and found.ends_soon(lowest):
            self._fetch_more(found)

    @work(group="more")
    async def _fetch_more(self, found: FoundPeople) -> None:
        try:
            came = await self._finder.more(found)
        except ApiError as error:
            self._doubt(str(error))
            return
        if came and found is self._found:
            self.query_one(PeopleTable).grown()
            self._count(found)
            self._looked_on()

    def changed(self, id_: str, person: Person | None) -> None:
        """Show somebody as they are now, where they stand; ``None``: show them no more."""
        if self._found is None:
            return
        if person is None:
            self._found.drop(id_)
        else:
            self._found.put(person)
        self._show(self.query_one(PeopleTable).cursor)

    # ---------------------------------------------------------------------------- field and keys

    @property
    def typed(self) -> str:
        """What stands in the field."""
        return self.query_one("#search", SearchField).value

    def look_for(self, words: str) -> None:
        """Put other words in the field."""
        field = self.query_one("#search", SearchField)
        field.value = words
        field.cursor_position = len(words)

    def go_to_field(self) -> None:
        """Type."""
        self.query_one("#search").focus()

    @on(SearchField.Left)
    def go_to_people(self) -> None:
        """Leave the field: letters are keys from now on."""
        self.query_one(PeopleTable).focus()

    @on(LineTable.Moved)
    def _moved(self) -> None:
        self.post_message(self.Meant(self.person))

    @on(Input.Submitted, "#search")
    def _open_found(self) -> None:
        """Open whom the field finds: who stands below it may have been found by fewer letters."""
        if self._found is not None and self._found.wanted == self._wanted():
            self._open_chosen()
        else:
            self._opens = True

    @on(LineTable.Chosen)
    def _open_chosen(self) -> None:
        self._opens = False
        if (person := self.person) is not None:
            self.post_message(self.Opened(person["id"]))

    def action_steer(self, how: str, by: int) -> None:
        """Move in the list from wherever one types."""
        table = self.query_one(PeopleTable)
        (table.action_move if how == "move" else table.action_page)(by)
