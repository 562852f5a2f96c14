"""Somebody out of many thousands: type a few letters of the name."""

from typing import Final

from textual import events, on, work
from textual.app import ComposeResult
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from accessctl.client import ApiError, Person
from accessctl.tui.dialogs import Dialog
from accessctl.tui.options import Options
from accessctl.tui.words import _

_MOST: Final = 12


class ChoosePerson(Dialog[Person]):
    """Gives the person who was chosen."""

    DEFAULT_CSS = """
    ChoosePerson OptionList { height: auto; max-height: 13; border: none; background: $surface; }
    """

    def contents(self) -> ComposeResult:
        """The field, and who is found."""
        yield Input(placeholder=_("a few letters of the name, or an id"), id="who")
        yield Options(id="found")

    def on_mount(self) -> None:
        """Begin to type."""
        self._people: list[Person] = []
        self.query_one("#who").focus()
        self._search("")

    @on(Input.Changed, "#who")
    def _typed(self, message: Input.Changed) -> None:
        self._search(message.value.strip())

    @work(group="search", exclusive=True)
    async def _search(self, typed: str) -> None:
        wanted = {"q": typed} if typed else {}
        try:
            page = await self.console.ask(lambda api: api.people_page(limit=_MOST, **wanted))
        except ApiError as error:
            self.wrong(str(error))
            return
        self.wrong("" if page["people"] else _("Nobody is found."))
        self._people = page["people"]
        found = self.query_one("#found", OptionList)
        found.clear_options()
        found.add_options(Option(f"{person['name']}  {person['id']}") for person in self._people)
        found.highlighted = 0 if self._people else None

    def on_key(self, event: events.Key) -> None:
        """Let the arrows go through the list while something is typed."""
        if event.key in {"up", "down"} and self.query_one("#who").has_focus:
            found = self.query_one("#found", OptionList)
            found.action_cursor_up() if event.key == "up" else found.action_cursor_down()
            event.stop()
            event.prevent_default()

    @on(Input.Submitted, "#who")
    def _entered(self) -> None:
        at = self.query_one("#found", OptionList).highlighted
        if at is not None:
            self.dismiss(self._people[at])

    @on(OptionList.OptionSelected)
    def _chosen(self, message: OptionList.OptionSelected) -> None:
        self.dismiss(self._people[message.option_index])
