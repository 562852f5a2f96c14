"""A muster point: a reader at no door, where people show that they are safe."""

from typing import Final

from accessctl.door.allowance import Allowance
from accessctl.door.door_keeper import show
from accessctl.door.point_keeper import Services
from accessctl.door.proving import Found
from accessctl.keys.cards import hint_of
from accessctl.store.entry import Entry
from accessctl.store.record import Change
from hardware.ports import Annunciator, Pattern
from hardware.signals import CardFrame, CardUnreadable, KeyPressed
from policies.decide import Decision
from policies.event_types import EventType
from policies.factors import Factor
from policies.places import MusterPoint
from policies.reasons import Reason
from policies.requests import Request

_UNKNOWN: Final = Reason.UNKNOWN_CREDENTIAL


class MusterKeeper:
    """Keeps one muster point. Used from the loop's thread."""

    def __init__(self, point: MusterPoint, annunciator: Annunciator | None, services: Services) -> None:
        """Take the point, its light, and what every keeper needs."""
        self.point = point
        self._annunciator, self._services = annunciator, services
        self._allowance = Allowance(services.clock)
        self.online = False

    def card_shown(self, frame: CardFrame) -> None:
        """Tick the card's holder off."""
        if self._allowance.take():
            self._services.prover.find(frame, lambda found: self._found(frame, found))

    def key_pressed(self, _signal: KeyPressed) -> None:
        """Keys mean nothing here."""

    def card_unreadable(self, signal: CardUnreadable) -> None:
        """Ask for the card again by the light that says no."""
        self._refuse(Reason.CARD_UNREADABLE, signal.why)

    def reader_lost(self, why: str) -> None:
        """Remember and record that nobody can badge here."""
        self.online = False
        self._note(EventType.READER_OFFLINE, why)

    def reader_back(self) -> None:
        """Remember and record that the reader answers."""
        self.online = True
        self._note(EventType.READER_ONLINE, None)

    def drop(self, count: int) -> None:
        """Cards that come too fast are shown again by whoever holds them; nothing is counted."""

    def answered(self, decision: Decision) -> None:
        """Nothing is decided here; who is ticked off sees it at once."""

    def _found(self, frame: CardFrame, found: Found) -> None:
        if not found.checked or found.holder is None:
            reason = _UNKNOWN if found.checked else Reason.AUTHENTICATION_UNAVAILABLE
            self._refuse(reason, f"card {hint_of(frame.number)}")
            return
        services = self._services
        request = Request(self.point.id, found.holder, Factor.CARD)
        services.executive.happened(lambda: services.executive.warden.present(request, services.clock.now()))
        self._show(Pattern.GRANTED)

    def _refuse(self, reason: Reason, why: str) -> None:
        self._show(Pattern.REFUSED)
        entry = Entry(
            self._services.clock.moment(),
            reason.event_type,
            access_point=self.point.id,
            reason=reason.words,
            detail={"why": why},
        )
        self._services.recorder.note(Change((entry,)))

    def _show(self, pattern: Pattern) -> None:
        if self._annunciator is not None:
            show(self._annunciator, pattern)

    def _note(self, kind: EventType, why: str | None) -> None:
        entry = Entry(self._services.clock.moment(), kind, access_point=self.point.id, reason=why)
        self._services.recorder.note(Change((entry,)))
