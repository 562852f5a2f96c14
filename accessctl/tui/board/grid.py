"""Every door as a tile, as many side by side as there is room for."""

from collections.abc import Sequence
from typing import ClassVar, Final

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from accessctl.tui.board.tile import Tile
from accessctl.tui.board.tile_drawing import Line, columns_in, draw, widths_in
from accessctl.tui.look import Tone
from accessctl.tui.words import _

_LOW: Final = 5
_HIGH: Final = 6
_MUCH_ROOM: Final = 36
"""Lines of the terminal from which on each tile has one more."""


class TileGrid(ScrollView, can_focus=True):
    """Tiles, one of which is chosen. It draws those in sight, and anew only those that say something else."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"tiles--chosen", *(f"tiles--{tone}" for tone in Tone)}
    DEFAULT_CSS = """
    TileGrid { overflow-x: hidden; overflow-y: auto; height: auto; max-height: 72%; }
    TileGrid > .tiles--plain { color: $foreground; }
    TileGrid > .tiles--dim { color: $text-muted; }
    TileGrid > .tiles--strong { text-style: bold; }
    TileGrid > .tiles--good { color: $text-success; }
    TileGrid > .tiles--note { color: $text-primary; text-style: bold; }
    TileGrid > .tiles--warn { color: $text-warning; text-style: bold; }
    TileGrid > .tiles--bad { color: $text-error; text-style: bold; }
    TileGrid > .tiles--alarm { color: $text-error; text-style: bold reverse; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,h", "move(-1)", _("Left"), show=False, id="tiles.left"),
        Binding("right", "move(1)", _("Right"), show=False, id="tiles.right"),
        Binding("up,k", "move_lines(-1)", _("Up"), show=False, id="tiles.up"),
        Binding("down,j", "move_lines(1)", _("Down"), show=False, id="tiles.down"),
        Binding("home", "first", _("First"), show=False, id="tiles.first"),
        Binding("end", "last", _("Last"), show=False, id="tiles.last"),
        Binding(
            "enter",
            "open",
            _("Open"),
            id="tiles.open",
            tooltip=_("Open the door's drawer: its facts, its history, and why somebody was refused."),
        ),
    ]
    cursor: reactive[int] = reactive(0, init=False)

    class Moved(Message):
        """Another tile is chosen."""

    class Opened(Message):
        """Somebody wants to know more of a door."""

        def __init__(self, door: str) -> None:
            """Name it."""
            super().__init__()
            self.door = door

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - as widgets have it
        """Begin with none."""
        super().__init__(id=id)
        self.tiles: tuple[Tile, ...] = ()
        self._drawn: dict[tuple[int, int, bool], tuple[Tile, list[Line]]] = {}

    # ---------------------------------------------------------------------------------- contents

    def show(self, tiles: Sequence[Tile]) -> None:
        """Show these; what is chosen stays chosen."""
        before, chosen = self.tiles, self.chosen
        self.tiles = tuple(tiles)
        if [tile.id for tile in before] != [tile.id for tile in tiles]:
            ids = [tile.id for tile in tiles]
            self.set_reactive(TileGrid.cursor, ids.index(chosen) if chosen in ids else 0)
            self._drawn.clear()
            self._measure()
            self.refresh(layout=True)
            return
        for number, (old, new) in enumerate(zip(before, tiles, strict=True)):
            if old != new:
                self.refresh(self._place(number))

    @property
    def chosen(self) -> str | None:
        """The door whose tile is chosen."""
        return self.tiles[self.cursor].id if self.cursor < len(self.tiles) else None

    def choose(self, door: str) -> None:
        """Choose the tile of this door, where there is one."""
        for number, tile in enumerate(self.tiles):
            if tile.id == door:
                self.cursor = number

    # ------------------------------------------------------------------------------------ places

    @property
    def tile_height(self) -> int:
        """How many lines a tile has."""
        return _HIGH if self.app.size.height >= _MUCH_ROOM else _LOW

    @property
    def _room(self) -> int:
        """How wide it is, without the scrollbar."""
        return self.scrollable_content_region.width

    def _rows(self, width: int) -> int:
        return -(-len(self.tiles) // columns_in(width))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Give how many lines all tiles take."""
        return max(1, self._rows(width) * self.tile_height)

    def _measure(self) -> None:
        width = self._room
        self.virtual_size = Size(width, self._rows(width) * self.tile_height)
        self._refresh_scrollbars()  # whether one is needed was asked before this was known

    def _in_sheet(self, number: int) -> Region:
        widths = widths_in(self._room)
        row, column = divmod(number, len(widths))
        left = sum(widths[:column]) + column
        return Region(left, row * self.tile_height, widths[column], self.tile_height)

    def _place(self, number: int) -> Region:
        return self._in_sheet(number).translate((0, -int(self.scroll_offset.y)))

    def on_resize(self) -> None:
        """Lay them out anew."""
        self._drawn.clear()
        self._measure()
        self.scroll_to_region(self._in_sheet(self.cursor), animate=False)
        self.refresh(layout=True)

    # ----------------------------------------------------------------------------------- drawing

    def render_line(self, y: int) -> Strip:
        """Draw one line of what is in sight, across all tiles that it goes through."""
        width, height = self._room, self.tile_height
        row, line = divmod(int(self.scroll_offset.y) + y, height)
        widths = widths_in(width)
        first = row * len(widths)
        if not self.tiles and y == 0:
            return Strip([Segment(_("There is no door here."), self._style(Tone.DIM))]).adjust_cell_length(
                width
            )
        segments: list[Segment] = []
        for column, wide in enumerate(widths):
            number = first + column
            if number < len(self.tiles):
                segments += [
                    Segment(text, self._style(tone)) for text, tone in self._lines(number, wide)[line]
                ]
                segments.append(Segment(" ", self._style(Tone.PLAIN)))
        return Strip(segments).adjust_cell_length(width, self._style(Tone.PLAIN))

    def _lines(self, number: int, width: int) -> list[Line]:
        tile, chosen = self.tiles[number], number == self.cursor
        found = self._drawn.get((number, width, chosen))
        if found is None or found[0] is not tile:
            found = tile, draw(tile, width, self.tile_height, chosen=chosen)
            self._drawn[number, width, chosen] = found
        return found[1]

    def _style(self, tone: Tone) -> Style:
        return self.get_component_rich_style(f"tiles--{tone}")

    # ----------------------------------------------------------------------------------- choosing

    def validate_cursor(self, cursor: int) -> int:
        """Keep to the tiles there are."""
        return max(0, min(cursor, len(self.tiles) - 1))

    def watch_cursor(self, before: int, now: int) -> None:
        """Show which is chosen, and tell."""
        self.refresh(self._place(before), self._place(now))
        self.scroll_to_region(self._in_sheet(now), animate=False, force=True)
        self.post_message(self.Moved())

    def action_move(self, by: int) -> None:
        """Go to the one beside."""
        self.cursor += by

    def action_move_lines(self, by: int) -> None:
        """Go to the one above or below; there is none beyond the edge."""
        wanted = self.cursor + by * columns_in(self._room)
        if 0 <= wanted < len(self.tiles):
            self.cursor = wanted

    def action_first(self) -> None:
        """Go to the first."""
        self.cursor = 0

    def action_last(self) -> None:
        """Go to the last."""
        self.cursor = len(self.tiles) - 1

    def action_open(self) -> None:
        """Open the drawer of the chosen one."""
        if self.chosen is not None:
            self.post_message(self.Opened(self.chosen))

    async def _on_click(self, event: events.Click) -> None:
        at = event.offset.x, event.offset.y + int(self.scroll_offset.y)
        for number in range(len(self.tiles)):
            if self._in_sheet(number).contains(*at):
                self.cursor = number
                if event.chain > 1:
                    self.action_open()
