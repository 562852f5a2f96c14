"""All doors and access points of one controller: one queue of signals, one state, one writer.

Everything here happens in one thread, one signal after the other, and nothing here waits.
"""

import logging
from datetime import timedelta
from typing import Final

from accessctl.config import Site
from accessctl.door.door_keeper import DoorKeeper
from accessctl.door.outbox import Outbox
from accessctl.door.point_keeper import PointKeeper, Services
from accessctl.store.entry import Entry
from accessctl.store.record import Change
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
from policies.door_events import ExitRequested, ExitSensed, LeafClosed, LeafOpened
from policies.event_types import EventType
from policies.ids import AccessPointId, DoorId
from policies.places import Direction
from policies.reasons import Reason
from policies.rulebook import Rulebook

POLL_OUTBOX: Final = timedelta(seconds=5)

log = logging.getLogger(__name__)


class Controller:
    """Turns signals into what doors and access points have to know."""

    def __init__(self, site: Site, board: Board, services: Services, outbox: Outbox) -> None:
        """Take the site, its devices, and what the keepers need."""
        self.site, self._services, self._outbox = site, services, outbox
        self.rulebook: Rulebook = site.rulebook
        self._at_rest: set[DeviceId] = set()
        """Exit buttons seen at rest. One that is pressed or shorted at the start releases nothing by that."""
        shared = (services.recorder, services.timers, services.clock)
        self.doors: dict[DoorId, DoorKeeper] = {
            door.id: DoorKeeper(
                door,
                board.strikes[site.strike_of_door[door.id]],
                [board.annunciators[device] for device in site.annunciators_of_door.get(door.id, ())],
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

    def start(self) -> None:
        """Begin what is done again and again."""
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
        self._point_of(device).drop(count)

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
        if site.access_points != self.site.access_points or list(site.doors) != list(self.site.doors):
            return "It changes doors or access points; that needs a restart."
        self.site, self.rulebook = site, site.rulebook
        for door in site.doors.values():
            self.doors[door.id].door = door
        return None

    def _dispatch(self, signal: Signal) -> None:
        match signal:
            case ContactChanged(device, _, active):
                self._contact_changed(device, active=active)
            case CardFrame():
                self._point_of(signal.device).card_shown(signal)
            case KeyPressed():
                self._point_of(signal.device).key_pressed(signal)
            case CardUnreadable():
                self._point_of(signal.device).card_unreadable(signal)
            case DeviceLost():
                self._point_of(signal.device).reader_lost(signal.why)
            case DeviceBack():
                self._point_of(signal.device).reader_back()

    def _let_out(self, signal: Signal) -> None:
        """Whatever went wrong with a card on a way out, its holder gets out."""
        point = self.site.point_of_reader.get(signal.device)
        if isinstance(signal, CardFrame) and point and self.points[point].point.direction is Direction.OUT:
            self.points[point].door.happen(ExitRequested())

    def _contact_changed(self, device: DeviceId, *, active: bool) -> None:
        door = self.site.door_of_position.get(device)
        if door is not None:
            self.doors[door].happen(LeafOpened() if active else LeafClosed())
        elif not active:
            self._at_rest.add(device)
        elif device in self._at_rest:
            self._exit_requested(self.doors[self.site.door_of_exit_request[device]])
        else:
            log.warning("%s is active from the start: it counts when it has been let go once", device)

    def _exit_requested(self, keeper: DoorKeeper) -> None:
        way_out = next(
            (
                p
                for p in self.site.access_points.values()
                if (p.door, p.direction) == (keeper.door.id, Direction.OUT)
            ),
            None,
        )
        releases = keeper.door.exit_releases
        kind = Reason.GRANTED_ANONYMOUS.event_type if releases else EventType.EXIT_REQUEST
        words = Reason.GRANTED_ANONYMOUS.words if releases else None
        entry = Entry(
            self._services.clock.moment(),
            kind,
            keeper.door.id,
            way_out.id if way_out else None,
            reason=words,
            detail={"by": "exit request"},
        )
        keeper.happen(ExitRequested() if releases else ExitSensed(), Change((entry,)))

    def _point_of(self, device: DeviceId) -> PointKeeper:
        return self.points[self.site.point_of_reader[device]]

    def _annunciator_of(self, point: AccessPointId, board: Board) -> Annunciator | None:
        device = self.site.annunciator_of_point.get(point)
        return None if device is None else board.annunciators[device]
