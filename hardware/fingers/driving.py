"""What the drivers of fingerprint sensors have in common: orders are taken, and carried out by a session.

A session is what goes on between an open and its close, in a thread of its own. No method here waits for the
sensor, save ``close``, and that for a second at most.
"""

from abc import ABC, abstractmethod
from threading import Lock
from typing import Final, Protocol

from hardware.health import Health, HealthBook
from hardware.ports import Report
from hardware.readers.reporter import Reporter
from hardware.signals import DeviceId
from hardware.tickets import Enrol, Forget, Verify

RETRY_S: Final = 1.0
"""How often a sensor that is lost is looked for."""
CLOSE_S: Final = 0.9
FORGET_S: Final = 8.0
"""So long may a sensor take to erase a finger."""

Order = Verify | Enrol | Forget


class Session(Protocol):
    """Drives the sensor from ``start`` to ``end``. The other methods may be called from any thread."""

    def start(self) -> None:
        """Begin, in a thread of its own."""
        ...

    def begin(self, order: Order) -> None:
        """Carry out this order in place of the one before."""
        ...

    def stop(self, ticket: int) -> None:
        """Give an order up."""
        ...

    def end(self) -> None:
        """End the thread, within a second."""
        ...


class DrivenSensor(ABC):
    """A fingerprint sensor. Reports from a thread of its own, which lives from ``open`` to ``close``."""

    def __init__(self, device: DeviceId, book: HealthBook) -> None:
        """Build it unseen; nothing is looked for until it is opened."""
        self.id = device
        self._book = book
        self._changing = Lock()
        self._session: Session | None = None

    @property
    def health(self) -> Health:
        """How the sensor is, as far as is known."""
        return self._book.page()

    def open(self, report: Report) -> None:
        """Start to report; the first report comes once the sensor was looked for."""
        with self._changing:
            if self._session is None:
                self._session = self._new_session(Reporter(self.id, report, self._book))
                self._session.start()

    def close(self) -> None:
        """Stop reporting and let go of the sensor, within a second."""
        with self._changing:
            session, self._session = self._session, None
        if session is not None:
            session.end()

    def verify(self, ticket: int, templates: tuple[str, ...], within_s: float) -> None:
        """Look whether the next finger is one of these; a sensor that searches tells of any that it keeps."""
        self._begin(Verify(self.id, ticket, templates, within_s))

    def enrol(self, ticket: int, template: str, within_s: float) -> None:
        """Learn a finger under this name."""
        self._begin(Enrol(self.id, ticket, template, within_s))

    def forget(self, ticket: int, template: str) -> None:
        """Erase a template, if it is there."""
        self._begin(Forget(self.id, ticket, template))

    def stop(self, ticket: int) -> None:
        """Stop looking."""
        if (session := self._session) is not None:
            session.stop(ticket)

    def _begin(self, order: Order) -> None:
        if (session := self._session) is not None:
            session.begin(order)

    @abstractmethod
    def _new_session(self, reporter: Reporter) -> Session: ...
