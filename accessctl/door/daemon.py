"""The door process, put together: who reads, who decides, who drives, who records."""

import asyncio
import gc
import logging
import signal
from collections.abc import Callable
from datetime import timedelta
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

from accessctl.config import Site, SiteInvalid, load_file
from accessctl.config.last_good import keep_as_last_good, load_site
from accessctl.door.alarm_clock import AlarmClock
from accessctl.door.clock import Clock, SystemClock
from accessctl.door.code_prover import CodeProver
from accessctl.door.controller import Controller
from accessctl.door.desk import Desk
from accessctl.door.executive import Executive
from accessctl.door.face_templates import FaceTemplates
from accessctl.door.inbox import Inbox
from accessctl.door.key_files import card_keys_of, reader_keys_of
from accessctl.door.outbox import Outbox
from accessctl.door.proving import KeysUnavailable, Prover
from accessctl.door.recorder import Recorder
from accessctl.door.sensors import SensorParts
from accessctl.door.services import Services
from accessctl.door.timers import Timers
from accessctl.door.upkeep import Upkeep, give_memory_back, keep_large_blocks_apart
from accessctl.door.workers import BEHIND, ThreadWorkers, Workers
from accessctl.home import Home
from accessctl.keys.reader_keys import ReaderKeys
from accessctl.keys.root import Purpose
from accessctl.link.answers import RulesOutcome, RulesRead
from accessctl.link.guard import LinkGuard
from accessctl.link.requests import ReloadRules
from accessctl.link.server import LinkServer
from accessctl.store.biometrics import BiometricReader
from accessctl.store.codes import CodeReader
from accessctl.store.entry import Entry
from accessctl.store.errors import RecordUnavailable
from accessctl.store.people import PeopleReader
from accessctl.store.record import Change, Run
from hardware.board import Board, build
from hardware.errors import HardwareError
from hardware.signals import DeviceId, Signal
from hardware.specs import CardKeys
from policies.event_types import EventType
from policies.warden import Warden

CHECK: Final = timedelta(seconds=1)
_BOOT_ID: Final = Path("/proc/sys/kernel/random/boot_id")

log = logging.getLogger(__name__)


class DoorProcess:
    """Everything that a controller consists of, on whatever clock, board and workers it is given."""

    def __init__(
        self,
        home: Home,
        site: Site,
        *,
        board: Board,
        clock: Clock,
        workers: Workers,
        grown: Callable[[int], None],
        keys: ReaderKeys | None = None,
        why_no_keys: str = "no reader of this site has a key",
        card_keys: CardKeys | None = None,
        beside: Workers | None = None,
    ) -> None:
        """Put the parts together. Nothing moves and nothing is opened yet."""
        self.home, self.board, self.clock, self.workers = home, board, clock, workers
        self.beside = beside or workers
        self.timers = Timers(clock)
        self.people = PeopleReader(home.people, clock.now)
        self.recorder = Recorder(
            home.record, run_of(site), clock, self.timers, grown, self.people.seal_if_known, self._marks_key
        )
        self.codes = CodeReader(home.people)
        self.prover = Prover(
            self.people,
            home.root_key,
            workers,
            now=clock.now,
            pass_rules=lambda: self.controller.site.passes,
        )
        warden = Warden(site.rulebook, again=self.prover.look_again)
        self.executive = Executive(warden, self.recorder, self.timers, clock)
        services = Services(
            self.prover,
            self.recorder,
            self.timers,
            clock,
            self.executive,
            CodeProver(self.codes, self.prover.root, clock, workers),
            takes_break_glass=self._takes_break_glass,
        )
        faces = BiometricReader(home.people)
        templates = FaceTemplates(faces, self.prover.root, clock.now)
        self.outbox = Outbox(self.people, self.recorder, clock, templates.forget)
        parts = SensorParts(faces, templates, self.timers, workers, clock)
        self.controller = Controller(site, board, services, self.outbox, parts, keys, why_no_keys)
        self.desk = Desk(self.controller, services, workers, self.codes, card_keys, self.beside)
        self.desk.also({ReloadRules: self._reload_asked})

    def start(self, report: Callable[[Signal], None], refused: SiteInvalid | None = None) -> None:
        """Enter the start in the record, then listen to the devices.

        ``refused`` is what was wrong with a newer site file that is not in force.
        """
        self._record_start(refused)
        if (why := self.prover.why_no_keys()) is not None:
            log.error("no card and no PIN can be checked: %s", why)
        self.controller.start()
        self.board.open(report)
        self._check()

    def stop(self) -> None:
        """Secure every strike, then enter the stop in the record and close everything."""
        self.controller.enrolments.stop_all()
        try:
            self.board.close()
        except HardwareError as error:
            log.error("a device could not be closed: %s", error)  # noqa: TRY400
            self.recorder.note(Change((Entry(self.clock.moment(), EventType.DOOR_FAULT, reason=str(error)),)))
        self.recorder.note(Change((Entry(self.clock.moment(), EventType.SYSTEM_STOP),)))
        self.workers.close()
        self.beside.close()
        self.recorder.close()
        self.people.close()
        self.codes.close()

    def reload(self) -> RulesRead:
        """Put a changed site file in force, if it is sound and changes no wiring; tells what came of it."""
        try:
            site = load_file(self.home.site_file)
        except SiteInvalid as error:
            self._note_refusal(error)
            return self._read(RulesOutcome.REFUSED, str(error.problems[0]))
        why = self.controller.put_in_force(site)
        if why is not None:
            log.error("the new site file is not in force: %s", why)
            refused = Entry(self.clock.moment(), EventType.POLICY_REFUSED, reason=why)
            self.recorder.note(Change((refused,)))
            return self._read(RulesOutcome.NEEDS_RESTART, why)
        self.recorder.begin_run(run_of(site))
        keep_as_last_good(self.home)
        self.recorder.note(Change((self._loaded(site),)))
        return self._read(RulesOutcome.IN_FORCE)

    async def _reload_asked(self, _request: ReloadRules) -> RulesRead:
        return self.reload()

    def _read(self, outcome: RulesOutcome, why: str = "") -> RulesRead:
        return RulesRead(outcome, self.controller.site.revision, why)

    def _marks_key(self) -> bytes | None:
        try:
            return self.prover.root().derive(Purpose.RECORD_ENTRIES)
        except KeysUnavailable:
            return None  # an entry without a mark is better than none

    def _takes_break_glass(self) -> bool:
        codes = self.controller.site.codes
        return codes is not None and codes.break_glass

    def _check(self) -> None:
        """See now and then whether both files are those that were opened, and whether the clock is right."""
        self.people.check_place()
        self.recorder.check_place()
        self.executive.learn_about_the_clock()
        self.timers.start("check", CHECK, self._check)

    def _record_start(self, refused: SiteInvalid | None) -> None:
        moment = self.clock.moment()
        try:
            last = self.recorder.open()
        except RecordUnavailable as error:
            log.error("the record cannot be read: %s", error)  # noqa: TRY400 - the traceback adds nothing
            last = None
        entries = [Entry(moment, EventType.SYSTEM_START)]
        if last not in {None, EventType.SYSTEM_STOP, EventType.BACKUP_RESTORED}:
            crashed = "The process ended without a stop; every door was secured, unlock orders are void."
            entries.append(Entry(moment, EventType.SYSTEM_CRASH_RECOVERED, reason=crashed))
        entries.append(self._loaded(self.controller.site))
        self.recorder.note(Change(tuple(entries)))
        if refused is not None:
            self._note_refusal(refused)

    def _loaded(self, site: Site) -> Entry:
        return Entry(self.clock.moment(), EventType.POLICY_LOADED, detail={"rules": site.revision})

    def _note_refusal(self, error: SiteInvalid) -> None:
        log.error("the site file is not in force, the last good one is:\n%s", error)
        first = str(error.problems[0])
        refused = Entry(
            self.clock.moment(),
            EventType.POLICY_REFUSED,
            reason=f"The site file has mistakes; the first: {first}",
            detail={"problems": len(error.problems)},
        )
        self.recorder.note(Change((refused,)))


