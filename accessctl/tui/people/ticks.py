"""Several of several: a list in which each line has a mark that is read without colour."""

from collections.abc import Mapping
from typing import ClassVar

from rich.text import Text
from textual import on
from textual.binding import Binding, BindingType
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from accessctl.tui.options import Options
from accessctl.tui.words import _


class Ticks(Options):
    """Gives what is ticked in ``ticked``. Space, Enter and a click tick and untick."""

    DEFAULT_CSS = """
    Ticks, Ticks:focus { border: none; padding: 0; background: $panel; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "select", _("Tick"), id="ticks.tick", tooltip=_("Tick this line, or untick it.")),
    ]

    def __init__(self, names: Mapping[str, str], ticked: frozenset[str], *, id: str) -> None:  # noqa: A002 - as widgets have it
        """``names``: the words of each value, in this order."""
        self._words = dict(names)
        self.ticked = set(ticked)
        super().__init__(*(Option(self._line(value)) for value in self._words), id=id, compact=True)

    def _line(self, value: str) -> Text:
        on_ = value in self.ticked
        return Text(f" [{'x' if on_ else ' '}] {self._words[value]}", "bold" if on_ else "", no_wrap=True)

    @on(OptionList.OptionSelected)
    def _toggle(self, message: OptionList.OptionSelected) -> None:
        message.stop()
        value = list(self._words)[message.option_index]
        self.ticked ^= {value}
        self.replace_option_prompt_at_index(message.option_index, self._line(value))
