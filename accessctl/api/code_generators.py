"""Generators of one-time codes: an app or a token that people have, and a secret that both sides know."""

import asyncio
from http import HTTPStatus

from fastapi import APIRouter, Response

from accessctl.api.code_models import Confirmation, GeneratorModel
from accessctl.api.gate import GatedRoute
from accessctl.api.models import NO_FIELDS
from accessctl.api.needed import needs
from accessctl.api.parts import TheOperator, TheParts
from accessctl.api.people import PersonId, known
from accessctl.api.problems import Refusal
from accessctl.operators.rights import Right
from accessctl.store import people_writer
from accessctl.store.people_change import new_id

router = APIRouter(route_class=GatedRoute, prefix="/people/{person}/code-generator", tags=["codes"])


@router.post(
    "",
    status_code=HTTPStatus.CREATED,
    summary="Make a code generator",
    dependencies=[NO_FIELDS],
    openapi_extra=needs(Right.CREDENTIALS_WRITE),
)
async def make_generator(
    parts: TheParts, operator: TheOperator, person: PersonId, response: Response
) -> GeneratorModel:
    """Give a person a generator of one-time codes in place of any other; its secret is shown this once.

    It counts once it is confirmed by a code; the one before does not count any more from now on.
    """
    holder = await known(parts, person)
    generator = new_id("g")
    made = await parts.door.generator(person, generator, holder.name)
    new = people_writer.NewGenerator(
        generator, bytes.fromhex(made.sealed_hex), made.digits, made.period_s, made.algorithm
    )
    await asyncio.to_thread(parts.writer.set_generator, person, new, operator)
    await parts.door.nudge()
    response.headers["Cache-Control"] = "no-store"
    return GeneratorModel(
        id=generator,
        uri=made.uri,
        secret=made.secret,
        digits=made.digits,
        period_s=made.period_s,
        algorithm=made.algorithm,
    )


@router.post(
    "/confirm",
    status_code=HTTPStatus.NO_CONTENT,
    summary="Confirm a code generator",
    openapi_extra=needs(Right.CREDENTIALS_WRITE, secret=True),
)
async def confirm_generator(
    parts: TheParts, operator: TheOperator, person: PersonId, wanted: Confirmation
) -> None:
    """Let a person's generator count, because it shows the right code. 422 when it does not."""
    await known(parts, person)
    checked = await parts.door.code(person, wanted.code.get_secret_value())
    if not checked.fits:
        what = (
            "this is not what the generator should show now: its clock or the controller's is off by more "
            "than half a minute, or it has another secret"
        )
        raise Refusal(HTTPStatus.UNPROCESSABLE_ENTITY, "wrong-code", what)
    await asyncio.to_thread(parts.writer.confirm_generator, person, checked.generator, operator)
    await parts.door.nudge()


@router.delete(
    "",
    status_code=HTTPStatus.NO_CONTENT,
    summary="Remove a code generator",
    openapi_extra=needs(Right.CREDENTIALS_WRITE),
)
async def remove_generator(parts: TheParts, operator: TheOperator, person: PersonId) -> None:
    """Take a person's code generator away. Where a one-time code is asked for, they are refused."""
    await asyncio.to_thread(parts.writer.remove_generator, person, operator)
    await parts.door.nudge()
