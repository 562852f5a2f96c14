"""A camera: looks at faces when it is asked to, and reads passes all the time where its spec says so.

Two threads. One has the newest picture (``feed``), the other one looks at it, which takes longer than a
picture takes to come. It goes round at least four times a second and beats only while the other one goes
round too: whichever of them hangs is seen. It lives in a process of its own, since an encoder holds the
interpreter lock while it computes.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING, Final

from hardware.cameras.decoding import for_faces, grey
from hardware.cameras.feed import Feed
from hardware.cameras.frames import Frame, FrameSource
from hardware.cameras.looking import Looking, Outcome
from hardware.cameras.sources import open_source
from hardware.faces.model_files import ModelRefused
from hardware.faces.quality import Flaw
from hardware.faces.sight import Loading, Sight, load_sight
from hardware.health import Health, HealthBook
from hardware.ports import FaceCamera, Look, Report
from hardware.readers.reporter import Reporter, fault
from hardware.signals import CardFrame, FaceSeen, SensorFailed, SensorStep, Technology
from hardware.specs import CameraSpec

if TYPE_CHECKING:
    from hardware.cameras.pass_codes import PassWatch

NS_PER_S: Final = 1_000_000_000
ROUND_S: Final = 0.25
FEED_HANGS_S: Final = 4.0
CLOSE_S: Final = 0.8
LOAD_AGAIN_S: Final = 10.0
HINT_EVERY_S: Final = 0.7
"""A hint stays so long: nobody can follow faster ones."""
PASS_EVERY_S: Final = 0.15
STILL_THERE_S: Final = 1.0
"""A pass that is there when the camera comes was not shown to it just now."""


def build_camera(spec: CameraSpec) -> FaceCamera:
    """Build the camera that a spec describes, closed.

    Its models are loaded here already: that takes a second or, on a Pi, some, and holds the interpreter
    lock. Of a process that starts nobody expects a sign of life meanwhile.
    """
    loads = Loading(lambda: load_sight(spec.engine, spec.liveness))
    if spec.faces:
        loads.try_now()
    return Camera(spec, lambda: open_source(spec), loads)


@dataclass(slots=True)
class _Order:
    """A look that goes on."""

    ticket: int
    look: Look
    began_ns: int
    within_s: float
    looking: Looking | None = None
    hint: str | None = None
    hint_ns: int = 0

    @property
    def is_over(self) -> bool:
        return time.monotonic_ns() - self.began_ns >= self.within_s * NS_PER_S


class Camera:
    """A camera, whatever its pictures come from and whichever engine looks at them."""

    def __init__(
        self, spec: CameraSpec, opens: Callable[[], FrameSource], loads: Callable[[], Sight]
    ) -> None:
        """Build it closed; ``build_camera`` does it."""
        self.id = spec.id
        self._spec, self._opens, self._loads = spec, opens, loads
        self._book = HealthBook(driver="camera", model=spec.kind.value)
        self._lock = Lock()
        self._engine_free = Lock()
        self._run: _Run | None = None

    @property
    def health(self) -> Health:
        """How the camera is, from any thread."""
        return self._book.page()

    def open(self, report: Report) -> None:
        """Load the models and look for pictures; reported when both are there, or are not."""
        with self._lock:
            if self._run is None:
                reporter = Reporter(self.id, report, self._book)
                self._run = _Run(self._spec, reporter, Feed(self._opens), self._loads, self._engine_free)
                self._run.start()

    def close(self) -> None:
        """Report nothing more; a thread that is in the middle of something ends after it."""
        with self._lock:
            run, self._run = self._run, None
        if run is not None:
            run.end()

    def look(self, ticket: int, look: Look, within_s: float) -> None:
        """Look at the one face before the camera."""
        with self._lock:
            if self._run is not None:
                self._run.order(_Order(ticket, look, time.monotonic_ns(), within_s))

    def stop(self, ticket: int) -> None:
        """Stop looking."""
        with self._lock:
            if self._run is not None:
                self._run.drop(ticket)


class _Run:
    """A camera from one ``open`` to the ``close``."""

    def __init__(
        self,
        spec: CameraSpec,
        reporter: Reporter,
        feed: Feed,
        loads: Callable[[], Sight],
        engine_free: Lock,
    ) -> None:
        self._spec, self._reporter, self._feed, self._loads = spec, reporter, feed, loads
        self._engine_free = engine_free
        self._stop = Event()
        self._lock = Lock()
        self._order: _Order | None = None
        self._sight: Sight | None = None
        self._passes: PassWatch | None = None
        self._since_ns = self._pass_ns = 0
        self._thread = Thread(target=self._go, name=f"looks for {spec.id}", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def end(self) -> None:
        """Be silent at once, and over within a second as far as anybody can tell."""
        self._reporter.end()
        self._stop.set()
        self._feed.stop()
        self._thread.join(CLOSE_S)

    def order(self, order: _Order) -> None:
        """Take an order, in the place of the one before."""
        with self._lock:
            self._order = order
        self._feed.wake()

    def drop(self, ticket: int) -> None:
        """Forget an order."""
        with self._lock:
            if self._order is not None and self._order.ticket == ticket:
                self._order = None

    # The thread that looks.

    def _go(self) -> None:
        while not self._stop.is_set():
            try:
                self._load()
                self._feed.start()
                self._look_on()
            except (ModelRefused, ImportError) as error:
                self._lose(f"its models cannot be used: {error}")
                self._wait_in_vain(LOAD_AGAIN_S)
            except Exception as error:  # noqa: BLE001 - a thread that ended here would be a camera that stays away
                self._reporter.book.erred(fault(error))
                self._lose(f"looking failed: {fault(error)}")
                self._wait_in_vain(LOAD_AGAIN_S)

    def _load(self) -> None:
        if self._spec.passes:
            from hardware.cameras.pass_codes import PassWatch

            self._passes = PassWatch()
        if self._spec.faces:
            self._sight = self._loads()
            liveness = (
                "by its look and by a turn of the head" if self._sight.passive else "by a turn of the head"
            )
            self._reporter.book.learned(engine=self._sight.engine.model, liveness=liveness)

    def _wait_in_vain(self, pause_s: float) -> None:
        until_s = time.monotonic() + pause_s
        while not self._stop.is_set() and time.monotonic() < until_s:
            self._reporter.book.beat()
            self._fail_if_over()
            self._stop.wait(ROUND_S)

    def _look_on(self) -> None:
        frame: Frame | None = None
        while not self._stop.is_set():
            if time.monotonic_ns() - self._feed.round_ns < FEED_HANGS_S * NS_PER_S:
                self._reporter.book.beat()
            newer = self._feed.newer(frame, ROUND_S)
            if newer is not None:
                if frame is None:
                    self._since_ns = newer.mono_ns
                frame = newer
                self._reporter.be(None)
                self._reporter.book.seen()
                self._read_pass(frame)
                self._look_at(frame)
            elif (why := self._feed.lost) is not None:
                frame = None
                self._lose(why)
            self._fail_if_over()

    def _read_pass(self, frame: Frame) -> None:
        if self._passes is None or frame.mono_ns - self._pass_ns < PASS_EVERY_S * NS_PER_S:
            return
        self._pass_ns = frame.mono_ns
        shown = self._passes.look(grey(frame.picture), frame.mono_ns / NS_PER_S)
        if shown is not None and frame.mono_ns - self._since_ns > STILL_THERE_S * NS_PER_S:
            self._reporter.tell(CardFrame(self._spec.id, frame.mono_ns, Technology.PASS, shown))

    def _look_at(self, frame: Frame) -> None:
        with self._lock:
            order = self._order
        if order is None or frame.mono_ns < order.began_ns:
            return
        if self._sight is None:
            self._fail(order, "this camera does not look at faces", broken=True)
            return
        if order.looking is None:
            order.looking = Looking(order.look, self._sight, order.began_ns, order.within_s)
        with self._engine_free:  # a thread that was closed in the middle of a look may still be at it
            outcome = self._taken(order.looking, Frame(frame.mono_ns, for_faces(frame.picture)))
        if outcome is not None:
            self._tell(order, outcome)
        else:
            self._say_hint(order, order.looking.hint)

    def _taken(self, looking: Looking, frame: Frame) -> Outcome | None:
        try:
            return looking.take(frame)
        except ValueError as error:  # of this picture nothing could be made; the next one may do
            self._reporter.book.erred(fault(error))
            looking.miss(Flaw.ODD)
            return None

    def _say_hint(self, order: _Order, hint: str | None) -> None:
        now_ns = time.monotonic_ns()
        if hint is None or hint == order.hint or now_ns - order.hint_ns < HINT_EVERY_S * NS_PER_S:
            return
        order.hint, order.hint_ns = hint, now_ns
        with self._lock:
            if self._order is order:
                self._reporter.tell(SensorStep(self._spec.id, now_ns, order.ticket, hint))

    def _tell(self, order: _Order, outcome: Outcome) -> None:
        assert self._sight is not None  # noqa: S101 - what came to an outcome was looked at
        vectors = tuple(vector.tobytes() for vector in outcome.vectors)
        model, now_ns = self._sight.engine.model, time.monotonic_ns()
        seen = FaceSeen(self._spec.id, now_ns, order.ticket, model, vectors, outcome.quality, outcome.live)
        if self._takes_off(order):
            self._reporter.tell(seen)

    def _fail_if_over(self) -> None:
        with self._lock:
            order = self._order
        if order is None or not order.is_over:
            return
        if order.looking is None:
            self._fail(order, "no picture came", broken=True)
        else:
            self._fail(order, order.looking.why_not)

    def _lose(self, why: str) -> None:
        self._reporter.be(why)
        with self._lock:
            order = self._order
        if order is not None:
            self._fail(order, f"the camera is gone: {why}", broken=True)

    def _fail(self, order: _Order, why: str, *, broken: bool = False) -> None:
        if self._takes_off(order):
            now_ns = time.monotonic_ns()
            self._reporter.tell_anyway(SensorFailed(self._spec.id, now_ns, order.ticket, why, broken))

    def _takes_off(self, order: _Order) -> bool:
        """Take an order off, unless that was done; who did it tells of it."""
        with self._lock:
            if self._order is not order:
                return False
            self._order = None
            return True
