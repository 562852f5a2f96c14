"""Contactless readers behind pcscd: one thread watches them on raw ``smartcard.scard``.

On a board each reader has a process of its own (``hardware.hosted``), and with it a watcher and a context
of its own: a reader that hangs in the middle of an answer holds up nobody, and its process is started anew.

Why not pyscard's own ``CardMonitor``: its thread ends for good when pcscd restarts, and a card that
takes the place of another one of its kind between two looks is never reported.

How a card is noticed. pcscd counts insertions and removals of each reader in the upper half of the
reader's event state. A card is read when that counter moved and a card is there; when the counter
moved too far for that, a card came and went unread, which is reported as well. A card that lies on
the reader when the watch begins is not read: it has to be shown again, since neither a start nor a
restart of anything may release a door.

What ends a watch. pcscd dies or is restarted: every call fails from then on, all readers are lost, and
a new context is tried once a second. A reader alone is pulled: it leaves the list of readers.

Which reader it is. By the beginning of its PC/SC name, or by its USB port. pcscd numbers readers of one model
as they come, so the name alone tells two of a kind apart only until one is plugged in anew. Who looks for a
port asks every reader where it is; one that hangs is passed over (``hardware.readers.pcsc_asking``).
"""

import logging
import time
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Final

from smartcard import scard

from hardware.cards.channel import CardError
from hardware.health import Health, HealthBook
from hardware.ports import Report
from hardware.readers.pcsc_about import About, port_of_handle
from hardware.readers.pcsc_asking import Ask, Asking, NoAnswer, asker
from hardware.readers.pcsc_card import connected, message
from hardware.readers.pcsc_names import check_names
from hardware.readers.pcsc_order import EncodingOrder
from hardware.readers.pcsc_reading import NO_PROOF, PcscReading
from hardware.readers.reporter import Reporter
from hardware.readers.uid import Unreadable
from hardware.readers.usb_ports import SYSFS
from hardware.signals import CardUnreadable, DeviceId, Signal, Technology
from hardware.specs import CardKeys, PcscReaderSpec

log = logging.getLogger(__name__)

RETRY_S: Final = 1.0
LOOK_MS: Final = 1_000
"""How long one wait for news lasts. It ends earlier by any news, and by ``close``."""
CLOSE_S: Final = 0.9
CANCEL_EVERY_S: Final = 0.02

PLUG_AND_PLAY: Final = r"\\?PnP?\Notification"
"""A pseudo reader of pcscd: its state changes when a reader comes or goes."""
COUNTER_SHIFT: Final = 16
COUNTER_MASK: Final = 0xFFFF


class PcscReader:
    """One reader of the board. Reports from the watcher's thread."""

    def __init__(self, spec: PcscReaderSpec, watcher: "PcscWatcher", keys: CardKeys | None = None) -> None:
        """Build it lost; ``pcsc_readers`` does it. Raises ``ImportError`` where a proof lacks its library."""
        self.id: DeviceId = spec.id
        self.name, self.usb_port = spec.name, spec.usb_port
        self.book = HealthBook(driver=f"pcscd, by pyscard {version('pyscard')}")
        """Where the watcher notes what it finds."""
        self.reading = PcscReading(spec, keys or CardKeys())
        self.encoding = EncodingOrder(spec.id, self.tell)
        self._watcher = watcher
        self._reporter: Reporter | None = None

    @property
    def health(self) -> Health:
        """How the reader is, as far as the watcher knows."""
        return self.book.page()

    @property
    def wanted(self) -> str:
        """What the site file says of it, in words."""
        named = "reader" if self.name is None else f"reader named {self.name!r}"
        return f"{named} is plugged in" + (f" at USB port {self.usb_port}" if self.usb_port else "")

    def open(self, report: Report) -> None:
        """Start to report; the first report comes once the reader was looked for."""
        self._reporter = Reporter(self.id, report, self.book)
        self._watcher.join(self)

    def encode(self, ticket: int, kind: Technology, within_s: float) -> None:
        """Give the next card that is shown the site's keys for this kind."""
        self.encoding.begin(ticket, kind, within_s)

    def stop(self, ticket: int) -> None:
        """Wait for no card to encode; nothing is reported for this ticket any more."""
        self.encoding.stop(ticket)

    def close(self) -> None:
        """Stop reporting; the last reader to close ends the thread."""
        self.encoding.drop()
        if self._reporter is not None:
            self._reporter.end()
        self._watcher.leave(self)

    def be(self, lost: str | None) -> None:
        """Be lost for this reason, or with ``None`` be there. Reported when it is news."""
        if self._reporter is not None:
            self._reporter.be(lost)

    def tell(self, signal: Signal) -> None:
        """Report what was read, unless closed meanwhile."""
        # A card that is good and does not count here says nothing of the reader.
        if isinstance(signal, CardUnreadable) and signal.why != NO_PROOF:
            self.book.erred(signal.why)
        else:
            self.book.seen()
        if self._reporter is not None:
            self._reporter.tell(signal)


