"""Reports: which there are, what each is asked for, and what it says once Enter has had it worked out."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Static

from accessctl.client import ApiError
from accessctl.reports.as_json import from_json
from accessctl.reports.value import Report
from accessctl.tui.lines import Cell, Column, FixedRows, LineTable
from accessctl.tui.look import ALARM, DOTS, ENTER, GRANTED, Tone
from accessctl.tui.reports.asked import Asked, Kind
from accessctl.tui.reports.asking import AskingPage
from accessctl.tui.reports.review_list import ReviewList
from accessctl.tui.reports.saving import save, with_all_rows
from accessctl.tui.reports.titles import says, title
from accessctl.tui.reports.view import ReportView
from accessctl.tui.system.section import toned
from accessctl.tui.times import clock, how_long
from accessctl.tui.words import _

REVIEW: Final = "review"
"""The kind in place of which the reviews themselves are shown."""
_TICK_S: Final = 0.5


@dataclass(frozen=True, slots=True)
class Made:
    """A report that was worked out."""

    asked: Mapping[str, str | None]
    """What it was asked for."""
    found: dict[str, Any]
    report: Report


class ReportsPage(AskingPage):
    """Left which reports there are, right what the chosen one says."""

    NAME = _("Reports")
    HELP = _(
        "What the record and the people's store tell together. Choose a report; letters say what it is asked "
        "for; Enter has it worked out, and goes into it. That takes a moment, and one can leave meanwhile.\n"
        "Escape stops it, and goes back to the list. e saves it: as a page, to be printed, as CSV or JSON.\n"
        "What is about people is entered in the record as read."
    )
    AUTO_FOCUS = "#kinds"
    DEFAULT_CSS = """
    ReportsPage #kinds { width: 34; height: 1fr; padding: 0 1; background: $surface; }
    ReportsPage #right { width: 1fr; height: 1fr; padding: 0 1; }
    ReportsPage.-very-wide #kinds { width: 38; padding: 1 1; }
    ReportsPage.-very-wide #right { padding: 1 2 0 2; }
    ReportsPage.-narrow.-reading #kinds { display: none; }
    ReportsPage #head { height: auto; margin-bottom: 1; }
    ReportsPage #trouble { height: auto; color: $text-error; display: none; }
    ReportsPage #trouble.-shown { display: block; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("e", "save", _("Save"), id="reports.save", tooltip=_("Write the report into a file.")),
        Binding(
            "r", "again", _("Again"), show=False, id="reports.again", tooltip=_("Work it out once more.")
        ),
    ]

    def __init__(self) -> None:
        """Begin with everything, and nothing made."""
        self.asked = Asked()
        self._kinds: list[dict[str, Any]] = []
        self._made: dict[str, Made] = {}
        self._troubles: dict[str, str] = {}
        self._working: tuple[str, float] | None = None
        super().__init__()

    def contents(self) -> ComposeResult:
        """The list, and what the chosen one is asked for and says."""
        with Horizontal(id="reports"):
            columns = (Column("", 1), Column(_("Report")))
            yield LineTable(columns, id="kinds", empty=_("Looking …"))
            with Vertical(id="right"):
                yield Static(id="head", markup=False)
                yield Static(id="trouble", markup=False)
                yield ReportView(id="report")
                yield ReviewList(id="reviews")

    def on_mount(self) -> None:
        """Ask which there are."""
        super().on_mount()
        self._clock = self.set_interval(_TICK_S, self._tell, pause=True)
        self._show()
        self._look()

    @work(group="kinds", exclusive=True)
    async def _look(self) -> None:
        try:
            found = await self.console.ask(lambda api: api.reports())
        except ApiError as error:
            self._say_trouble(str(error))
            return
        self._say_trouble("")
        self._kinds = [each for each in found if each["may"]]
        self._list()
        self._show()

    def on_screen_resume(self) -> None:
        """Look at reviews again; ask for what could not be asked."""
        super().on_screen_resume()
        if self.is_mounted and not self._kinds:
            self._look()
        elif self.is_mounted:
            self._show()

    # ---------------------------------------------------------------------------------- the list

    @property
    def kind(self) -> Kind | None:
        """The report under the cursor."""
        at = self.query_one("#kinds", LineTable).cursor if self.is_mounted else 0
        return self._kinds[at] if at < len(self._kinds) else None

    @property
    def _reviews(self) -> bool:
        return self.kind is not None and self.kind["kind"] == REVIEW

    def _list(self) -> None:
        rows = [(self._mark(each["kind"]), title(each)) for each in self._kinds]
        self.query_one("#kinds", LineTable).show(FixedRows(rows), empty=_("There is none for you."))

    def _mark(self, kind: str) -> Cell:
        if self._working is not None and self._working[0] == kind:
            return Cell(DOTS, Tone.NOTE)
        if kind in self._troubles:
            return Cell(ALARM, Tone.BAD)
        return Cell(GRANTED, Tone.GOOD) if kind in self._made else Cell(" ")

    @on(LineTable.Moved, "#kinds")
    def _show(self) -> None:
        """Show what is known of the chosen one."""
        kind = self.kind
        made = None if kind is None else self._made.get(kind["kind"])
        view, reviews = self.query_one(ReportView), self.query_one(ReviewList)
        view.show(None if made is None else made.report)
        view.display, reviews.display = not self._reviews and made is not None, self._reviews
        if self._reviews and self.is_current:
            reviews.look()
        self._say_trouble("" if kind is None else self._troubles.get(kind["kind"], ""))
        self._tell()
        self.refresh_bindings()

    def _tell(self) -> None:
        kind = self.kind
        if kind is None:
            self.query_one("#head", Static).update("")
            return
        parts = [toned(title(kind), Tone.STRONG)]
        if not self._reviews:
            parts.append(Content(self.asked.in_words(kind, {**self.areas, **self.doors})))
        parts.append(toned(*self._state(kind)))
        self.query_one("#head", Static).update(Content("\n").join(parts))

    def _state(self, kind: Kind) -> tuple[str, Tone]:
        """Say how far it is; of one that nobody has asked for, what it does."""
        if self._reviews:
            return says(kind), Tone.DIM
        if self._working is not None and self._working[0] == kind["kind"]:
            words = _("Being worked out, {time}. Escape stops it; you can leave meanwhile.")
            return words.format(time=how_long(time.monotonic() - self._working[1])), Tone.NOTE
        made = self._made.get(kind["kind"])
        if made is None:
            return f"{says(kind)}\n\n" + _("{key} has it worked out.").format(key=ENTER), Tone.DIM
        if made.asked != self.asked.query(kind):
            return _("{key} works it out anew: it was asked for something else.").format(key=ENTER), Tone.WARN
        return _("worked out at {time}").format(time=clock(made.found["made_at"])), Tone.DIM

    def _say_trouble(self, words: str) -> None:
        line = self.query_one("#trouble", Static)
        line.update(f"{ALARM} {words}")
        line.set_class(bool(words), "-shown")

    # ------------------------------------------------------------------------------- one of them

    def ask_for(self, asked: Asked) -> None:
        """Ask for something else; what is in sight is worked out anew at once."""
        self.asked = asked
        kind = self.kind
        if kind is not None and not self._reviews and kind["kind"] in self._made:
            self._work_out(kind)
        self._show()

    @on(LineTable.Chosen, "#kinds")
    def _chosen(self) -> None:
        """Go into the chosen one; work it out if that was not done."""
        kind = self.kind
        if kind is None:
            return
        if self._reviews:
            self.add_class("-reading")
            self.query_one(ReviewList).first.focus()
            return
        made = self._made.get(kind["kind"])
        if made is None or made.asked != self.asked.query(kind):
            self._work_out(kind)
        else:
            self._enter()

    def action_again(self) -> None:
        """Work it out once more."""
        if self._reviews:
            self.query_one(ReviewList).look()
        elif self.kind is not None:
            self._work_out(self.kind)

    def _enter(self) -> None:
        self.add_class("-reading")
        self.query_one(ReportView).focus()

    @work(group="report", exclusive=True)
    async def _work_out(self, kind: Kind) -> None:
        """Have it worked out. Whoever stops waiting stops the API as well."""
        name, query = str(kind["kind"]), self.asked.query(kind)
        working = self._working = (name, time.monotonic())
        self._troubles.pop(name, None)
        self._clock.resume()
        self._list()
        self._show()
        try:
            found = await self.console.asker.while_waited_for(lambda api: api.report(name, **query))
            self._made[name] = Made(query, found, from_json(found))
        except ApiError as error:
            self._troubles[name] = str(error)
        finally:
            if self._working is working:
                self._working = None
                self._clock.pause()
        if self.is_attached:
            self._list()
            self._show()
            if self.kind is kind and self.is_current and name in self._made and not self._troubles.get(name):
                self._enter()

    def action_leave_field(self) -> None:
        """Stop what is being worked out; else go back to the list."""
        if self._working is not None:
            self.workers.cancel_group(self, "report")
            self._working = None
            self.notify(_("It was stopped. Nothing was made of it."), severity="warning")
            self._list()
            self._show()
        self.remove_class("-reading")
        self.query_one("#kinds").focus()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what the chosen report goes by, and to save what there is."""
        taken = self.takes(action)
        if taken is not None:
            return taken and not self._reviews
        if action == "save":
            return self._reviews or (self.kind is not None and self.kind["kind"] in self._made)
        return super().check_action(action, parameters)

    @work(group="save", exclusive=True)
    async def action_save(self) -> None:
        """Write it into a file."""
        kind = self.kind
        if kind is None:
            return
        try:
            if self._reviews:
                query = self.query_one(ReviewList).asked
                found = await self.console.asker.while_waited_for(lambda api: api.report(REVIEW, **query))
            else:
                made = self._made[kind["kind"]]
                query, found = dict(made.asked), made.found
            words = " ".join(found["summary"][:1])
            await save(self.console, found, with_all_rows(kind["kind"], query), words)
        except ApiError as error:
            self.console.say_why(error)
