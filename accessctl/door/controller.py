"""All doors and access points of one controller: one queue of signals, one state, one writer.

Everything here happens in one thread, one signal after the other, and nothing here waits.
"""

import logging
from datetime import timedelta
from typing import Final

from accessctl.config import Site
from accessctl.door.door_keeper import DoorKeeper
from accessctl.door.enrolment import EnrolmentSessions
from accessctl.door.inputs import Inputs
from accessctl.door.muster_keeper import MusterKeeper
from accessctl.door.outbox import Outbox
from accessctl.door.pairing import Pairing
from accessctl.door.point_keeper import PointKeeper
from accessctl.door.reader_book import Place, Trouble
from accessctl.door.reader_trial import Trial
from accessctl.door.sensors import SensorParts, Sensors
from accessctl.door.services import Services
from accessctl.keys.reader_keys import ReaderKeys
from hardware.board import Board
from hardware.ports import Annunciator, Pattern
from hardware.signals import (
    CardEncoded,
    CardForged,
    CardFrame,
    CardUnreadable,
    ContactChanged,
    DeviceBack,
    DeviceId,
    DeviceLost,
    FaceSeen,
    FingerChecked,
    FingerEnrolled,
    FingerForgotten,
    KeyPressed,
    PairingFailed,
    ReaderInsecure,
    ReaderPaired,
    ReaderPower,
    ReaderSecured,
    ReaderTampered,
    SensorFailed,
    SensorStep,
    Signal,
    StrikeRested,
    UnknownDevice,
)
from policies.event_types import EventType
from policies.ids import AccessPointId, DoorId
from policies.memory import Memory
from policies.places import Direction
from policies.rulebook import Rulebook

POLL_OUTBOX: Final = timedelta(seconds=5)
Keeper = PointKeeper | MusterKeeper

log = logging.getLogger(__name__)


