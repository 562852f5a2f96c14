"""The lines that tell something: leaves, exit buttons, bond sensors, tamper, fire, the mains.

A button that is pressed or shorted at the start, or once its wires have been mended, releases nothing by
that: it counts when it was seen at rest.
"""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Final

from accessctl.config import Site
from accessctl.config.site import InputKind, SiteInput
from accessctl.door.allowance import Allowance
from accessctl.door.door_keeper import DoorKeeper
from accessctl.door.lasting import Lasting
from accessctl.door.point_keeper import PointKeeper
from accessctl.door.services import Services
from accessctl.store.entry import Entry
from accessctl.store.record import Change
from hardware.signals import DeviceId
from policies.degraded import Condition
from policies.event_types import EventType
from policies.ids import AccessPointId, DoorId
from policies.turn import Turn

STUCK_AFTER: Final = timedelta(minutes=10)
"""Nobody presses an exit button for so long."""
CATCH_UP_AFTER: Final = timedelta(seconds=10)
"""What came too fast to be recorded is told together, at most this often."""

log = logging.getLogger(__name__)


class Inputs:
    """Keeps the input lines of one controller. Used from the loop's thread."""

    def __init__(
        self,
        site: Site,
        doors: Mapping[DoorId, DoorKeeper],
        points: Mapping[AccessPointId, PointKeeper],
        services: Services,
    ) -> None:
        """Take the site, who keeps its doors and access points, and what every keeper needs."""
        self.site = site
        self._doors, self._points, self._services = doors, points, services
        self._executive = services.executive
        self._at_rest: set[DeviceId] = set()
        self._tampered: set[DeviceId] = set()
        """The tamper contacts that were told of as active."""
        self._lost: dict[DeviceId, str] = {}
        """The inputs whose wires are cut or shorted, and why."""
        self._told: set[DeviceId] = set()
        """Those of them of which the record says so."""
        self._allowance = Allowance(services.clock)
        self._pressed: dict[DeviceId, Lasting] = {}

    def fault_of(self, device: DeviceId) -> str | None:
        """Tell why an input does not answer; ``None`` for one that does."""
        return self._lost.get(device)

    def door_of(self, device: DeviceId) -> DoorId | None:
        """Tell at which door an input is; ``None`` for one of the whole site."""
        return self._where(device)[0]

    def changed(self, device: DeviceId, *, active: bool) -> None:
        """Hear that a line is active, or at rest."""
        warden, site = self._executive.warden, self.site
        if (door := site.door_of_position.get(device)) is not None:
            leaf = door
            self._happened(lambda now: warden.leaf(leaf, now, is_open=active))
            self._doors[leaf].look_at_bond()
        elif (held := site.door_of_bond.get(device)) is not None:
            self._doors[held].bond_changed(device, slack=active)
        elif (tampered := site.door_of_tamper.get(device)) is not None:
            self._tamper(tampered, device, active=active)
        elif (wired := site.inputs.get(device)) is not None:
            self._input_changed(wired, device, active=active)
        else:
            self._button(device, active=active)

    def lost(self, device: DeviceId, why: str) -> None:
        """Hear that a line's wires are cut or shorted: nothing is released by that, and nothing locked."""
        self._lost[device] = why
        self._at_rest.discard(device)
        if device in self._pressed:
            self._pressed[device].be(holds=False)  # for all that is known; it is heard of anew once mended
        self._tell(device)
        self._let_the_rules_know(device, lost=True)

    def back(self, device: DeviceId) -> None:
        """Hear that it answers, again or for the first time."""
        self._lost.pop(device, None)
        self._tell(device)
        self._let_the_rules_know(device, lost=False)

    def _tamper(self, door: DoorId, device: DeviceId, *, active: bool) -> None:
        """Tell of a tamper contact what was not told yet. One that is at rest from the start is no news."""
        if active is not (device in self._tampered):
            (self._tampered.add if active else self._tampered.discard)(device)
            self._happened(lambda now: self._executive.warden.tamper(door, now, active=active))

    def _input_changed(self, wired: SiteInput, device: DeviceId, *, active: bool) -> None:
        """Hear of fire, the mains, or tamper. What is active from the start counts: lives may hang on it."""
        warden = self._executive.warden
        match wired.kind:
            case InputKind.FIRE:
                self._happened(lambda now: warden.fire(wired.id, now, active=active))
            case InputKind.MAINS:
                self._happened(lambda now: warden.condition(Condition.ON_BATTERY, None, now, holds=active))
            case InputKind.TAMPER:
                if wired.door is not None:
                    self._tamper(wired.door, device, active=active)

    def _button(self, device: DeviceId, *, active: bool) -> None:
        self._stays_pressed(device).be(holds=active)
        if not active:
            self._at_rest.add(device)
        elif device not in self._at_rest:
            log.warning("%s is active from the start: it counts when it has been let go once", device)
        elif (point := self.site.point_of_button.get(device)) is not None:
            self._points[point].button_pressed()
        else:
            door = self.site.door_of_exit_request[device]
            self._happened(lambda now: self._executive.warden.exit_requested(door, now))

    def _stays_pressed(self, device: DeviceId) -> Lasting:
        if device not in self._pressed:

            def tell(stuck: bool) -> None:  # noqa: FBT001 - the one fact that is told
                words = "The exit button has been pressed for 10 min: it is stuck, or something leans on it."
                kind = EventType.EXIT_REQUEST_STUCK if stuck else EventType.EXIT_REQUEST_STUCK_RESTORED
                self._note(kind, device, words if stuck else None)

            self._pressed[device] = Lasting(self._services.timers, ("stuck", device), STUCK_AFTER, tell)
        return self._pressed[device]

    def _let_the_rules_know(self, device: DeviceId, *, lost: bool) -> None:
        """Of a position switch: nobody knows any more whether the leaf is open, or somebody does again."""
        door = self.site.door_of_position.get(device)
        if door is None:
            return
        warden = self._executive.warden
        self._happened(
            lambda now: warden.condition(Condition.CONTACT_LOST, door, now, holds=lost, quietly=True)
        )
        self._doors[door].look_at_bond()

    def _tell(self, device: DeviceId) -> None:
        """Record how an input is, if the record says otherwise, and if it was not told all too often."""
        lost = device in self._lost
        if lost is (device in self._told):
            return
        if not self._allowance.take():
            self._services.timers.start(("input", device), CATCH_UP_AFTER, lambda: self._tell(device))
            return
        (self._told.add if lost else self._told.discard)(device)
        kind = EventType.CONTACT_LOST if lost else EventType.CONTACT_RESTORED
        self._note(kind, device, self._lost.get(device), {"input": self._part(device)})

    def _part(self, device: DeviceId) -> str:
        """Name what an input tells: ``position``, ``exit_request``; of a site's input its name."""
        return device.rpartition(".")[2]

    def _note(
        self, kind: EventType, device: DeviceId, words: str | None, detail: Mapping[str, object] | None = None
    ) -> None:
        door, point = self._where(device)
        entry = Entry(
            self._services.clock.moment(),
            kind,
            door,
            point,
            reason=words,
            detail={**(detail or {}), "device": device},
        )
        self._services.recorder.note(Change((entry,)))

    def _where(self, device: DeviceId) -> tuple[DoorId | None, AccessPointId | None]:
        site = self.site
        point = site.point_of_button.get(device)
        if point is not None:
            return site.access_points[point].door, point
        mappings = (site.door_of_position, site.door_of_exit_request, site.door_of_tamper, site.door_of_bond)
        doors = (mapping[device] for mapping in mappings if device in mapping)
        wired = site.inputs.get(device)
        return next(doors, None if wired is None else wired.door), None

    def _happened(self, judge: Callable[[datetime], Turn]) -> None:
        self._executive.happened(lambda: judge(self._services.clock.now()))
