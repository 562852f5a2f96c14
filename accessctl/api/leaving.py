"""Letting people go, and deleting them."""

import asyncio
from contextlib import suppress
from typing import Annotated

from fastapi import APIRouter, Depends

from accessctl.api.gate import GatedRoute
from accessctl.api.holding import held_by
from accessctl.api.leaving_models import DeletedModel, LeftModel
from accessctl.api.models import NO_FIELDS
from accessctl.api.needed import needs
from accessctl.api.parts import Parts, TheOperator, TheParts
from accessctl.api.people import PersonId, known
from accessctl.operators.rights import Right
from accessctl.store.errors import StoreError
from accessctl.store.people_queries import PersonRow
from policies.ids import PersonId as PersonName

router = APIRouter(route_class=GatedRoute, prefix="/people", tags=["people"])


@router.post(
    "/{person}/leave",
    summary="Let a leaver go",
    dependencies=[NO_FIELDS],
    openapi_extra=needs(Right.PEOPLE_WRITE),
)
async def leave(parts: TheParts, operator: TheOperator, person: PersonId) -> LeftModel:
    """Take everything from a person that opens doors, in one step: at the next read every door refuses.

    They are disabled; cards, codes and passes are revoked; PIN and code generator are removed; temporary
    access ends; fingers and faces count no more. To somebody who has nothing any more nothing happens.
    """
    taken = await asyncio.to_thread(parts.writer.leave, person, operator)
    await parts.door.nudge()
    return LeftModel.of(taken)


@router.delete(
    "/{person}",
    summary="Delete a person",
    openapi_extra=needs(Right.PEOPLE_DELETE, approval="deletion"),
)
async def delete_person(
    parts: TheParts, operator: TheOperator, row: Annotated[PersonRow, Depends(known)]
) -> DeletedModel:
    """Remove a person with everything that they hold, name and templates included, also from the files.

    The record keeps the pseudonym. Whoever is inside stays in presence by it, so let people leave first: no
    reader knows them afterwards.
    """
    deletion = await asyncio.to_thread(parts.writer.delete_person, row.id, operator)
    receipt = await parts.eraser.finish(deletion.erasure, operator)
    receipt = receipt.model_copy(update={"held_by": await held_by(parts, row.added_at)})
    return DeletedModel.of(deletion, receipt, await _area_of(parts, row.id))


async def _area_of(parts: Parts, person: str) -> str | None:
    """Give where somebody is counted; nobody is kept from being deleted by a record that cannot be read."""
    with suppress(StoreError):
        stay = (await asyncio.to_thread(parts.facts.memory)).stays.get(PersonName(person))
        return None if stay is None else stay.area
    return None
