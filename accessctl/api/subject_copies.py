"""A copy of everything that is held of one person, for that person: a subject access request."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from typing import Any, Final

from fastapi import APIRouter
from fastapi.responses import StreamingResponse

from accessctl.api.gate import GatedRoute
from accessctl.api.needed import needs
from accessctl.api.parts import TheOperator, TheParts
from accessctl.api.people import PersonId, known
from accessctl.api.subject_held import NOTES, held_of, roles_of
from accessctl.operators.rights import Right
from accessctl.store.event_row import EventRow
from accessctl.store.subject_entries import SubjectEntries
from accessctl.subject.telling import SHARING, Telling, Told
from policies.event_types import EventType

router = APIRouter(route_class=GatedRoute, prefix="/people", tags=["people"])

FORMAT: Final = "accessctl-subject-copy/1"
_TYPES: Final = (*SHARING, EventType.PERSONAL_DATA_READ.value)
_NO_MORE: Final[list[EventRow]] = []


@router.get(
    "/{person}/copy",
    summary="Copy all that is held of a person",
    openapi_extra=needs(Right.PEOPLE_COPY, reads="people"),
    response_class=StreamingResponse,
    responses={200: {"content": {"application/json": {"schema": {"type": "object"}}}}},
)
async def copy_person(parts: TheParts, operator: TheOperator, person: PersonId) -> StreamingResponse:
    """Give what the stores and the record hold of a person, to be handed to them, and nothing about others.

    Master data, credentials without numbers, consents, what of fingers and faces is held; every entry about
    them, who looked at them (by role), and what of everybody left the controller. Nothing of duress. Who made
    the copy stands in the record before the first byte goes out.
    """
    row = await known(parts, person)
    roles = await asyncio.to_thread(roles_of, parts)
    held, own = await asyncio.to_thread(held_of, parts, row, roles)
    backups = [{"id": each.id, "at": each.at.isoformat()} for each in await parts.backups.all()]
    entries = SubjectEntries(parts.home.record)
    last = await asyncio.to_thread(entries.last_seq)
    await asyncio.to_thread(
        parts.writer.tell, EventType.SUBJECT_EXPORT, operator, {"entries": last}, person=person
    )
    await parts.door.nudge()
    begin = {
        "format": FORMAT,
        "person": person,
        "made_at": parts.now().isoformat(),
        "notes": [" ".join(note.split()) for note in NOTES],
        "held": held,
        "in_backups": backups,
    }
    return StreamingResponse(
        _copied(begin, entries.about(person, _TYPES), Telling(person, roles, own), row.added_at.isoformat()),
        media_type="application/json",
        headers={
            "Content-Disposition": f'attachment; filename="{person}.json"',
            "Cache-Control": "no-store",
        },
    )


async def _copied(
    begin: dict[str, Any], found: Iterator[list[EventRow]], telling: Telling, since: str
) -> AsyncIterator[str]:
    """Write the copy a stretch of the record at a time; what is rare is gathered for the end."""
    looked_at: list[Told] = []
    shared: list[Told] = []
    yield json.dumps(begin, ensure_ascii=False)[:-1] + ', "entries": ['
    between = "\n"
    while (rows := await asyncio.to_thread(next, found, _NO_MORE)) is not _NO_MORE:
        told = [entry for row in rows if (entry := telling.entry(row)) is not None]
        looked_at += [look for row in rows if (look := telling.look(row)) is not None]
        # Before somebody was added nothing of theirs can have left.
        later = [row for row in rows if row.at.isoformat() >= since]
        shared += [share for row in later if (share := telling.share(row)) is not None]
        if told:
            yield between + ",\n".join(json.dumps(each, ensure_ascii=False) for each in told)
            between = ",\n"
    end = {"looked_at": looked_at, "shared": shared}
    yield "\n], " + json.dumps(end, ensure_ascii=False)[1:] + "\n"
