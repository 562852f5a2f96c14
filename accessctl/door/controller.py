"""All doors and access points of one controller: one queue of signals, one state, one writer.

Everything here happens in one thread, one signal after the other, and nothing here waits.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from accessctl.config import Site
from accessctl.config.site import InputKind, SiteInput
from accessctl.door.door_keeper import DoorKeeper
from accessctl.door.muster_keeper import MusterKeeper
from accessctl.door.outbox import Outbox
from accessctl.door.point_keeper import PointKeeper, Services
from hardware.board import Board
from hardware.ports import Annunciator
from hardware.signals import (
    CardFrame,
    CardUnreadable,
    ContactChanged,
    DeviceBack,
    DeviceId,
    DeviceLost,
    KeyPressed,
    Signal,
)
from policies.degraded import Condition
from policies.ids import AccessPointId, DoorId, InputId
from policies.memory import Memory
from policies.places import Direction
from policies.rulebook import Rulebook
from policies.turn import Turn

POLL_OUTBOX: Final = timedelta(seconds=5)

log = logging.getLogger(__name__)


class Controller:
    """Turns signals into what doors and access points have to know."""

    def __init__(self, site: Site, board: Board, services: Services, outbox: Outbox) -> None:
        """Take the site, its devices, and what the keepers need."""
        self.site, self._services, self._outbox = site, services, outbox
        self._executive = services.executive
        self._at_rest: set[DeviceId] = set()
        """Buttons seen at rest. One that is pressed or shorted at the start releases nothing by that."""
        self._tampered: set[InputId] = set()
        shared = (services.recorder, services.clock)
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
        self.points: dict[AccessPointId, PointKeeper] = {
            point.id: PointKeeper(
                point,
                self.doors[point.door],
                self._annunciator_of(point.id, board),
                services,
            )
            for point in site.access_points.values()
        }
        self.muster_points: dict[AccessPointId, MusterKeeper] = {
            point.id: MusterKeeper(point, self._muster_annunciator(point.id, board), services)
            for point in site.muster_points.values()
        }
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
            self._let_out(signal)
        self._services.timers.run_due()

    def dropped(self, device: DeviceId, count: int) -> None:
        """Hear that so many cards or keys of a reader were too much to be looked at."""
        self._reader_keeper(device).drop(count)

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
        self.site = site
        for door in site.doors.values():
            self.doors[door.id].door = door
        self._executive.happened(
            lambda: self._executive.warden.follow(site.rulebook, self._services.clock.now())
        )
        return None

    def _dispatch(self, signal: Signal) -> None:
        match signal:
            case ContactChanged(device, _, active):
                self._contact_changed(device, active=active)
            case CardFrame():
                self._reader_keeper(signal.device).card_shown(signal)
            case KeyPressed():
                self._reader_keeper(signal.device).key_pressed(signal)
            case CardUnreadable():
                self._reader_keeper(signal.device).card_unreadable(signal)
            case DeviceLost(device) | DeviceBack(device) if device in self.site.door_of_position:
                self._contact_answers(device, lost=isinstance(signal, DeviceLost))
            case DeviceLost():
                self._reader_keeper(signal.device).reader_lost(signal.why)
            case DeviceBack():
                self._reader_keeper(signal.device).reader_back()

    def _contact_answers(self, device: DeviceId, *, lost: bool) -> None:
        """Hear that nobody knows any more whether a leaf is open, or that somebody does again."""
        door = self.site.door_of_position[device]
        self._happened(
            lambda now: self._executive.warden.condition(Condition.CONTACT_LOST, door, now, holds=lost)
        )

    def _let_out(self, signal: Signal) -> None:
        """Whatever went wrong with a card on a way out, its holder gets out."""
        point = self.site.point_of_reader.get(signal.device)
        if isinstance(signal, CardFrame) and point and self.points[point].point.direction is Direction.OUT:
            door = self.points[point].point.door
            self._happened(lambda now: self._executive.warden.let_out(door, now))

    def _contact_changed(self, device: DeviceId, *, active: bool) -> None:
        warden, site = self._executive.warden, self.site
        if (door := site.door_of_position.get(device)) is not None:
            leaf = door
            self._happened(lambda now: warden.leaf(leaf, now, is_open=active))
        elif (tampered := site.door_of_tamper.get(device)) is not None:
            if active or device in self._at_rest:
                self._happened(lambda now: warden.tamper(tampered, now, active=active))
            self._at_rest.add(device)
        elif (wired := site.inputs.get(device)) is not None:
            self._input_changed(wired, active=active)
        else:
            self._button(device, active=active)

    def _input_changed(self, wired: SiteInput, *, active: bool) -> None:
        """Hear of fire, the mains, or tamper. What is active from the start counts: lives may hang on it."""
        warden = self._executive.warden
        match wired.kind:
            case InputKind.FIRE:
                self._happened(lambda now: warden.fire(wired.id, now, active=active))
            case InputKind.MAINS:
                self._happened(lambda now: warden.condition(Condition.ON_BATTERY, None, now, holds=active))
            case InputKind.TAMPER:
                door = wired.door
                if door is not None and (active or wired.id in self._tampered):
                    self._happened(lambda now: warden.tamper(door, now, active=active))
                (self._tampered.add if active else self._tampered.discard)(wired.id)

    def _button(self, device: DeviceId, *, active: bool) -> None:
        if not active:
            self._at_rest.add(device)
        elif device not in self._at_rest:
            log.warning("%s is active from the start: it counts when it has been let go once", device)
        elif (point := self.site.point_of_button.get(device)) is not None:
            self.points[point].button_pressed()
        else:
            door = self.site.door_of_exit_request[device]
            self._happened(lambda now: self._executive.warden.exit_requested(door, now))

    def _happened(self, judge: Callable[[datetime], Turn]) -> None:
        self._executive.happened(lambda: judge(self._services.clock.now()))

    def _reader_keeper(self, device: DeviceId) -> PointKeeper | MusterKeeper:
        muster_point = self.site.muster_point_of_reader.get(device)
        if muster_point is not None:
            return self.muster_points[muster_point]
        return self._point_of(device)

    def _point_of(self, device: DeviceId) -> PointKeeper:
        return self.points[self.site.point_of_reader[device]]

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
