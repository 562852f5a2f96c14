"""Gives readers keys of their own, in a window that an operator opens, and remembers which key works.

Rule 1: a key stands durably in the file before the reader is told.
Rule 2: what counts is what the reader's driver says, whoever still waits for it: a window goes on when the
        operator who opened it has hung up, and ends by itself.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from accessctl.door.clock import Clock
from accessctl.door.reader_book import Place
from accessctl.door.recorder import Recorder
from accessctl.door.timers import Timers
from accessctl.keys.reader_keys import KeyState, ReaderKeys, ReaderKeysUnusable
from accessctl.store.entry import Entry
from accessctl.store.record import Change
from hardware.ports import SecureReader
from hardware.readers.osdp_keys import key_number
from hardware.signals import DeviceId, PairingFailed, ReaderPaired, ReaderSecured
from policies.event_types import EventType

SILENCE: Final = timedelta(seconds=5)
"""So long after the end of a window its reader's driver may still say what came of it."""

log = logging.getLogger(__name__)


class KeysMissing(Exception):
    """No key can be kept, so none is given to a reader."""


class WindowOpen(Exception):
    """A window is open for this reader already."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a window."""

    paired: bool
    words: str


Then = Callable[[Outcome], None]


@dataclass(frozen=True, slots=True)
class _Window:
    place: Place
    operator: str
    then: Then
    key: bytes = field(repr=False)


class Pairing:
    """Keeps the windows and the keys. Used from the loop's thread."""

    def __init__(
        self,
        services: tuple[Recorder, Clock, Timers],
        place_of: Callable[[DeviceId], Place],
        keys: ReaderKeys | None = None,
        why_no_keys: str = "no reader here speaks over a secure channel",
    ) -> None:
        """Take who records, where readers hang, and their keys, or why there are none."""
        self._recorder, self._clock, self._timers = services
        self._place_of, self._keys, self._why = place_of, keys, why_no_keys
        self._up_with: dict[DeviceId, int] = {}
        """The number of the key with which each reader was up last."""
        self._windows: dict[DeviceId, _Window] = {}

    def state_of(self, device: DeviceId) -> KeyState:
        """Tell how things stand with a reader's key."""
        return KeyState.NONE if self._keys is None else self._keys.of(device).state

    def is_open(self, device: DeviceId) -> bool:
        """Whether a window is open for this reader."""
        return device in self._windows

    def open(self, reader: SecureReader, window: timedelta, operator: str, then: Then) -> None:
        """Open a window for a reader; ``then`` hears what came of it.

        Raises ``WindowOpen``, ``KeysMissing``, and ``RecordUnavailable`` for what could not be recorded.
        """
        device = reader.id
        if self._keys is None:
            raise KeysMissing(self._why)
        if device in self._windows:
            raise WindowOpen(f"a window is open for {device} already; it ends by itself")
        place, window_s = self._place_of(device), window.total_seconds()
        self._recorder.write(
            self._change(EventType.READER_PAIRING_STARTED, device, place, operator, window_s=window_s)
        )
        try:
            key = self._keys.begin(device)
        except ReaderKeysUnusable as error:
            self._recorder.note(
                self._change(EventType.READER_PAIRING_FAILED, device, place, operator, str(error))
            )
            raise KeysMissing(str(error)) from error
        self._windows[device] = _Window(place, operator, then, key)
        silent = PairingFailed(device, 0, "the reader's driver has not said what came of it")
        self._timers.start(("pairing", device), window + SILENCE, lambda: self.hear(silent))
        try:
            reader.pair(key, window_s)
        except Exception as error:
            log.exception("%s cannot be paired", device)
            self.hear(PairingFailed(device, 0, str(error)))

    def hear(self, signal: ReaderSecured | ReaderPaired | PairingFailed) -> None:
        """Hear from a reader's driver which key works, or what came of a window."""
        match signal:
            case ReaderSecured(device, _, number):
                self._secured(device, number)
            case ReaderPaired(device):
                self._paired(device)
            case PairingFailed(device):
                self._failed(device, signal.why, told=signal.told)

    def _secured(self, device: DeviceId, number: int) -> None:
        self._up_with[device] = number
        if self._keys is None or device in self._windows:
            return
        for key in self._keys.of(device).candidates:
            if key_number(key) == number:
                self._remember(device, key, operator=None)

    def _paired(self, device: DeviceId) -> None:
        window = self._windows.get(device)
        # Of an earlier window, it says nothing about this one.
        if window is not None and key_number(window.key) == self._up_with.get(device):
            self._close(device)
            self._remember(device, window.key, operator=window.operator)
            window.then(Outcome(paired=True, words="the reader has a key of its own"))

    def _failed(self, device: DeviceId, why: str, *, told: bool) -> None:
        window = self._close(device)
        if window is not None:
            if not told:
                self._drop(device, window.key)
            self._recorder.note(
                self._change(
                    EventType.READER_PAIRING_FAILED, device, window.place, window.operator, f"{why}."
                )
            )
            window.then(Outcome(paired=False, words=why))

    def _drop(self, device: DeviceId, key: bytes) -> None:
        """Forget a key that nobody was told: it must take no place from one that the reader may have."""
        try:
            if self._keys is not None:
                self._keys.drop(device, key)
        except ReaderKeysUnusable as error:
            log.warning("a key of %s that nobody has stays in the file: %s", device, error)

    def _close(self, device: DeviceId) -> _Window | None:
        self._timers.cancel(("pairing", device))
        return self._windows.pop(device, None)

    def _remember(self, device: DeviceId, key: bytes, *, operator: str | None) -> None:
        """Keep the key that works, and record it when it is another than before."""
        if self._keys is None:
            return
        first = self._keys.of(device).current is None
        try:
            news = self._keys.works(device, key)
        except ReaderKeysUnusable as error:
            # It stays among the pending ones, so that the reader is found again at the next start.
            log.error("which key %s has could not be kept: %s", device, error)  # noqa: TRY400
            news = True
        if news:
            kind = EventType.READER_PAIRED if first else EventType.KEY_ROTATED
            self._recorder.note(self._change(kind, device, self._place_of(device), operator))

    def _change(
        self,
        kind: EventType,
        device: DeviceId,
        place: Place,
        operator: str | None,
        reason: str | None = None,
        **facts: object,
    ) -> Change:
        detail: Mapping[str, object] = {
            "device": device,
            **({} if operator is None else {"operator": operator}),
            **facts,
        }
        moment = self._clock.moment()
        return Change((Entry(moment, kind, place.door, place.point, reason=reason, detail=detail),))
