import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from accessctl.by_when import begun_within
from accessctl.link import client as client_module
from accessctl.link.answers import CardTag, Done, FaultCode, PinHash
from accessctl.link.client import USUAL_S, DoorRefused, DoorUnreachable, LinkClient
from accessctl.link.requests import (
    AskStatus,
    Follow,
    HashPin,
    PairReader,
    ReadCard,
    Request,
    TakeOutbox,
    TryReader,
)
from tests.link.peer import STATUS, DoorPeer

SOON_S = 5.0
"""Nothing here takes long; a test that hangs ends nevertheless."""

Talk = Callable[[DoorPeer, LinkClient], Awaitable[None]]

PATIENT: list[Request] = [
    ReadCard("gate-in", 60),
    TryReader("gate-in", 60, "local:maria"),
    PairReader("gate-in", 60, "local:maria"),
]


@asynccontextmanager
async def connected(path: Path) -> AsyncIterator[tuple[DoorPeer, LinkClient]]:
    peer, client = DoorPeer(path), LinkClient(path)
    await peer.open()
    try:
        async with asyncio.timeout(SOON_S):
            yield peer, client
    finally:
        client.close()
        await peer.close()


@pytest.fixture
def talk(tmp_path: Path) -> Callable[[Talk], None]:
    """Run a conversation between a peer and a client."""

    async def all_of(conversation: Talk) -> None:
        async with connected(tmp_path / "door.sock") as (peer, client):
            await conversation(peer, client)

    return lambda conversation: asyncio.run(all_of(conversation))


def test_requests_share_a_connection(talk: Callable[[Talk], None]) -> None:
    """Short requests go over one connection, each with its own answer."""

    async def conversation(peer: DoorPeer, client: LinkClient) -> None:
        answers = await asyncio.gather(
            client.ask(AskStatus()), client.ask(HashPin("p-1", "4711")), client.ask(TakeOutbox())
        )
        assert list(answers) == [STATUS, PinHash("$hashed$for$p-1"), Done(42)]
        assert peer.connections == 1

    talk(conversation)


def test_a_fault_is_raised(talk: Callable[[Talk], None]) -> None:
    """A refusal of the door process comes as an error with its code and words, and the line stays good."""

    async def conversation(peer: DoorPeer, client: LinkClient) -> None:
        with (
            peer.refusing(HashPin, FaultCode.PIN_UNUSABLE, "a PIN has 4 to 12 digits"),
            pytest.raises(DoorRefused, match="4 to 12 digits") as refused,
        ):
            await client.ask(HashPin("p-1", "1"))
        assert refused.value.code is FaultCode.PIN_UNUSABLE
        assert await client.ask(AskStatus()) == STATUS
        assert peer.connections == 1

    talk(conversation)


def test_a_request_is_begun_by_when_it_is_wanted(talk: Callable[[Talk], None]) -> None:
    """Within the usual time; sooner where whoever asked gives up sooner, and never later for their sake."""

    async def conversation(peer: DoorPeer, client: LinkClient) -> None:
        usual, sooner, later = timedelta(seconds=USUAL_S), timedelta(seconds=1), timedelta(days=1)
        for wanted, latest in ((None, usual), (sooner, sooner), (later, usual)):
            before = time.monotonic_ns()
            with begun_within(wanted):
                await client.ask(TakeOutbox())
            by = peer.heard_by[-1]
            assert by is not None
            within = timedelta(microseconds=(by - time.monotonic_ns()) / 1000)
            assert within <= latest <= timedelta(microseconds=(by - before) / 1000 + 1)

    talk(conversation)


def test_nobody_there_is_said(tmp_path: Path) -> None:
    """Without a socket the error says that the door process is not there."""
    with pytest.raises(DoorUnreachable, match="is not there"):
        asyncio.run(LinkClient(tmp_path / "door.sock").ask(AskStatus()))


def test_a_lost_line_is_made_anew(talk: Callable[[Talk], None]) -> None:
    """When the door process hangs up, that request fails and the next one connects again."""

    async def conversation(peer: DoorPeer, client: LinkClient) -> None:
        peer.hang_up_on = {TakeOutbox}
        with pytest.raises(DoorUnreachable, match="hung up"):
            await client.ask(TakeOutbox())
        assert await client.ask(AskStatus()) == STATUS
        assert peer.connections == 2

    talk(conversation)


def test_a_restart_in_between_goes_unnoticed(talk: Callable[[Talk], None]) -> None:
    """A door process that was restarted between two requests costs none of them."""

    async def conversation(peer: DoorPeer, client: LinkClient) -> None:
        await client.ask(AskStatus())
        await peer.close()
        await peer.open()
        assert await client.ask(AskStatus()) == STATUS

    talk(conversation)


