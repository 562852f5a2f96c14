"""Who can pass here, and why may somebody or not: now, or at a time that lies ahead."""

from datetime import datetime
from typing import Any, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from accessctl.client import ApiClient, ApiError
from accessctl.tui.board.explanation import COLUMNS, next_words, outcome_words, refusing, rows_of
from accessctl.tui.dialogs import AskUntil, Dialog
from accessctl.tui.lines import Column, FixedRows, LineTable
from accessctl.tui.times import day_and_minute
from accessctl.tui.words import _, many

_CLOSE = Binding("escape,q", "leave", _("Close"), id="dialog.leave", tooltip=_("Close this."))


class Question(Dialog[bool]):
    """Something that the API thinks about, and that can be asked for another time."""

    DEFAULT_CSS = """
    Question > #frame { width: 100; height: 90%; }
    Question #answer { height: 1fr; min-height: 4; margin-top: 1; }
    Question #about { text-style: bold; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        _CLOSE,
        Binding(
            "t",
            "at_another_time",
            _("At a time"),
            id="question.time",
            tooltip=_("Ask the same for a time that lies ahead."),
        ),
    ]
    COLUMNS: ClassVar[tuple[Column, ...]] = ()

    def __init__(self, title: str, about: str) -> None:
        """``about`` is what is asked."""
        super().__init__(title)
        self._about = about
        self._at: datetime | None = None

    def contents(self) -> ComposeResult:
        """What is asked, in short what is answered, and the answer."""
        yield Static(self._about, id="about", markup=False)
        yield Static("", id="when", markup=False)
        yield Static("", id="short", markup=False)
        yield LineTable(self.COLUMNS, id="answer")

    def on_mount(self) -> None:
        """Ask for now."""
        self.query_one("#answer").focus()
        self._ask()

    @work(group="question", exclusive=True)
    async def _ask(self) -> None:
        at = None if self._at is None else self._at.isoformat()
        when = _("now") if self._at is None else day_and_minute(self._at)
        self.query_one("#when", Static).update(when)
        self.query_one("#short", Static).update(_("Asking …"))
        try:
            found = await self.console.ask(lambda api: self.asked(api, at))
        except ApiError as error:
            self.query_one("#short", Static).update("")
            self.wrong(str(error))
            return
        self.wrong("")
        self.query_one("#short", Static).update(self.short(found))
        self.fill(self.query_one("#answer", LineTable), found)

    def asked(self, api: ApiClient, at: str | None) -> Any:  # noqa: ANN401 - each question has its own
        """Ask. Runs in a thread; raises ``ApiError``."""
        raise NotImplementedError

    def short(self, found: Any) -> str:  # noqa: ANN401 - the same
        """Put the answer in a sentence."""
        raise NotImplementedError

    def fill(self, table: LineTable, found: Any) -> None:  # noqa: ANN401 - the same
        """Show the answer."""
        raise NotImplementedError

    @work(group="question-time", exclusive=True)
    async def action_at_another_time(self) -> None:
        """Ask for when, and ask again."""
        title = _("At which time?")
        words = _("Doors and devices are taken to be as they should be then. Nothing typed: now.")
        at = await self.app.push_screen_wait(AskUntil(title, words, now=self.console.now(), endless=True))
        if at is not None:
            self._at = None if at == datetime.max else at  # noqa: DTZ901 - as AskUntil gives it
            self._ask()


class WhoCan(Question):
    """Everybody who could pass an access point."""

    HELP = _("Everybody with a card or a code who could pass here, by the rules in force.")
    COLUMNS = (Column(_("Name")), Column(_("Id"), 14))
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "why", _("Why"), id="question.why", tooltip=_("Tell why this person may pass.")),
    ]

    def __init__(self, point: str, name: str) -> None:
        """Ask about an access point."""
        super().__init__(_("Who can pass here"), f"{name}  {point}")
        self._point, self._place = point, name
        self._people: list[dict[str, Any]] = []

    def asked(self, api: ApiClient, at: str | None) -> Any:  # noqa: ANN401 - as above
        """Ask."""
        return api.who_can(self._point, at)

    def short(self, found: Any) -> str:  # noqa: ANN401 - as above
        """Count them."""
        if not found["people"]:
            return _("Nobody can pass here.")
        return many("{count} person can pass here.", "{count} people can pass here.", len(found["people"]))

    def fill(self, table: LineTable, found: Any) -> None:  # noqa: ANN401 - as above
        """Show them, by name."""
        self._people = sorted(found["people"], key=lambda each: (each["name"] or "", each["id"]))
        table.show(FixedRows([(each["name"] or "", each["id"]) for each in self._people]), keep=False)

    @on(LineTable.Chosen, "#answer")
    def action_why(self) -> None:
        """Tell why the person under the cursor may pass."""
        at = self.query_one("#answer", LineTable).cursor
        if at < len(self._people):
            who = self._people[at]
            name = str(who["name"] or who["id"])
            self.app.push_screen(Why(str(who["id"]), name, self._point, self._place))


class Why(Question):
    """Why somebody may pass an access point, or not."""

    HELP = _("Every check that a decision goes through, in order. The first that fails decides.")
    COLUMNS = COLUMNS

    def __init__(self, person: str, name: str, point: str, where: str) -> None:
        """Ask about a person at an access point."""
        super().__init__(_("Why"), f"{name}  {person}  {_('at')}  {where}  {point}")
        self._person, self._point = person, point

    def asked(self, api: ApiClient, at: str | None) -> Any:  # noqa: ANN401 - as above
        """Ask."""
        return api.explain(self._person, self._point, at)

    def short(self, found: Any) -> str:  # noqa: ANN401 - as above
        """Say what it comes to, and when it changes."""
        return f"{outcome_words(found)} {next_words(found, self.console.now())}".strip()

    def fill(self, table: LineTable, found: Any) -> None:  # noqa: ANN401 - as above
        """Show the checks, at the one that decides."""
        table.show(FixedRows(rows_of(found)), keep=False)
        table.cursor = refusing(found)
