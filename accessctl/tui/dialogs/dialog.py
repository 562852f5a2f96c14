"""What dialogs share: a frame with a title, Escape to leave, and the keys below."""

from typing import ClassVar, TypeVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from accessctl.tui.gated import Gated
from accessctl.tui.key_line import KeyLine
from accessctl.tui.left_once import LeftOnce
from accessctl.tui.words import _

T = TypeVar("T")


class Dialog(ModalScreen[T | None], LeftOnce[T | None], Gated):
    """A question over a page. A subclass gives what is in the frame in ``contents``."""

    HELP: ClassVar[str] = ""
    DEFAULT_CSS = """
    Dialog { align: center middle; }
    Dialog > #frame {
        width: 72; max-width: 96%; height: auto; max-height: 90%;
        border: round $accent; background: $surface; padding: 1 2;
    }
    Dialog #words { margin-bottom: 1; }
    Dialog #wrong { color: $text-error; display: none; }
    Dialog #wrong.-shown { display: block; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "escape", "leave", _("Cancel"), id="dialog.leave", tooltip=_("Close this and change nothing.")
        ),
        # A modal screen hears nothing of the application's keys.
        Binding(
            "f1,question_mark",
            "app.help",
            _("Help"),
            id="dialog.help",
            tooltip=_("What one can do here, and every key."),
            key_display="F1",
        ),
    ]

    def __init__(self, title: str, words: str = "") -> None:
        """``title`` stands in the frame, ``words`` in it."""
        super().__init__()
        self._title, self._words = title, words

    def compose(self) -> ComposeResult:
        """Put the frame together."""
        with VerticalScroll(id="frame", can_focus=False) as frame:
            # A plain text would be read as markup, and names are in it.
            frame.border_title = Content(self._title)
            if self._words:
                yield Static(self._words, id="words", markup=False)
            yield from self.contents()
            yield Static("", id="wrong", markup=False)
        yield KeyLine()

    def contents(self) -> ComposeResult:
        """Give what is in the frame."""
        yield from ()

    def wrong(self, words: str) -> None:
        """Say what is wrong with what was typed; nothing when all is well."""
        line = self.query_one("#wrong", Static)
        line.update(words)
        line.set_class(bool(words), "-shown")

    def action_leave(self) -> None:
        """Leave without an answer."""
        self.dismiss(None)
