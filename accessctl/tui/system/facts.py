"""Facts under their names, in as many columns as there is room for."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from rich.cells import cell_len, set_cell_size
from textual.content import Content
from textual.geometry import Size
from textual.widget import Widget

from accessctl.tui.look import DOTS, Tone
from accessctl.tui.system.section import toned

_TWO_FROM: Final = 96
"""From so many cells on they stand in two columns."""
_GAP: Final = 3


class Fact(NamedTuple):
    """One fact, and how good it is."""

    name: str
    words: str
    tone: Tone = Tone.PLAIN


class Facts(Widget):
    """Shows facts, in as many lines as they take at its width."""

    DEFAULT_CSS = """
    Facts { height: auto; }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - as widgets have it
        """Begin with none."""
        super().__init__(id=id)
        self._facts: tuple[Fact, ...] = ()

    def show(self, facts: Sequence[Fact]) -> None:
        """Show these."""
        self._facts = tuple(facts)
        self.refresh(layout=True)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Give how many lines they take."""
        return laid_out(self._facts, width).plain.count("\n") + 1

    def render(self) -> Content:
        """Draw them."""
        return laid_out(self._facts, self.size.width)


def laid_out(facts: Sequence[Fact], width: int) -> Content:
    """Put facts into two columns where each has room there, else into one; the first half to the left."""
    if not facts or not width:
        return Content("")
    names = max(cell_len(fact.name) for fact in facts) + 2
    longest = names + max(cell_len(fact.words) for fact in facts)
    columns = 2 if width >= _TWO_FROM and longest <= (width - _GAP) // 2 else 1
    lines = -(-len(facts) // columns)
    room = (width - _GAP * (columns - 1)) // columns
    told = []
    for line in range(lines):
        cells = [_cell(fact, names, room) for fact in facts[line::lines]]
        told.append(Content(" " * _GAP).join(cells))
    return Content("\n").join(told)


def _cell(fact: Fact, names: int, room: int) -> Content:
    words = fact.words
    if cell_len(words) > room - names:
        words = set_cell_size(words, max(0, room - names - cell_len(DOTS))) + DOTS
    name = toned(set_cell_size(fact.name, names), Tone.DIM)
    return Content.assemble(name, toned(set_cell_size(words, room - names), fact.tone))
