"""People and their PINs."""

import asyncio
import secrets
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from accessctl.api.code_models import MadePinModel
from accessctl.api.gate import GatedRoute
from accessctl.api.models import ID_PATTERN, NO_FIELDS, DoneModel, validity_of
from accessctl.api.needed import needs
from accessctl.api.paging import ThePage
from accessctl.api.parts import TheOperator, TheParts
from accessctl.api.people_changes import edited, granted
from accessctl.api.people_models import (
    RESERVED,
    NewPerson,
    NewPin,
    PeoplePage,
    PersonChange,
    PersonDetails,
    PersonModel,
)
from accessctl.api.problems import invalid, unknown
from accessctl.operators.rights import Right
from accessctl.store.people_errors import NoPin
from accessctl.store.people_queries import PersonRow
from accessctl.store.people_search import PeopleFilter
from policies.people import UseLimits

router = APIRouter(route_class=GatedRoute, prefix="/people", tags=["people"])

PersonId = Annotated[str, Path(pattern=ID_PATTERN, description="The person's id.", examples=["p-3kx7qz2a"])]


Member = Annotated[str | None, Query(pattern=ID_PATTERN)]


def _wanted(
    q: Annotated[
        str | None,
        Query(
            max_length=120,
            description="What was typed so far: each word begins a word of the name, or the id. "
            "Neither case nor accents count; at most eight words do.",
            examples=["mar an"],
        ),
    ] = None,
    name: Annotated[
        str | None, Query(max_length=120, description="Only people of exactly this name.")
    ] = None,
    role: Member = None,
    group: Member = None,
    *,
    disabled: bool | None = None,
    has_card: Annotated[bool | None, Query(description="Whether they have a card that counts.")] = None,
) -> PeopleFilter:
    return PeopleFilter(q, name, role, group, disabled, has_card)


@router.get("", summary="List people", openapi_extra=needs(Right.PEOPLE_READ, reads="people"))
async def list_people(
    parts: TheParts,
    page: ThePage,
    wanted: Annotated[PeopleFilter, Depends(_wanted)],
) -> PeoplePage:
    """Give people in the order of their ids: all of them, or those who are searched for."""
    people, next_ = await page.of(parts.people.search, PersonModel.of, wanted=wanted)
    return PeoplePage(people=people, next=next_)


@router.post(
    "",
    status_code=HTTPStatus.CREATED,
    summary="Add a person",
    openapi_extra=needs(Right.PEOPLE_WRITE, grants=True),
)
async def add_person(
    request: Request, parts: TheParts, operator: TheOperator, wanted: NewPerson
) -> PersonModel:
    """Add a person. What they may pass follows from roles and groups, which the site file explains.

    202 where a second operator has to approve of these roles and groups.
    """
    try:
        validity = validity_of(wanted.valid_from, wanted.valid_until)
    except ValueError as error:
        raise invalid("body.valid_until", str(error)) from error
    if wanted.id in RESERVED:
        raise invalid("body.id", "cannot be given to anybody")
    await parts.door.check_members(wanted.roles, wanted.groups)
    await parts.approving.check_wide(request, roles={*wanted.roles, *wanted.groups})
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


@router.get("/{person}", summary="Show a person", openapi_extra=needs(Right.PEOPLE_READ, reads="people"))
async def get_person(parts: TheParts, person: PersonId) -> PersonDetails:
    """Give one person, with what no list says."""
    return PersonDetails.of(await known(parts, person))


@router.patch("/{person}", summary="Change a person", openapi_extra=needs(Right.PEOPLE_WRITE, grants=True))
async def change_person(
    request: Request, parts: TheParts, operator: TheOperator, person: PersonId, wanted: PersonChange
) -> PersonModel:
    """Change what is given and keep the rest. Disabling takes effect at the next badge.

    202 where a second operator has to approve of roles or groups that are given, for longer, or again.
    """
    await parts.door.check_members(wanted.roles or (), wanted.groups or ())
    before = await known(parts, person)
    await parts.approving.check_wide(request, roles=granted(before, edited(before, wanted)))

    def edit(row: PersonRow) -> PersonRow:
        return edited(row, wanted)

    row = await asyncio.to_thread(parts.writer.change_person, person, edit, operator)
    await parts.door.nudge()
    return PersonModel.of(row)


@router.put(
    "/{person}/pin",
    status_code=HTTPStatus.NO_CONTENT,
    summary="Set a PIN",
    openapi_extra=needs(Right.CREDENTIALS_WRITE, secret=True),
)
async def set_pin(parts: TheParts, operator: TheOperator, person: PersonId, wanted: NewPin) -> None:
    """Give a person a PIN in place of any other. Wrong tries stay counted until they are forgiven.

    422 when it is too easy to guess, and where the site file wants PINs to be made up.
    """
    await known(parts, person)
    hashed = await parts.door.pin_hash(person, wanted.pin.get_secret_value())
    await asyncio.to_thread(parts.writer.set_pin, person, hashed, operator)
    await parts.door.nudge()


@router.post(
    "/{person}/pin",
    status_code=HTTPStatus.CREATED,
    summary="Make up a PIN",
    dependencies=[NO_FIELDS],
    openapi_extra=needs(Right.CREDENTIALS_WRITE),
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


@router.delete(
    "/{person}/pin",
    status_code=HTTPStatus.NO_CONTENT,
    summary="Remove a PIN",
    openapi_extra=needs(Right.CREDENTIALS_WRITE),
)
async def remove_pin(parts: TheParts, operator: TheOperator, person: PersonId) -> None:
    """Take a person's PIN away, and the duress PIN with it. Where one is asked for, they are refused."""
    await asyncio.to_thread(parts.writer.remove_pin, person, operator)
    await parts.door.nudge()


@router.put(
    "/{person}/duress-pin",
    status_code=HTTPStatus.NO_CONTENT,
    summary="Set a duress PIN",
    openapi_extra=needs(Right.CREDENTIALS_WRITE, secret=True),
)
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
    openapi_extra=needs(Right.CREDENTIALS_WRITE),
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


@router.delete(
    "/{person}/duress-pin",
    status_code=HTTPStatus.NO_CONTENT,
    summary="Remove a duress PIN",
    openapi_extra=needs(Right.CREDENTIALS_WRITE),
)
async def remove_duress_pin(parts: TheParts, operator: TheOperator, person: PersonId) -> None:
    """Take a person's duress PIN away; the PIN stays."""
    await asyncio.to_thread(parts.writer.remove_duress_pin, person, operator)
    await parts.door.nudge()


@router.post(
    "/{person}/forgive-wrong-pins",
    summary="Forgive failed tries",
    dependencies=[NO_FIELDS],
    openapi_extra=needs(Right.CREDENTIALS_WRITE),
)
async def forgive_wrong_pins(parts: TheParts, operator: TheOperator, person: PersonId) -> DoneModel:
    """Forget a person's wrong PINs and codes, and fingers and faces that did not fit."""
    await known(parts, person)
    order = f"forgive-{secrets.token_hex(8)}"
    done = await parts.door.forgive(order, person, operator)
    return DoneModel(order=order, seq=done.seq, repeated=done.repeated)


async def known(parts: TheParts, person: PersonId) -> PersonRow:
    """Give a person, or refuse with 404. As what a route depends on: before a second operator is asked."""
    row = await asyncio.to_thread(parts.people.person, person)
    if row is None:
        raise unknown("person", person)
    return row
