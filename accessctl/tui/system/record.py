"""Record: how it is signed, what keeps its heads elsewhere, how long entries are kept, and reviews due."""

from contextlib import suppress
from typing import Any, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import Static

from accessctl.client import ApiClient, ApiRefused
from accessctl.operators.rights import Right, Rights
from accessctl.tui.dialogs import Ask, Confirm, Tell
from accessctl.tui.lines import Column, LineTable
from accessctl.tui.look import Tone
from accessctl.tui.system.facts import Facts
from accessctl.tui.system.head_code import HeadCode
from accessctl.tui.system.record_view import (
    Kept,
    anchor_in_words,
    anchor_row,
    facts,
    finding_in_words,
    overall,
    retention_in,
)
from accessctl.tui.system.section import Section, show_anew, toned
from accessctl.tui.words import _


class RecordSection(Section):
    """The state of the log, and of what keeps it."""

    ID = "record"
    NAME = _("Record")
    RIGHT = Right.EVENTS_READ
    EVERY_S = 15.0
    NEEDS: ClassVar = {"accept": Right.RULES_WRITE}
    DEFAULT_CSS = """
    RecordSection #log-state { height: 1; margin-bottom: 1; }
    RecordSection #anchors { margin-top: 1; min-height: 3; }
    RecordSection #finding { color: $text-error; display: none; }
    RecordSection #finding.-shown { display: block; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "h",
            "head",
            _("Head"),
            id="system.head",
            tooltip=_("Show the newest head as a QR code and as text."),
        ),
        Binding(
            "A",
            "accept",
            _("Accept"),
            id="system.accept",
            tooltip=_("Accept what disagrees, so that the record is signed again."),
        ),
    ]

    def contents(self) -> ComposeResult:
        """Give one line, the facts, what keeps heads, and what disagrees."""
        self._log: dict[str, Any] | None = None
        yield Static(id="log-state")
        yield Facts(id="log-facts")
        yield LineTable(
            (
                Column("", 1),
                Column(_("Where heads are kept"), 34),
                Column(_("Entries"), 9, from_width=90),
                Column(_("Took"), 16, from_width=90),
                Column(_("State")),
            ),
            id="anchors",
            empty=_("No head is kept off this device: the site file names no anchor."),
        )
        yield Static(id="finding", classes="below", markup=False)

    @property
    def first(self) -> Widget | None:
        """The anchors."""
        return self.query_one("#anchors")

    async def look(self) -> None:
        """Ask how it is signed, and how it is kept."""
        rights = self.console.rights
        log, kept = await self.console.ask(lambda api: (api.log(), _kept(api, rights)))
        now = self.console.now()
        before = [] if self._log is None else [each["name"] for each in self._log["anchors"]]
        self._log = log
        self.query_one("#log-state", Static).update(toned(*overall(log, now)))
        self.query_one("#log-facts", Facts).show(facts(log, kept, now))
        rows = [anchor_row(each, now) for each in log["anchors"]]
        show_anew(
            self.query_one("#anchors", LineTable), rows, before, [each["name"] for each in log["anchors"]]
        )
        wrong = log["disagrees"]
        line = self.query_one("#finding", Static)
        line.set_class(wrong is not None, "-shown")
        line.update("" if wrong is None else toned(finding_in_words(wrong), Tone.BAD))
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer a head where there is one, and to accept what disagrees."""
        log = self._log
        if action == "head":
            return log is not None and log["head"] is not None
        if action == "accept" and (log is None or log["disagrees"] is None):
            return False
        return super().check_action(action, parameters)

    def action_head(self) -> None:
        """Show the newest head."""
        if self._log is not None and self._log["head"] is not None:
            self.app.push_screen(HeadCode(self._log["head"]))

    @on(LineTable.Chosen, "#anchors")
    def _tell(self, message: LineTable.Chosen) -> None:
        anchor = self._log["anchors"][message.index] if self._log is not None else None
        if anchor is not None:
            self.app.push_screen(Tell(anchor["name"], anchor_in_words(anchor)))

    @work(group="accept", exclusive=True)
    async def action_accept(self) -> None:
        """Accept what disagrees: its id is typed, and why it is accepted."""
        wrong = None if self._log is None else self._log["disagrees"]
        if wrong is None:
            return
        words = _(
            "{what}\n\nFind out first what happened, and keep copies of record.db, tree.db and of what the "
            "anchors have. From here on heads are signed under a new name, and whoever verifies sees it."
        ).format(what=finding_in_words(wrong))
        sure = Confirm(_("Accept what disagrees"), words, _("Accept"), typed=wrong["id"])
        if not await self.app.push_screen_wait(sure):
            return
        why = await self.app.push_screen_wait(
            Ask(_("What became of the record?"), _("It stands in the record, for whoever reads it later."))
        )
        if why is not None:
            done = _("{id} is accepted").format(id=wrong["id"])
            await self.console.attempt(lambda api: api.accept_finding(wrong["id"], why), done=done)
            self.action_look()


def _kept(api: ApiClient, rights: Rights) -> Kept:
    """Ask for what may be seen of how the record is kept. Raises ``ApiError``."""
    retention = reviews = pruned = None
    if Right.RULES_READ in rights:
        retention = retention_in(api.site_file()["site"])
    if Right.REVIEWS_READ in rights:
        with suppress(ApiRefused):
            reviews = api.reviews()
    page = api.event_page(before=0, limit=1, wanted={"type": "log_pruned"})
    pruned = next(iter(page["events"]), None)
    return Kept(retention, pruned, reviews)
