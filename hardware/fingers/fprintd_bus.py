"""The system bus, as far as fprintd needs it: questions with an end, and errors in words."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from typing import Any, Final, Self

from dbus_fast import BusType, Message, MessageType
from dbus_fast.aio import MessageBus

from hardware.fingers.fprintd_words import ERRORS
from hardware.fingers.hints import NO_TEMPLATE

logging.getLogger("dbus_fast").setLevel(logging.CRITICAL + 1)

FPRINTD: Final = "net.reactivated.Fprint"
MANAGER: Final = "/net/reactivated/Fprint/Manager"
DEVICE: Final = "net.reactivated.Fprint.Device"
ERROR: Final = "net.reactivated.Fprint.Error."
BUS: Final = "org.freedesktop.DBus"
BUS_PATH: Final = "/org/freedesktop/DBus"
PROPERTIES: Final = "org.freedesktop.DBus.Properties"

CALL_S: Final = 4.0
"""So long may fprintd take to answer. Opening a sensor takes it one or two seconds."""


class Failed(Exception):
    """What was ordered came to nothing, for this reason."""


class NotKept(Failed):
    """The sensor keeps no such finger."""


class Gone(Exception):
    """The sensor, fprintd or the bus is gone."""


class SystemBus:
    """A connection to the system bus that hears fprintd's signals."""

    def __init__(self, bus: MessageBus) -> None:
        """Take over a connection; ``connect`` makes it."""
        self._bus = bus

    @classmethod
    async def connect(cls, hear: Callable[[Message], None]) -> Self:
        """Connect. Raises ``OSError``, ``TimeoutError``, ``Gone``, or what the library raises."""
        async with asyncio.timeout(CALL_S):
            connection = await MessageBus(bus_type=BusType.SYSTEM).connect()
        bus = cls(connection)
        connection.add_message_handler(hear)
        for rule in (
            f"type='signal',interface='{DEVICE}',sender='{FPRINTD}'",
            f"type='signal',interface='{BUS}',member='NameOwnerChanged',arg0='{FPRINTD}'",
        ):
            await bus.ask(BUS, BUS_PATH, BUS, "AddMatch", rule)
        return bus

    @property
    def connected(self) -> bool:
        """Whether it still stands."""
        return bool(self._bus.connected)

    def close(self) -> None:
        """Hang up."""
        self._bus.disconnect()

    async def owner(self) -> str:
        """Give the name of the connection that fprintd is. Raises ``Gone``."""
        [owner] = await self.ask(BUS, BUS_PATH, BUS, "GetNameOwner", FPRINTD)
        return str(owner)

    async def sensors(self) -> Mapping[str, str]:
        """Give the name of every sensor by its path. Raises ``Gone`` or ``Failed``."""
        [paths] = await self.ask(FPRINTD, MANAGER, f"{FPRINTD}.Manager", "GetDevices")
        return {str(path): await self._name_of(str(path)) for path in paths}

    async def ask(self, name: str, path: str, interface: str, member: str, *values: str) -> list[Any]:
        """Ask and wait for the answer. Raises ``Gone``, ``Failed`` or ``NotKept``."""
        question = Message(
            destination=name,
            path=path,
            interface=interface,
            member=member,
            signature="s" * len(values),
            body=list(values),
        )
        if not self.connected:
            raise Gone("the system bus is gone")
        try:
            async with asyncio.timeout(CALL_S):
                reply = await self._bus.call(question)
        except TimeoutError:
            # It may do later what nobody wants any more, such as claim the sensor. Of whom it hears that they
            # are gone, it lets go of everything.
            self.close()
            raise Gone("fprintd does not answer") from None
        if reply.message_type is MessageType.ERROR:
            raise _wrong(str(reply.error_name))
        return list(reply.body)

    async def _name_of(self, path: str) -> str:
        [name] = await self.ask(FPRINTD, path, PROPERTIES, "Get", DEVICE, "name")
        return str(name.value)


def _wrong(error: str) -> Failed | Gone:
    """Say what an error means. Its own text is left out: it may name a user."""
    if error.startswith(ERROR):
        what = error.removeprefix(ERROR)
        return NotKept(NO_TEMPLATE) if what == "NoEnrolledPrints" else Failed(ERRORS.get(what, what))
    if error.endswith((".ServiceUnknown", ".NameHasNoOwner")):
        return Gone("fprintd is not installed, or could not be started")
    return Gone(f"fprintd does not answer: {error.rpartition('.')[2]}")
