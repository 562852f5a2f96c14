"""A person's facts, drawn: headings, labels in a column, what is so beside them."""

from collections.abc import Sequence
from typing import ClassVar, Final

from rich.console import Group, RenderableType
from rich.style import Style
from rich.table import Table
from rich.text import Text
from textual.widget import Widget

from accessctl.tui.look import Tone
from accessctl.tui.people.facts import Section

_LABEL: Final = 12


class FactsView(Widget):
    """Shows sections, as high as they need to be."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "facts--name",
        "facts--title",
        "facts--label",
        *(f"facts--{tone}" for tone in Tone),
    }
    DEFAULT_CSS = """
    FactsView { height: auto; width: 1fr; }
    FactsView > .facts--name { color: $text-accent; text-style: bold; }
    FactsView > .facts--title { color: $text-primary; text-style: bold; }
    FactsView > .facts--label { color: $text-muted; }
    FactsView > .facts--plain { color: $foreground; }
    FactsView > .facts--dim { color: $text-muted; }
    FactsView > .facts--strong { text-style: bold; }
    FactsView > .facts--good { color: $text-success; }
    FactsView > .facts--note { color: $text-primary; }
    FactsView > .facts--warn { color: $text-warning; }
    FactsView > .facts--bad { color: $text-error; }
    FactsView > .facts--alarm { color: $text-error; text-style: bold reverse; }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - as widgets have it
        """Begin with nothing."""
        super().__init__(id=id)
        self._whose, self._pseudonym = "", ""
        self._sections: tuple[Section, ...] = ()

    def show(self, name: str, id_: str, sections: Sequence[Section]) -> None:
        """Show these; an empty name leaves out whose they are."""
        self._whose, self._pseudonym, self._sections = name, id_, tuple(sections)
        self.refresh(layout=True)

    def render(self) -> RenderableType:
        """Draw it."""
        lines: list[RenderableType] = []
        if self._whose:
            whose = Text(self._whose, self._style("name"))
            whose.append(f"  {self._pseudonym}", self._style("label"))
            lines += [whose, Text()]
        for section in self._sections:
            lines += [Text(section.title, self._style("title")), self._facts(section), Text()]
        return Group(*lines[:-1])

    def _facts(self, section: Section) -> RenderableType:
        if not any(fact.about for fact in section.facts):
            return Group(*(Text(f" {fact.said}", self._style(fact.tone)) for fact in section.facts))
        grid = Table.grid(padding=(0, 1, 0, 0), expand=True)
        grid.add_column(width=_LABEL, no_wrap=True, overflow="ellipsis")
        grid.add_column(ratio=1)
        for fact in section.facts:
            label = Text(f" {fact.about}", self._style("label"))
            grid.add_row(label, Text(fact.said, self._style(fact.tone)))
        return grid

    def _style(self, name: str) -> Style:
        return self.get_component_rich_style(f"facts--{name}")
