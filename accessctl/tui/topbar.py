"""The line above every page: where one is, who one is, and whether the line is good."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar, Final, cast

from rich.cells import cell_len
from rich.text import Text
from textual import events
from textual.widget import Widget

from accessctl.tui.look import ALARM, GONE, LIVE
from accessctl.tui.standing import News
from accessctl.tui.times import clock
from accessctl.tui.words import _, many

if TYPE_CHECKING:
    from accessctl.tui.console import Console

_NAME: Final = " accessctl "
WORDS_FROM: Final = 96
"""From so many columns on alarms are said in words."""
Part = tuple[str, str, str | None]
"""Words, their style, and to which page they lead."""
_SHORTER: Final = (
    (True, " ", 99),
    (False, " ", 99),
    *((False, "", letters) for letters in (99, 8, 7, 6, 5, 4)),
)
"""With our own name or without, what stands before each page's number, and so many letters of its name; the
first that fits is taken."""


class TopBar(Widget):
    """Site, pages, alarms, operator, clock."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "topbar--name",
        "topbar--page",
        "topbar--here",
        "topbar--alarm",
        "topbar--lost",
    }
    DEFAULT_CSS = """
    TopBar { height: 1; background: $panel; color: $foreground; }
    TopBar > .topbar--name { background: $primary; color: $text; text-style: bold; }
    TopBar > .topbar--page { color: $foreground; }
    TopBar > .topbar--here { color: $accent; text-style: bold reverse; }
    TopBar > .topbar--alarm { color: $text-error; text-style: bold; }
    TopBar > .topbar--lost { color: $text-warning; text-style: bold; }
    """

    def on_mount(self) -> None:
        """Listen, and let the clock go on."""
        console = cast("Console", self.app)
        console.news.subscribe(self, self._heard)
        self.set_interval(1.0, self.refresh)

    def _heard(self, news: News) -> None:
        if news & (News.ALARMS | News.LINE | News.STATUS):
            self.refresh()

    def render(self) -> Text:
        """Draw it, with as much as there is room for."""
        console, room = cast("Console", self.app), self.size.width
        parts, right = self._parts(room), self._least(console)
        taken = sum(cell_len(words) for words, _style, _mode in parts) + right.cell_len
        left = Text(no_wrap=True)
        for words, style, _mode in parts:
            left.append(words, self.get_component_rich_style(style))
        middle = "".join(f" {words} " for words in self._names(console, room - taken))
        left.append(" " * max(0, room - taken - cell_len(middle)))
        return left.append(middle).append_text(right)

    def _names(self, console: "Console", room: int) -> Iterator[str]:
        """Give who one is and where, as much of it as fits into the room."""
        left = room - 1
        for words in (console.operator, (console.standing.status or {}).get("site", "")):
            left -= cell_len(words) + 2
            if words and left >= 0:
                yield words

    def _parts(self, room: int) -> list[Part]:
        """Give what stands at the left: with the names of all pages where there is room for them."""
        room -= self._least(cast("Console", self.app)).cell_len
        for brand, before, letters in _SHORTER:
            parts = list(self._left(before, brand=brand, letters=letters))
            if sum(cell_len(words) for words, _style, _mode in parts) <= room:
                return parts
        return list(self._left("", brand=False, letters=0))

    def _left(self, before: str, *, brand: bool, letters: int) -> Iterator[Part]:
        console = cast("Console", self.app)
        if brand:
            yield _NAME, "topbar--name", None
            yield " ", "topbar--page", None
        for number, page in enumerate(console.offered_pages, start=1):
            here = page.mode == console.current_mode
            name = page.name if here or len(page.name) <= letters else f"{page.name[: letters - 1]}."
            words = f"{before}{number} {name} " if here or letters else f" {number} "
            yield words, "topbar--here" if here else "topbar--page", page.mode

    def _least(self, console: "Console") -> Text:
        """Give what stands at the right whatever the width: alarms, whether the line is good, the time."""
        alarm, lost = (self.get_component_rich_style(f"topbar--{what}") for what in ("alarm", "lost"))
        standing, right = console.standing, Text(no_wrap=True)
        count = len([each for each in standing.alarms if each["acknowledged"] is None])
        if count:
            wide = self.size.width >= WORDS_FROM
            words = many("{count} alarm", "{count} alarms", count) if wide else str(count)
            right.append(f" {ALARM} {words} ", alarm)
        live = (f" {LIVE} ", "") if standing.believed else (f" {GONE} {_('OLD')} ", lost)
        right.append(*live)
        return right.append(f"{clock(console.now())} ")

    def on_click(self, event: events.Click) -> None:
        """Go to the page whose name was clicked."""
        at = 0
        for words, _style, mode in self._parts(self.size.width):
            at += cell_len(words)
            if event.x < at:
                if mode is not None:
                    cast("Console", self.app).action_go(mode)
                return
