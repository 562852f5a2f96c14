"""Fingerprint sensors of the R30x/R503 family on a serial line, by Adafruit's library made safe.

One thread owns the line. The sensor searches all of its templates and tells in which slot the one that fits
is: ``hardware.fingers.names`` makes a name of it. What it says goes over the wire in clear, so wire and
sensor belong inside the protected side; and a sensor that was put in its place keeps other people's fingers.

A bad answer is never a match: the line is brought into step again and the question asked once more. A sensor
whose answers stay bad is lost, and looked for once a second.
"""

import logging
import termios
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from importlib.metadata import version
from threading import Condition, Thread
from typing import Final, NoReturn, TypeVar

import adafruit_fingerprint as codes
import serial

from hardware.fingers.driving import CLOSE_S, FORGET_S, RETRY_S, DrivenSensor, Order, Session
from hardware.fingers.hints import NOBODY
from hardware.fingers.names import name_of_slot, slot_of
from hardware.fingers.telling import Telling
from hardware.fingers.uart_fingers import Fingers, OrderFailed
from hardware.fingers.uart_wire import ANSWER_S, SECURITY_LEVEL, BadAnswer, CheckedFingerprint, WrongPassword
from hardware.health import HealthBook
from hardware.readers.reporter import Reporter, fault
from hardware.specs import UartSensorSpec
from hardware.tickets import Enrol, Forget, Verify

log = logging.getLogger(__name__)

LOOK_S: Final = 2.0
"""How often a sensor that has nothing to do is asked whether it is there."""
MOST_BAD: Final = 4
"""So many bad answers in a row, and the sensor is lost."""
MOST_BAD_AT_FIRST: Final = 2
USUAL_SECURITY: Final = 3
"""The sensor's own scale of how alike two fingers have to be, 1 to 5; it comes with this one."""
BLUE: Final = 2
BREATHING, OFF = 1, 4

T = TypeVar("T")


class _Over(Exception):
    """The order was given up, or the sensor closed."""


class _Gone(Exception):
    """The sensor or its line is gone."""


class UartSensor(DrivenSensor):
    """One sensor on one line."""

    def __init__(self, spec: UartSensorSpec) -> None:
        """Build it unseen; the port is opened when it is."""
        library = version("adafruit-circuitpython-fingerprint")
        super().__init__(spec.id, HealthBook(driver=f"adafruit_fingerprint {library}", path=spec.port))
        self._spec = spec

    def _new_session(self, reporter: Reporter) -> Session:
        return _Session(self._spec, reporter)


