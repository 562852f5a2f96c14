"""What the routes work with, made once for the life of the process."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from accessctl.api.doorkeeper import Doorkeeper
from accessctl.api.growth import Growth
from accessctl.api.peer import operator_of
from accessctl.home import Home
from accessctl.link.client import LinkClient
from accessctl.store.events import EventQueries
from accessctl.store.facts import FactQueries
from accessctl.store.people_queries import PeopleQueries
from accessctl.store.people_writer import PeopleWriter


@dataclass(frozen=True, slots=True)
class Parts:
    """The stores and the way to the door process."""

    home: Home
    people: PeopleQueries
    writer: PeopleWriter
    events: EventQueries
    facts: FactQueries
    door: Doorkeeper
    growth: Growth

    @classmethod
    def of(cls, home: Home) -> "Parts":
        """Put together what an installation needs. Opens nothing yet."""
        link = LinkClient(home.door_socket)
        return cls(
            home,
            PeopleQueries(home.people),
            PeopleWriter(home.people),
            EventQueries(home.record),
            FactQueries(home.record),
            Doorkeeper(link),
            Growth(link),
        )


def _parts(request: Request) -> Parts:
    parts: Parts = request.app.state.parts
    return parts


TheParts = Annotated[Parts, Depends(_parts)]
TheOperator = Annotated[str, Depends(operator_of)]
