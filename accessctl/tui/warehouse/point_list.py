"""Where a card can be shown."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from rich.text import Text
from textual.widgets.option_list import Option

from accessctl.tui.options import Options


class PointList(Options):
    """The access points, one of which is selected."""

    BORDER_TITLE: ClassVar[str] = "At which reader"

    def __init__(self, readers: Sequence[dict[str, Any]], doors: Sequence[dict[str, Any]]) -> None:
        """Offer these readers, as the API tells of them and of their doors."""
        names = {door["id"]: str(door["name"]) for door in doors}
        super().__init__(*(Option(_line(reader, names)) for reader in readers), id="points")
        self._readers = tuple(readers)

    @property
    def selected(self) -> str | None:
        """The access point that is selected."""
        return None if self.highlighted is None else str(self._readers[self.highlighted]["access_point"])

    @property
    def selected_door(self) -> str | None:
        """The door that the selected access point leads through."""
        return None if self.highlighted is None else str(self._readers[self.highlighted]["door"])

    def on_resize(self) -> None:
        """Keep the selected one in sight."""
        self.scroll_to_highlight()

    def select(self, point: str) -> None:
        """Select an access point, or the first one."""
        places = [place for place, reader in enumerate(self._readers) if reader["access_point"] == point]
        self.highlighted = next(iter(places), 0) if self._readers else None

    def select_door(self, door: str) -> None:
        """Select the first access point of a door."""
        points = [reader["access_point"] for reader in self._readers if reader["door"] == door]
        if points and self.selected_door != door:
            self.select(points[0])


def _line(reader: dict[str, Any], names: Mapping[str, str]) -> Text:
    return Text.assemble(f"{reader['access_point']:<10} ", (names.get(reader["door"], ""), "dim"))
