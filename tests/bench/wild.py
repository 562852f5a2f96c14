"""What a device that went wild costs the other doors: the time of a badge beside it, and the door's memory.

Five devices go wild, one after the other and then all together: a reader that shows 2,000 cards a second, a
pcscd that stands still, a serial line that babbles, an OSDP reader whose answers are cut in half 500 times,
and a driver's process that is killed again and again. The badge is Alice's, at a reader of another door.
"""

import os
import secrets
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from threading import Event, Thread
from typing import Final

from accessctl.home import Home
from accessctl.keys.reader_keys import ReaderKeys
from accessctl.keys.root import Purpose, RootKey
from hardware.errors import SimulationRefused
from hardware.simulated.osdp_device import SimulatedOsdpLine, SimulatedOsdpReader, Way
from hardware.simulated.tool import WarehouseTool, Watch
from tests.bench.figures import Times, note, ratio, rss_mib, show
from tests.bench.path import badges, locking, released_at
from tests.door.conftest import ALICE, BOB
from tests.door.site import SITE
from tests.door.story import Office, make_home
from tests.hardware.private_pcscd import READER as PCSC_READER
from tests.hardware.private_pcscd import PrivatePcscd, why_not
from tests.hardware.virtual_card import VirtualCard, uid_card
from tests.whole.processes import Door, Warehouse, children

CARDS: Final = 150
"""Few enough that one reader's allowance of entries lets all of them through."""
ROUNDS: Final = 4
SHOWN_AT_OSDP, SHOWN_AT_PCSC = 30, 8
CARDS_A_SECOND: Final = 2_000
HALVES: Final = 500
MOST_GROWTH_MIB: Final = 5
UNHEARD: Final = "front-out"
"""The access point whose reader is unplugged."""

WILD_DOORS: Final = """
[buses.wild]
port = "{port}"
baud = 115200

[doors.dock]
name = "Dock"
strike = {{ gpio = 13 }}
[doors.yard]
name = "Yard"
strike = {{ gpio = 19 }}

[access_points.dock-in]
name = "Dock, in"
door = "dock"
from = "street"
to = "hall"
direction = "in"
reader = {{ kind = "osdp", bus = "wild", address = 0 }}

[access_points.yard-in]
name = "Yard, in"
door = "yard"
from = "street"
to = "hall"
direction = "in"
reader = {{ kind = "pcsc", name = "{pcsc}" }}
"""

Go = Callable[[], None]


