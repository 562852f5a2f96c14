"""One entry of the record, read back with its number and its run."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from accessctl.store.entry import Detail, instant

SELECT_EVENT: Final = (
    "SELECT e.seq, e.at_ms, e.mono_ns, e.clock_synced, r.controller,"
    " (SELECT value FROM meta WHERE key = 'epoch'), r.boot, r.rules, r.version,"
    " e.type, e.door, e.access_point, e.person, e.credential, e.reason, e.detail"
    " FROM event e JOIN run r ON r.id = e.run WHERE e.seq > ? AND e.seq < ?"
)
"""Takes the number that comes before the first one wanted, and the one that comes after the last."""


@dataclass(frozen=True, slots=True)
class EventRow:
    """One entry of the record, with its number and its run."""

    seq: int
    at: datetime
    mono_ns: int
    clock_synced: bool
    controller: str
    epoch: str
    """Names the database file, so that old numbers are never taken for new ones."""
    boot: str
    rules: str
    version: str
    type: str
    door: str | None
    access_point: str | None
    person: str | None
    credential: str | None
    reason: str | None
    detail: Detail


def event_row(row: tuple[Any, ...]) -> EventRow:
    """Make a value of what ``SELECT_EVENT`` gave."""
    seq, at_ms, mono_ns, synced, *facts, detail = row
    controller, epoch, boot, rules, version, type_, door, access_point, person, credential, reason = facts
    return EventRow(
        seq=seq,
        at=instant(at_ms),
        mono_ns=mono_ns,
        clock_synced=bool(synced),
        controller=controller,
        epoch=epoch,
        boot=boot,
        rules=rules,
        version=version,
        type=type_,
        door=door,
        access_point=access_point,
        person=person,
        credential=credential,
        reason=reason,
        detail=json.loads(detail) if detail else {},
    )
