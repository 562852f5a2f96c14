"""One's own account: who one is, what one may, one's password, tokens, names for a while."""

from typing import ClassVar, Final

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import Static

from accessctl.client import Session, Token
from accessctl.operators.rights import NEVER_BY_TOKEN, Right
from accessctl.tui.dialogs import Ask, AskUntil, Choice, Choose, Confirm
from accessctl.tui.enrol.choose_some import ChooseSome
from accessctl.tui.lines import Cell, Column, FixedRows, LineTable
from accessctl.tui.look import GRANTED, NOTHING, Tone
from accessctl.tui.system.facts import Fact, Facts
from accessctl.tui.system.operator_flows import ask_twice
from accessctl.tui.system.operator_view import RIGHT_WORDS, right_choices, token_row
from accessctl.tui.system.section import Section, did, toned
from accessctl.tui.system.shown_once import ShownOnce
from accessctl.tui.times import day_and_minute
from accessctl.tui.words import _, many

_MINUTES: Final = (15, 30, 60, 240, 480)
_SHORTEST_REASON: Final = 3


class AccountSection(Section):
    """Whom the controller takes one for."""

    ID = "account"
    NAME = _("Account")
    EVERY_S = 20.0
    NEEDS: ClassVar = {
        "token": Right.TOKENS_WRITE,
        "names": Right.EVENTS_READ,
        "password": Right.OWN_ACCOUNT,
    }
    DEFAULT_CSS = """
    AccountSection .line { height: 1; margin-top: 1; }
    AccountSection #rights { height: 2fr; }
    AccountSection #my-tokens { height: 1fr; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("p", "password", _("Password"), id="system.password", tooltip=_("Change your own password.")),
        Binding("m", "token", _("Make token"), id="system.token", tooltip=_("Make a token for a program.")),
        Binding("x", "revoke", _("Revoke"), id="system.revoke", tooltip=_("Revoke the chosen token.")),
        Binding(
            "u", "names", _("See names"), id="system.names", tooltip=_("See names for a while. It takes two.")
        ),
        Binding("o", "log_out", _("Log out"), id="system.log-out", tooltip=_("End this session.")),
    ]

    def contents(self) -> ComposeResult:
        """Give who one is, one's rights, and one's tokens."""
        self._tokens: list[Token] = []
        self._made: list[Token] = []
        yield Facts(id="me")
        yield Static(classes="line", id="rights-line")
        columns = (Column("", 1), Column(_("Right"), 18), Column(_("What it allows")))
        yield LineTable(columns, id="rights")
        if Right.TOKENS_WRITE in self.console.rights:
            yield Static(toned(_("Your tokens, for programs (Tab goes there)"), Tone.DIM), classes="line")
            yield LineTable(
                (
                    Column("", 1),
                    Column("", 8, from_width=100),
                    Column(_("What for, and what it may")),
                    Column(_("Made"), 22, from_width=100),
                    Column(_("End"), 24),
                    Column("", 22, from_width=80),
                ),
                id="my-tokens",
                empty=_("You have made none."),
            )

    @property
    def first(self) -> Widget | None:
        """One's rights."""
        return self.query_one("#rights")

    async def look(self) -> None:
        """Ask who one is, and which tokens one has made."""
        me = await self.console.ask(lambda api: api.who_am_i())
        self.query_one("#me", Facts).show(facts_of(me))
        self._show_rights()
        if Right.OPERATORS_READ in self.console.rights:
            operator = me["operator"]
            self._tokens = await self.console.ask(lambda api: list(api.tokens(operator)))
        else:  # only those that were made here are known
            self._tokens = self._made
        if self.query("#my-tokens"):
            now = self.console.now()
            rows = [token_row(each, now) for each in self._tokens]
            self.query_one("#my-tokens", LineTable).show(FixedRows(rows))
        self.refresh_bindings()

    def _show_rights(self) -> None:
        mine = self.console.rights
        words = many("You have {count} right:", "You have {count} rights:", len(mine))
        self.query_one("#rights-line", Static).update(toned(words, Tone.DIM))
        rows = [
            (Cell(GRANTED, Tone.GOOD), right.value, _(RIGHT_WORDS[right])) for right in Right if right in mine
        ]
        self.query_one("#rights", LineTable).show(FixedRows(rows))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer to revoke where there is a token, and to log out where one has logged in."""
        if action == "revoke":
            return self.is_mounted and self._chosen_token is not None
        if action == "log_out":
            session = self.console.session
            return session is not None and session["ends_at"] is not None
        return super().check_action(action, parameters)

    @property
    def _chosen_token(self) -> Token | None:
        if not self.query("#my-tokens"):
            return None
        token = self.query_one("#my-tokens", LineTable).under_cursor(self._tokens)
        return None if token is None or token["revoked_at"] else token

    @work
    async def action_password(self) -> None:
        """Change one's own password; every session of one's own ends with that."""
        title = _("Your password")
        present = await self.app.push_screen_wait(Ask(title, _("The present one."), secret=True))
        if present is None:
            return
        new = await ask_twice(self.console, title, _("The new one: ten characters at least."))
        if new is None:
            return
        done = _("The password is changed. Log in again with the new one.")
        await self.console.attempt(did(lambda api: api.change_password(present, new)), done=done)
        self.action_look()

    @work
    async def action_token(self) -> None:
        """Make a token, with no more rights than one has."""
        label = await self.app.push_screen_wait(
            Ask(_("Token: what for?"), _("The program that shows it, such as HR leavers."))
        )
        if label is None:
            return
        choices = right_choices(self.console.rights - NEVER_BY_TOKEN - {Right.OWN_ACCOUNT})
        scopes = await self.app.push_screen_wait(
            ChooseSome(_("What may {label}?").format(label=label), choices, [])
        )
        if not scopes:
            if scopes is not None:
                self.console.notify(_("A token may one thing at least."), severity="warning", markup=False)
            return
        until = await self.app.push_screen_wait(
            AskUntil(_("Until when?"), _("Within a year."), now=self.console.now(), value="90d")
        )
        if until is None:
            return
        ends_at = until.isoformat()
        made = await self.console.attempt(lambda api: api.make_token(label, scopes, ends_at))
        if made is not None:
            self._made.append({name: value for name, value in made.items() if name != "token"})  # type: ignore[arg-type]
            words = _("A program sends it as Authorization: Bearer …. It is not shown again.")
            await self.app.push_screen_wait(ShownOnce(label, words, ((_("Token"), made["token"]),)))
            self.action_look()

    @work
    async def action_revoke(self) -> None:
        """Let the chosen token count no more."""
        token = self._chosen_token
        if token is None:
            return
        words = _("The program that shows it is refused from now on.")
        if await self.app.push_screen_wait(Confirm(token["label"], words, _("Revoke"), dangerous=True)):
            revoked = await self.console.attempt(
                lambda api: api.revoke_token(token["id"]), done=_("It counts no more.")
            )
            if revoked is not None:
                self._made = [each for each in self._made if each["id"] != token["id"]]
            self.action_look()

    @work
    async def action_names(self) -> None:
        """Let oneself see names for a while: another operator has to approve."""
        choices = [Choice(str(each), many("{count} minute", "{count} minutes", each)) for each in _MINUTES]
        minutes = await self.app.push_screen_wait(Choose(_("See names: for how long?"), choices))
        if minutes is None:
            return
        words = _("It goes into the record for good: no names. Another operator has to approve.")
        reason = await self.app.push_screen_wait(Ask(_("What for?"), words, check=_why_no_reason))
        if reason is not None:
            await self.console.attempt(
                lambda api: api.unlock_names(int(minutes), reason), done=_("You see names.")
            )

    def action_log_out(self) -> None:
        """End this session."""
        self.console.action_log_out()


def _why_no_reason(typed: str) -> str | None:
    return None if len(typed) >= _SHORTEST_REASON else _("A few words, such as the number of an inquiry.")


def facts_of(me: Session) -> list[Fact]:
    """Say whom the controller takes one for."""
    ends = (
        day_and_minute(me["ends_at"]) if me["ends_at"] else _("never: known by the account on this machine")
    )
    return [
        Fact(_("You are"), me["operator"], Tone.STRONG),
        Fact(_("Name"), me["name"] or NOTHING),
        Fact(_("Roles"), ", ".join(me["roles"])),
        Fact(_("From"), me["place"]),
        Fact(_("Session ends"), ends),
    ]
