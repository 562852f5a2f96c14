"""Facts in two columns: names, and beside them what they are, in as many lines as that takes."""

from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

Facts = Sequence[tuple[str, str]]


def two_columns(facts: Facts, *, quiet: bool = False) -> Table:
    """Lay facts out; a name that repeats is said once. ``quiet``: they may not be so any more."""
    table, before = Table.grid(padding=(0, 2)), ""
    table.add_column(no_wrap=True, style="dim")
    table.add_column(style="dim" if quiet else "", overflow="fold")
    for name, value in facts:
        table.add_row(Text("" if name == before else name), Text(value))
        before = name
    return table
