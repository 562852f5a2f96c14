"""Fingerprint sensors behind fprintd, over the system bus.

One thread with an event loop of its own. fprintd checks one finger of one user at a time: the user is
claimed, then verified. The users are made up (``hardware.fingers.names``); for that the service needs a right
which the polkit rule in packaging/polkit gives. Several fingers of a person are asked for one after the
other, each by a touch of its own: fprintd can search all of them at once, but would not say which it was.

Which sensor it is. By the beginning of the name that fprintd gives it. fprintd ends when nobody needs it and
is started by the bus when somebody asks: so it is asked every few seconds, which keeps it and shows whether
the sensor is still plugged in.

Whose word counts. Any program on the bus can send signals that look like fprintd's. Only those of the
connection that owns fprintd's name, about our own device, between our start and our stop, are heard.
"""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from importlib.metadata import version
from threading import Thread
from typing import Final, NoReturn

from dbus_fast import Message, MessageType

from hardware.fingers.driving import CLOSE_S, FORGET_S, RETRY_S, DrivenSensor, Order, Session
from hardware.fingers.fprintd_bus import BUS, DEVICE, FPRINTD, Failed, Gone, SystemBus
from hardware.fingers.fprintd_sensor import Sensor
from hardware.fingers.hints import NOBODY
from hardware.fingers.telling import Telling
from hardware.health import HealthBook
from hardware.readers.reporter import Reporter, fault
from hardware.specs import FprintdSensorSpec
from hardware.tickets import Enrol, Forget, Verify

log = logging.getLogger(__name__)

BEAT_S: Final = 0.5
LOOK_S: Final = 3.0
"""How often fprintd is asked whether the sensor is there. It ends by itself after 30 s without a question."""


class FprintdSensor(DrivenSensor):
    """One sensor behind fprintd."""

    def __init__(self, spec: FprintdSensorSpec) -> None:
        """Build it unseen; nothing is looked for until it is opened."""
        super().__init__(spec.id, HealthBook(driver=f"fprintd, by dbus-fast {version('dbus-fast')}"))
        self._spec = spec

    def _new_session(self, reporter: Reporter) -> Session:
        return _Session(self._spec, reporter)


