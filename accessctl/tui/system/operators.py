"""Operators: who administers, what is open in their names, and changing that."""

from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from accessctl.client import ApiClient, OpenSession, Operator, Token
from accessctl.operators.rights import Right
from accessctl.tui.dialogs import Confirm
from accessctl.tui.lines import Column, FixedRows, LineTable
from accessctl.tui.look import Tone
from accessctl.tui.system.operator_flows import change_roles, give_login, new_operator
from accessctl.tui.system.operator_view import Open, open_of, open_rows, operator_row
from accessctl.tui.system.section import Section, did, show_anew, toned
from accessctl.tui.words import _


class OperatorsSection(Section):
    """Operators above; below, the sessions and tokens of the chosen one."""

    ID = "operators"
    NAME = _("Operators")
    RIGHT = Right.OPERATORS_READ
    EVERY_S = 5.0
    NEEDS: ClassVar = dict.fromkeys(
        ("new", "roles", "login", "disable", "unlock", "delete", "end"), Right.OPERATORS_WRITE
    )
    DEFAULT_CSS = """
    OperatorsSection #open-line { height: 1; margin-top: 1; }
    OperatorsSection #open { height: 1fr; max-height: 12; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "new", _("New"), id="system.new-operator", tooltip=_("Add an operator.")),
        Binding("e", "roles", _("Roles"), id="system.roles", tooltip=_("Change what an operator may do.")),
        Binding(
            "p", "login", _("Password"), id="system.login", tooltip=_("Give a password and a code generator.")
        ),
        Binding(
            "d",
            "disable",
            _("Disable"),
            id="system.disable",
            tooltip=_("Let an operator count no more, or again."),
        ),
        Binding(
            "u", "unlock", _("Unlock"), id="system.unlock", tooltip=_("End a lock-out after wrong tries.")
        ),
        Binding(
            "x", "end", _("End"), id="system.end", tooltip=_("End the session or revoke the token below.")
        ),
        Binding("D", "delete", _("Delete"), id="system.delete-operator", tooltip=_("Delete an operator.")),
    ]

    def contents(self) -> ComposeResult:
        """Give both tables."""
        self._operators: list[Operator] = []
        self._sessions: list[OpenSession] = []
        self._tokens: list[Token] = []
        yield LineTable(
            (
                Column("", 1),
                Column(_("Operator"), 16),
                Column(_("Name"), 20, from_width=90),
                Column(_("Roles")),
                Column(_("State"), 26),
                Column(_("Last"), 16, from_width=70),
            ),
            id="operators-table",
            empty=_("There is no operator."),
        )
        yield Static(id="open-line")
        yield LineTable(
            (
                Column("", 1),
                Column(_("What"), 8),
                Column(_("From where, or what for")),
                Column("", 22, from_width=110),
                Column("", 24),
                Column("", 22, from_width=76),
            ),
            id="open",
            empty=_("Nothing is open in this name."),
        )

    async def look(self) -> None:
        """Ask who there is, and what is open."""
        before = [each["id"] for each in self._operators]
        self._operators, self._sessions, self._tokens = await self.console.ask(_everything)
        now, table = self.console.now(), self.query_one("#operators-table", LineTable)
        rows = [operator_row(each, self._sessions, now) for each in self._operators]
        show_anew(table, rows, before, [each["id"] for each in self._operators])
        self._show_open()

    @on(LineTable.Moved, "#operators-table")
    def _show_open(self) -> None:
        operator, table = self.chosen, self.query_one("#open", LineTable)
        if operator is None:
            table.show(FixedRows())
            return
        rows = open_rows(operator["id"], self._sessions, self._tokens, self.console.now())
        table.show(FixedRows(rows))
        words = _("In the name of {operator} (Tab goes there)").format(operator=operator["id"])
        self.query_one("#open-line", Static).update(toned(words, Tone.DIM))
        self.refresh_bindings()

    @property
    def chosen(self) -> Operator | None:
        """The operator under the cursor."""
        return self.query_one("#operators-table", LineTable).under_cursor(self._operators)

    @property
    def chosen_open(self) -> Open | None:
        """The session or token under the cursor below."""
        if self.chosen is None:
            return None
        found = open_of(self.chosen["id"], self._sessions, self._tokens)
        return self.query_one("#open", LineTable).under_cursor(found)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer to end a lock-out only where there is one."""
        if (
            action == "unlock"
            and self.is_mounted
            and (self.chosen is None or not self.chosen["locked_until"])
        ):
            return False
        return super().check_action(action, parameters)

    # ----------------------------------------------------------------------------------- changing

    @work
    async def action_new(self) -> None:
        """Add an operator, with a password and a code generator at once if wanted."""
        if await new_operator(self.console):
            self.action_look()

    @work
    async def action_roles(self) -> None:
        """Change what the chosen operator may do."""
        if self.chosen is not None and await change_roles(self.console, self.chosen):
            self.action_look()

    @work
    async def action_login(self) -> None:
        """Give the chosen operator a password and a code generator."""
        if self.chosen is not None and await give_login(self.console, self.chosen["id"]):
            self.action_look()

    @work
    async def action_disable(self) -> None:
        """Let the chosen operator count no more, or again."""
        operator = self.chosen
        if operator is None:
            return
        id_, disabled = operator["id"], operator["disabled"]
        if not disabled:
            words = _("{operator} may do nothing then, and every session ends. d lets them count again.")
            ask = Confirm(
                _("Disable {operator}").format(operator=id_), words.format(operator=id_), _("Disable")
            )
            if not await self.app.push_screen_wait(ask):
                return
        done = _("{operator} counts again") if disabled else _("{operator} is disabled")
        await self.console.attempt(
            lambda api: api.change_operator(id_, disabled=not disabled), done=done.format(operator=id_)
        )
        self.action_look()

    @work
    async def action_unlock(self) -> None:
        """End a lock-out."""
        operator = self.chosen
        if operator is not None:
            id_ = operator["id"]
            done = _("{operator} may try again").format(operator=id_)
            await self.console.attempt(did(lambda api: api.unlock_operator(id_)), done=done)
            self.action_look()

    @work
    async def action_delete(self) -> None:
        """Delete the chosen operator."""
        operator = self.chosen
        if operator is None:
            return
        id_ = operator["id"]
        words = _("Sessions and tokens go as well; the record keeps the id. To disable can be taken back.")
        ask = Confirm(_("Delete {operator}").format(operator=id_), words, _("Delete"), typed=id_)
        if await self.app.push_screen_wait(ask):
            done = _("{operator} is deleted").format(operator=id_)
            await self.console.attempt(did(lambda api: api.delete_operator(id_)), done=done)
            self.action_look()

    @work
    async def action_end(self) -> None:
        """End the chosen session, or revoke the chosen token."""
        found = self.chosen_open
        if found is None:
            return
        token = found.kind == "token"
        words = (
            _("The program that shows it is refused from now on.")
            if token
            else _("Whoever goes on in it has to log in again.")
        )
        yes = _("Revoke") if token else _("End it")
        if await self.app.push_screen_wait(Confirm(f"{found.operator}: {found.id}", words, yes)):
            await self.console.attempt(lambda api: _end(api, found), done=_("It counts no more."))
            self.action_look()


def _everything(api: ApiClient) -> tuple[list[Operator], list[OpenSession], list[Token]]:
    return list(api.operators()), list(api.sessions()), list(api.tokens())


def _end(api: ApiClient, found: Open) -> bool:
    if found.kind == "token":
        api.revoke_token(found.id)
    else:
        api.end_session(found.id)
    return True
