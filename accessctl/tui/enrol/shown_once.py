"""A secret that is shown this once: a PIN that was made up."""

from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from accessctl.tui.dialogs import Dialog
from accessctl.tui.words import _

SHOWN_S: Final = 120.0
"""After so long it is taken off the screen, in case whoever asked for it has left."""


class ShownOnce(Dialog[bool]):
    """Shows a secret until a key is pressed. It is kept nowhere: when this closes it is gone."""

    DEFAULT_CSS = """
    ShownOnce #secret {
        width: 100%; height: 3; content-align: center middle; text-style: bold;
        background: $panel; margin-bottom: 1;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "enter,escape,space",
            "leave",
            _("Noted"),
            id="secret.close",
            tooltip=_("Close this for good."),
            key_display="⏎",
        ),
    ]

    def __init__(self, title: str, secret: str, words: str = "") -> None:
        """Show this secret."""
        super().__init__(title, words)
        self._secret = secret

    def contents(self) -> ComposeResult:
        """The secret, large enough to be read out."""
        yield Static("  ".join(self._secret), id="secret", markup=False)
        yield Static(
            _("It is shown only now, and for two minutes at most. Nobody can look it up later."),
            classes="quiet",
            markup=False,
        )

    def on_mount(self) -> None:
        """Do not stand there for ever."""
        self.set_timer(SHOWN_S, self.action_leave)

    def action_leave(self) -> None:
        """Close."""
        self._secret = ""
        self.dismiss(result=True)
