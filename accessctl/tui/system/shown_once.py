"""A secret that is shown this once: it is gone from the screen, and from here, when this is closed."""

from collections.abc import Sequence
from typing import ClassVar, Final

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Static

from accessctl.tui.dialogs import Dialog
from accessctl.tui.enrol.qr import picture_of, room_for
from accessctl.tui.look import Tone
from accessctl.tui.system.section import toned
from accessctl.tui.words import _

_BESIDE: Final = 36
"""Columns for what stands beside the picture, and for the frame."""
_LINES: Final = 3
"""Lines that frame and footer take."""


class ShownOnce(Dialog[bool]):
    """Enter alone closes it, so that nothing is lost by a slip. Gives true."""

    DEFAULT_CSS = """
    ShownOnce > #frame { width: auto; max-width: 100%; max-height: 100%; padding: 0 1; }
    ShownOnce #both { width: auto; height: auto; }
    ShownOnce #picture { width: auto; height: auto; margin-right: 2; display: none; }
    ShownOnce #picture.-shown { display: block; }
    ShownOnce #beside { width: 32; height: auto; }
    ShownOnce.-alone #beside { width: 70; max-width: 100%; }
    ShownOnce #beside Static { height: auto; margin-bottom: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "kept", _("I have it"), id="once.kept", tooltip=_("Close; it is not shown again.")),
        Binding("escape", "hold", show=False, id="once.hold"),
    ]

    def __init__(
        self, title: str, words: str, lines: Sequence[tuple[str, str]], picture: str | None = None
    ) -> None:
        """``lines``: what each secret is, and the secret. ``picture``: what a camera should read."""
        super().__init__(title)
        self._told, self._lines, self._picture = words, tuple(lines), picture

    def contents(self) -> ComposeResult:
        """The picture, and beside it the secret as text."""
        with Horizontal(id="both"):
            yield Static(id="picture")
            with Vertical(id="beside"):
                yield Static(self._told, markup=False)
                for name, secret in self._lines:
                    yield Static(toned(name, Tone.DIM) + Content("\n") + toned(secret, Tone.STRONG))
                yield Static(id="room", markup=False)

    def on_mount(self) -> None:
        """Draw it as large as there is room."""
        self._draw()

    def on_resize(self, _event: events.Resize) -> None:
        """Draw it anew."""
        self._draw()

    def _draw(self) -> None:
        if self._picture is None:
            self.set_class(True, "-alone")  # noqa: FBT003 - as Textual has it
            return
        room = self.app.size
        drawn = picture_of(self._picture, room.width - _BESIDE, room.height - _LINES)
        place = self.query_one("#picture", Static)
        place.set_class(drawn is not None, "-shown")
        self.set_class(drawn is None, "-alone")
        place.update("" if drawn is None else drawn.text())
        columns, rows = room_for(self._picture)
        words = _("In a window of {columns} × {rows} it is shown as a picture for a camera.")
        words = words.format(columns=columns + _BESIDE, rows=rows + _LINES)
        self.query_one("#room", Static).update("" if drawn is not None else words)

    def action_kept(self) -> None:
        """It was written down."""
        self._lines, self._picture = (), None
        self.dismiss(result=True)

    def action_hold(self) -> None:
        """Stay: who leaves without having it has lost it."""
        self.wrong(_("It is shown this once. Press Enter when you have it."))
