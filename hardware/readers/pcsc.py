"""Contactless readers behind pcscd: one thread watches all of them on raw ``smartcard.scard``.

Why not pyscard's own ``CardMonitor``: its thread ends for good when pcscd restarts, and a card that
takes the place of another one of its kind between two looks is never reported.

How a card is noticed. pcscd counts insertions and removals of each reader in the upper half of the
reader's event state. A card is read when that counter moved and a card is there; when the counter
moved too far for that, a card came and went unread, which is reported as well. A card that lies on
the reader when the watch begins is not read: it has to be shown again, since neither a start nor a
restart of anything may release a door.

What ends a watch. pcscd dies or is restarted: every call fails from then on, all readers are lost, and
a new context is tried once a second. A reader alone is pulled: it leaves the list of readers.

NOTE: a reader that hangs in the middle of an answer holds up the other ones of this board until its
driver gives up.
"""

import logging
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import permutations
from threading import Event, Lock, Thread
from typing import Final

from smartcard import scard

from hardware.errors import ReaderNamesOverlap
from hardware.ports import Report
from hardware.readers.uid import Unreadable, number_of
from hardware.signals import CardFrame, CardUnreadable, DeviceBack, DeviceId, DeviceLost, Signal
from hardware.specs import PcscReaderSpec

log = logging.getLogger(__name__)

RETRY_S: Final = 1.0
LOOK_MS: Final = 1_000
"""How long one wait for news lasts. It ends earlier by any news, and by ``close``."""
CLOSE_S: Final = 0.9
CANCEL_EVERY_S: Final = 0.02

GET_UID: Final = [0xFF, 0xCA, 0x00, 0x00, 0x00]
PLUG_AND_PLAY: Final = r"\\?PnP?\Notification"
"""A pseudo reader of pcscd: its state changes when a reader comes or goes."""
COUNTER_SHIFT: Final = 16
COUNTER_MASK: Final = 0xFFFF


class PcscReader:
    """One reader of the board. Reports from the watcher's thread."""

    def __init__(self, spec: PcscReaderSpec, watcher: "PcscWatcher") -> None:
        """Build it lost; ``pcsc_readers`` does it."""
        self.id: DeviceId = spec.id
        self.name = spec.name
        self._watcher = watcher
        self._lock = Lock()
        self._report: Report | None = None
        self._here: bool | None = None

    def open(self, report: Report) -> None:
        """Start to report; the first report comes once the reader was looked for."""
        with self._lock:
            self._report, self._here = report, None
        self._watcher.join(self)

    def close(self) -> None:
        """Stop reporting; the last reader of the board to close ends the thread."""
        with self._lock:
            self._report = None
        self._watcher.leave(self)

    def be(self, lost: str | None) -> None:
        """Be lost for this reason, or with ``None`` be there. Reported when it is news."""
        now = time.monotonic_ns()
        with self._lock:
            here = lost is None
            if here is not self._here and self._report is not None:
                self._here = here
                self._report(DeviceBack(self.id, now) if lost is None else DeviceLost(self.id, now, lost))

    def tell(self, signal: Signal) -> None:
        """Report what was read, unless closed meanwhile."""
        with self._lock:
            if self._report is not None:
                self._report(signal)


class PcscWatcher:
    """The thread behind all PC/SC readers. It runs while at least one of them is open."""

    def __init__(self) -> None:
        """Build it idle."""
        self._open: dict[DeviceId, PcscReader] = {}
        self._changing = Lock()
        self._thread: Thread | None = None
        self._stop = Event()
        self._context: int | None = None

    def join(self, reader: PcscReader) -> None:
        """Serve one more reader."""
        with self._changing:
            # Replaced, never changed: the thread iterates over what it finds.
            self._open = {**self._open, reader.id: reader}
            if self._thread is None:
                self._stop = Event()
                self._thread = Thread(target=self._run, args=(self._stop,), name="pcsc", daemon=True)
                self._thread.start()
            else:
                self._cancel()

    def leave(self, reader: PcscReader) -> None:
        """Serve one reader less; after the last one the thread is gone within a second."""
        with self._changing:
            self._open = {name: other for name, other in self._open.items() if other is not reader}
            if self._open or self._thread is None:
                return
            thread, self._thread = self._thread, None
            self._stop.set()
            deadline = time.monotonic() + CLOSE_S
            # A cancel is forgotten when the thread is not waiting just then, so one is not enough.
            while thread.is_alive() and time.monotonic() < deadline:
                self._cancel()
                thread.join(CANCEL_EVERY_S)

    def _cancel(self) -> None:
        if (context := self._context) is not None:
            scard.SCardCancel(context)

    def _run(self, stop: Event) -> None:
        while not stop.is_set():
            try:
                why = f"the card service pcscd does not answer: {_message(self._watch(stop))}"
            except Exception:
                # Whatever it was: a watcher that ended here would be a door that never opens again.
                log.exception("watching the PC/SC readers failed; it begins anew")
                why = "reading cards failed; the log says how"
            if not stop.is_set():
                self._lose_all(why)
                stop.wait(RETRY_S)

    def _watch(self, stop: Event) -> int:
        """Watch with one context, as long as it lasts; tell pcscd's last word."""
        result, context = scard.SCardEstablishContext(scard.SCARD_SCOPE_SYSTEM)
        if result != scard.SCARD_S_SUCCESS:
            return int(result)
        self._context = context
        try:
            return _Watch(context).until(stop, self)
        finally:
            self._context = None
            scard.SCardReleaseContext(context)

    def _lose_all(self, why: str) -> None:
        for reader in self._open.values():
            reader.be(why)

    def opened(self) -> tuple[PcscReader, ...]:
        """Tell which readers are open now."""
        return tuple(self._open.values())


