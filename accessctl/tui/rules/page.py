"""The rules: who may pass where and when, and from here the site file that says so."""

from typing import Any, ClassVar

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.widgets import Static

from accessctl.client import ApiClient, ApiError
from accessctl.operators.rights import Right
from accessctl.tui.dialogs import Ask, Choice, Choose
from accessctl.tui.page import Page
from accessctl.tui.rules.book import Book
from accessctl.tui.rules.cell_story import CellStory
from accessctl.tui.rules.history import HistoryPage
from accessctl.tui.rules.matrix import ColumnHead, Matrix, matrix_of
from accessctl.tui.rules.matrix_view import MatrixView
from accessctl.tui.rules.opening import open_editor
from accessctl.tui.rules.person_choice import ChoosePerson
from accessctl.tui.rules.questions import WhoCan, Why
from accessctl.tui.rules.restoring import put_former_back
from accessctl.tui.rules.told import legend, story
from accessctl.tui.standing import News
from accessctl.tui.times import day_and_minute
from accessctl.tui.words import _


class RulesPage(Page):
    """Rows are roles and groups, columns are doors, and a cell says when."""

    NAME = _("Rules")
    HELP = _(
        "Who may pass where and when. Each row is a role or a group, each column a way through a door, and "
        "the letter in a cell is the schedule during which they may pass. Go there with the arrows: what it "
        "means stands below. From here the site file is edited, and put back to what it was."
    )
    CSS_PATH = "rules.tcss"
    NEEDS: ClassVar[dict[str, Right]] = {
        "who_can": Right.RULES_FORESEE,
        "why": Right.RULES_FORESEE,
        "edit": Right.RULES_READ,
        "history": Right.RULES_READ,
        "former": Right.RULES_WRITE,
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "w",
            "who_can",
            _("Who can"),
            id="rules.who-can",
            tooltip=_("List who can pass here, now or at a time."),
        ),
        Binding(
            "y",
            "why",
            _("Why"),
            id="rules.why",
            tooltip=_("Choose a person: why may they pass here, or not?"),
        ),
        Binding(
            "e",
            "edit",
            _("Site file"),
            id="rules.edit",
            tooltip=_("Read the site file, or edit it in place."),
        ),
        Binding(
            "h",
            "history",
            _("History"),
            id="rules.history",
            tooltip=_("What the site file was, and who changed it."),
        ),
        Binding(
            "z",
            "former",
            _("Former one"),
            id="rules.former",
            tooltip=_("Put back in force what the site file was before."),
        ),
        Binding(
            "slash",
            "find",
            _("Find"),
            id="rules.find",
            tooltip=_("Go to a role, a group or a door."),
            key_display="/",
        ),
    ]

    def __init__(self) -> None:
        """Begin with nothing."""
        super().__init__()
        self._matrix = Matrix()
        self._book: Book | None = None
        self._rules: str | None = None
        """The revision that is shown."""

    def contents(self) -> ComposeResult:
        """Which rules, the matrix, what its marks mean, and the story of a cell."""
        yield Static(_("Asking …"), id="revision")
        yield MatrixView(id="matrix")
        with Horizontal(id="below"):
            with VerticalScroll(id="story-box", can_focus=False):
                yield Static(id="story")
            with VerticalScroll(id="legend-box", can_focus=False):
                yield Static(id="legend")

    def on_mount(self) -> None:
        """Begin in the matrix."""
        super().on_mount()
        self.query_one("#matrix").focus()

    def on_screen_resume(self) -> None:
        """Ask again: people and loans change without the rules."""
        super().on_screen_resume()
        self._fetch()

    def heard(self, news: News) -> None:
        """Ask again when other rules come in force, or somebody answers again."""
        status = self.console.standing.status
        if status is not None and status["rules"] != self._rules and self.console.standing.trouble is None:
            self._fetch()

    def on_resize(self) -> None:
        """Say as much as there is room for."""
        self._tell()

    # ---------------------------------------------------------------------------------- fetching

    @work(group="fetch", exclusive=True)
    async def _fetch(self) -> None:
        reads = Right.RULES_READ in self.console.rights
        try:
            found = await self.console.ask(_everything)
            file, last = await self.console.ask(_the_file) if reads else (None, None)
        except ApiError as error:
            self.query_one("#revision", Static).update(Text(str(error)))
            return
        self._book = Book.of(file["site"]) if file is not None else None
        self._rules = found["status"]["rules"]
        self._matrix = matrix_of(
            found["levels"], found["roles"], found["groups"], found["status"], self._book
        )
        self.query_one(MatrixView).show(self._matrix)
        self.query_one("#revision", Static).update(_heading(self._rules, file, last))
        self._tell()

    @on(MatrixView.Moved)
    def _tell(self) -> None:
        at = self.query_one(MatrixView).cursor
        self.query_one("#story", Static).update(story(self._matrix, at.y, at.x, self._book))
        hours = self.has_class("-very-wide")
        width = self.query_one("#legend-box").content_size.width
        told = legend(self._matrix, self._book, width=width or self.size.width, hours=hours)
        self.query_one("#legend", Static).update(told)

    # --------------------------------------------------------------------------------- questions

    @property
    def _point(self) -> ColumnHead | None:
        at = self.query_one(MatrixView).cursor.x
        return self._matrix.columns[at] if at < len(self._matrix.columns) else None

    @on(MatrixView.Chosen)
    def _open(self) -> None:
        at = self.query_one(MatrixView).cursor
        self.app.push_screen(CellStory(story(self._matrix, at.y, at.x, self._book)))

    def action_who_can(self) -> None:
        """List who can pass here."""
        if (point := self._point) is not None:
            self.app.push_screen(WhoCan(point.id, point.name))

    @work(group="ask", exclusive=True)
    async def action_why(self) -> None:
        """Choose somebody, and tell why they may pass here or not."""
        point = self._point
        if point is None:
            return
        title = _("Who, at {where}?").format(where=point.name)
        if Right.PEOPLE_READ not in self.console.rights:
            id_ = await self.app.push_screen_wait(Ask(title, _("Your roles show you no names: type an id.")))
            who = None if id_ is None else (id_, id_)
        else:
            person = await self.app.push_screen_wait(ChoosePerson(title))
            who = None if person is None else (person["id"], person["name"])
        if who is not None:
            self.app.push_screen(Why(*who, point.id, point.name))

    @work(group="ask", exclusive=True)
    async def action_find(self) -> None:
        """Go to a row or a column."""
        rows = [Choice(f"row {at}", row.name, row.id) for at, row in enumerate(self._matrix.rows)]
        columns = [
            Choice(f"column {at}", column.name, column.id) for at, column in enumerate(self._matrix.columns)
        ]
        found = await self.app.push_screen_wait(Choose(_("Role, group or door"), [*rows, *columns]))
        if found is not None:
            kind, number = found.split()
            row, column = (int(number), None) if kind == "row" else (None, int(number))
            self.query_one(MatrixView).go_to(row, column)

    # --------------------------------------------------------------------------------- the file

    @work(group="ask", exclusive=True)
    async def action_edit(self) -> None:
        """Open the site file."""
        await open_editor(self.console)

    def action_history(self) -> None:
        """Show what the site file was."""
        self.app.push_screen(HistoryPage())

    @work(group="ask", exclusive=True)
    async def action_former(self) -> None:
        """Put back what it was before."""
        if await put_former_back(self.console):
            self._fetch()

    def action_leave_field(self) -> None:
        """Stay in the matrix: there is no field to leave."""


def _everything(api: ApiClient) -> dict[str, Any]:
    return {
        "levels": api.levels(),
        "roles": api.roles(),
        "groups": api.groups(),
        "status": api.status(),
    }


def _the_file(api: ApiClient) -> tuple[dict[str, Any], dict[str, Any] | None]:
    """Fetch the file, and who put it there."""
    return api.site_file(), next(api.site_revisions(), None)


def _heading(rules: str, file: dict[str, Any] | None, last: dict[str, Any] | None) -> Text:
    """Say which rules are shown, since when, and by whom."""
    told = Text(no_wrap=True, overflow="ellipsis")
    told.append(_("revision {revision}").format(revision=rules), "bold")
    if file is None:
        return told
    told.append("   ")
    told.append(_("since {when}").format(when=day_and_minute(file["since"])))
    if last is not None and last["operator"]:
        told.append("   ")
        told.append(f"{last['operator']}: {last['reason']}")
    if file["revision"] != rules:
        words = _("the site file is another one, {revision}: it waits for a restart, or to be read")
        told.append("   ")
        told.append(words.format(revision=file["revision"]), "bold")
    return told
