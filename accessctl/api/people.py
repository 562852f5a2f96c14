"""People and their PINs."""

import asyncio
import secrets
from dataclasses import replace
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query

from accessctl.api.models import (
    ID_PATTERN,
    DoneModel,
    NewPerson,
    NewPin,
    PeoplePage,
    PersonChange,
    PersonModel,
    validity_of,
)
from accessctl.api.parts import TheOperator, TheParts
from accessctl.api.problems import invalid, unknown
from accessctl.store.people_queries import PersonRow

router = APIRouter(prefix="/people", tags=["people"])

PersonId = Annotated[str, Path(pattern=ID_PATTERN, description="The person's id.", examples=["p-3kx7qz2a"])]
After = Annotated[str, Query(max_length=32, description="Begin after this id.")]
Limit = Annotated[int, Query(ge=1, le=1000)]


@router.get("", summary="List people")
async def list_people(
    parts: TheParts,
    after: After = "",
    limit: Limit = 100,
    name: Annotated[
        str | None, Query(max_length=120, description="Only people of exactly this name.")
    ] = None,
) -> PeoplePage:
    """Give people in the order of their ids."""
    rows = await asyncio.to_thread(parts.people.people, after=after, name=name, limit=limit)
    people = [PersonModel.of(row) for row in rows]
    return PeoplePage(people=people, next=people[-1].id if len(people) == limit else None)


@router.post("", status_code=HTTPStatus.CREATED, summary="Add a person")
async def add_person(parts: TheParts, operator: TheOperator, wanted: NewPerson) -> PersonModel:
    """Add a person. What they may pass follows from their roles, which the site file explains."""
    try:
        validity = validity_of(wanted.valid_from, wanted.valid_until)
    except ValueError as error:
        raise invalid("body.valid_until", str(error)) from error
    await parts.door.check_roles(wanted.roles)
    row = await asyncio.to_thread(
        parts.writer.add_person,
        wanted.name,
        tuple(wanted.roles),
        operator,
        validity=validity,
        id_=wanted.id,
    )
    await parts.door.nudge()
    return PersonModel.of(row)


@router.get("/{person}", summary="Show a person")
async def get_person(parts: TheParts, person: PersonId) -> PersonModel:
    """Give one person."""
    return PersonModel.of(await known(parts, person))


@router.patch("/{person}", summary="Change a person")
async def change_person(
    parts: TheParts, operator: TheOperator, person: PersonId, wanted: PersonChange
) -> PersonModel:
    """Change what is given and keep the rest. Disabling takes effect at the next badge."""
    if wanted.roles is not None:
        await parts.door.check_roles(wanted.roles)

    def edit(row: PersonRow) -> PersonRow:
        return _edited(row, wanted)

    row = await asyncio.to_thread(parts.writer.change_person, person, edit, operator)
    await parts.door.nudge()
    return PersonModel.of(row)


@router.put("/{person}/pin", status_code=HTTPStatus.NO_CONTENT, summary="Set a PIN")
async def set_pin(parts: TheParts, operator: TheOperator, person: PersonId, wanted: NewPin) -> None:
    """Give a person a PIN in place of any other. Wrong tries stay counted until they are forgiven."""
    await known(parts, person)
    hashed = await parts.door.pin_hash(person, wanted.pin.get_secret_value())
    await asyncio.to_thread(parts.writer.set_pin, person, hashed, operator)
    await parts.door.nudge()


@router.delete("/{person}/pin", status_code=HTTPStatus.NO_CONTENT, summary="Remove a PIN")
async def remove_pin(parts: TheParts, operator: TheOperator, person: PersonId) -> None:
    """Take a person's PIN away. Where a PIN is asked for, they are refused from now on."""
    await asyncio.to_thread(parts.writer.remove_pin, person, operator)
    await parts.door.nudge()


@router.post("/{person}/forgive-wrong-pins", summary="Forgive wrong PINs")
async def forgive_wrong_pins(parts: TheParts, operator: TheOperator, person: PersonId) -> DoneModel:
    """Forget a person's wrong PINs, so that the right one works again at once."""
    await known(parts, person)
    order = f"forgive-{secrets.token_hex(8)}"
    done = await parts.door.forgive(order, person, operator)
    return DoneModel(order=order, seq=done.seq, repeated=done.repeated)


async def known(parts: TheParts, person: str) -> PersonRow:
    """Give a person, or refuse with 404."""
    row = await asyncio.to_thread(parts.people.person, person)
    if row is None:
        raise unknown("person", person)
    return row


def _edited(row: PersonRow, wanted: PersonChange) -> PersonRow:
    given = wanted.model_fields_set
    changes: dict[str, Any] = {field: getattr(wanted, field) for field in given & {"name", "disabled"}}
    if wanted.roles is not None:
        changes["roles"] = tuple(wanted.roles)
    start = wanted.valid_from if "valid_from" in given else row.validity.start
    end = wanted.valid_until if "valid_until" in given else row.validity.end
    try:
        return replace(row, validity=validity_of(start, end), **changes)
    except ValueError as error:
        raise invalid("body.valid_until", str(error)) from error
