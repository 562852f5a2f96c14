"""Health: what is known of the installation, and what is wrong with it."""

from typing import Any

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from accessctl.operators.rights import Right
from accessctl.tui.dialogs import Tell
from accessctl.tui.lines import Column, FixedRows, LineTable
from accessctl.tui.look import NOTHING, Tone
from accessctl.tui.standing import News
from accessctl.tui.system.facts import Facts
from accessctl.tui.system.health_view import facts, finding_rows, ordered, overall
from accessctl.tui.system.section import Section, toned
from accessctl.tui.times import clock
from accessctl.tui.words import _


class HealthSection(Section):
    """In words, and what to do about each thing that is wrong."""

    ID = "health"
    NAME = _("Health")
    EVERY_S = 15.0
    DEFAULT_CSS = """
    HealthSection #overall { height: 1; margin-bottom: 1; }
    HealthSection #findings { margin-top: 1; min-height: 3; }
    HealthSection #todo { height: auto; min-height: 2; max-height: 6; }
    """

    def contents(self) -> ComposeResult:
        """Give one line, the facts, and what was found."""
        self._health: dict[str, Any] | None = None
        yield Static(id="overall")
        yield Facts(id="facts")
        if Right.RULES_READ in self.console.rights:
            columns = (Column("", 1), Column(_("What"), 22), Column(_("What was found")))
            yield LineTable(columns, id="findings", empty=_("Looking …"))
            yield Static(id="todo", classes="below")

    @property
    def first(self) -> Widget | None:
        """The findings, where there are any to be seen."""
        found = self.query("#findings")
        return found.first() if found else None

    def heard(self, news: News) -> None:
        """Show what doors say of themselves as soon as it is known."""
        self._show()

    async def look(self) -> None:
        """Ask what is wrong."""
        if Right.RULES_READ in self.console.rights:
            self._health = await self.console.ask(lambda api: api.health())
        self._show()

    def _show(self) -> None:
        if not self.query("#overall"):
            return
        standing = self.console.standing
        status = standing.status if standing.believed else None
        words, tone = overall(status, self._health)
        at = "" if self._health is None else f"   {_('looked at')} {clock(self._health['at'])}"
        line = Content.assemble(toned(words, tone), toned(at, Tone.DIM))
        self.query_one("#overall", Static).update(line)
        site = standing.site if standing.believed else None
        self.query_one(Facts).show(facts(status, site, self._health, self.console.now()))
        if self.query("#findings") and self._health is not None:
            table = self.query_one("#findings", LineTable)
            table.show(FixedRows(finding_rows(self._health)), empty=_("Nothing is wrong."))
            self._say_what_to_do()

    @on(LineTable.Moved, "#findings")
    def _say_what_to_do(self) -> None:
        found, table = ordered(self._health), self.query_one("#findings", LineTable)
        unknown = "; ".join(self._health["unknown"] if self._health else ())
        told = [toned(f"{_('Not known from here')}: {unknown}", Tone.DIM)]
        if table.cursor < len(found):
            told.insert(0, toned(f"{_('Do')}: ", Tone.STRONG) + Content(found[table.cursor]["do"]))
        self.query_one("#todo", Static).update(Content("\n").join(told))

    @on(LineTable.Chosen, "#findings")
    @work
    async def _tell(self, message: LineTable.Chosen) -> None:
        found = ordered(self._health)[message.index]
        told = Text.assemble(f"{found['what']}\n\n", (f"{_('Do')}: ", "bold"), found["do"])
        if self._health is not None:
            told.append(f"\n\n{_('What nobody can find out from here:')}\n", "dim")
            told.append("\n".join(f"{NOTHING} {each}" for each in self._health["unknown"]), "dim")
        await self.app.push_screen_wait(Tell(found["about"], told))
