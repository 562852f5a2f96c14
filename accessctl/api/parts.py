"""What the routes work with, made once for the life of the process."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends, Request

from accessctl.api.actor import TheActor, TheOperator
from accessctl.api.approving import Approving
from accessctl.api.audit import Audit
from accessctl.api.authority import Authority
from accessctl.api.backup_keeper import BackupKeeper
from accessctl.api.doorkeeper import Doorkeeper
from accessctl.api.enrolling import Enrolments
from accessctl.api.erasing import Eraser
from accessctl.api.etags import Turns
from accessctl.api.examining import Examiner
from accessctl.api.growth import Growth
from accessctl.api.idempotency import Once
from accessctl.api.importing import Importer
from accessctl.api.login import Login
from accessctl.api.office import Office
from accessctl.api.reviewing import Reviewing
from accessctl.api.rule_keeper import RuleKeeper
from accessctl.api.tagging import Tagging
from accessctl.api.tail import Tail
from accessctl.api.thinking import AT_ONCE, Thinking
from accessctl.home import Home
from accessctl.link.client import LinkClient
from accessctl.store.approvals import ApprovalQueries
from accessctl.store.biometric_rows import BiometricQueries
from accessctl.store.bulk_rows import BulkQueries
from accessctl.store.events import EventQueries
from accessctl.store.facts import FactQueries
from accessctl.store.operators import OperatorQueries
from accessctl.store.people_search import PeopleSearch
from accessctl.store.people_writer import PeopleWriter


@dataclass(frozen=True, slots=True)
class Parts:
    """The stores and the way to the door process."""

    home: Home
    people: PeopleSearch
    bulk: BulkQueries
    writer: PeopleWriter
    events: EventQueries
    facts: FactQueries
    door: Doorkeeper
    growth: Growth
    tail: Tail
    biometrics: BiometricQueries
    enrolments: Enrolments
    eraser: Eraser
    backups: BackupKeeper
    rules: RuleKeeper
    tagging: Tagging
    importer: Importer
    office: Office
    operators: OperatorQueries
    authority: Authority
    login: Login
    audit: Audit
    approvals: ApprovalQueries
    approving: Approving
    turns: Turns
    once: Once
    examiner: Examiner
    reviewing: Reviewing
    thinking: Thinking
    """What is foreseen, and reports."""
    checking: Thinking
    """Site files that are to be put in force: these wait for no report."""
    now: Callable[[], datetime]

    @classmethod
    def of(
        cls,
        home: Home,
        office: Office | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> "Parts":
        """Put together what an installation needs; ``now`` says when operators do what. Opens nothing yet."""
        office = office or Office(home)
        link = LinkClient(home.door_socket)
        writer, door = PeopleWriter(home.people, now), Doorkeeper(link)
        events, biometrics = EventQueries(home.record), BiometricQueries(home.people)
        people, growth, bulk = PeopleSearch(home.people), Growth(link), BulkQueries(home.people)
        tagging = Tagging(bulk, writer, door)
        operators, approvals = OperatorQueries(home.people), ApprovalQueries(home.people)
        authority, thinking = Authority(operators, writer, office, now), Thinking(home, AT_ONCE)
        return cls(
            home,
            people,
            bulk,
            writer,
            events,
            FactQueries(home.record),
            door,
            growth,
            Tail(events, people, growth),
            biometrics,
            Enrolments(writer, door),
            Eraser(writer, biometrics, events, door),
            BackupKeeper(home, writer, door),
            RuleKeeper(home, writer, door),
            tagging,
            Importer(bulk, writer, door, tagging),
            office,
            operators,
            authority,
            Login(operators, writer, door, office, now),
            Audit(writer, door),
            approvals,
            Approving(writer, approvals, authority),
            Turns(),
            Once(writer),
            Examiner(home, door, now),
            Reviewing(home, writer, office, door, thinking, now),
            thinking,
            Thinking(home, 1),
            now,
        )


def _parts(request: Request) -> Parts:
    parts: Parts = request.app.state.parts
    return parts


TheParts = Annotated[Parts, Depends(_parts)]
__all__ = ["Parts", "TheActor", "TheOperator", "TheParts"]
