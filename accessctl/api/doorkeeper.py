"""What the API asks of the door process, each question with the answer it must have."""

import contextlib
from collections.abc import Collection
from typing import Final, TypeVar

from accessctl.api.problems import invalid
from accessctl.link.client import DoorUnreachable, LinkClient, LinkError
from accessctl.link.messages import (
    AskStatus,
    CardTag,
    Done,
    DoorOrder,
    ForgiveWrongPins,
    HashPin,
    MakeCardTag,
    OrderDoor,
    PinHash,
    ReadCard,
    Request,
    Status,
    TakeOutbox,
)

A = TypeVar("A", CardTag, PinHash, Done, Status)

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

    async def forgive(self, id_: str, person: str, operator: str) -> Done:
        """Have a person's wrong PINs forgotten."""
        return await self._ask(ForgiveWrongPins(id_, person, operator), Done)

    async def check_roles(self, roles: Collection[str]) -> None:
        """Raise ``Refusal`` for a role that the site file does not have."""
        known = {role["id"] for role in (await self.status()).roles}
        for place, role in enumerate(roles):
            if role not in known:
                raise invalid(
                    f"body.roles.{place}", f"there is no such role; there are {', '.join(sorted(known))}"
                )

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
