"""A muster point: a reader at no door, where people show that they are safe."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from accessctl.door.allowance import Allowance
from accessctl.door.light import Light
from accessctl.door.proving import Found
from accessctl.door.reader_book import Place, ReaderBook, Trouble
from accessctl.door.services import Services
from accessctl.keys.cards import hint_of
from accessctl.store.entry import Entry
from accessctl.store.record import Change
from hardware.ports import Annunciator, Pattern
from hardware.signals import CardForged, CardFrame, CardUnreadable, DeviceId, KeyPressed
from policies.decide import Decision
from policies.factors import Factor
from policies.places import MusterPoint
from policies.reasons import Reason
from policies.requests import Request

_UNKNOWN: Final = Reason.UNKNOWN_CREDENTIAL
_CATCH_UP_AFTER: Final = timedelta(seconds=10)
"""What came too fast to be recorded is told together, at most this often."""


class MusterKeeper:
    """Keeps one muster point. Used from the loop's thread."""

    def __init__(
        self,
        point: MusterPoint,
        annunciator: Annunciator | None,
        services: Services,
        devices: Sequence[DeviceId],
    ) -> None:
        """Take the point, its light, what every keeper needs, and its readers."""
        self.point = point
        self._services, self.light = services, Light(annunciator)
        self._allowance = Allowance(services.clock)
        shared = (services.recorder, services.clock)
        self.book = ReaderBook(Place(point.id), devices, shared, self._allowance, self._tell_later)

    @property
    def online(self) -> bool:
        """Whether every reader here answers."""
        return self.book.online

    def card_shown(self, frame: CardFrame) -> None:
        """Tick the card's holder off."""
        if self._allowance.take():
            self._services.prover.find(frame, lambda found: self._found(frame, found))

    def key_pressed(self, _signal: KeyPressed) -> None:
        """Keys mean nothing here."""

    def card_unreadable(self, signal: CardUnreadable | CardForged) -> None:
        """Ask for the card again by the light that says no."""
        if self._allowance.take():
            reason = Reason.CARD_FORGED if isinstance(signal, CardForged) else Reason.CARD_UNREADABLE
            self._refuse(reason, signal.why)

    def reader_lost(self, device: DeviceId, why: str) -> None:
        """Remember and record that nobody can badge here."""
        self.book.be(device, Trouble.LOST, holds=True, why=why)

    def reader_back(self, device: DeviceId) -> None:
        """Remember and record that the reader answers."""
        self.book.be(device, Trouble.LOST, holds=False)
        self.light.restore()

    def drop(self, count: int) -> None:
        """Cards that come too fast are shown again by whoever holds them; nothing is counted."""

    def answered(self, decision: Decision) -> None:
        """Nothing is decided here; who is ticked off sees it at once."""

    def _found(self, frame: CardFrame, found: Found) -> None:
        if found.refusal is not None or found.holder is None:
            reason = found.refusal or _UNKNOWN
            self._refuse(reason, f"card {hint_of(frame.number, frame.technology)}")
            return
        services = self._services
        request = Request(self.point.id, found.holder, Factor.CARD)
        services.executive.happened(lambda: services.executive.warden.present(request, services.clock.now()))
        self.light.flash(Pattern.GRANTED)

    def _refuse(self, reason: Reason, why: str) -> None:
        self.light.flash(Pattern.REFUSED)
        entry = Entry(
            self._services.clock.moment(),
            reason.event_type,
            access_point=self.point.id,
            reason=reason.words,
            detail={"why": why},
        )
        self._services.recorder.note(Change((entry,)))

    def _tell_later(self) -> None:
        self._services.timers.start(("readers", self.point.id), _CATCH_UP_AFTER, self.book.catch_up)