class _Session:
    """What goes on between an open and its close, in one thread."""

    def __init__(self, spec: FprintdSensorSpec, reporter: Reporter) -> None:
        self._thread = Thread(target=self._run, name=f"fprintd {spec.id}", daemon=True)
        self._spec, self._reporter, self._book = spec, reporter, reporter.book
        self._telling = Telling(spec.id, reporter)
        self._loop = asyncio.new_event_loop()
        self._over = asyncio.Event()
        self._wake = asyncio.Event()
        """Set when the sensor has to be looked at again before its time."""
        self._sensor: Sensor | None = None
        self._bus: SystemBus | None = None
        self._order: Order | None = None
        self._work: asyncio.Task[None] | None = None
        """What carries out the order."""
        self._tasks: set[asyncio.Task[None]] = set()
        """That one, and those that were given up and still let go of the sensor."""
        self._busy = asyncio.Lock()
        """Held by whoever has the sensor, until it is let go."""

    # From other threads.

    def start(self) -> None:
        """Look for the sensor from now on."""
        self._thread.start()

    def begin(self, order: Order) -> None:
        """Carry out this order in place of the one before."""
        self._call(self._begin, order)

    def stop(self, ticket: int) -> None:
        """Give an order up."""
        self._call(self._stop, ticket)

    def end(self) -> None:
        """End the thread, within a second."""
        self._reporter.end()
        self._call(self._over.set)
        self._thread.join(CLOSE_S)

    def _call(self, what: Callable[..., None], *values: object) -> None:
        """Have something done in the loop, unless that has ended."""
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(what, *values)

    # In the loop.

    def _begin(self, order: Order) -> None:
        self._give_up()
        self._order = order
        self._work = self._loop.create_task(self._carry_out(order))
        self._tasks.add(self._work)
        self._work.add_done_callback(self._done_with)

    def _done_with(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if self._sensor is None:
            self._wake.set()

    def _stop(self, ticket: int) -> None:
        if self._order is not None and self._order.ticket == ticket:
            self._give_up()

    def _give_up(self) -> Order | None:
        """Give the order up and tell which it was. Cancelled once: twice would end the clean-up."""
        order, self._order = self._order, None
        work, self._work = self._work, None
        if work is not None:
            work.cancel()
        return order

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._live())
        finally:
            self._loop.close()

    async def _live(self) -> None:
        beating = self._loop.create_task(self._beat())
        looking = self._loop.create_task(self._look_after())
        await self._over.wait()
        self._give_up()
        looking.cancel()
        await asyncio.wait({looking, *self._tasks}, timeout=CLOSE_S / 2)
        beating.cancel()
        if self._bus is not None:
            self._bus.close()

    async def _beat(self) -> None:
        while True:
            self._book.beat()
            await asyncio.sleep(BEAT_S)

    async def _look_after(self) -> None:
        """Keep the connection, and know whether the sensor is there."""
        while True:
            try:
                await self._watch()
            except (Gone, Failed) as gone:
                why = str(gone)
            except (FileNotFoundError, ConnectionError):
                why = "there is no system bus"
            except (OSError, EOFError) as error:
                why = f"the system bus does not answer: {fault(error)}"
            except Exception as error:  # noqa: BLE001 - whatever the library raises: it begins anew
                log.warning("%s: %s", self._spec.id, fault(error))
                why = f"talking to the system bus failed: {fault(error)}"
            self._lose(why)
            if self._bus is not None and not self._bus.connected:
                self._bus = None
            await asyncio.sleep(RETRY_S)

    def _lose(self, why: str) -> None:
        self._drop()
        order = self._give_up()
        if order is not None:
            self._telling.failed(order.ticket, why)
        self._reporter.be(why)

    def _drop(self) -> None:
        sensor, self._sensor = self._sensor, None
        if sensor is not None:
            sensor.gone = True

    async def _watch(self) -> NoReturn:
        """Find the sensor, and look again and again until it is gone. Raises ``Gone``."""
        if self._bus is None:
            self._bus = await SystemBus.connect(self._hear)
        bus = self._bus
        while True:
            self._wake.clear()
            if not self._busy.locked():
                # A sensor that is looking at a finger is there, or will say that it is not.
                await self._find(bus)
            if not bus.connected:
                raise Gone("the system bus is gone")
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_S):
                    await self._wake.wait()

    async def _find(self, bus: SystemBus) -> None:
        named = await bus.sensors()
        wanted = self._spec.name
        fitting = [path for path, name in named.items() if wanted is None or name.startswith(wanted)]
        if not fitting:
            raise Gone(f"no fingerprint sensor{f' named {wanted!r}' if wanted else ''} is plugged in")
        if len(fitting) > 1:
            raise Gone("several fingerprint sensors are plugged in that it may be: give it a name")
        owner = await bus.owner()
        if self._sensor is None or (self._sensor.owner, self._sensor.path) != (owner, fitting[0]):
            self._drop()
            self._sensor = Sensor(bus, owner, fitting[0], self._telling, self._book)
            self._book.learned(model=named[fitting[0]])
        self._book.seen()
        self._reporter.be(None)

    def _hear(self, message: Message) -> None:
        if message.message_type is not MessageType.SIGNAL:
            return
        sensor = self._sensor
        if message.member == "NameOwnerChanged" and message.sender == BUS and message.body[:1] == [FPRINTD]:
            # It ended, or another one took its place: whatever went on there goes on no more.
            if sensor is not None and sensor.owner != message.body[2]:
                self._fprintd_ended()
        elif (
            sensor is not None
            and (message.sender, message.path, message.interface) == (sensor.owner, sensor.path, DEVICE)
            and message.member in {"VerifyStatus", "EnrollStatus"}
            and message.signature == "sb"
        ):
            self._book.seen()
            sensor.hear(message.member, *message.body)

    def _fprintd_ended(self) -> None:
        """Fail what was ordered. It is started anew by the next question, where the bus can do that."""
        self._drop()
        order = self._give_up()
        if order is not None:
            self._book.erred("fprintd ended in the middle of it")
            self._telling.failed(order.ticket, "fprintd ended in the middle of it")
        self._wake.set()

    # One order.

    async def _carry_out(self, order: Order) -> None:
        why: str | None = None
        try:
            async with asyncio.timeout(FORGET_S if isinstance(order, Forget) else order.within_s), self._busy:
                await self._do(order)
        except TimeoutError:
            why = "the sensor took too long" if isinstance(order, Forget) else NOBODY
        except (Failed, Gone, ValueError) as error:
            why = str(error)
        except (OSError, EOFError) as error:
            why = f"the system bus does not answer: {fault(error)}"
        except Exception as error:  # noqa: BLE001 - whatever the library raises ends the order
            log.warning("%s: %s", self._spec.id, fault(error))
            why = f"talking to fprintd failed: {fault(error)}"
        if why is not None and self._order is order:
            self._order = None
            self._telling.failed(order.ticket, why)
            self._wake.set()

    async def _do(self, order: Order) -> None:
        sensor = self._sensor
        if sensor is None:
            raise Failed(self._book.page().why or "the sensor was not looked for yet")
        matched, why = None, ""
        match order:
            case Verify():
                matched, why = await sensor.verified(order)
            case Enrol():
                await sensor.enrolled(order)
            case Forget():
                await sensor.forgotten(order)
        if self._order is order:
            self._order = None
            self._answer(order, matched, why)

    def _answer(self, order: Order, matched: str | None, why: str) -> None:
        match order:
            case Verify(ticket=ticket):
                self._telling.checked(ticket, matched, why)
            case Enrol(ticket=ticket, template=template):
                self._telling.enrolled(ticket, template)
            case Forget(ticket=ticket, template=template):
                self._telling.forgotten(ticket, template)
