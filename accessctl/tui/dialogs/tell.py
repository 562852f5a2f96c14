"""Something that is shown until somebody has read it."""

from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from accessctl.tui.dialogs.dialog import Dialog
from accessctl.tui.words import _


class Tell(Dialog[bool]):
    """Shows words; any of its keys closes it. Gives true."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,space,q", "read", _("Close"), id="tell.close", tooltip=_("Close this.")),
    ]

    def __init__(self, title: str, told: str | Text) -> None:
        """Show this."""
        super().__init__(title)
        self._told = told

    def contents(self) -> ComposeResult:
        """The words."""
        yield Static(self._told, id="told", markup=False)

    def action_read(self) -> None:
        """It was read."""
        self.dismiss(result=True)

    def action_leave(self) -> None:
        """It was read."""
        self.dismiss(result=True)
