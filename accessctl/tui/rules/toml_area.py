"""The text of the site file: coloured by line, with marks in the gutter where something is wrong."""

import re
from collections.abc import Mapping
from typing import ClassVar, Final

from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Offset
from textual.strip import Strip
from textual.widgets import TextArea

from accessctl.tui.look import Tone
from accessctl.tui.own_style import own_style
from accessctl.tui.rules.draft import sign_of
from accessctl.tui.words import _

_INDENT: Final = 4
_MARGIN: Final = 2
_TOKENS: Final = re.compile(
    r"(?P<header>^\s*\[\[?[^\]#]*\]\]?(?=\s*(?:#|$)))"
    r"""|(?P<string>"(?:\\.|[^"\\])*"?|'[^']*'?)"""
    r"|(?P<comment>#.*$)"
    r"|(?P<key>[A-Za-z0-9_.-]+(?=\s*=))"
    r"|(?P<value>\b(?:true|false|\d[\d:T.+-]*)\b)"
)


class TomlArea(TextArea):
    """Writes TOML. Tab indents; Escape is the page's."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        *(f"toml--{part}" for part in ("header", "string", "comment", "key", "value")),
        *(f"toml--{tone}" for tone in Tone),
    }
    DEFAULT_CSS = """
    TomlArea { border: none; padding: 0; height: 1fr; }
    TomlArea:focus { border: none; }
    TomlArea > .toml--header { color: $text-accent; text-style: bold; }
    TomlArea > .toml--string { color: $text-success; }
    TomlArea > .toml--comment { color: $text-muted; text-style: italic; }
    TomlArea > .toml--key { color: $foreground; }
    TomlArea > .toml--value { color: $text-primary; }
    TomlArea > .toml--bad { color: $text-error; text-style: bold; }
    TomlArea > .toml--alarm { color: $text-error; text-style: bold reverse; }
    TomlArea > .toml--warn { color: $text-warning; text-style: bold; }
    TomlArea > .toml--note { color: $text-primary; text-style: bold; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "ctrl+z", "undo", _("Undo"), show=False, id="text.undo", tooltip=_("Take the last change back.")
        ),
        Binding(
            "ctrl+y", "redo", _("Redo"), show=False, id="text.redo", tooltip=_("Make it again after all.")
        ),
    ]

    def __init__(self, text: str, *, read_only: bool, id: str | None = None) -> None:  # noqa: A002 - as widgets have it
        """Begin with this text."""
        super().__init__(
            text,
            tab_behavior="indent",
            soft_wrap=True,
            show_line_numbers=True,
            read_only=read_only,
            max_checkpoints=500,
            id=id,
        )
        self.indent_width = _INDENT
        self._marked: Mapping[int, str] = {}

    def mark(self, marked: Mapping[int, str]) -> None:
        """Mark lines, counted from one, by how much what is wrong there matters."""
        if marked != self._marked:
            self._marked = dict(marked)
            self.notify_style_update()
            self.refresh()

    def go_to(self, line: int, column: int = 1) -> None:
        """Go to a place; both count from one."""
        row = max(0, min(line - 1, self.document.line_count - 1))
        self.move_cursor((row, max(0, min(column - 1, len(self.document.get_line(row))))), center=True)

    def find(self, wanted: str) -> bool:
        """Go to the next place where this stands, whatever its capitals; from the top behind the last one."""
        lines, (row, column) = self.text.casefold().split("\n"), self.cursor_location
        for step in range(len(lines) + 1):
            at = (row + step) % len(lines)
            found = lines[at].find(wanted.casefold(), column + 1 if step == 0 else 0)
            if found >= 0:
                self.go_to(at + 1, found + 1)
                return True
        return False

    # ----------------------------------------------------------------------------------- drawing

    def get_line(self, line_index: int) -> Text:
        """Give a line with its colours. Lines are looked at one by one, as they are seen."""
        line = super().get_line(line_index)
        for token in _TOKENS.finditer(line.plain):
            style = own_style(self, f"toml--{token.lastgroup}")
            line.stylize(style, token.start(), token.end())
        return line

    def render_line(self, y: int) -> Strip:
        """Draw a line, with the mark of what is wrong in it behind its number."""
        strip = super().render_line(y)
        at = self._line_at(y)
        severity = None if at is None else self._marked.get(at)
        if severity is None:
            return strip
        sign, tone = sign_of(severity)
        gutter = self.gutter_width - _MARGIN
        style = own_style(self, f"toml--{tone}")
        background = Style(bgcolor=self.rich_style.bgcolor)
        marked = Strip([Segment(f"{sign} ", background + style)], _MARGIN)
        return Strip.join([strip.crop(0, gutter), marked, strip.crop(gutter + _MARGIN)])

    def _line_at(self, y: int) -> int | None:
        """Give which line of the text begins in this one of the screen."""
        row = y + int(self.scroll_offset.y)
        if row >= self.wrapped_document.height:
            return None
        line, column = self.wrapped_document.offset_to_location(Offset(0, row))
        return line + 1 if column == 0 else None

    # ---------------------------------------------------------------------------------------- keys

    async def _on_key(self, event: events.Key) -> None:
        if event.key == "escape":
            return  # what that means is the page's affair
        await super()._on_key(event)