class _Session:
    """What goes on between an open and its close, in one thread."""

    def __init__(self, spec: UartSensorSpec, reporter: Reporter) -> None:
        self._thread = Thread(target=self._run, name=f"uart {spec.id}", daemon=True)
        self._spec, self._reporter, self._book = spec, reporter, reporter.book
        self._telling = Telling(spec.id, reporter)
        self._news = Condition()
        self._order: Order | None = None
        self._due_s = 0.0
        self._over = False
        self._port: serial.Serial | None = None
        self._bad = 0
        self._has_light = True

    # From other threads.

    def start(self) -> None:
        """Look for the sensor from now on."""
        self._thread.start()

    def begin(self, order: Order) -> None:
        """Carry out this order in place of the one before."""
        with self._news:
            self._order = order
            self._due_s = time.monotonic() + (FORGET_S if isinstance(order, Forget) else order.within_s)
            self._news.notify()

    def stop(self, ticket: int) -> None:
        """Give an order up."""
        with self._news:
            if self._order is not None and self._order.ticket == ticket:
                self._order = None
                self._news.notify()

    def end(self) -> None:
        """End the thread, within a second."""
        self._reporter.end()
        with self._news:
            self._over, self._order = True, None
            self._news.notify()
        if (port := self._port) is not None:
            with suppress(
                OSError, TypeError, AttributeError
            ):  # as the library raises for a port that is closed
                port.cancel_read()
        self._thread.join(CLOSE_S)

    # In the sensor's thread.

    def _run(self) -> None:
        while not self._over:
            try:
                self._live()
            except _Over:
                continue
            except _Gone as gone:
                why = str(gone)
            except OSError as error:
                why = f"{self._spec.port} cannot be used: {error.strerror or fault(error)}"
            except termios.error:
                why = f"{self._spec.port} went away"
            except Exception as error:  # noqa: BLE001 - a thread that ended would be a sensor lost for good
                log.warning("%s: %s", self._spec.id, fault(error))
                why = f"its driver failed: {fault(error)}"
            self._fail(self._order, why)
            self._reporter.be(why)
            self._be_lost(why)

    def _be_lost(self, why: str) -> None:
        """Wait until it is time to look again. What is ordered meanwhile, and what was, comes to nothing."""
        until_s = time.monotonic() + RETRY_S
        while not self._over and (left_s := until_s - time.monotonic()) > 0:
            self._book.beat()
            self._fail(self._order, why)
            self._wait(left_s)

    def _live(self) -> NoReturn:
        """Serve the sensor until its line is gone."""
        with serial.Serial(
            self._spec.port, self._spec.baud, timeout=ANSWER_S, write_timeout=ANSWER_S, exclusive=True
        ) as port:
            self._port = port
            sensor = self._found(port)
            self._reporter.be(None)
            while True:
                if self._over:
                    raise _Over
                order = self._order
                if order is not None:
                    self._carry_out(sensor, order)
                else:
                    with suppress(BadAnswer):
                        self._say(sensor, sensor.synchronise)
                        self._wait(LOOK_S)

    def _found(self, port: serial.Serial) -> CheckedFingerprint:
        sensor = CheckedFingerprint(port, self._spec.password)
        for tries_left in reversed(range(MOST_BAD_AT_FIRST)):
            self._book.beat()
            try:
                sensor.introduce()
                break
            except BadAnswer as error:
                if self._over:
                    raise _Over from None
                if not tries_left:
                    raise _Gone(str(error)) from None
            except WrongPassword:
                raise _Gone("the sensor wants another password") from None
        self._bad, self._has_light = 0, True
        if sensor.security_level < USUAL_SECURITY:
            sensor.set_sysparam(SECURITY_LEVEL, USUAL_SECURITY)
        self._book.learned(model="R30x/R503", capacity=str(sensor.library_size))
        return sensor

    def _carry_out(self, sensor: CheckedFingerprint, order: Order) -> None:
        def ask(question: Callable[[], T]) -> T:
            return self._ask(order, sensor, question)

        step, pause = partial(self._telling.step, order.ticket), partial(self._wait, order=order)
        fingers = Fingers(sensor, ask, step, pause, self._book)
        answer: Callable[[], None]
        try:
            self._light(sensor, on=not isinstance(order, Forget))
            match order:
                case Verify(ticket=ticket):
                    slot = fingers.found()
                    matched = None if slot is None else name_of_slot(slot)
                    answer = partial(self._telling.checked, ticket, matched)
                case Enrol(ticket=ticket, template=template):
                    fingers.learn(slot_of(template))
                    answer = partial(self._telling.enrolled, ticket, template)
                case Forget(ticket=ticket, template=template):
                    fingers.erase(slot_of(template))
                    answer = partial(self._telling.forgotten, ticket, template)
        except (OrderFailed, ValueError) as error:
            answer = partial(self._telling.failed, order.ticket, str(error))
        except _Over:
            if self._order is None:  # else the next one lights it anyhow
                self._light(sensor, on=False)
            return
        if self._take(order):
            answer()
        self._light(sensor, on=False)

    def _ask(self, order: Order, sensor: CheckedFingerprint, question: Callable[[], T]) -> T:
        """Ask until there is a good answer, for as long as the order stands."""
        while True:
            if self._order is not order:
                raise _Over
            if time.monotonic() >= self._due_s:
                raise OrderFailed("the sensor took too long" if isinstance(order, Forget) else NOBODY)
            with suppress(BadAnswer):
                return self._say(sensor, question)

    def _say(self, sensor: CheckedFingerprint, question: Callable[[], T]) -> T:
        """Ask once. Raises ``BadAnswer``, and ``_Gone`` after several of them in a row."""
        self._book.beat()
        try:
            if not sensor.in_step:
                sensor.synchronise()
            answer = question()
        except BadAnswer as error:
            if self._over:
                raise _Over from None
            self._book.erred(str(error))
            self._bad += 1
            if self._bad >= MOST_BAD:
                raise _Gone(str(error)) from None
            raise
        self._bad = 0
        self._book.seen()
        return answer

    def _light(self, sensor: CheckedFingerprint, *, on: bool) -> None:
        """Light the ring of an R503. A sensor without one is not asked again."""
        if self._has_light:
            try:
                code = sensor.set_led(color=BLUE, mode=BREATHING if on else OFF)
                self._has_light = code == codes.OK
            except BadAnswer:
                self._has_light = not on  # one that was lit is there, and was most likely heard

    def _take(self, order: Order | None) -> bool:
        """End an order; tell whether nobody else had ended it, and no other one had taken its place."""
        with self._news:
            if order is None or self._order is not order:
                return False
            self._order = None
            return True

    def _fail(self, order: Order | None, why: str) -> None:
        if order is not None and self._take(order):
            self._telling.failed(order.ticket, why)

    def _wait(self, longest_s: float, order: Order | None = None) -> None:
        """Wait for this long, or until there is another order than this one."""
        with self._news:
            if self._order is order and not self._over:
                self._news.wait(longest_s)
