"""What the page of reports does to learn what is wanted: since when, about whom, where."""

from abc import abstractmethod
from dataclasses import replace
from typing import ClassVar, Final

from textual import work
from textual.binding import Binding, BindingType

from accessctl.tui.dialogs import Choice, Choose
from accessctl.tui.events.picking import PickEnd, PickPerson, PickSpan, Somebody
from accessctl.tui.page import Page
from accessctl.tui.reports.asked import Asked, Kind, ends
from accessctl.tui.words import _

_ANY: Final = ""


def _key(key: str, action: str, words: str, tooltip: str) -> Binding:
    return Binding(key, action, words, id=f"reports.{action}", tooltip=tooltip)


class AskingPage(Page):
    """A page with a report that goes by what was asked for."""

    BINDINGS: ClassVar[list[BindingType]] = [
        _key("s", "since", _("Since"), _("Ask for a stretch of time: yesterday, the last 7 days.")),
        _key("u", "until", _("Until"), _("Ask until then.")),
        _key("p", "person", _("Person"), _("Ask about somebody.")),
        _key("a", "area", _("Area"), _("Ask about an area.")),
        _key("d", "door", _("Door"), _("Ask about a door.")),
        _key("o", "operator", _("Operator"), _("Ask what an operator did.")),
        _key("x", "anything", _("All"), _("Ask about everything again.")),
    ]
    asked: Asked

    @property
    @abstractmethod
    def kind(self) -> Kind | None:
        """The report that is chosen."""

    @abstractmethod
    def ask_for(self, asked: Asked) -> None:
        """Go by this from now on."""

    def takes(self, action: str) -> bool | None:
        """Whether the chosen report goes by what a key asks for; ``None`` for any other key."""
        kind = self.kind
        match action:
            case "since":
                return kind is not None and kind["days"] is not None
            case "until":
                return kind is not None and ends(kind)
            case "person" | "area" | "door" | "operator":
                return kind is not None and action in kind["by"]
            case "anything":
                return self.asked != Asked()
            case _:
                return None

    @work(group="ask", exclusive=True)
    async def action_since(self) -> None:
        """Ask from when on, or for a stretch that has a name."""
        words = _("A name chosen here sets the end as well.")
        span = await self.app.push_screen_wait(PickSpan(_("Since when?"), words, self.console.now()))
        if span is not None:
            self.ask_for(replace(self.asked, since=span.since, until=span.until))

    @work(group="ask", exclusive=True)
    async def action_until(self) -> None:
        """Ask until when."""
        span = await self.app.push_screen_wait(PickEnd(_("Until when?"), "", self.console.now()))
        if span is not None:
            self.ask_for(replace(self.asked, until=span.until))

    @work(group="ask", exclusive=True)
    async def action_person(self) -> None:
        """Ask about whom."""
        person: Somebody | None = await self.app.push_screen_wait(PickPerson(_("About whom?")))
        if person is not None:
            self.ask_for(replace(self.asked, person=person))

    @work(group="ask", exclusive=True)
    async def action_area(self) -> None:
        """Ask about which area."""
        chosen = await self._place(_("Which area?"), _("any area"), self.areas, self.asked.area)
        if chosen is not None:
            self.ask_for(replace(self.asked, area=chosen or None))

    @work(group="ask", exclusive=True)
    async def action_door(self) -> None:
        """Ask about which door."""
        chosen = await self._place(_("Which door?"), _("any door"), self.doors, self.asked.door)
        if chosen is not None:
            self.ask_for(replace(self.asked, door=chosen or None))

    @work(group="ask", exclusive=True)
    async def action_operator(self) -> None:
        """Ask about which operator."""
        found = await self.console.attempt(lambda api: api.operators())
        if found is None:
            return
        names = {each["id"]: each["name"] for each in found}
        chosen = await self._place(_("Which operator?"), _("any operator"), names, self.asked.operator)
        if chosen is not None:
            self.ask_for(replace(self.asked, operator=chosen or None))

    def action_anything(self) -> None:
        """Ask about everything."""
        self.ask_for(Asked())

    @property
    def areas(self) -> dict[str, str]:
        """What areas are called."""
        site = self.console.standing.site or {"areas": ()}
        return {each["id"]: each["name"] for each in site["areas"]}

    @property
    def doors(self) -> dict[str, str]:
        """What doors are called."""
        status = self.console.standing.status or {"doors": ()}
        return {each["id"]: each["name"] for each in status["doors"]}

    async def _place(self, title: str, any_: str, names: dict[str, str], value: str | None) -> str | None:
        choices = [Choice(_ANY, any_), *(Choice(id_, name, id_) for id_, name in names.items())]
        chosen: str | None = await self.app.push_screen_wait(Choose(title, choices, value=value))
        return chosen
