"""The matrix on the screen: arrows go from cell to cell, labels and headings stay in sight."""

from typing import ClassVar

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Offset, Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from accessctl.tui.look import DOTS, mark
from accessctl.tui.own_style import own_style
from accessctl.tui.rules.matrix import Kind, Matrix
from accessctl.tui.rules.matrix_layout import lay_out
from accessctl.tui.words import _

_LINE = mark("│", "|")
_HERE = mark("▸", ">")


class MatrixView(ScrollView, can_focus=True):
    """Who, where and when; one cell is chosen."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        f"matrix--{part}"
        for part in ("head", "direction", "label", "line", "none", "granted", "denied", "lent", "cross")
    } | {"matrix--here", "matrix--cursor"}
    DEFAULT_CSS = """
    MatrixView { height: auto; overflow-x: auto; overflow-y: auto; scrollbar-size-horizontal: 1; }
    MatrixView > .matrix--head { color: $foreground; text-style: bold; }
    MatrixView > .matrix--direction { color: $text-muted; }
    MatrixView > .matrix--label { color: $foreground; }
    MatrixView > .matrix--line { color: $panel-lighten-2; }
    MatrixView > .matrix--none { color: $text-muted; }
    MatrixView > .matrix--granted { color: $text-success; text-style: bold; }
    MatrixView > .matrix--denied { color: $text-error; text-style: bold; }
    MatrixView > .matrix--lent { color: $text-primary; text-style: bold; }
    MatrixView > .matrix--cross { background: $panel; }
    MatrixView > .matrix--here { color: $accent; text-style: bold; }
    MatrixView > .matrix--cursor { background: $block-cursor-blurred-background; text-style: bold; }
    MatrixView:focus > .matrix--cursor {
        background: $block-cursor-background; color: $block-cursor-foreground; text-style: bold;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "step(-1, 0)", _("Up"), show=False, id="matrix.up"),
        Binding("down", "step(1, 0)", _("Down"), show=False, id="matrix.down"),
        Binding("left", "step(0, -1)", _("Left"), show=False, id="matrix.left"),
        Binding("right", "step(0, 1)", _("Right"), show=False, id="matrix.right"),
        Binding("home", "edge(-1)", _("First door"), show=False, id="matrix.first"),
        Binding("end", "edge(1)", _("Last door"), show=False, id="matrix.last"),
        Binding("pageup", "step(-10, 0)", _("Ten up"), show=False, id="matrix.page-up"),
        Binding("pagedown", "step(10, 0)", _("Ten down"), show=False, id="matrix.page-down"),
        Binding(
            "enter",
            "choose",
            _("Open"),
            show=False,
            id="matrix.open",
            tooltip=_("Tell the whole story of this cell."),
        ),
    ]
    cursor: reactive[Offset] = reactive(Offset(0, 0), init=False)
    """``x`` is the column, ``y`` the row."""

    class Moved(Message):
        """Another cell is chosen."""

    class Chosen(Message):
        """Somebody wants to know all about the cell."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - as widgets have it
        """Begin with nothing."""
        super().__init__(id=id)
        self.matrix = Matrix()
        self._layout_now = lay_out(self.matrix, 80)

    def show(self, matrix: Matrix) -> None:
        """Show another one; the cursor stays where it is as far as that exists."""
        self.matrix = matrix
        self.set_reactive(MatrixView.cursor, self.validate_cursor(self.cursor))
        self._lay_out()

    def go_to(self, row: int | None, column: int | None) -> None:
        """Go to a row, a column or both."""
        x = self.cursor.x if column is None else column
        self.cursor = Offset(x, self.cursor.y if row is None else row)

    def on_resize(self) -> None:
        """Lay it out anew."""
        self._lay_out()

    def _lay_out(self) -> None:
        room = self.container_size.width or self.size.width or 80
        self._layout_now = lay_out(self.matrix, room)
        width = self._layout_now.label + self._layout_now.width
        height = len(self.matrix.rows) + self._layout_now.head
        self.styles.height = height + (1 if width > room else 0)
        self.virtual_size = Size(width, height)
        self.call_after_refresh(self._keep_in_sight)
        self.refresh()

    def validate_cursor(self, cursor: Offset) -> Offset:
        """Keep to the cells there are."""
        x = max(0, min(cursor.x, len(self.matrix.columns) - 1))
        return Offset(x, max(0, min(cursor.y, len(self.matrix.rows) - 1)))

    def watch_cursor(self) -> None:
        """Keep the cell in sight, and tell."""
        self._keep_in_sight()
        self.refresh()
        self.post_message(self.Moved())

    def _keep_in_sight(self) -> None:
        found = self._layout_now
        if not found.starts or self.cursor.x >= len(found.starts):
            return
        # The labels and the headings cover what lies beneath them, so that much more has to be in sight.
        start, width = found.starts[self.cursor.x], found.widths[self.cursor.x]
        region = Region(
            start - 1 if self.cursor.x else 0, self.cursor.y, width + 1 + found.label, 1 + found.head
        )
        self.scroll_to_region(region, animate=False, force=True)

    # ----------------------------------------------------------------------------------- drawing

    def render_line(self, y: int) -> Strip:
        """Draw one line of what is in sight."""
        head = self._layout_now.head
        if y < head:
            return self._framed(*self._heading(y))
        row = int(self.scroll_offset.y) + y - head
        if row >= len(self.matrix.rows):
            return Strip.blank(self.size.width, self.rich_style)
        return self._framed(self._label(row), self._cells(row))

    def _framed(self, label: Segment, right: list[Segment]) -> Strip:
        x, width = int(self.scroll_offset.x), self.size.width
        room = max(0, width - self._layout_now.label)
        strip = Strip(right).crop(x, x + room)
        whole = Strip.join([Strip([label], self._layout_now.label), strip])
        return whole.adjust_cell_length(width, self.rich_style)

    def _heading(self, y: int) -> tuple[Segment, list[Segment]]:
        found, here = self._layout_now, self.cursor.x
        segments = []
        for group in found.groups:
            segments.append(Segment(_LINE, self._style("line")))
            if y < found.head - 1:
                name = "here" if here in group.columns else "head"
                segments.append(Segment(set_cell_size(group.headings[y], group.width), self._style(name)))
                continue
            for column in group.columns:
                text = set_cell_size(self.matrix.columns[column].short, found.widths[column] - 1) + " "
                segments.append(Segment(text, self._style("here" if column == here else "direction")))
        return Segment(" " * found.label, self.rich_style), segments

    def _label(self, row: int) -> Segment:
        head, room = self.matrix.rows[row], self._layout_now.label
        here = row == self.cursor.y
        text = f"{_HERE if here else ' '}{head.name}"
        if cell_len(text) > room - 1:
            text = set_cell_size(text, room - 1 - cell_len(DOTS)) + DOTS
        return Segment(set_cell_size(text, room), self._style("here" if here else "label"))

    def _cells(self, row: int) -> list[Segment]:
        found, segments = self._layout_now, []
        for group in found.groups:
            crossed = ("cross",) if row == self.cursor.y else ()
            segments.append(Segment(_LINE, self._style("line", *crossed)))
            for column in group.columns:
                text = set_cell_size(self.matrix.text(row, column), found.widths[column] - 1) + " "
                segments.append(Segment(text, self._tone(row, column)))
        return segments

    def _tone(self, row: int, column: int) -> Style:
        cell = self.matrix.cell(row, column)
        if (row, column) == (self.cursor.y, self.cursor.x):
            return self._style("cursor")
        name = "denied" if cell.denied_by else "granted" if cell.grants else "none"
        if cell.grants and self.matrix.rows[row].kind is Kind.LENT:
            name = "lent"
        crossed = row == self.cursor.y or column == self.cursor.x
        return self._style(name, *(("cross",) if crossed else ()))

    def _style(self, *parts: str) -> Style:
        # Each part says only what is its own, so that a cell of the cross keeps its colour.
        names = [f"matrix--{part}" for part in parts]
        return self.rich_style + Style.combine(own_style(self, name) for name in names)

    # ----------------------------------------------------------------------------------- actions

    def action_step(self, down: int, right: int) -> None:
        """Go so many cells down and to the right."""
        self.cursor = Offset(self.cursor.x + right, self.cursor.y + down)

    def action_edge(self, side: int) -> None:
        """Go to the first or last column."""
        self.cursor = Offset(0 if side < 0 else len(self.matrix.columns) - 1, self.cursor.y)

    def action_choose(self) -> None:
        """Want all about the cell."""
        if self.matrix.columns:
            self.post_message(self.Chosen())

    async def _on_click(self, event: events.Click) -> None:
        head = self._layout_now.head
        row = int(self.scroll_offset.y) + event.y - head
        column = self._layout_now.column_at(event.x - self._layout_now.label + int(self.scroll_offset.x))
        if event.y < head or event.x < self._layout_now.label or row >= len(self.matrix.rows):
            return
        if column is not None:
            again = (row, column) == (self.cursor.y, self.cursor.x)
            self.go_to(row, column)
            if again or event.chain > 1:
                self.action_choose()
