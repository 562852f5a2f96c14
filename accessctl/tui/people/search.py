"""The field above the people, and the table below it that the field's arrows move."""

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Input

from accessctl.tui.lines import LineTable
from accessctl.tui.people.rows import COLUMNS
from accessctl.tui.words import _


class SearchField(Input):
    """Begins of names, ids and filters. What it cannot use, such as the arrows, goes to the page."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "escape",
            "leave",
            _("To the list"),
            id="people.leave-search",
            tooltip=_("Leave the search field, so that letters are keys again."),
        ),
    ]

    class Left(Message):
        """Whoever typed is done."""

    def action_leave(self) -> None:
        """Be done."""
        self.post_message(self.Left())


class PeopleTable(LineTable, inherit_bindings=False):
    """People in lines. Letters are the page's keys, so only arrows and the like move."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", _("Up"), show=False, id="people.up"),
        Binding("down", "move(1)", _("Down"), show=False, id="people.down"),
        Binding("pageup", "page(-1)", _("Page up"), show=False, id="people.page-up"),
        Binding("pagedown", "page(1)", _("Page down"), show=False, id="people.page-down"),
        Binding("home", "to_start", _("First"), show=False, id="people.first"),
        Binding("end", "to_end", _("Last"), show=False, id="people.last"),
        Binding("enter", "choose", _("Open"), id="people.open", tooltip=_("Open the person's own page.")),
    ]

    class Scrolled(Message):
        """Other rows are in sight."""

    def __init__(self) -> None:
        """Show nobody yet."""
        super().__init__(COLUMNS, id="people")

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Tell, so that what comes next can be fetched."""
        super().watch_scroll_y(old_value, new_value)
        self.post_message(self.Scrolled())
