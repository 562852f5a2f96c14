"""The whole story of a cell, for screens on which there is no room for it below the matrix."""

from typing import ClassVar

from rich.console import RenderableType
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from accessctl.tui.dialogs import Dialog
from accessctl.tui.words import _


class CellStory(Dialog[bool]):
    """Shows the story until somebody has read it."""

    DEFAULT_CSS = """
    CellStory > #frame { width: 96; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,enter,space,q", "leave", _("Close"), id="dialog.leave", tooltip=_("Close this.")),
    ]

    def __init__(self, told: RenderableType) -> None:
        """Show this."""
        super().__init__(_("Who, where and when"))
        self._told = told

    def contents(self) -> ComposeResult:
        """The story."""
        yield Static(self._told)
