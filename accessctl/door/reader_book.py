"""What is known of the readers at one access point, and which of it the record is told.

A state (lost, torn off, without power) is told when it changes. What changes faster than an access point
may record is told late, and then as it is in the end. What has no end (a stranger on the line, a strange
keyboard) is told late too, each once, however often it came meanwhile.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from accessctl.door.allowance import Allowance
from accessctl.door.clock import Clock
from accessctl.door.recorder import Recorder
from accessctl.store.entry import Entry
from accessctl.store.record import Change
from hardware.signals import DeviceId
from policies.event_types import EventType
from policies.ids import AccessPointId, DoorId


class Trouble(Enum):
    """What can be wrong with a reader, with the types of its beginning and its end."""

    LOST = (EventType.READER_OFFLINE, EventType.READER_ONLINE)
    TAMPERED = (EventType.READER_TAMPER, EventType.READER_TAMPER_RESTORED)
    POWERLESS = (EventType.READER_POWER_FAILED, EventType.READER_POWER_RESTORED)


MOST_UNTOLD: Final = 20
"""So many things of a kind that has no end are kept to be told late: what strangers call themselves has
no bound, and must not hide another kind."""
_WORDS: Final = {
    Trouble.TAMPERED: "The reader's housing was opened, or it was torn off its wall.",
    Trouble.POWERLESS: "The reader says that its own supply fails.",
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a reader hangs; a muster point has no door."""

    point: AccessPointId
    door: DoorId | None = None


class ReaderBook:
    """Keeps the book of one access point. Used from the loop's thread."""

    def __init__(
        self,
        place: Place,
        devices: Iterable[DeviceId],
        services: tuple[Recorder, Clock],
        allowance: Allowance,
        overflow: Callable[[], None],
    ) -> None:
        """Take the readers here, and who hears that something will have to be told later."""
        self._place, self._devices = place, tuple(devices)
        self._recorder, self._clock = services
        self._allowance, self._overflow = allowance, overflow
        self._now: dict[tuple[DeviceId, Trouble], tuple[bool, str | None]] = {}
        self._told: dict[tuple[DeviceId, Trouble], bool] = {}
        self._insecure: dict[DeviceId, str] = {}
        self._untold: dict[tuple[DeviceId, EventType, str], None] = {}
        """What has no end and could not be recorded yet, in its order."""

    @property
    def online(self) -> bool:
        """Whether every reader here answers."""
        return bool(self._devices) and all(
            self._now.get((device, Trouble.LOST), (True, None))[0] is False for device in self._devices
        )

    @property
    def lost(self) -> bool:
        """Whether any reader here does not answer. One that was not heard of yet is not lost."""
        return any(self._has(device, Trouble.LOST) for device in self._devices)

    def standing(self, device: DeviceId) -> dict[str, Any]:
        """Give what is wrong with a reader, apart from its health."""
        return {
            "tampered": self._has(device, Trouble.TAMPERED),
            "power_failed": self._has(device, Trouble.POWERLESS),
            "insecure": self._insecure.get(device),
        }

    def be(self, device: DeviceId, trouble: Trouble, *, holds: bool, why: str | None = None) -> None:
        """Hear how a reader is, and record it when it is news."""
        self._now[device, trouble] = (holds, why)
        if trouble is Trouble.LOST and not holds:
            self._insecure.pop(device, None)
        if self._is_news(device, trouble):
            self._tell(device, trouble)

    def insecure(self, device: DeviceId, why: str) -> None:
        """Hear that something else than our reader speaks on its line."""
        if self._insecure.get(device) != why:
            self._insecure[device] = why
            self.happened(device, EventType.READER_INSECURE, why)

    def happened(self, device: DeviceId, kind: EventType, why: str) -> None:
        """Record something that has no end, now or later."""
        if self._allowance.take():
            self._note(kind, device, why)
            return
        if sum(untold is kind for _, untold, _ in self._untold) < MOST_UNTOLD:
            self._untold[device, kind, why] = None
        self._overflow()

    def catch_up(self) -> None:
        """Record whatever was left out, or is otherwise than was told last."""
        untold, self._untold = self._untold, {}
        for event in untold:
            self.happened(*event)
        for device, trouble in tuple(self._now):
            if self._is_news(device, trouble):
                self._tell(device, trouble)

    def _has(self, device: DeviceId, trouble: Trouble) -> bool:
        return self._now.get((device, trouble), (False, None))[0]

    def _is_news(self, device: DeviceId, trouble: Trouble) -> bool:
        """Tell whether the record says otherwise. That a reader answers is news at the start too."""
        at_first = None if trouble is Trouble.LOST else False
        return self._told.get((device, trouble), at_first) is not self._has(device, trouble)

    def _tell(self, device: DeviceId, trouble: Trouble) -> None:
        if not self._allowance.take():
            self._overflow()
            return
        holds, why = self._now[device, trouble]
        self._told[device, trouble] = holds
        began, over = trouble.value
        self._note(began if holds else over, device, (why or _WORDS.get(trouble)) if holds else None)

    def _note(self, kind: EventType, device: DeviceId, why: str | None) -> None:
        place = self._place
        detail = {"device": device}
        entry = Entry(self._clock.moment(), kind, place.door, place.point, reason=why, detail=detail)
        self._recorder.note(Change((entry,)))
