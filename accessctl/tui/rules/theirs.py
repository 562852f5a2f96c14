"""Somebody else has changed the site file meanwhile: what they did, and what one's own text does to it."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Button, Static

from accessctl.tui.dialogs import Dialog
from accessctl.tui.rules.diff import diff_of
from accessctl.tui.rules.diff_view import DiffView
from accessctl.tui.words import _


class Theirs(Dialog[bool]):
    """Gives true when one's own text is to replace theirs, once it was looked at and rehearsed anew."""

    DEFAULT_CSS = """
    Theirs > #frame { width: 120; height: 90%; }
    Theirs .heading { margin-top: 1; }
    Theirs Button { margin-top: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "escape",
            "leave",
            _("Back to the text"),
            id="dialog.leave",
            tooltip=_("Decide nothing; text stays."),
        ),
    ]

    def __init__(self, why: str, base: str, theirs: str, mine: str) -> None:
        """``base`` is what both began with."""
        words = _(
            "{why}. Nothing of yours was put in force, and your text is still here. Take over what you want "
            "to keep of theirs; or go on from theirs: your text is then compared with it and rehearsed anew."
        )
        super().__init__(_("Changed meanwhile"), words.format(why=why))
        self._theirs, self._mine = diff_of(base, theirs), diff_of(theirs, mine)

    def contents(self) -> ComposeResult:
        """Both differences."""
        yield Static(_("What they have changed"), classes="heading")
        yield DiffView(self._theirs, id="theirs")
        yield Static(_("What your text would change of theirs"), classes="heading")
        yield DiffView(self._mine, id="mine")
        yield Button(_("Go on from theirs"), id="go-on", variant="primary")

    def on_mount(self) -> None:
        """Begin with what they did."""
        self.query_one("#theirs").focus()

    @on(Button.Pressed, "#go-on")
    def _go_on(self) -> None:
        self.dismiss(result=True)
