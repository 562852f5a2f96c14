"""Tell what happens at a site, and ask what came of it.

The door process is the real one, with real stores on disk and real keys. Time stands still unless the
story moves it; then every timer rings at its own instant. Wires are the fakes that ship.
"""

import asyncio
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self, TypeVar

from accessctl.config import Site, load
from accessctl.door.clock import VirtualClock
from accessctl.door.daemon import DoorProcess
from accessctl.door.workers import InlineWorkers, Then, Workers
from accessctl.home import Home
from accessctl.keys.cards import CardTagger, hint_of
from accessctl.keys.pins import PinHasher
from accessctl.keys.root import Purpose, RootKey
from accessctl.link.answers import Answer
from accessctl.link.requests import Request
from accessctl.store.connect import reader
from accessctl.store.migrate import migrate
from accessctl.store.people import PeopleReader
from accessctl.store.people_queries import PersonRow
from accessctl.store.people_writer import NewCard, PeopleWriter
from hardware.fakes import FakeAnnunciator, FakeBoard, FakeContact, FakeReader, FakeStrike
from hardware.ports import Pattern
from hardware.signals import DeviceId, Technology
from policies.ids import AccessPointId, DoorId
from policies.people import CardStatus, Validity
from tests.door.site import SITE

T = TypeVar("T")
NOON = datetime(2026, 3, 17, 12, 0, tzinfo=UTC)
"""A Tuesday."""
UID = Technology.ISO14443_UID


def seconds(count: float) -> timedelta:
    """Write a duration shortly."""
    return timedelta(seconds=count)


@dataclass(frozen=True, slots=True)
class Row:
    """One entry of the record, as the tests look at it."""

    seq: int
    type: str
    door: str | None
    access_point: str | None
    person: str | None
    reason: str | None
    detail: str | None


class HeldWorkers:
    """Workers that do nothing until they are told to: for what happens while something is checked."""

    def __init__(self) -> None:
        """Start with nothing to do."""
        self._held: list[Callable[[], None]] = []

    def submit(self, task: Callable[[], T], then: Then[T]) -> None:
        """Keep the task."""
        self._held.append(lambda: InlineWorkers().submit(task, then))

    def work(self) -> None:
        """Do everything that was kept."""
        held, self._held = self._held, []
        for job in held:
            job()

    def close(self) -> None:
        """Forget what was kept."""
        self._held.clear()


class Office:
    """Enrols people and cards the way the API process does, but at once and without a socket."""

    def __init__(self, home: Home) -> None:
        """Open the stores of a home."""
        root = RootKey.load(home.root_key)
        with closing(PeopleReader(home.people)) as people:
            self._tagger = CardTagger(root.derive(Purpose.CARD_INDEX), people.card_tag_scheme())
        self._hasher = PinHasher(root.derive(Purpose.PIN_PEPPER))
        self.writer = PeopleWriter(home.people)

    def person(self, id: str, *, role: str = "staff", pin: str | None = None, **validity: datetime) -> str:  # noqa: A002
        """Add a person, with a PIN if wanted."""
        self.writer.add_person(id.title(), (role,), "tester", id_=id, validity=Validity(**validity))
        if pin is not None:
            self.set_pin(id, pin)
        return id

    def card(self, person: str, number: bytes, **validity: datetime) -> str:
        """Enrol a card and give its id."""
        card = NewCard(self._tagger.tag(UID, number), UID, hint_of(number), Validity(**validity))
        return self.writer.enrol_card(person, card, "tester").id

    def code(self, person: str, digits: str) -> str:
        """Give somebody a keypad code."""
        number = digits.encode()
        card = NewCard(self._tagger.tag(Technology.CODE, number), Technology.CODE, "")
        return self.writer.enrol_card(person, card, "tester").id

    def set_duress_pin(self, person: str, pin: str) -> None:
        """Give a person a second PIN that cries for help."""
        self.writer.set_duress_pin(person, self._hasher.hash(person, pin), "tester")

    @staticmethod
    def disabled(row: PersonRow) -> PersonRow:
        """Let somebody be disabled."""
        return replace(row, disabled=True)

    @staticmethod
    def extended(row: PersonRow) -> PersonRow:
        """Let somebody have more time at doors."""
        return replace(row, extended=True)

    def set_pin(self, person: str, pin: str) -> None:
        """Give a person a PIN."""
        self.writer.set_pin(person, self._hasher.hash(person, pin), "tester")

    def revoke(self, card: str, status: CardStatus = CardStatus.REVOKED) -> None:
        """Say what became of a card."""
        self.writer.change_card_status(card, status, "tester")


def make_home(path: Path, site: str = SITE) -> Home:
    """Make a home with a site file, a root key and empty stores."""
    home = Home(path)
    home.site_file.write_text(site)
    if not home.root_key.exists():
        RootKey.create(home.root_key)
    migrate(home)
    return home


