"""One entry of the record in full, as every page shows it."""

from rich.table import Table
from rich.text import Text
from textual.widgets import Static

from accessctl.client import Event
from accessctl.tui.event_words import Names, facts_of
from accessctl.tui.words import _


class EventFacts(Static):
    """Every fact of an entry: labels in a column of their own, and below what is of use to few."""

    def __init__(self, event: Event, names: Names) -> None:
        """Show this entry. ``names``: of doors and access points."""
        super().__init__(_drawn(event, names), id="facts")


def _drawn(event: Event, names: Names) -> Table:
    table, quiet = Table.grid(padding=(0, 2)), False
    table.add_column(no_wrap=True, justify="right", style="dim")
    table.add_column(overflow="fold")
    for fact in facts_of(event, names):
        if fact.quiet and not quiet:
            table.add_row()
        quiet = fact.quiet
        style = "dim" if quiet else "bold" if fact.label == _("what") else ""
        table.add_row(fact.label, Text(fact.value, style))
    return table
