"""Logging in: name, password, and the code of the generator."""

from typing import TYPE_CHECKING, ClassVar, cast

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import Screen
from textual.widgets import Button, Footer, Input, Static

from accessctl.client import ApiError
from accessctl.tui.words import _

if TYPE_CHECKING:
    from accessctl.tui.console import Console


class LoginPage(Screen[None]):
    """Asks until somebody has logged in. Nothing of the site is shown before."""

    HELP = _("Type your operator's name, your password and the code that your generator shows now.")
    DEFAULT_CSS = """
    LoginPage { align: center middle; }
    LoginPage #form {
        width: 56; max-width: 96%; height: auto; border: round $accent; background: $surface; padding: 1 2;
    }
    LoginPage Input { margin-bottom: 1; }
    LoginPage #why { color: $text-error; height: auto; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+q", "app.quit", _("Quit"), id="login.quit", tooltip=_("Leave the console.")),
    ]

    def __init__(self, why: str = "") -> None:
        """``why``: what made it necessary, if it was anything."""
        super().__init__()
        self._why = why

    def compose(self) -> ComposeResult:
        """The form."""
        with Vertical(id="form") as form:
            form.border_title = _("Log in to accessctl")
            yield Input(placeholder=_("operator"), id="operator")
            yield Input(placeholder=_("password"), password=True, id="password")
            yield Input(placeholder=_("code of the generator"), id="code", max_length=12)
            yield Button(_("Log in"), id="go", variant="primary")
            yield Static(self._why, id="why", markup=False)
        yield Footer(compact=True, show_command_palette=False)

    def on_mount(self) -> None:
        """Begin to type."""
        self.query_one("#operator").focus()

    @on(Input.Submitted, "#operator")
    def _to_password(self) -> None:
        self.query_one("#password").focus()

    @on(Input.Submitted, "#password")
    def _to_code(self) -> None:
        self.query_one("#code").focus()

    @on(Input.Submitted, "#code")
    @on(Button.Pressed, "#go")
    def _submitted(self) -> None:
        self._log_in()

    @work(exclusive=True)
    async def _log_in(self) -> None:
        console = cast("Console", self.app)
        operator, password, code = (
            self.query_one(f"#{id_}", Input) for id_ in ("operator", "password", "code")
        )
        said = (operator.value.strip(), password.value, code.value.replace(" ", ""))
        why = self.query_one("#why", Static)
        if not all(said):
            why.update(_("All three are needed."))
            return
        why.update(_("Looking …"))
        try:
            begun = await console.asker(lambda api: api.log_in(*said))
        except ApiError as error:
            why.update(str(error))
            code.value = ""
            code.focus()
            return
        finally:
            password_was_good = console.asker.anonymous
            if not password_was_good:
                password.value = ""
        password.value = code.value = ""
        console.logged_in(begun["token"])
