"""What an actor gets to see of what a call gives: names and silent alarms only with the right."""

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends

from accessctl.api.parts import Parts, TheActor
from accessctl.operators.rights import Right
from accessctl.store.errors import PeopleUnavailable


@dataclass(frozen=True, slots=True)
class Sight:
    """What an actor may see."""

    names: bool
    silent_alarms: bool
    """Whether duress is among the alarms: whoever does not answer alarms is not told of it by a list."""

    async def names_of(self, parts: Parts, people: Iterable[str | None]) -> dict[str, str]:
        """Give the names of these people as far as they may be seen and are still known."""
        wanted = {person for person in people if person is not None} if self.names else set()
        found: dict[str, str] = {}
        if wanted:
            with suppress(PeopleUnavailable):
                found = await asyncio.to_thread(parts.people.names_of, wanted)
        return found


def _sight(actor: TheActor) -> Sight:
    return Sight(names=actor.sees_names, silent_alarms=Right.ALARMS_ANSWER in actor.rights)


TheSight = Annotated[Sight, Depends(_sight)]
