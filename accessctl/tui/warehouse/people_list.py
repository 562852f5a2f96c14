"""Who can be sent to a reader."""

from collections.abc import Sequence
from typing import ClassVar

from rich.text import Text
from textual.widgets.option_list import Option

from accessctl.tui.options import Options
from accessctl.tui.warehouse.ports import Cardholder


class PeopleList(Options):
    """The people, one of whom is selected."""

    BORDER_TITLE: ClassVar[str] = "Who badges"

    def __init__(self, cast: Sequence[Cardholder]) -> None:
        """Offer these people."""
        super().__init__(*(Option(_line(person)) for person in cast), id="people")
        self._cast = tuple(cast)

    @property
    def selected(self) -> Cardholder | None:
        """The person who is selected."""
        return None if self.highlighted is None else self._cast[self.highlighted]

    def on_resize(self) -> None:
        """Keep the selected one in sight."""
        self.scroll_to_highlight()

    def select(self, handle: str) -> None:
        """Select a person, or the first one."""
        places = [place for place, person in enumerate(self._cast) if person.handle == handle]
        self.highlighted = next(iter(places), 0) if self._cast else None


def _line(person: Cardholder) -> Text:
    note = (f"  {person.note}", "yellow") if person.note else ""
    line = Text.assemble(person.name, note, (f"  {person.role}", "dim"))
    line.no_wrap, line.overflow = True, "ellipsis"
    return line
