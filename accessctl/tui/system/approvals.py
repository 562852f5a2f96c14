"""Approvals: what waits for a second operator, what it would change, and deciding on it."""

import json
from collections.abc import Mapping
from typing import Any, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from accessctl.client import ApiClient, ApiError, Approval, ApprovalDetails
from accessctl.operators.rights import Right
from accessctl.tui.dialogs import Confirm, Tell
from accessctl.tui.lines import Column, LineTable
from accessctl.tui.standing import News
from accessctl.tui.system.approval_view import WAITING, approval_row, details, in_short, ordered
from accessctl.tui.system.section import Section, show_anew
from accessctl.tui.words import _

_PREFIX = "/v1"
_GOOD = range(200, 300)


class ApprovalsSection(Section):
    """What waits first, and for ninety days what became of it."""

    ID = "approvals"
    NAME = _("Approvals")
    RIGHT = Right.APPROVALS_READ
    EVERY_S = 3.0
    NEEDS: ClassVar = {"approve": Right.APPROVALS_DECIDE}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "approve", _("Approve"), id="system.approve", tooltip=_("Have it done.")),
        Binding(
            "n",
            "refuse",
            _("Refuse"),
            id="system.refuse",
            tooltip=_("Refuse it, or take back what you asked for."),
        ),
    ]

    def contents(self) -> ComposeResult:
        """Give the table, and what can be done about the chosen one."""
        self._approvals: list[Approval] = []
        yield LineTable(
            (
                Column("", 1),
                Column(_("State"), 9),
                Column(_("Kind"), 17, from_width=90),
                Column(_("What would be done")),
                Column(_("Asked by"), 12),
                Column(_("Asked"), 16, from_width=100),
                Column(_("End"), 20),
            ),
            id="approvals-table",
            empty=_("Nothing waits, and nothing did in the last ninety days."),
        )
        yield Static(id="approval", classes="below", markup=False)

    def heard(self, news: News) -> None:
        """Look again when something was recorded: perhaps that somebody has asked."""
        newest = self.console.standing.recent
        if news & News.EVENTS and newest and newest[-1]["type"].startswith("approval"):
            self.action_look()

    async def look(self) -> None:
        """Ask what waits."""
        found = ordered(await self.console.ask(lambda api: list(api.approvals())))
        now, me = self.console.now(), self.console.operator
        before, self._approvals = [each["id"] for each in self._approvals], found
        table = self.query_one("#approvals-table", LineTable)
        rows = [approval_row(each, me, now) for each in found]
        show_anew(table, rows, before, [each["id"] for each in found])
        self._show_chosen()

    @property
    def chosen(self) -> Approval | None:
        """The one under the cursor."""
        return self.query_one("#approvals-table", LineTable).under_cursor(self._approvals)

    @on(LineTable.Moved, "#approvals-table")
    def _show_chosen(self) -> None:
        words = "" if self.chosen is None else in_short(self.chosen, self.console.operator)
        self.query_one("#approval", Static).update(words)
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer to decide on what waits, and on one's own only to take it back."""
        if action in {"approve", "refuse"} and self.is_mounted:
            chosen = self.chosen
            if chosen is None or chosen["state"] != WAITING:
                return False
            own = chosen["asked_by"] == self.console.operator
            if action == "approve" and own:
                return False
            if action == "refuse" and not own and Right.APPROVALS_DECIDE not in self.console.rights:
                return False
        return super().check_action(action, parameters)

    @on(LineTable.Chosen, "#approvals-table")
    @work
    async def _tell(self) -> None:
        chosen = self.chosen
        if chosen is None:
            return
        found = await self.console.attempt(lambda api: _details(api, chosen["id"]))
        if found is not None:
            await self.app.push_screen_wait(Tell(chosen["id"], details(*found)))

    @work
    async def action_approve(self) -> None:
        """Have done what another operator asked for."""
        chosen = self.chosen
        if chosen is None:
            return
        title = _("Approve what {operator} asked for?").format(operator=chosen["asked_by"])
        if not await self.app.push_screen_wait(Confirm(title, chosen["what"], _("Approve"), dangerous=True)):
            return
        decided = await self.console.attempt(lambda api: api.approve(chosen["id"]))
        if decided is not None:
            good = decided["status"] in _GOOD
            words = _("Approved: {outcome}").format(outcome=decided["approval"]["outcome"] or "")
            self.console.notify(words, severity="information" if good else "error", markup=False)
        self.action_look()

    @work
    async def action_refuse(self) -> None:
        """Refuse what another operator asked for, or take back what one asked for oneself."""
        chosen = self.chosen
        if chosen is None:
            return
        own = chosen["asked_by"] == self.console.operator
        title = _("Take it back?") if own else _("Refuse it?")
        if await self.app.push_screen_wait(
            Confirm(title, chosen["what"], _("Take back") if own else _("Refuse"))
        ):
            done = _("It is taken back") if own else _("It is refused")
            await self.console.attempt(lambda api: api.refuse(chosen["id"]), done=done)
            self.action_look()


def _details(api: ApiClient, id_: str) -> tuple[ApprovalDetails, Mapping[str, Any] | None]:
    """Give what would be done, and how what it is about is now, as far as one may see that."""
    found = api.approval(id_)
    if found["state"] != WAITING or found["method"] == "POST":
        return found, None
    try:
        return found, _now(api, found["path"].removeprefix(_PREFIX))
    except ApiError:
        return found, None


def _now(api: ApiClient, path: str) -> Mapping[str, Any] | None:
    with api.call("GET", path, query=(), headers=()) as answer:
        if not answer.good:
            return None
        found = json.loads(answer.read())
    return found if isinstance(found, dict) else None
