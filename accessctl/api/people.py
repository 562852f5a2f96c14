"""People and their PINs."""

import asyncio
import secrets
from dataclasses import replace
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response

from accessctl.api.code_models import MadePinModel
from accessctl.api.models import ID_PATTERN, NO_FIELDS, DoneModel, validity_of
from accessctl.api.paging import ThePage
from accessctl.api.parts import TheOperator, TheParts
from accessctl.api.people_models import (
    NewPerson,
    NewPin,
    PeoplePage,
    PersonChange,
    PersonDetails,
    PersonModel,
)
from accessctl.api.problems import invalid, unknown
from accessctl.store.people_errors import NoPin
from accessctl.store.people_queries import PersonRow
from policies.people import UseLimits

router = APIRouter(prefix="/people", tags=["people"])

PersonId = Annotated[str, Path(pattern=ID_PATTERN, description="The person's id.", examples=["p-3kx7qz2a"])]


@router.get("", summary="List people")
async def list_people(
    parts: TheParts,
    page: ThePage,
    name: Annotated[
        str | None, Query(max_length=120, description="Only people of exactly this name.")
    ] = None,
) -> PeoplePage:
    """Give people in the order of their ids."""
    people, next_ = await page.of(parts.people.people, PersonModel.of, name=name)
    return PeoplePage(people=people, next=next_)


@router.post("", status_code=HTTPStatus.CREATED, summary="Add a person")
async def add_person(parts: TheParts, operator: TheOperator, wanted: NewPerson) -> PersonModel:
    """Add a person. What they may pass follows from roles and groups, which the site file explains."""
    try:
        validity = validity_of(wanted.valid_from, wanted.valid_until)
    except ValueError as error:
        raise invalid("body.valid_until", str(error)) from error
    await parts.door.check_members(wanted.roles, wanted.groups)
    row = await asyncio.to_thread(
        parts.writer.add_person,
        wanted.name,
        tuple(wanted.roles),
        operator,
        groups=tuple(wanted.groups),
        validity=validity,
        uses=UseLimits(wanted.uses_total, wanted.uses_a_day),
        exempt=wanted.exempt,
        extended=wanted.extended,
        id_=wanted.id,
    )
    await parts.door.nudge()
    return PersonModel.of(row)


@router.get("/{person}", summary="Show a person")
async def get_person(parts: TheParts, person: PersonId) -> PersonDetails:
    """Give one person, with what no list says."""
    return PersonDetails.of(await known(parts, person))


@router.patch("/{person}", summary="Change a person")
async def change_person(
    parts: TheParts, operator: TheOperator, person: PersonId, wanted: PersonChange
) -> PersonModel:
    """Change what is given and keep the rest. Disabling takes effect at the next badge."""
    await parts.door.check_members(wanted.roles or (), wanted.groups or ())

    def edit(row: PersonRow) -> PersonRow:
        return _edited(row, wanted)

    row = await asyncio.to_thread(parts.writer.change_person, person, edit, operator)
    await parts.door.nudge()
    return PersonModel.of(row)


@router.put("/{person}/pin", status_code=HTTPStatus.NO_CONTENT, summary="Set a PIN")
async def set_pin(parts: TheParts, operator: TheOperator, person: PersonId, wanted: NewPin) -> None:
    """Give a person a PIN in place of any other. Wrong tries stay counted until they are forgiven.

    422 when it is too easy to guess, and where the site file wants PINs to be made up.
    """
    await known(parts, person)
    hashed = await parts.door.pin_hash(person, wanted.pin.get_secret_value())
    await asyncio.to_thread(parts.writer.set_pin, person, hashed, operator)
    await parts.door.nudge()


@router.post(
    "/{person}/pin", status_code=HTTPStatus.CREATED, summary="Make up a PIN", dependencies=[NO_FIELDS]
)
async def make_pin(
    parts: TheParts, operator: TheOperator, person: PersonId, response: Response
) -> MadePinModel:
    """Make up a PIN for a person in place of any other; it is shown this once."""
    await known(parts, person)
    made = await parts.door.made_pin(person)
    await asyncio.to_thread(parts.writer.set_pin, person, made.hash, operator)
    await parts.door.nudge()
    response.headers["Cache-Control"] = "no-store"
    return MadePinModel(pin=made.pin)


@router.delete("/{person}/pin", status_code=HTTPStatus.NO_CONTENT, summary="Remove a PIN")
async def remove_pin(parts: TheParts, operator: TheOperator, person: PersonId) -> None:
    """Take a person's PIN away, and the duress PIN with it. Where one is asked for, they are refused."""
    await asyncio.to_thread(parts.writer.remove_pin, person, operator)
    await parts.door.nudge()


@router.put("/{person}/duress-pin", status_code=HTTPStatus.NO_CONTENT, summary="Set a duress PIN")
async def set_duress_pin(parts: TheParts, operator: TheOperator, person: PersonId, wanted: NewPin) -> None:
    """Give a person who has a PIN a second one, which opens as the first does and cries for help in silence.

    The two differ by more than a step in the last digit. The record says of it what it says of any PIN.
    """
    if not (await known(parts, person)).has_pin:
        raise NoPin(person)
    hashed = await parts.door.pin_hash(person, wanted.pin.get_secret_value(), duress=True)
    await asyncio.to_thread(parts.writer.set_duress_pin, person, hashed, operator)
    await parts.door.nudge()


@router.post(
    "/{person}/duress-pin",
    status_code=HTTPStatus.CREATED,
    summary="Make up a duress PIN",
    dependencies=[NO_FIELDS],
)
async def make_duress_pin(
    parts: TheParts, operator: TheOperator, person: PersonId, response: Response
) -> MadePinModel:
    """Make up a duress PIN for a person who has a PIN; it is shown this once."""
    if not (await known(parts, person)).has_pin:
        raise NoPin(person)
    made = await parts.door.made_pin(person, duress=True)
    await asyncio.to_thread(parts.writer.set_duress_pin, person, made.hash, operator)
    await parts.door.nudge()
    response.headers["Cache-Control"] = "no-store"
    return MadePinModel(pin=made.pin)


@router.delete("/{person}/duress-pin", status_code=HTTPStatus.NO_CONTENT, summary="Remove a duress PIN")
async def remove_duress_pin(parts: TheParts, operator: TheOperator, person: PersonId) -> None:
    """Take a person's duress PIN away; the PIN stays."""
    await asyncio.to_thread(parts.writer.remove_duress_pin, person, operator)
    await parts.door.nudge()


@router.post("/{person}/forgive-wrong-pins", summary="Forgive failed tries", dependencies=[NO_FIELDS])
async def forgive_wrong_pins(parts: TheParts, operator: TheOperator, person: PersonId) -> DoneModel:
    """Forget a person's wrong PINs and codes, and fingers and faces that did not fit."""
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
    plain = given & {"name", "disabled", "exempt", "extended"}
    changes: dict[str, Any] = {field: getattr(wanted, field) for field in plain}
    changes |= {field: tuple(getattr(wanted, field)) for field in given & {"roles", "groups"}}
    total = wanted.uses_total if "uses_total" in given else row.uses.total
    a_day = wanted.uses_a_day if "uses_a_day" in given else row.uses.a_day
    start = wanted.valid_from if "valid_from" in given else row.validity.start
    end = wanted.valid_until if "valid_until" in given else row.validity.end
    try:
        validity = validity_of(start, end)
    except ValueError as error:
        raise invalid("body.valid_until", str(error)) from error
    return replace(row, validity=validity, uses=UseLimits(total, a_day), **changes)
