"""What the API asks of the door process, each question with the answer it must have."""

import contextlib
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final, TypeVar

from accessctl.api.problems import invalid
from accessctl.link.client import DoorUnreachable, LinkClient, LinkError
from accessctl.link.messages import (
    AskDevices,
    AskStatus,
    CardTag,
    Devices,
    Done,
    DoorOrder,
    ForgiveWrongPins,
    GiveOrder,
    HashPin,
    MakeCardTag,
    OrderDoor,
    Paired,
    PairReader,
    PinHash,
    ReadCard,
    Request,
    Status,
    TakeOutbox,
    Tried,
    TryReader,
)

A = TypeVar("A", CardTag, PinHash, Done, Status, Devices, Tried, Paired)

USUAL_S: Final = 5.0
NUDGE_S: Final = 1.0
SLACK_S: Final = 5.0
"""Added to the time that somebody has to show a card, so that the door process's own answer comes first."""


class Doorkeeper:
    """Asks the door process. Every method raises ``DoorUnreachable`` and ``DoorRefused``."""

    def __init__(self, link: LinkClient) -> None:
        """Ask over this link."""
        self._link = link

    async def status(self) -> Status:
        """Ask how everything stands."""
        return await self._ask(AskStatus(), Status)

    async def devices(self) -> list[dict[str, Any]]:
        """Ask how every device is, as many at a time as one answer holds."""
        found: list[dict[str, Any]] = []
        while True:
            part = await self._ask(AskDevices(len(found)), Devices)
            found += part.devices
            if not part.devices or len(found) >= part.total:
                return found

    async def try_reader(self, reader: str, seconds: float, operator: str) -> Tried:
        """Have a reader tested. Cancelled, it tells the door process, which decides again at once."""
        return await self._ask(TryReader(reader, seconds, operator), Tried, seconds + SLACK_S)

    async def pair(self, reader: str, window_s: float, operator: str) -> Paired:
        """Have a reader given a key of its own. A window that is open goes on when this is cancelled."""
        return await self._ask(PairReader(reader, window_s, operator), Paired, window_s + 2 * SLACK_S)

    async def card_tag(self, technology: str, number_hex: str) -> CardTag:
        """Have the tag made of a card whose number was typed in."""
        return await self._ask(MakeCardTag(technology, number_hex), CardTag)

    async def shown_card(self, access_point: str, within_s: float) -> CardTag:
        """Have the next card read that is shown at an access point. Cancelled, it tells the door process."""
        return await self._ask(ReadCard(access_point, within_s), CardTag, within_s + SLACK_S)

    async def pin_hash(self, person: str, pin: str) -> str:
        """Have a PIN hashed."""
        return (await self._ask(HashPin(person, pin), PinHash)).hash

    async def order(self, id_: str, door: str, order: DoorOrder, operator: str) -> Done:
        """Have an order carried out, once for its id."""
        return await self._ask(OrderDoor(id_, door, order, operator), Done)

    async def give(self, order: GiveOrder) -> Done:
        """Have any other order carried out, once for its id."""
        return await self._ask(order, Done)

    async def forgive(self, id_: str, person: str, operator: str) -> Done:
        """Have a person's wrong PINs forgotten."""
        return await self._ask(ForgiveWrongPins(id_, person, operator), Done)

    async def check_members(self, roles: Collection[str], groups: Collection[str]) -> None:
        """Raise ``Refusal`` for a role or a group that the site file does not have."""
        if roles or groups:
            status = await self.status()
            _check("role", "body.roles", roles, status.roles)
            _check("group", "body.groups", groups, status.groups)

    async def check_level(self, level: str) -> None:
        """Raise ``Refusal`` for a level that the site file does not have."""
        _there_is("level", "body.level", level, (await self.status()).levels)

    async def check_qualification(self, qualification: str) -> None:
        """Raise ``Refusal`` for a qualification that the site file does not have."""
        _there_is("qualification", "path.qualification", qualification, (await self.status()).qualifications)

    async def nudge(self) -> None:
        """Say that there is something in the outbox. Unheard it costs seconds: the door process polls."""
        with contextlib.suppress(LinkError):
            await self._ask(TakeOutbox(), Done, NUDGE_S)

    def close(self) -> None:
        """Hang up."""
        self._link.close()

    async def _ask(self, request: Request, wanted: type[A], timeout_s: float = USUAL_S) -> A:
        answer = await self._link.ask(request, timeout_s)
        if not isinstance(answer, wanted):
            raise DoorUnreachable("the door process answers something else than was asked")
        return answer


def _check(kind: str, path: str, wanted: Collection[str], there: Sequence[Mapping[str, Any]]) -> None:
    for place, id_ in enumerate(wanted):
        _there_is(kind, f"{path}.{place}", id_, there)


def _there_is(kind: str, path: str, id_: str, there: Sequence[Mapping[str, Any]]) -> None:
    known = sorted(each["id"] for each in there)
    if id_ not in known:
        raise invalid(path, f"there is no such {kind}; there {_are(known)}")


def _are(known: list[str]) -> str:
    return f"are {', '.join(known)}" if known else "is none"
