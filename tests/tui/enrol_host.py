"""A page that does nothing but enrol: the flows as any page calls them, and what they gave."""

from collections.abc import Awaitable, Callable
from typing import Any, ClassVar

from textual import work
from textual.binding import Binding, BindingType
from textual.pilot import Pilot

from accessctl.client import Card, Event, Person
from accessctl.tui.console import Console
from accessctl.tui.enrol import flows
from accessctl.tui.page import Page
from tests.tui.rig import Site, shown, until

Flow = Callable[[Console], Awaitable[object]]


class Host(Page):
    """Calls flows in a worker, as the people's page does; ``n`` and ``k`` are its keys there."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("n", "new"), Binding("k", "lost")]

    def __init__(self, person: Person | None = None) -> None:
        super().__init__()
        self.person = person
        self.came: list[object] = []

    @work
    async def begin(self, flow: Flow) -> None:
        self.came.append(await flow(self.console))

    def action_new(self) -> None:
        self.begin(flows.new_person)

    def action_lost(self) -> None:
        person = self.person
        assert person is not None
        self.begin(lambda console: flows.replace_lost_card(console, person))


async def host_at(pilot: Pilot[Any], person: Person | None = None) -> Host:
    """Show the page."""
    host = Host(person)
    await pilot.app.push_screen(host)
    await until(pilot, lambda: pilot.app.screen is host)
    return host


async def begun(pilot: Pilot[Any], flow: Callable[..., Awaitable[object]], *about: object) -> Host:
    """Show the page, and begin a flow there."""
    host = await host_at(pilot)
    host.begin(lambda console: flow(console, *about))
    await until(pilot, lambda: pilot.app.screen is not host)
    return host


async def outcome(pilot: Pilot[Any], host: Host) -> object:
    """Wait until the flow is over, and give what it gave."""
    await until(pilot, lambda: host.came, "the flow is not over")
    shown(pilot, Host)
    return host.came[-1]


def somebody(site: Site, name: str, role: str = "picker-early") -> Person:
    """Add a person who holds nothing yet."""
    return site.office.add_person(name, [role])


def cards_of(site: Site, person: Person) -> list[Card]:
    """Give what cards somebody has, those that count no more included."""
    return list(site.office.cards(person["id"]))


def waits(site: Site, point: str) -> bool:
    """Whether the reader asks for a card."""
    return bool(site.hands.state()["annunciators"][f"{point}.annunciator"] == "PIN_WANTED")


def newest(site: Site, point: str) -> Event:
    """Give what was recorded last at an access point."""
    return list(site.office.events(most=50, access_point=point))[-1]


def told(pilot: Pilot[Any]) -> str:
    """Give what notifications say now; a console under test does not draw them."""
    return "\n".join(f"{note.title}: {note.message}" for note in pilot.app._notifications)
