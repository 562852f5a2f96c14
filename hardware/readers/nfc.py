"""A contactless reader that nfcpy drives without pcscd: a PN532 on a serial line, or one on USB.

Why not nfcpy's own ``connect`` loop: it looks at whether to end only between bursts of looks, and reads
a card that already lies there. Here each round is one look, and ``Presence`` tells which card is new.

What ends a session. An error of a file or a line (``GONE``) means that the reader itself fails: it is lost,
and a fresh frontend is tried once a second. Any other error from a look is taken for something strange on the
reader and reported as a card that cannot be read; if it stays, the driver is confused, and begins anew too.

NOTE: nfcpy writes what cards say into its log, up to its errors. Its loggers are switched off here.
"""

import logging
from importlib.metadata import version
from threading import Event, Lock, Thread
from time import monotonic_ns
from typing import Any, Final

import nfc
import nfc.clf

from hardware.health import Health, HealthBook
from hardware.ports import Report
from hardware.readers.nfc_tag import GONE, Target, identity, read, why_gone
from hardware.readers.presence import Presence
from hardware.readers.reporter import Reporter, fault
from hardware.readers.uid import Unreadable
from hardware.signals import CardFrame, CardUnreadable, DeviceId, Signal
from hardware.specs import NfcReaderSpec

log = logging.getLogger(__name__)
for _library in ("nfc", "ndef"):
    logging.getLogger(_library).setLevel(logging.CRITICAL + 1)

RETRY_S: Final = 1.0
PAUSE_S: Final = 0.1
"""Between two looks: a card is noticed soon, and the reader's field rests."""
CLOSE_S: Final = 0.9
UDP_ANSWER_S: Final = 0.15
MOST_STUMBLES: Final = 20
"""In a row, before the driver is taken for confused."""


class NfcReader:
    """One reader on nfcpy, with a thread of its own. Reports from that thread."""

    def __init__(self, spec: NfcReaderSpec) -> None:
        """Build it lost; nothing is looked for until it is opened."""
        self.id: DeviceId = spec.id
        self._spec = spec
        self._book = HealthBook(driver=f"nfcpy {version('nfcpy')}", path=spec.path)
        self._changing = Lock()
        self._session: _Session | None = None

    @property
    def health(self) -> Health:
        """How the reader is, as far as is known."""
        return self._book.page()

    def open(self, report: Report) -> None:
        """Start to report; the first report comes once the reader was looked for."""
        with self._changing:
            if self._session is None:
                self._session = _Session(self._spec, Reporter(self.id, report, self._book))

    def close(self) -> None:
        """Stop reporting and free the reader, within a second."""
        with self._changing:
            session, self._session = self._session, None
        if session is not None:
            session.end()


class _Session:
    """From open to close."""

    def __init__(self, spec: NfcReaderSpec, reporter: Reporter) -> None:
        self._spec = spec
        self._reporter = reporter
        self._book = reporter.book
        self._stop = Event()
        self._thread = Thread(target=self._run, name=f"nfc {spec.id}", daemon=True)
        self._thread.start()

    def end(self) -> None:
        self._reporter.end()
        self._stop.set()
        self._thread.join(CLOSE_S)

    def _run(self) -> None:
        while not self._stop.is_set():
            self._book.beat()
            self._reporter.be(self._drive())
            self._stop.wait(RETRY_S)

    def _drive(self) -> str:
        """Drive one frontend as long as it lasts. Tell why it is gone."""
        frontend = None
        try:
            frontend = self._open()
            self._greet(frontend.device)
            return self._watch(frontend)
        except GONE as error:
            return f"the reader at {self._spec.path} does not answer: {why_gone(error)}"
        except Exception as error:  # noqa: BLE001 - whatever it was, a thread that ended here would lose the reader
            log.warning("driving %s failed: %s; it begins anew", self._spec.id, fault(error))
            return f"driving the reader at {self._spec.path} failed; the log says how"
        finally:
            if frontend is not None:
                self._free(frontend)

    def _open(self) -> Any:  # noqa: ANN401 - nfcpy has no types
        try:
            return nfc.ContactlessFrontend(self._spec.path)
        except GONE:
            if self._spec.path.startswith("tty"):
                from hardware.readers.pn532_speed import slow_down

                slow_down(self._spec.path)  # it is found in the next round
            raise

    def _free(self, frontend: Any) -> None:  # noqa: ANN401 - nfcpy has no types
        try:
            frontend.close()
        except Exception as error:  # noqa: BLE001 - it is given up anyhow
            log.debug("closing %s failed: %s", self._spec.id, fault(error))

    def _greet(self, device: Any) -> None:  # noqa: ANN401 - nfcpy has no types
        names = (device.vendor_name, device.product_name, device.chipset_name)
        self._book.learned(model=" ".join(filter(None, names)), path=device.path)
        if self._spec.path.startswith("udp"):
            _answer_soon(device)

    def _watch(self, frontend: Any) -> str:  # noqa: ANN401 - nfcpy has no types
        presence = Presence()
        stumbles = 0
        while not self._stop.is_set():
            self._book.beat()
            try:
                target = frontend.sense(
                    nfc.clf.RemoteTarget("106A"), nfc.clf.RemoteTarget("212F"), iterations=1
                )
            except GONE:
                raise
            except Exception as error:  # noqa: BLE001 - drivers trust what cards answer
                stumbles += 1
                self._stumble(error, shown=presence.fail())
                if stumbles > MOST_STUMBLES:
                    return f"the reader at {self._spec.path} answers nothing that makes sense"
            else:
                stumbles = 0
                self._reporter.be(None)
                self._book.seen()
                if presence.look(None if target is None else identity(target)):
                    self._reporter.tell(self._read(frontend, target))
            self._stop.wait(PAUSE_S)
        return "it is closed"

    def _stumble(self, error: Exception, *, shown: bool) -> None:
        self._book.erred(f"a look failed: {type(error).__name__}")
        if shown:
            log.warning("a look at %s failed: %s", self._spec.id, fault(error))
            self._reporter.tell(self._unreadable("what is there does not answer as a card does"))

    def _read(self, frontend: Any, target: Target) -> Signal:  # noqa: ANN401 - nfcpy has no types
        try:
            technology, number = read(frontend, target, self._spec.reads, self._stop)
        except Unreadable as unreadable:
            self._book.erred(str(unreadable))
            return self._unreadable(str(unreadable))
        return CardFrame(self._spec.id, monotonic_ns(), technology, number)

    def _unreadable(self, why: str) -> CardUnreadable:
        return CardUnreadable(self._spec.id, monotonic_ns(), why)


def _answer_soon(device: Any) -> None:  # noqa: ANN401 - nfcpy has no types
    """Wait alike for every answer over UDP.

    The driver waits a whole second for a card that is not there, and five milliseconds for a process that
    may have to be scheduled first; neither can be set.
    """
    receive = device._recv_data  # noqa: SLF001

    def receive_soon(_timeout: float, *bitrates: str) -> object:
        return receive(UDP_ANSWER_S, *bitrates)

    device._recv_data = receive_soon  # noqa: SLF001
