"""One line that has to be typed."""

from collections.abc import Callable

from textual import on
from textual.app import ComposeResult
from textual.widgets import Input

from accessctl.tui.dialogs.dialog import Dialog
from accessctl.tui.words import _

Check = Callable[[str], str | None]
"""Says what is wrong with a line, or nothing."""


class Ask(Dialog[str]):
    """Gives the line, without blanks around it."""

    def __init__(
        self,
        title: str,
        words: str = "",
        *,
        value: str = "",
        placeholder: str = "",
        secret: bool = False,
        needed: bool = True,
        check: Check | None = None,
    ) -> None:
        """``secret``: do not show what is typed. ``needed``: an empty line is no answer."""
        super().__init__(title, words)
        self._value, self._placeholder, self._secret = value, placeholder, secret
        self._needed, self._check = needed, check

    def contents(self) -> ComposeResult:
        """The field."""
        yield Input(self._value, placeholder=self._placeholder, password=self._secret, id="line")

    def on_mount(self) -> None:
        """Begin to type."""
        self.query_one("#line").focus()

    @on(Input.Submitted, "#line")
    def _typed(self, message: Input.Submitted) -> None:
        line = message.value.strip()
        wrong = self._check(line) if self._check else None
        if self._needed and not line:
            wrong = _("Something has to be typed here.")
        if wrong:
            self.wrong(wrong)
        else:
            self.dismiss(line)