class Controller:
    """Turns signals into what doors and access points have to know."""

    def __init__(
        self,
        site: Site,
        board: Board,
        services: Services,
        outbox: Outbox,
        parts: SensorParts,
        keys: ReaderKeys | None = None,
        why_no_keys: str = "no reader of this site has a key",
    ) -> None:
        """Take the site, its devices, what keepers and sensors need, and the readers' keys, or why not."""
        self.site, self.board, self.parts = site, board, parts
        self._services, self._outbox = services, outbox
        self._executive = services.executive
        self._trials: dict[DeviceId, Trial] = {}
        """Readers that are being tested."""
        shared = (services.recorder, services.clock, services.timers)
        self.enrolments = EnrolmentSessions(services.timers)
        self.pairing = Pairing(shared, self.place_of, keys, why_no_keys)
        self._door_of_strike = {strike: door for door, strike in site.strike_of_door.items()}
        self.doors: dict[DoorId, DoorKeeper] = {
            door.id: DoorKeeper(
                door,
                board.strikes[site.strike_of_door[door.id]],
                [board.annunciators[device] for device in site.annunciators_of_door.get(door.id, ())],
                self._executive.warden.memory,
                shared,
            )
            for door in site.doors.values()
        }
        self.sensors = Sensors(lambda: self.site, board, parts, self.enrolments, self._show)
        self.points: dict[AccessPointId, PointKeeper] = {
            point.id: PointKeeper(
                point,
                self.doors[point.door],
                self._annunciator_of(point.id, board),
                services,
                [
                    *(device for device, where in site.point_of_reader.items() if where == point.id),
                    *self.sensors.readers_at(point.id),
                ],
                self.sensors.of(point.id),
            )
            for point in site.access_points.values()
        }
        self.muster_points: dict[AccessPointId, MusterKeeper] = {
            point.id: MusterKeeper(
                point,
                self._muster_annunciator(point.id, board),
                services,
                [device for device, where in site.muster_point_of_reader.items() if where == point.id],
            )
            for point in site.muster_points.values()
        }
        self.inputs = Inputs(site, self.doors, self.points, services)
        self._executive.doors = self.doors
        self._executive.points = {**self.points, **self.muster_points}

    @property
    def rulebook(self) -> Rulebook:
        """The rules in force."""
        return self._executive.warden.rulebook

    @property
    def memory(self) -> Memory:
        """What the rules remember."""
        return self._executive.warden.memory

    def start(self) -> None:
        """Bring every door where it belongs, and begin what is done again and again."""
        self._executive.start()
        self.take_outbox()

    def handle(self, signal: Signal) -> None:
        """Take one signal. A fault in here must not take the other doors along, so none escapes."""
        try:
            self._dispatch(signal)
        except Exception:
            log.exception("a signal of %s could not be handled", signal.device)
            self._recover(signal)
        self._services.timers.run_due()

    def dropped(self, device: DeviceId, count: int) -> None:
        """Hear that so many cards or keys of a reader were too much to be looked at."""
        self.keeper_of(device).drop(count)

    def take_outbox(self) -> None:
        """Take what the office has left, in portions, and look again in a while."""
        more = self._outbox.take_if_possible()
        self._services.timers.start("outbox", timedelta() if more else POLL_OUTBOX, self.take_outbox)

    def put_in_force(self, site: Site) -> str | None:
        """Let other rules and times hold from now on; gives why that cannot be while the process runs.

        Devices are built once: a change of wiring, doors or access points needs a restart.
        """
        if site.board != self.site.board or site.controller != self.site.controller:
            return "It changes the wiring or the controller's name; that needs a restart."
        if _wiring(site) != _wiring(self.site):
            return "It changes doors or access points; that needs a restart."
        self.site = self.inputs.site = site
        for door in site.doors.values():
            self.doors[door.id].door = door
        self._executive.happened(
            lambda: self._executive.warden.follow(site.rulebook, self._services.clock.now())
        )
        return None

    def keeper_of(self, device: DeviceId) -> Keeper:
        """Give who keeps the point at which a reader or keypad hangs. Raises ``KeyError``."""
        muster_point = self.site.muster_point_of_reader.get(device)
        if muster_point is not None:
            return self.muster_points[muster_point]
        sensed_at = self.sensors.point_of(device)  # a camera reads passes as well
        return self.points[self.site.point_of_reader[device] if sensed_at is None else sensed_at]

    def place_of(self, device: DeviceId) -> Place:
        """Tell where a reader hangs. Raises ``KeyError`` for none of ours."""
        keeper = self.keeper_of(device)
        return Place(keeper.point.id, keeper.point.door if isinstance(keeper, PointKeeper) else None)

    def begin_trial(self, device: DeviceId, trial: Trial) -> bool:
        """Let what a reader reads be heard by a test; ``False`` while another one hears it.

        On a way in nothing is decided about it meanwhile, and what somebody began to show before is over.
        """
        if device in self._trials:
            return False
        keeper = self.keeper_of(device)
        if isinstance(keeper, PointKeeper) and self._leads_in(keeper):
            keeper.interrupt("the reader is being tested")
        # After whatever may fail: a test that nobody ends would keep the reader from ever deciding again.
        self._trials[device] = trial
        return True

    def end_trial(self, device: DeviceId) -> None:
        """Decide about what the reader reads again."""
        self._trials.pop(device, None)

    def _dispatch(self, signal: Signal) -> None:
        if self.enrolments.hear(signal) and not isinstance(signal, DeviceLost | DeviceBack):
            return
        match signal:
            case ContactChanged(device, _, active):
                self.inputs.changed(device, active=active)
            case CardFrame() | KeyPressed() | CardUnreadable() | CardForged():
                self._shown(signal)
            case DeviceLost(device) if device in self.board.contacts:
                self.inputs.lost(device, signal.why)
            case DeviceBack(device) if device in self.board.contacts:
                self.inputs.back(device)
            case DeviceLost(device) | DeviceBack(device) if device in self.sensors.at:
                self._sensor_presence(signal)
            case DeviceLost() | DeviceBack():
                self._presence(signal)
            case FingerChecked() | FaceSeen() | SensorStep() | SensorFailed():
                self._sensed(signal)
            case FingerEnrolled() | FingerForgotten() | CardEncoded():
                log.info("%s told of an order that nobody waits for any more", signal.device)
            case StrikeRested(device, _, after_s):
                self.doors[self._door_of_strike[device]].strike_rested(after_s)
            case ReaderSecured() | ReaderPaired() | PairingFailed():
                self._session(signal)
            case _:
                self._reader_tells(signal)

    def _shown(self, signal: CardFrame | KeyPressed | CardUnreadable | CardForged) -> None:
        keeper = self.keeper_of(signal.device)
        trial = self._trials.get(signal.device)
        if trial is not None:
            trial.take(signal)
            if self._leads_in(keeper):
                return
        match signal:
            case CardFrame():
                keeper.card_shown(signal)
            case KeyPressed():
                keeper.key_pressed(signal)
            case CardUnreadable() | CardForged():
                keeper.card_unreadable(signal)

    def _leads_in(self, keeper: Keeper) -> bool:
        """Whether somebody could be let in there. A way out lets people out, whoever tests its reader."""
        return isinstance(keeper, PointKeeper) and keeper.point.direction is Direction.IN

    def _presence(self, signal: DeviceLost | DeviceBack) -> None:
        keeper = self.keeper_of(signal.device)
        if (trial := self._trials.get(signal.device)) is not None:
            trial.take(signal)
        if isinstance(signal, DeviceLost):
            keeper.reader_lost(signal.device, signal.why)
        else:
            keeper.reader_back(signal.device)

    def _sensed(self, signal: FingerChecked | FaceSeen | SensorStep | SensorFailed) -> None:
        """Hand what a sensor says to who asked it at its access point."""
        where = self.sensors.at.get(signal.device)
        if where is not None:
            point, factor = where
            self.points[point].sensed(factor, signal)

    def _sensor_presence(self, signal: DeviceLost | DeviceBack) -> None:
        point, factor = self.sensors.at[signal.device]
        if isinstance(signal, DeviceLost):
            self.points[point].sensor_lost(factor, signal.why)
        else:
            self.points[point].sensor_back(factor)

    def _show(self, point: AccessPointId, pattern: Pattern) -> None:
        self.points[point].light.prompt(pattern)

    def _session(self, signal: ReaderSecured | ReaderPaired | PairingFailed) -> None:
        """A reader's secure channel began anew: what somebody began to type before is over."""
        keeper = self.keeper_of(signal.device)
        if isinstance(keeper, PointKeeper):
            keeper.interrupt("the reader was away for a moment")
        self.pairing.hear(signal)

    def _reader_tells(self, signal: ReaderTampered | ReaderPower | ReaderInsecure | UnknownDevice) -> None:
        device, book = signal.device, self.keeper_of(signal.device).book
        match signal:
            case ReaderTampered(active=active):
                book.be(device, Trouble.TAMPERED, holds=active)
            case ReaderPower(failed=failed):
                book.be(device, Trouble.POWERLESS, holds=failed)
            case ReaderInsecure(why=why):
                book.insecure(device, why)
            case UnknownDevice(what=what):
                book.happened(device, EventType.UNKNOWN_INPUT_DEVICE, what)

    def _recover(self, signal: Signal) -> None:
        """Let nothing of what went wrong keep somebody in, or stand in the way of whoever comes next."""
        try:
            keeper = self.keeper_of(signal.device)
        except KeyError:
            return  # no reader's: a leaf, a button
        if not isinstance(keeper, PointKeeper):
            return
        try:
            held = isinstance(signal, CardFrame | CardForged)
            if held or (isinstance(signal, CardUnreadable) and signal.shown):
                keeper.give_up()
            else:
                keeper.forget()
        except Exception:
            log.exception("the access point of %s could not begin anew", signal.device)

    def _annunciator_of(self, point: AccessPointId, board: Board) -> Annunciator | None:
        device = self.site.annunciator_of_point.get(point)
        return None if device is None else board.annunciators[device]

    def _muster_annunciator(self, point: AccessPointId, board: Board) -> Annunciator | None:
        return board.annunciators.get(DeviceId(f"{point}.annunciator"))


def _wiring(site: Site) -> tuple[object, ...]:
    """Give what cannot change while the process runs: which doors there are and what leads through them."""
    points = [
        (point.id, point.door, point.from_area, point.to_area, point.direction)
        for point in site.access_points.values()
    ]
    return (points, list(site.doors), list(site.muster_points), list(site.inputs))