def run_of(site: Site) -> Run:
    """Say under which circumstances entries are written from now on."""
    try:
        boot = _BOOT_ID.read_text().strip()
    except OSError:
        boot = "unknown"
    try:
        release = version("accessctl")
    except PackageNotFoundError:  # run from a folder, without being installed
        release = "unknown"
    return Run(site.controller, boot, site.revision, release)


def _for_board(keys: ReaderKeys | None) -> dict[DeviceId, tuple[bytes, ...]]:
    given = {} if keys is None else keys.candidates()
    return {DeviceId(device): candidates for device, candidates in given.items()}


async def open_link(link: LinkServer) -> None:
    """Let the office ask. Where no socket can be made, a read-only disk say, the doors do without it."""
    try:
        await link.open()
    except OSError as error:
        log.error("nobody can ask the door process anything: %s", error)  # noqa: TRY400


def _on_signals(
    loop: asyncio.AbstractEventLoop, stop: Callable[[], object], reload: Callable[[], object]
) -> None:
    """Stop at SIGTERM and SIGINT, reload at SIGHUP.

    Not with ``add_signal_handler``: that goes through the pipe by which threads wake the loop, and a
    signal that finds the pipe full is lost.
    """
    for number, action in ((signal.SIGTERM, stop), (signal.SIGINT, stop), (signal.SIGHUP, reload)):
        signal.signal(number, lambda *_, action=action: loop.call_soon_threadsafe(action))


async def serve(home: Home, guard: LinkGuard | None = None) -> None:
    """Run the door process until it is told to stop. Raises ``SiteInvalid`` or ``HardwareError``.

    The guard says who may ask it anything; without one its own user and root may.
    """
    keep_large_blocks_apart()
    loop = asyncio.get_running_loop()
    site, refused = load_site(home)
    if refused is None:
        keep_as_last_good(home)
    keys, why_no_keys = reader_keys_of(home, site)
    card_keys, _ = card_keys_of(home, site)
    board = build(site.board, simulation=home.warehouse_socket, keys=_for_board(keys), card_keys=card_keys)
    link: LinkServer | None = None

    def grown(seq: int) -> None:
        if link is not None:
            link.grown(seq)

    process = DoorProcess(
        home,
        site,
        board=board,
        clock=SystemClock(),
        workers=ThreadWorkers(loop),
        grown=grown,
        keys=keys,
        why_no_keys=why_no_keys,
        card_keys=card_keys,
        beside=ThreadWorkers(loop, "tag", rank=BEHIND),
    )
    AlarmClock(loop, process.timers)
    stopping = asyncio.Event()
    _on_signals(loop, stopping.set, process.reload)
    inbox = Inbox(loop, process.controller.handle, process.controller.dropped)

    try:
        process.start(inbox.report, refused)
        upkeep = Upkeep(home.record, process.timers, process.recorder)
        upkeep.start()
        link = LinkServer(home.door_socket, process.desk.answer, guard)
        await open_link(link)
        gc.collect()
        give_memory_back()  # that of the site file's text and its tables, some 3 MB
        gc.freeze()  # what was made until now stays: the collector need not look at it during a badge
        log.info("ready: %d doors, rules %s", len(site.doors), site.revision)
        await stopping.wait()
    finally:
        process.stop()
        if link is not None:
            await link.close()
