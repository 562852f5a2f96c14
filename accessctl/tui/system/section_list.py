"""The sections there are: a column where there is room, a line of tabs where there is not."""

from typing import ClassVar, Final

from rich.cells import cell_len
from rich.text import Text
from textual import events
from textual.message import Message
from textual.widget import Widget

from accessctl.tui.look import ALARM
from accessctl.tui.system.section import Section
from accessctl.tui.words import _

_HINT: Final = 3
"""Lines from the end at which the keys stand that go from one to the next."""
_SHORTER: Final = (99, 8, 7, 6, 5, 4)
"""So many letters of each name but that of the shown one; the first that fits is taken."""


class SectionList(Widget):
    """Names each section, which one is shown, and where something waits."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "sections--name",
        "sections--here",
        "sections--waits",
        "sections--hint",
    }
    DEFAULT_CSS = """
    SectionList { width: 100%; height: 1; background: $panel; }
    SectionList > .sections--name { color: $foreground; }
    SectionList > .sections--here { color: $accent; text-style: bold reverse; }
    SectionList > .sections--waits { color: $text-warning; text-style: bold; }
    SectionList > .sections--hint { color: $text-muted; }
    """

    class Gone(Message):
        """Another section was clicked."""

        def __init__(self, at: int) -> None:
            """Tell which."""
            super().__init__()
            self.at = at

    def __init__(self, sections: list[type[Section]]) -> None:
        """Name these."""
        super().__init__()
        self._sections, self._at = sections, 0
        self._waiting: dict[str, int] = {}

    def show(self, at: int) -> None:
        """Mark the one that is shown."""
        self._at = at
        self.refresh()

    def mark(self, section: str, count: int) -> None:
        """Mark how much of a section wants to be looked at."""
        if self._waiting.get(section, 0) != count:
            self._waiting[section] = count
            self.refresh()

    @property
    def upright(self) -> bool:
        """Whether it is a column."""
        return self.size.height > 1

    def render(self) -> Text:
        """Draw it."""
        return self._column() if self.upright else self._line()

    def _words(self, at: int) -> tuple[str, str]:
        section = self._sections[at]
        count = self._waiting.get(section.ID, 0)
        return f" {section.NAME} ", f"{ALARM} {count} " if count else ""

    def _tabs(self) -> list[tuple[str, str]]:
        """Give names and marks with as many letters of each name as there is room for."""
        tabs: list[tuple[str, str]] = []
        for letters in _SHORTER:
            tabs = [self._tab(at, letters) for at in range(len(self._sections))]
            if sum(cell_len(name) + cell_len(waits) for name, waits in tabs) <= self.size.width:
                break
        return tabs

    def _tab(self, at: int, letters: int) -> tuple[str, str]:
        name, waits = self._words(at)
        if at != self._at and len(name) - 2 > letters:
            name = f"{name[:letters]}. "
        return name, waits.replace(" ", "", 1)

    def _line(self) -> Text:
        line = Text(no_wrap=True)
        for at, (name, waits) in enumerate(self._tabs()):
            line.append(name, self._style("here" if at == self._at else "name"))
            line.append(waits, self._style("waits"))
        return line

    def _column(self) -> Text:
        column, width = Text(no_wrap=True), self.size.width
        for at in range(len(self._sections)):
            name, waits = self._words(at)
            room = width - cell_len(waits) - 2
            style = self._style("here" if at == self._at else "name")
            column.append(" ").append(name.ljust(room), style)
            column.append(waits, self._style("waits")).append("\n")
        free = self.size.height - len(self._sections) - 1
        if free >= _HINT:
            column.append("\n" * (free - 1))
            column.append(_("  [ ]  other section"), self._style("hint"))
        return column

    def _style(self, name: str):  # type: ignore[no-untyped-def]  # noqa: ANN202 - rich's Style
        return self.get_component_rich_style(f"sections--{name}")

    def on_click(self, event: events.Click) -> None:
        """Go to the section whose name was clicked."""
        at = self._upright_at(event.y) if self.upright else self._line_at(event.x)
        if at is not None:
            self.post_message(self.Gone(at))

    def _upright_at(self, y: int) -> int | None:
        at = y - self.styles.padding.top
        return at if 0 <= at < len(self._sections) else None

    def _line_at(self, x: int) -> int | None:
        end = 0
        for at, (name, waits) in enumerate(self._tabs()):
            end += cell_len(name) + cell_len(waits)
            if x < end:
                return at
        return None