class PcscWatcher:
    """The thread behind all PC/SC readers. It runs while at least one of them is open."""

    def __init__(self, sysfs: Path = SYSFS) -> None:
        """Build it idle. ``sysfs`` is where the kernel tells of USB ports."""
        self._sysfs = sysfs
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
            self.beat()
            try:
                why = f"the card service pcscd does not answer: {message(self._watch(stop))}"
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
            return _Watch(context, self._sysfs).until(stop, self)
        finally:
            self._context = None
            scard.SCardReleaseContext(context)

    def _lose_all(self, why: str) -> None:
        for reader in self._open.values():
            reader.be(why)

    def beat(self) -> None:
        """Note that the thread goes round."""
        for reader in self._open.values():
            reader.book.beat()
            reader.encoding.expire()

    def opened(self) -> tuple[PcscReader, ...]:
        """Tell which readers are open now."""
        return tuple(self._open.values())


class _Watch:
    """One context's life: from the first look until pcscd is gone or we are."""

    def __init__(self, context: int, sysfs: Path = SYSFS, ask: Ask | None = None) -> None:
        self._context, self._sysfs = context, sysfs
        self._asking = Asking(ask or asker(sysfs))
        self._states: dict[str, int] = {PLUG_AND_PLAY: scard.SCARD_STATE_UNAWARE}
        self._bound: dict[str, PcscReader] = {}
        self._about: dict[str, About] = {}

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
            watcher.beat()
            result, news = scard.SCardGetStatusChange(self._context, LOOK_MS, list(self._states.items()))
            if result not in patience:
                return int(result)
            watcher.beat()
            for reader in self._bound.values():
                reader.book.seen()  # Its state was told: by pcscd, which would not list it if it were gone.
            if result == scard.SCARD_S_SUCCESS:
                for name, state, _atr in news:
                    self._notice(name, state)
        return int(scard.SCARD_S_SUCCESS)

    def _bind(self, names: list[str], readers: tuple[PcscReader, ...]) -> None:
        """Give each open reader the first PC/SC reader of its name, and keep it while it is there."""
        self._bound = {
            name: reader for name, reader in self._bound.items() if name in names and reader in readers
        }
        self._about = {name: known for name, known in self._about.items() if name in names}
        for reader in readers:
            if reader not in self._bound.values():
                reader.be(self._find(reader, sorted(names)))
        known = {PLUG_AND_PLAY: self._states[PLUG_AND_PLAY]}
        self._states = known | {
            name: self._states.get(name, scard.SCARD_STATE_UNAWARE) for name in self._bound
        }

    def _find(self, reader: PcscReader, names: list[str]) -> str | None:
        """Look for a reader, and have it bound; tell why it is not."""
        silent: list[str] = []
        for name in names:
            if reader.name is not None and not name.startswith(reader.name):
                continue
            reader.book.beat()
            try:
                told = self._ask(name)
            except NoAnswer:
                silent.append(name)
                continue
            if reader.usb_port is None or told.port == reader.usb_port:
                self._bound[name] = reader
                reader.book.learned(model=name, **told.words)
                return None
        if not silent:
            return f"no {reader.wanted}"
        found = "" if reader.usb_port is None else f"no {reader.wanted}, as far as can be told: "
        return f"{found}{', '.join(silent)} does not answer"

    def _ask(self, name: str) -> About:
        """Ask a reader about itself; once, if it says where it is plugged in. Raises ``NoAnswer``."""
        told = self._about.get(name) or self._asking.ask(name)
        if told.port:
            self._about[name] = told
        return told

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
            if (told := self._read(reader, name, mute=bool(state & scard.SCARD_STATE_MUTE))) is not None:
                reader.tell(told)
        elif not card and moves > had_card:
            reader.tell(_unreadable(reader, "the card went away before it could be read"))

    def _read(self, reader: PcscReader, name: str, *, mute: bool) -> Signal | None:
        order = reader.encoding.take()
        try:
            if mute:
                raise Unreadable("the card does not answer")  # noqa: TRY301 - told in the same way
            with connected(self._context, name, reader.book.beat) as card:
                reader.book.beat()
                self._check_port(reader, name, card.handle)
                if order is None:
                    return reader.reading.read(card)
                done = reader.reading.encode(card, order.ticket, order.kind)
        except (Unreadable, CardError) as unreadable:
            if order is None:
                return _unreadable(reader, str(unreadable))
            done = order.failed(reader.id, str(unreadable))
        return reader.encoding.told(order, done)

    def _check_port(self, reader: PcscReader, name: str, handle: int) -> None:
        if reader.usb_port and port_of_handle(handle, self._sysfs) != reader.usb_port:
            # Another one took its name between two looks; the next look finds out what is where.
            del self._bound[name]
            self._about.pop(name, None)
            raise Unreadable("another reader is plugged in in its place")


def pcsc_readers(
    specs: Iterable[PcscReaderSpec], keys: CardKeys | None = None, *, sysfs: Path = SYSFS
) -> list[PcscReader]:
    """Make PC/SC readers, all on one watcher.

    ``keys`` are the site's keys for the cards that prove one. Raises ``ReaderNamesOverlap``,
    ``ValueError`` or ``ImportError``.
    """
    specs = tuple(specs)
    for spec in specs:
        if spec.name is None and spec.usb_port is None:
            raise ValueError(f"{spec.id} needs a name or a USB port")
    check_names(specs)
    watcher = PcscWatcher(sysfs)
    return [PcscReader(spec, watcher, keys) for spec in specs]


def _unreadable(reader: PcscReader, why: str) -> CardUnreadable:
    return CardUnreadable(reader.id, time.monotonic_ns(), why)
