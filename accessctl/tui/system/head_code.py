"""The newest signed head as a QR code and as text: to be photographed, and kept elsewhere."""

from typing import Any, ClassVar, Final

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from accessctl.tui.dialogs import Dialog
from accessctl.tui.enrol.qr import picture_of, room_for
from accessctl.tui.look import few_marks
from accessctl.tui.times import day_and_clock
from accessctl.tui.words import _, many

_HIGH: Final = 48
"""With so many lines there is room for a frame and for the text below the picture."""
_BESIDE: Final = 12
"""Lines and columns that frame and words take there."""


class HeadCode(Dialog[bool]):
    """Shows what ``accessctl log print`` prints."""

    VERTICAL_BREAKPOINTS = [(0, "-low"), (_HIGH, "-high")]  # noqa: RUF012 - as Textual declares it
    DEFAULT_CSS = """
    HeadCode > #frame { width: auto; max-width: 100%; max-height: 100%; padding: 0 2; }
    HeadCode.-low > #frame { border: none; padding: 0; width: 100%; height: 1fr; }
    HeadCode #picture { width: auto; height: auto; }
    HeadCode #note { width: auto; height: auto; margin-top: 1; }
    HeadCode.-low #note { width: 100%; }
    HeadCode.-low.-drawn #note, HeadCode.-low.-drawn #about { display: none; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,enter,space", "leave", _("Close"), id="head.close", tooltip=_("Close this.")),
    ]

    def __init__(self, head: dict[str, Any]) -> None:
        """Show this head."""
        super().__init__(_("The newest signed head"))
        self._head = head

    def contents(self) -> ComposeResult:
        """What it is, the picture, and its text."""
        entries = many("{count} entry", "{count} entries", self._head["size"])
        words = _("{entries}, signed {when}. Whoever keeps it can show later that none was changed.")
        about = words.format(entries=entries, when=day_and_clock(self._head["at"]))
        yield Static(about, id="about", markup=False)
        yield Static(id="picture", markup=False)
        yield Static(self._head["note"], id="note", markup=False)

    def on_mount(self) -> None:
        """Draw it."""
        self._draw()

    def on_resize(self, event: events.Resize) -> None:
        """Draw it as large as there is room."""
        del event
        self._draw()

    def _draw(self) -> None:
        columns, rows = self.app.size
        taken = _BESIDE if rows >= _HIGH else 1
        note = self._head["note"]
        picture = None if few_marks() else picture_of(note, columns - 8, rows - taken)
        self.set_class(picture is not None, "-drawn")
        place = self.query_one("#picture", Static)
        if picture is not None:
            place.update(picture.text())
            return
        needed_columns, needed_rows = room_for(note)
        words = _("For the picture the window needs {columns} columns and {rows} lines. Its text:")
        place.update(
            _("This terminal cannot draw the picture. Its text:")
            if few_marks()
            else words.format(columns=needed_columns + 8, rows=needed_rows + 1)
        )