class _Watch:
    """One context's life: from the first look until pcscd is gone or we are."""

    def __init__(self, context: int) -> None:
        self._context = context
        self._states: dict[str, int] = {PLUG_AND_PLAY: scard.SCARD_STATE_UNAWARE}
        self._bound: dict[str, PcscReader] = {}

    def until(self, stop: Event, watcher: PcscWatcher) -> int:
        """Watch until told to stop (then the result is success) or until pcscd fails (then it says how)."""
        patience = {scard.SCARD_S_SUCCESS, scard.SCARD_E_TIMEOUT, scard.SCARD_E_CANCELLED}
        # A reader can vanish between being listed and being asked; the next round lists anew.
        patience |= {scard.SCARD_E_UNKNOWN_READER, scard.SCARD_E_READER_UNAVAILABLE}
        while not stop.is_set():
            result, names = scard.SCardListReaders(self._context, [])
            if result == scard.SCARD_E_NO_READERS_AVAILABLE:
                names = []
            elif result != scard.SCARD_S_SUCCESS:
                return int(result)
            self._bind(names, watcher.opened())
            result, news = scard.SCardGetStatusChange(self._context, LOOK_MS, list(self._states.items()))
            if result not in patience:
                return int(result)
            if result == scard.SCARD_S_SUCCESS:
                for name, state, _atr in news:
                    self._notice(name, state)
        return int(scard.SCARD_S_SUCCESS)

    def _bind(self, names: list[str], readers: tuple[PcscReader, ...]) -> None:
        """Give each open reader the first PC/SC reader of its name, and keep it while it is there."""
        self._bound = {
            name: reader for name, reader in self._bound.items() if name in names and reader in readers
        }
        for reader in readers:
            if reader not in self._bound.values():
                found = next((name for name in sorted(names) if name.startswith(reader.name)), None)
                if found is None:
                    reader.be(f"no reader named {reader.name!r} is plugged in")
                else:
                    self._bound[found] = reader
                    reader.be(None)
        known = {PLUG_AND_PLAY: self._states[PLUG_AND_PLAY]}
        self._states = known | {
            name: self._states.get(name, scard.SCARD_STATE_UNAWARE) for name in self._bound
        }

    def _notice(self, name: str, state: int) -> None:
        before = self._states[name]
        self._states[name] = state & ~scard.SCARD_STATE_CHANGED
        if name == PLUG_AND_PLAY:
            return
        reader = self._bound[name]
        card = bool(state & scard.SCARD_STATE_PRESENT)
        had_card = bool(before & scard.SCARD_STATE_PRESENT)
        moves = (state >> COUNTER_SHIFT) - (before >> COUNTER_SHIFT) & COUNTER_MASK
        if before == scard.SCARD_STATE_UNAWARE:
            return  # A card that lies there already was not shown now: a start must release no door.
        if card and moves:
            reader.tell(self._read(reader, name, mute=bool(state & scard.SCARD_STATE_MUTE)))
        elif not card and moves > had_card:
            reader.tell(_unreadable(reader, "the card went away before it could be read"))

    def _read(self, reader: PcscReader, name: str, *, mute: bool) -> Signal:
        if mute:
            return _unreadable(reader, "the card does not answer")
        try:
            with self._connected(name) as (card, protocol):
                result, answer = scard.SCardTransmit(card, protocol, GET_UID)
                _check(result)
            technology, number = number_of(bytes(answer))
        except Unreadable as unreadable:
            return _unreadable(reader, str(unreadable))
        return CardFrame(reader.id, time.monotonic_ns(), technology, number)

    @contextmanager
    def _connected(self, name: str) -> Iterator[tuple[int, int]]:
        protocols = scard.SCARD_PROTOCOL_T0 | scard.SCARD_PROTOCOL_T1
        result, card, protocol = scard.SCardConnect(self._context, name, scard.SCARD_SHARE_SHARED, protocols)
        _check(result)
        try:
            yield card, protocol
        finally:
            # Powered down, a card that is swapped for another one at once is noticed as a new one.
            scard.SCardDisconnect(card, scard.SCARD_UNPOWER_CARD)


def pcsc_readers(specs: Iterable[PcscReaderSpec]) -> list[PcscReader]:
    """Make the PC/SC readers of a board, all on one watcher. Raises ``ReaderNamesOverlap``."""
    specs = tuple(specs)
    for one, other in permutations(specs, 2):
        if one.name.startswith(other.name):
            raise ReaderNamesOverlap(one.id, other.id, one.name)
    watcher = PcscWatcher()
    return [PcscReader(spec, watcher) for spec in specs]


def _check(result: int) -> None:
    gone = {scard.SCARD_W_REMOVED_CARD, scard.SCARD_E_NO_SMARTCARD}
    if result in gone:
        raise Unreadable("the card went away while it was read")
    if result == scard.SCARD_E_SHARING_VIOLATION:
        raise Unreadable("another program holds the reader")
    if result != scard.SCARD_S_SUCCESS:
        raise Unreadable(f"the card could not be read: {_message(result)}")


def _message(result: int) -> str:
    return str(scard.SCardGetErrorMessage(result)).rstrip(".")


def _unreadable(reader: PcscReader, why: str) -> CardUnreadable:
    return CardUnreadable(reader.id, time.monotonic_ns(), why)
