"""What the routes work with, made once for the life of the process."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from accessctl.api.doorkeeper import Doorkeeper
from accessctl.api.enrolling import Enrolments
from accessctl.api.erasing import Eraser
from accessctl.api.growth import Growth
from accessctl.api.peer import operator_of
from accessctl.home import Home
from accessctl.link.client import LinkClient
from accessctl.store.biometric_rows import BiometricQueries
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
    biometrics: BiometricQueries
    enrolments: Enrolments
    eraser: Eraser

    @classmethod
    def of(cls, home: Home) -> "Parts":
        """Put together what an installation needs. Opens nothing yet."""
        link = LinkClient(home.door_socket)
        writer, door = PeopleWriter(home.people), Doorkeeper(link)
        events, biometrics = EventQueries(home.record), BiometricQueries(home.people)
        return cls(
            home,
            PeopleQueries(home.people),
            writer,
            events,
            FactQueries(home.record),
            door,
            Growth(link),
            biometrics,
            Enrolments(writer, door),
            Eraser(writer, biometrics, events, door),
        )


def _parts(request: Request) -> Parts:
    parts: Parts = request.app.state.parts
    return parts


TheParts = Annotated[Parts, Depends(_parts)]
TheOperator = Annotated[str, Depends(operator_of)]