class Wild:
    """The site with its wild devices, and the hands that let them go wild and tame them again."""

    def __init__(self, running: ExitStack) -> None:
        """Start everything but the door process."""
        self.pcscd = running.enter_context(PrivatePcscd())
        self.pcscd.start()
        self.reader = SimulatedOsdpReader(0, None)
        self.line = SimulatedOsdpLine(self.reader)
        self.home = self._home(Path(running.enter_context(tempfile.TemporaryDirectory(prefix="acc-"))))
        running.enter_context(self.line)
        self.warehouse = Warehouse(self.home)
        running.callback(self.warehouse.close)

    def _home(self, place: Path) -> Home:
        always = SITE.replace(
            'days = "mon-fri", from = "06:00", to = "18:00"',
            'days = "every day", from = "00:00", to = "24:00"',
        ).replace('"shed-in"]', '"shed-in", "dock-in", "yard-in"]')
        home = make_home(place, always + WILD_DOORS.format(port=self.line.port, pcsc=PCSC_READER))
        office = Office(home)
        office.person("alice", pin="4711")
        office.card("alice", ALICE)
        office.writer.close()
        keys = ReaderKeys(home.reader_keys, RootKey.load(home.root_key).derive(Purpose.READER_KEYS))
        key = keys.begin("dock-in.reader")
        keys.works("dock-in.reader", key)
        self.reader.key = key
        return home

    def floods(self, *, heard: bool = True) -> tuple[Go, Go]:
        """Show cards at another reader, 2,000 a second; or at one that is unplugged, so that nobody hears.

        The second is the control: the simulated warehouse, through which the measured badge goes as well,
        has the same work with both.
        """
        over = Event()

        def flood() -> None:
            with WarehouseTool(self.home.warehouse_socket) as tool:
                due = time.monotonic()
                while not over.is_set():
                    with suppress(SimulationRefused):
                        tool.badge("front-in" if heard else UNHEARD, BOB)
                    due = max(due + 1 / CARDS_A_SECOND, time.monotonic() - 0.01)
                    over.wait(max(0.0, due - time.monotonic()))

        return _thread(flood, over)

    def stands_still(self) -> tuple[Go, Go]:
        """Stop pcscd where it stands."""
        return (
            lambda: self.pcscd.signal(signal.SIGSTOP),
            lambda: self.pcscd.signal(signal.SIGCONT),
        )

    def babbles(self) -> tuple[Go, Go]:
        """Fill the serial line with noise, as fast as it takes it."""
        over = Event()

        def babble() -> None:
            while not over.is_set():
                self.line.inject(secrets.token_bytes(64))
                over.wait(0.005)

        return _thread(babble, over)

    def halves(self) -> tuple[Go, Go]:
        """Cut the reader's next answers in half, 500 of them."""
        left = HALVES

        def cut(way: Way, data: bytes) -> bytes:
            nonlocal left
            if way is Way.TO_PANEL and left:
                left -= 1
                return data[: len(data) // 2]
            return data

        def begin() -> None:
            self.line.meddle = cut

        def end() -> None:
            self.line.meddle = None

        return begin, end

    def dies(self, door: Door) -> tuple[Go, Go]:
        """Kill the drivers' processes of the door process, again and again."""
        over = Event()

        def kill() -> None:
            while not over.wait(0.3):
                for pid in children(door.process.pid):
                    os.kill(pid, signal.SIGKILL)

        return _thread(kill, over)


def report() -> None:
    """Print a badge beside each wild device, by its ratio to a badge beside tame ones."""
    if missing := why_not():
        print(f"Wild devices: left out: {missing}")
        return
    with ExitStack() as running:
        wild = Wild(running)
        _whole(wild)
        print("A badge at one door while a device of another one is wild (card seen before):")
        with Door(wild.home):  # which tells the warehouse what readers there are
            wild.warehouse.tool.lose(UNHEARD)
        flood = f"{CARDS_A_SECOND:,} cards a second"
        _compare(wild, flood, lambda _door: [wild.floods()], lambda: [wild.floods(heard=False)])
        kinds: dict[str, Callable[[Door], list[tuple[Go, Go]]]] = {
            "pcscd stands still": lambda _door: [wild.stands_still()],
            "a serial line that babbles": lambda _door: [wild.babbles()],
            f"{HALVES} answers cut in half": lambda _door: [wild.halves()],
            "drivers killed again and again": lambda door: [wild.dies(door)],
        }
        for name, kind in kinds.items():
            _compare(wild, name, kind, list)
        everything = lambda door: [wild.floods(), *(one for kind in kinds.values() for one in kind(door))]  # noqa: E731
        _compare(wild, "all of them", everything, lambda: [wild.floods(heard=False)])


def _whole(wild: Wild) -> None:
    """Badge with real drivers, each in its own process, from the card to the line of the strike."""
    print(
        "Readers: from the card to the strike, through drivers in processes of their own (card seen before):"
    )
    card = VirtualCard(wild.pcscd.port, uid_card(ALICE))
    with Door(wild.home) as door, wild.warehouse.tool.watch(timeout_s=30) as edges:
        _everything_is_here(door)
        _at_the_strike("osdp", door, edges, "dock", lambda: wild.reader.show(ALICE), list, SHOWN_AT_OSDP)
        _at_the_strike("pcsc", door, edges, "yard", card.insert, card.remove, SHOWN_AT_PCSC)


def _at_the_strike(
    name: str,
    door: Door,
    edges: Watch,
    which: str,
    shown: Callable[[], object],
    taken_away: Callable[[], object],
    rounds: int,
) -> None:
    lock, taken = locking(door, which), []
    for _ in range(rounds + 1):
        shown()
        at_ns = time.monotonic_ns()
        taken.append(released_at(edges, which) - at_ns)
        taken_away()
        lock()
    show(name, Times.of_ns(taken[1:]))


def _compare(
    wild: Wild,
    name: str,
    kind: Callable[[Door], list[tuple[Go, Go]]],
    control: Callable[[], list[tuple[Go, Go]]],
) -> None:
    """Badge with everything tame and with this wild, in turn, at a new door process each time."""
    tame: list[Times] = []
    beside: list[Times] = []
    growth = 0.0
    for _ in range(ROUNDS):
        with Door(wild.home) as door:
            _everything_is_here(door)
            lock = locking(door, "shed")
            wild.warehouse.tool.badge("front-in", BOB)  # an unknown card's Argon2 takes its 8 MiB once
            with _gone_wild(control()):
                tame.append(badges(wild.warehouse, "shed", CARDS // 2, between=lock))
            before = rss_mib(door.process.pid)
            with _gone_wild(kind(door)):
                beside.append(badges(wild.warehouse, "shed", CARDS // 2, between=lock))
            growth = max(growth, rss_mib(door.process.pid) - before)
    tame_times, wild_times = _together(tame), _together(beside)
    show("the same, unheard" if control() else "tame", tame_times)
    show(name, wild_times)
    ratio("  99th percentile, wild / tame", wild_times.at(0.99) / tame_times.at(0.99), 2)
    note("  growth of the door process", growth, f"MiB  (bound: {MOST_GROWTH_MIB})")


@contextmanager
def _gone_wild(hands: list[tuple[Go, Go]]) -> Iterator[None]:
    for begin, _ in hands:
        begin()
    try:
        yield
    finally:
        for _, end in hands:
            end()


def _everything_is_here(door: Door) -> None:
    """Wait until the drivers' processes are up: their start is no part of what is measured."""
    deadline = time.monotonic() + 20
    while not all(each["online"] for each in door.status().readers if each["access_point"] != UNHEARD):
        assert time.monotonic() < deadline, "a reader does not come up"
        time.sleep(0.05)
    time.sleep(0.5)  # what is shown in a line's first moments has to be shown again


def _thread(work: Callable[[], None], over: Event) -> tuple[Go, Go]:
    thread = Thread(target=work, daemon=True)

    def end() -> None:
        over.set()
        thread.join()

    return thread.start, end


def _together(times: list[Times]) -> Times:
    return Times(tuple(sorted(us for one in times for us in one.us)))
