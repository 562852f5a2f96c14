"""A table that draws only the lines one sees, so that a million rows cost what forty do."""

from collections.abc import Sequence
from typing import ClassVar, Final, TypeVar

from rich.cells import set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.cache import LRUCache
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from accessctl.tui.line_rows import GAP, Cell, Column, FixedRows, Row, Rows, fitted, layout
from accessctl.tui.look import DOTS, Tone
from accessctl.tui.words import _

__all__ = ["Cell", "Column", "FixedRows", "LineTable", "Row", "Rows"]
T = TypeVar("T")

_DRAWN: Final = 400
"""So many lines are kept as they were drawn, a few screens full: what is drawn again has mostly moved."""


_GAP: Final = " " * GAP
_AWAITED: Final = Cell(DOTS, Tone.DIM)


class LineTable(ScrollView, can_focus=True):
    """Rows under headings, one of which is chosen. Keys, wheel and mouse move; Enter and a click choose."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "lines--heading",
        "lines--cursor",
        *(f"lines--{tone}" for tone in Tone),
    }
    DEFAULT_CSS = """
    LineTable { overflow-x: hidden; overflow-y: auto; height: 1fr; }
    LineTable > .lines--heading { color: $text-muted; text-style: bold; }
    LineTable > .lines--cursor { background: $block-cursor-blurred-background; text-style: bold; }
    LineTable:focus > .lines--cursor {
        background: $block-cursor-background; color: $block-cursor-foreground; text-style: bold;
    }
    LineTable > .lines--plain { color: $foreground; }
    LineTable > .lines--dim { color: $text-muted; }
    LineTable > .lines--strong { text-style: bold; }
    LineTable > .lines--good { color: $text-success; }
    LineTable > .lines--note { color: $text-primary; }
    LineTable > .lines--warn { color: $text-warning; }
    LineTable > .lines--bad { color: $text-error; }
    LineTable > .lines--alarm { color: $text-error; text-style: bold reverse; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", _("Up"), show=False, id="lines.up"),
        Binding("down,j", "move(1)", _("Down"), show=False, id="lines.down"),
        Binding("pageup", "page(-1)", _("Page up"), show=False, id="lines.page-up"),
        Binding("pagedown", "page(1)", _("Page down"), show=False, id="lines.page-down"),
        Binding("home", "to_start", _("First"), show=False, id="lines.first"),
        Binding("end", "to_end", _("Last"), show=False, id="lines.last"),
        Binding("enter", "choose", _("Open"), show=False, id="lines.choose"),
    ]
    cursor: reactive[int] = reactive(0, init=False)

    class Moved(Message):
        """Another row is under the cursor."""

        def __init__(self, table: "LineTable", index: int) -> None:
            """Tell which."""
            super().__init__()
            self.table, self.index = table, index

        @property
        def control(self) -> "LineTable":
            """The table, for ``@on`` with a selector."""
            return self.table

    class Chosen(Moved):
        """A row was chosen, with Enter or a click."""

    def __init__(
        self,
        columns: Sequence[Column],
        rows: Rows | None = None,
        *,
        id: str | None = None,  # noqa: A002 - as widgets have it
        classes: str | None = None,
        empty: str = "",
    ) -> None:
        """Begin with these rows. ``empty`` is said where there are none."""
        super().__init__(id=id, classes=classes)
        self._columns, self._empty = tuple(columns), empty
        self.rows: Rows = FixedRows() if rows is None else rows
        self._drawn: LRUCache[tuple[object, ...], Strip] = LRUCache(_DRAWN)

    # ---------------------------------------------------------------------------------- contents

    def show(self, rows: Rows, *, keep: bool = True, empty: str | None = None) -> None:
        """Show other rows, or the same ones anew. ``keep``: cursor and scrolled place stay where they are."""
        self.rows = rows
        if empty is not None:
            self._empty = empty
        self.set_reactive(LineTable.cursor, min(self.cursor, max(0, len(rows) - 1)) if keep else 0)
        if not keep:
            self.scroll_to(0, 0, animate=False)
        self.grown()

    def grown(self) -> None:
        """Take notice that there are more or other rows."""
        self.virtual_size = Size(self.scrollable_content_region.width, len(self.rows) + 1)
        self.refresh()

    def came_above(self, count: int) -> None:
        """Take notice that so many rows have come above the first one.

        Whoever is at the very first row sees what comes; for anybody else what they read stays where it is.
        """
        if not count or (self.cursor == 0 and self.scroll_offset.y == 0):
            self.grown()
            return
        top = self.scroll_offset.y + count
        self.set_reactive(LineTable.cursor, self.cursor + count)
        self.grown()
        self.scroll_to(y=top, animate=False, force=True)

    def under_cursor(self, about: Sequence[T]) -> T | None:
        """Give what the row under the cursor is about. ``about``: what each row is."""
        return about[self.cursor] if self.cursor < len(about) else None

    @property
    def seen(self) -> range:
        """The rows that are in sight."""
        top = int(self.scroll_offset.y)
        return range(min(top, len(self.rows)), min(top + max(0, self.size.height - 1), len(self.rows)))

    @property
    def at_end(self) -> bool:
        """Whether the last row is in sight."""
        return len(self.seen) == 0 or self.seen[-1] == len(self.rows) - 1

    def on_resize(self) -> None:
        """Lay the columns out anew."""
        self.grown()

    def watch_cursor(self) -> None:
        """Keep the cursor in sight, and tell."""
        self.scroll_to_region(Region(0, self.cursor, 1, 2), animate=False, force=True)
        self.refresh()
        if len(self.rows):
            self.post_message(self.Moved(self, self.cursor))

    def validate_cursor(self, cursor: int) -> int:
        """Keep to the rows there are."""
        return max(0, min(cursor, len(self.rows) - 1))

    # ----------------------------------------------------------------------------------- drawing

    def render_line(self, y: int) -> Strip:
        """Draw one line of what is in sight; the first one is the heading."""
        width = self.scrollable_content_region.width  # what the scrollbar leaves
        if y == 0:
            heading = [Cell(column.title) for column in self._columns]
            return self._strip(heading, "lines--heading", width)
        index = int(self.scroll_offset.y) + y - 1
        if index >= len(self.rows):
            words = self._empty if y == 1 and not len(self.rows) else ""
            return Strip([Segment(set_cell_size(words, width), self._style("lines--dim"))], width)
        row = self.rows.row(index)
        chosen = index == self.cursor and (self.has_focus or len(self.rows) > 1)
        return self._strip(
            row or (_AWAITED,) * len(self._columns), "lines--cursor" if chosen else None, width
        )

    def _strip(self, row: Row, over: str | None, width: int) -> Strip:
        key = (tuple(row), over, width)
        strip = self._drawn.get(key)
        if strip is None:
            strip = self._drawn[key] = self._draw(row, over, width)
        return strip

    def _draw(self, row: Row, over: str | None, width: int) -> Strip:
        segments: list[Segment] = []
        plain = self._style(over or "lines--plain")
        for place, room in layout(self._columns, width):
            cell = row[place] if place < len(row) else ""
            text, tone = (cell, Tone.PLAIN) if isinstance(cell, str) else cell
            # In the chosen line the theme's own colours are read best.
            style = self._style(over or f"lines--{tone}")
            if style.reverse:
                segments += (Segment(fitted(text, room), style), Segment(_GAP, plain))
            else:
                segments.append(Segment(fitted(text, room) + _GAP, style))
        # Each change of colour is written to the terminal, so what looks alike is put together.
        return Strip(segments).simplify().adjust_cell_length(width, plain)

    def _style(self, name: str) -> Style:
        return self.get_component_rich_style(name)

    def notify_style_update(self) -> None:
        """Draw anew what was drawn in other colours."""
        self._drawn.clear()
        super().notify_style_update()

    # ----------------------------------------------------------------------------------- actions

    def action_move(self, by: int) -> None:
        """Go so many rows down or up."""
        self.cursor += by

    def action_page(self, by: int) -> None:
        """Go as many rows as are in sight."""
        self.cursor += by * max(1, self.size.height - 2)

    def action_to_start(self) -> None:
        """Go to the first row."""
        self.cursor = 0

    def action_to_end(self) -> None:
        """Go to the last row."""
        self.cursor = len(self.rows) - 1

    def action_choose(self) -> None:
        """Choose the row under the cursor."""
        if len(self.rows):
            self.post_message(self.Chosen(self, self.cursor))

    async def _on_click(self, event: events.Click) -> None:
        index = int(self.scroll_offset.y) + event.y - 1
        if event.y > 0 and index < len(self.rows):
            again = index == self.cursor
            self.cursor = index
            if again or event.chain > 1:
                self.action_choose()