class Story:
    """One site, from noon on a Tuesday."""

    def __init__(
        self, home: Home, *, site: str = SITE, start: datetime = NOON, workers: Workers | None = None
    ) -> None:
        """Start the door process of a home that was made before."""
        self.home = home
        self.office = Office(home)
        self.clock = VirtualClock(start)
        self.workers: Workers = workers or InlineWorkers()
        self.notices: list[int] = []
        self.start_process(load(site))

    def start_process(
        self, site: Site, *, standing_open: str | None = None, pressed: str | None = None
    ) -> None:
        """Start the door process as after a boot: on devices that know nothing but how they stand."""
        self.board = FakeBoard.from_spec(site.board, self.clock.monotonic_ns)
        if standing_open is not None:
            self.opens(standing_open)
        if pressed is not None:
            self._contact(f"{pressed}.exit_request").set(True)
        self.process = DoorProcess(
            self.home,
            site,
            board=self.board,
            clock=self.clock,
            workers=self.workers,
            grown=self.notices.append,
        )
        self.process.start(self.process.controller.handle)

    def restart(self, *, crash: bool = False) -> Self:
        """Stop the process, or let it die, and start it anew."""
        if crash:
            self.process.recorder.close()
            self.process.people.close()
            self.process.codes.close()
        else:
            self.process.stop()
        self.start_process(self.process.controller.site)
        return self

    # ------------------------------------------------------------------------------ what happens

    def after(self, count: float) -> Self:
        """Let so many seconds pass; every timer rings at its own instant."""
        end = self.clock.now() + seconds(count)
        start_ns, start = self.clock.monotonic_ns(), self.clock.now()
        timers = self.process.timers
        while (due := timers.next_due_ns()) is not None:
            at = start + timedelta(microseconds=(due - start_ns) // 1000)
            if at > end:
                break
            self.clock.move_to(max(at, self.clock.now()))
            timers.run_due()
        self.clock.move_to(end)
        return self

    def badge(self, point: str, number: bytes) -> Self:
        """Hold a card to a reader."""
        self.reader(point).show_card(number)
        return self

    def keys(self, point: str, keys: str) -> Self:
        """Press keys at a reader."""
        self.reader(point).press(keys)
        return self

    def opens(self, door: str) -> Self:
        """Open the leaf."""
        self._contact(f"{door}.position").set(True)
        return self

    def closes(self, door: str) -> Self:
        """Close the leaf."""
        self._contact(f"{door}.position").set(False)
        return self

    def sets(self, device: str, *, active: bool) -> Self:
        """Let any input be active, or at rest."""
        self._contact(device).set(active)
        self.process.timers.run_due()
        return self

    def door(self, door: str) -> DoorId:
        """A door's id, as the rules name it."""
        return DoorId(door)

    def wants_out(self, door: str) -> Self:
        """Press and let go of the exit button."""
        self._contact(f"{door}.exit_request").set(True)
        return self.lets_go(door)

    def lets_go(self, door: str) -> Self:
        """Let go of the exit button."""
        self._contact(f"{door}.exit_request").set(False)
        return self

    def ask(self, request: Request) -> Answer:
        """Ask the desk."""
        answer = asyncio.run(self.process.desk.answer(request))
        self.process.timers.run_due()
        return answer

    # ------------------------------------------------------------------------------ what came of it

    def released(self, door: str) -> bool:
        """Whether the strike is released."""
        return self.strike(door).released

    def rows(self) -> list[Row]:
        """The whole record."""
        with closing(reader(self.home.record)) as connection:
            found = connection.execute(
                "SELECT seq, type, door, access_point, person, reason, detail FROM event ORDER BY seq"
            )
            return [Row(*row) for row in found]

    def types(self, *, since: int = 0) -> list[str]:
        """The types of all entries after ``since``."""
        return [row.type for row in self.rows() if row.seq > since]

    def last(self) -> Row:
        """The newest entry."""
        return self.rows()[-1]

    def mark(self) -> int:
        """Remember how far the record has grown."""
        return self.process.recorder.seq

    def shown(self, point: str) -> list[Pattern]:
        """Everything that a reader's light and tone have shown."""
        return [pattern for _, pattern in self._annunciator(point).history]

    def playing(self, point: str) -> Pattern | None:
        """What a reader's light and tone show at this instant."""
        return self._annunciator(point).playing

    def reader(self, point: str) -> FakeReader:
        """Give the reader of an access point."""
        return self.board.readers[DeviceId(f"{point}.reader")]

    def strike(self, door: str) -> FakeStrike:
        """Give the strike of a door."""
        return self.board.strikes[DeviceId(f"{door}.strike")]

    def keeper(self, door: str) -> Any:  # noqa: ANN401
        """Give the keeper of a door."""
        return self.process.controller.doors[DoorId(door)]

    def point(self, point: str) -> Any:  # noqa: ANN401
        """Give the keeper of an access point."""
        return self.process.controller.points[AccessPointId(point)]

    def _annunciator(self, point: str) -> FakeAnnunciator:
        return self.board.annunciators[DeviceId(f"{point}.annunciator")]

    def _contact(self, device: str) -> FakeContact:
        return self.board.contacts[DeviceId(device)]
