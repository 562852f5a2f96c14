"""Yes or no; and for what cannot be taken lightly, a word that has to be typed."""

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Button, Input

from accessctl.tui.dialogs.dialog import Dialog
from accessctl.tui.words import _


class Confirm(Dialog[bool]):
    """Gives true when whoever was asked has said so; ``None`` in any other case."""

    DEFAULT_CSS = """
    Confirm #answers { height: auto; align-horizontal: right; }
    Confirm Button { margin-left: 2; }
    Confirm Input { margin-bottom: 1; }
    """

    def __init__(
        self, title: str, words: str, yes: str, *, typed: str | None = None, dangerous: bool = False
    ) -> None:
        """``yes`` names what will be done. ``typed``: a word that has to be typed before it can be done."""
        super().__init__(title, words)
        self._yes, self._typed, self._dangerous = yes, typed, dangerous or typed is not None

    def contents(self) -> ComposeResult:
        """A field where a word is wanted, and two buttons."""
        if self._typed is not None:
            yield Input(placeholder=_("type {word} to go on").format(word=self._typed), id="typed")
        with Horizontal(id="answers"):
            yield Button(_("Cancel"), id="no")
            yield Button(
                self._yes,
                id="yes",
                variant="error" if self._dangerous else "primary",
                disabled=self._typed is not None,
            )

    def on_mount(self) -> None:
        """Begin where the answer is given; at "Cancel" where yes is dangerous."""
        first = "#typed" if self._typed is not None else "#no" if self._dangerous else "#yes"
        self.query_one(first).focus()

    def _is_typed(self) -> bool:
        return self._typed is None or self.query_one("#typed", Input).value.strip() == self._typed

    @on(Input.Changed, "#typed")
    def _look(self) -> None:
        self.query_one("#yes", Button).disabled = not self._is_typed()

    @on(Input.Submitted, "#typed")
    @on(Button.Pressed, "#yes")
    def _go(self) -> None:
        if self._is_typed():
            self.dismiss(result=True)
        else:
            self.wrong(_("The word is {word}.").format(word=self._typed))

    @on(Button.Pressed, "#no")
    def _stay(self) -> None:
        self.dismiss(None)
