"""Signals come into the loop in order, and a reader that babbles fills nobody's place but its own."""

import asyncio
from collections.abc import Awaitable, Callable

from accessctl.door.inbox import MOST_WAITING, Inbox
from hardware.signals import (
    CardFrame,
    ContactChanged,
    DeviceId,
    ReaderInsecure,
    Signal,
    Technology,
    UnknownDevice,
)

LOUD, QUIET, LEAF = DeviceId("loud.reader"), DeviceId("quiet.reader"), DeviceId("front.position")


def _card(device: DeviceId, instant: int) -> CardFrame:
    return CardFrame(device, instant, Technology.ISO14443_UID, b"1234")


class Heard:
    """What came out of an inbox."""

    def __init__(self) -> None:
        """Hear nothing yet."""
        self.signals: list[Signal] = []
        self.dropped: list[tuple[DeviceId, int]] = []
        self.inbox = Inbox(
            asyncio.get_running_loop(),
            self.signals.append,
            lambda device, count: self.dropped.append((device, count)),
        )


def _run(tell: Callable[[Heard], Awaitable[None]]) -> None:
    async def story() -> None:
        await tell(Heard())

    asyncio.run(story())


def test_signals_come_in_the_order_in_which_they_were_reported() -> None:
    """Also those that come from another thread."""

    async def tell(heard: Heard) -> None:
        reported = [_card(LOUD, instant) for instant in range(10)]

        def report() -> None:
            for signal in reported:
                heard.inbox.report(signal)

        await asyncio.to_thread(report)
        await asyncio.sleep(0)
        assert heard.signals == reported

    _run(tell)


def test_nobody_waits_for_what_a_babbling_reader_said_before() -> None:
    """Each other device is heard after one more signal of the one that babbles."""

    async def tell(heard: Heard) -> None:
        for instant in range(MOST_WAITING):
            heard.inbox.report(_card(LOUD, instant))
        heard.inbox.report(_card(QUIET, 1))
        heard.inbox.report(ContactChanged(LEAF, 1, active=True))
        await asyncio.sleep(0)
        assert [signal.device for signal in heard.signals[:3]] == [LOUD, QUIET, LEAF]
        loud = [signal.mono_ns for signal in heard.signals if signal.device == LOUD]
        assert loud == sorted(loud)
        assert len(loud) == MOST_WAITING

    _run(tell)


def test_a_flood_is_dropped_and_counted_and_nothing_else_is() -> None:
    """Too many cards of one reader are too many; another reader's card and every contact come through."""

    async def tell(heard: Heard) -> None:
        for instant in range(MOST_WAITING + 500):
            heard.inbox.report(_card(LOUD, instant))
        heard.inbox.report(_card(QUIET, 1))
        for instant in range(MOST_WAITING + 5):
            heard.inbox.report(ContactChanged(LEAF, instant, active=bool(instant % 2)))
        await asyncio.sleep(0)
        assert sum(signal.device == LOUD for signal in heard.signals) == MOST_WAITING
        assert sum(signal.device == QUIET for signal in heard.signals) == 1
        assert sum(signal.device == LEAF for signal in heard.signals) == MOST_WAITING + 5
        assert heard.dropped == [(LOUD, 500)]
        heard.inbox.report(_card(LOUD, 1))
        await asyncio.sleep(0)
        assert heard.signals[-1] == _card(LOUD, 1)

    _run(tell)


def test_what_is_said_of_a_reader_comes_through_a_flood() -> None:
    """Neither a stranger on its line nor a strange keyboard beside it can be hidden behind many cards."""

    async def tell(heard: Heard) -> None:
        for instant in range(MOST_WAITING + 1):
            heard.inbox.report(_card(LOUD, instant))
        said: list[Signal] = [ReaderInsecure(LOUD, 0, "wrong key"), UnknownDevice(LOUD, 0, "keyboard")]
        for signal in said:
            heard.inbox.report(signal)
        await asyncio.sleep(0)
        assert heard.signals[-2:] == said

    _run(tell)


def test_nothing_is_reported_to_a_loop_that_is_closed() -> None:
    """A reader's thread that ends a little later than the process's loop raises nothing."""
    left: list[Heard] = []

    async def tell(heard: Heard) -> None:
        left.append(heard)

    _run(tell)
    left[0].inbox.report(_card(LOUD, 1))
    assert left[0].signals == []