def test_a_late_answer_is_nobodys(talk: Callable[[Talk], None]) -> None:
    """After a request that got no answer in time, the next one gets its own and not the late one."""

    async def conversation(peer: DoorPeer, client: LinkClient) -> None:
        peer.silent_on = {TakeOutbox}
        with pytest.raises(DoorUnreachable, match=r"within 0\.05 s"):
            await client.ask(TakeOutbox(), 0.05)
        assert await client.ask(AskStatus()) == STATUS
        assert peer.connections == 2

    talk(conversation)


def test_a_cancelled_request_leaves_no_answer(talk: Callable[[Talk], None]) -> None:
    """A caller that gives up does not leave its answer to the next."""

    async def conversation(peer: DoorPeer, client: LinkClient) -> None:
        peer.silent_on = {TakeOutbox}
        asking = asyncio.create_task(client.ask(TakeOutbox()))
        await peer.until_heard(TakeOutbox)
        asking.cancel()
        assert await client.ask(AskStatus()) == STATUS

    talk(conversation)


@pytest.mark.parametrize("patient", PATIENT, ids=lambda request: type(request).__name__)
def test_waiting_for_a_person_holds_up_nobody(talk: Callable[[Talk], None], patient: Request) -> None:
    """While somebody waits for a card, a test or a pairing, other requests are answered."""

    async def conversation(peer: DoorPeer, client: LinkClient) -> None:
        peer.silent_on = {type(patient)}
        reading = asyncio.create_task(client.ask(patient, 65))
        await peer.until_heard(type(patient))
        assert await client.ask(AskStatus()) == STATUS
        assert not reading.done()
        reading.cancel()

    talk(conversation)


@pytest.mark.parametrize("patient", PATIENT, ids=lambda request: type(request).__name__)
def test_whoever_gives_up_hangs_up(talk: Callable[[Talk], None], patient: Request) -> None:
    """A caller that no longer waits for a person closes that connection, so that the reader is given up."""

    async def conversation(peer: DoorPeer, client: LinkClient) -> None:
        peer.silent_on = {type(patient)}
        reading = asyncio.create_task(client.ask(patient, 65))
        await peer.until_heard(type(patient))
        reading.cancel()
        await peer.until_abandoned(type(patient))

    talk(conversation)


def test_a_card_that_is_shown(talk: Callable[[Talk], None]) -> None:
    """A card shown for enrolment comes back as its tag."""

    async def conversation(_peer: DoorPeer, client: LinkClient) -> None:
        assert await client.ask(ReadCard("gate-in", 5)) == CardTag("iso14443-uid", "ab" * 32, "AB")

    talk(conversation)


@pytest.mark.parametrize("noise", [b"hello\n", b"\xff\n", b"x" * 200_000, b'{"say":"AskStatus"}\n'])
def test_a_peer_that_talks_nonsense(tmp_path: Path, noise: bytes) -> None:
    """Whatever comes instead of an answer is an error in words, not another one."""

    async def serve(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(noise)
        writer.close()

    async def conversation() -> None:
        async with asyncio.timeout(SOON_S):
            server = await asyncio.start_unix_server(serve, tmp_path / "door.sock")
            async with server:
                with pytest.raises(DoorUnreachable):
                    await LinkClient(tmp_path / "door.sock").ask(AskStatus())

    asyncio.run(conversation())


def test_following_hears_of_growth(talk: Callable[[Talk], None]) -> None:
    """A follower is told how far the record has grown, over a connection of its own."""

    async def conversation(peer: DoorPeer, client: LinkClient) -> None:
        following = client.follow()
        assert await anext(following) == 0
        peer.reach(7)
        assert await anext(following) == 7
        assert await client.ask(AskStatus()) == STATUS
        assert peer.connections == 2
        await following.aclose()  # type: ignore[attr-defined]  # an async generator it is

    talk(conversation)


def test_following_survives_a_restart(talk: Callable[[Talk], None], monkeypatch: pytest.MonkeyPatch) -> None:
    """A follower connects again by itself, also when nobody is there for a while."""
    monkeypatch.setattr(client_module, "FIRST_RETRY_S", 0.0)

    async def conversation(peer: DoorPeer, client: LinkClient) -> None:
        following = client.follow()
        assert await anext(following) == 0
        await peer.close()
        again = asyncio.ensure_future(anext(following))
        await asyncio.sleep(0)
        await peer.open()
        assert await again == 0
        assert len(peer.heard_of(Follow)) == 2
        await following.aclose()  # type: ignore[attr-defined]  # an async generator it is

    talk(conversation)
