"""Waiting at a reader for a card, however soon after another wait there was called off."""

import asyncio
from typing import Final

from accessctl.client import ApiRefused, EnrolledCard
from accessctl.tui.asker import Asker
from accessctl.tui.enrol.card_words import kind_of_problem

_BUSY_TRIES: Final = 8
_BUSY_S: Final = 0.25
"""A wait that was called off a moment ago may still be ending: the reader is asked again so often."""


async def shown_card(
    asker: Asker, person: str, point: str, within_s: float, until: str | None
) -> EnrolledCard:
    """Give the card that was shown there in time, enrolled for a person. Raises ``ApiError``."""
    tries = _BUSY_TRIES
    while True:
        try:
            return await asker.while_waited_for(
                lambda api: api.enrol_shown(person, point, within_s, valid_until=until)
            )
        except ApiRefused as refused:
            tries -= 1
            if kind_of_problem(refused) != "busy" or not tries:
                raise
        await asyncio.sleep(_BUSY_S)
