"""A PIN that its person types twice, hidden. What the API refuses is said here, and typed again."""

import re
from collections.abc import Callable
from typing import Final

from textual import on, work
from textual.app import ComposeResult
from textual.widgets import Input, Label

from accessctl.client import ApiClient, ApiError, ApiRefused
from accessctl.tui.dialogs import Dialog
from accessctl.tui.words import _

_PIN: Final = re.compile(r"[0-9]{4,12}")


def pin_problem(pin: str, again: str) -> str | None:
    """Say what is wrong with a PIN before anybody is asked; never repeats it."""
    if not _PIN.fullmatch(pin):
        return _("A PIN is 4 to 12 digits.")
    return None if pin == again else _("The two are not the same.")


class TypePin(Dialog[bool]):
    """Gives true when the PIN is set."""

    DEFAULT_CSS = """
    TypePin Label { margin-bottom: 0; }
    """

    def __init__(self, title: str, words: str, set_pin: Callable[[ApiClient, str], None]) -> None:
        """``set_pin``: how the API is told."""
        super().__init__(title, words)
        self._set_pin = set_pin

    def contents(self) -> ComposeResult:
        """The PIN, and the PIN again."""
        yield Label(_("PIN (4 to 12 digits)"), markup=False)
        yield Input(password=True, id="pin")
        yield Label(_("PIN again"), markup=False)
        yield Input(password=True, id="again")

    def on_mount(self) -> None:
        """Begin to type."""
        self.query_one("#pin").focus()

    @on(Input.Submitted, "#pin")
    def _go_on(self) -> None:
        self.query_one("#again").focus()

    @on(Input.Submitted, "#again")
    def _typed(self) -> None:
        pin, again = self.query_one("#pin", Input).value, self.query_one("#again", Input).value
        problem = pin_problem(pin, again)
        if problem:
            self._once_more(problem)
        else:
            self.wrong("")
            self._set(pin)

    @work(exclusive=True)
    async def _set(self, pin: str) -> None:
        set_pin = self._set_pin
        try:
            await self.console.ask(lambda api: set_pin(api, pin))
        except ApiRefused as refused:
            self._once_more(str(refused))
        except ApiError as error:
            self.console.say_why(error)
            self.dismiss(None)
        else:
            self.console.look_again()
            self.dismiss(result=True)

    def _once_more(self, why: str) -> None:
        """Say what is wrong, and begin anew with empty fields."""
        for field in self.query(Input):
            field.value = ""
        self.query_one("#pin").focus()
        self.wrong(why)
