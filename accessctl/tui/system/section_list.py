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

    def _line(self) -> Text:
        line = Text(no_wrap=True)
        for at in range(len(self._sections)):
            name, waits = self._words(at)
            line.append(name, self._style("here" if at == self._at else "name"))
            line.append(waits.replace(" ", "", 1), self._style("waits"))
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
        for at in range(len(self._sections)):
            name, waits = self._words(at)
            end += cell_len(name) + max(0, cell_len(waits) - 1)
            if x < end:
                return at
        return None
