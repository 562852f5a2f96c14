"""Passes: signed texts that a visitor or driver shows as a QR code or in a tag."""

import asyncio
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path, Response

from accessctl.api.gate import GatedRoute
from accessctl.api.models import ID_PATTERN, NO_FIELDS, in_utc
from accessctl.api.needed import needs
from accessctl.api.paging import ThePage, Whose
from accessctl.api.parts import Parts, TheOperator, TheParts
from accessctl.api.pass_models import (
    MadePass,
    NewPass,
    PassKeyModel,
    PassModel,
    PassPage,
    Revocation,
)
from accessctl.api.people import known
from accessctl.api.problems import invalid, unknown
from accessctl.link.answers import SignedPass
from accessctl.link.requests import SignPass
from accessctl.operators.rights import Right
from accessctl.store.people_queries import PASS, CardRow
from accessctl.store.people_writer import NewCard
from policies.people import CardStatus, Validity

router = APIRouter(route_class=GatedRoute, tags=["passes"])

PassId = Annotated[str, Path(pattern=ID_PATTERN, description="The pass's id.", examples=["c-m4t2yx6b"])]


@router.post(
    "/passes",
    status_code=HTTPStatus.CREATED,
    summary="Make a pass",
    openapi_extra=needs(Right.CREDENTIALS_WRITE),
)
async def make_pass(parts: TheParts, operator: TheOperator, wanted: NewPass, response: Response) -> MadePass:
    """Have a pass signed for a person, or for a visitor who is added with it; it is shown this once.

    A picture of a pass passes as well as the pass, until it ends, is used up, or is revoked.
    409 where the site file does not say that passes count.
    """
    if (wanted.person is None) == (wanted.visitor is None):
        raise invalid("body", "needs person or visitor" + ("" if wanted.person is None else ", not both"))
    if wanted.person is not None:
        await known(parts, wanted.person)
    points = None if wanted.access_points is None else tuple(wanted.access_points)
    signed = await _sign(parts, wanted.valid_from, wanted.valid_until, points, wanted.uses)
    person = wanted.person
    if wanted.visitor is not None:  # last of all, so that nobody is added for a pass that is refused
        await parts.door.check_members(wanted.visitor.roles, ())
        roles = tuple(wanted.visitor.roles)
        added = await asyncio.to_thread(parts.writer.add_person, wanted.visitor.name, roles, operator)
        person = added.id
    made = _card(signed, points, wanted.label)
    row = await asyncio.to_thread(parts.writer.enrol_pass, person or "", made, operator)
    return await _shown_once(parts, row, signed, response)


@router.get(
    "/passes", summary="List passes", openapi_extra=needs(Right.CREDENTIALS_READ, reads="credentials")
)
async def list_passes(
    parts: TheParts,
    page: ThePage,
    person: Whose = None,
) -> PassPage:
    """Give passes in the order of their ids."""
    passes, next_ = await page.of(parts.people.passes, PassModel.of, person=person)
    return PassPage(passes=passes, next=next_)


@router.get("/pass-key", summary="Show the key of passes", openapi_extra=needs(Right.CREDENTIALS_READ))
async def get_pass_key(parts: TheParts) -> PassKeyModel:
    """Give the public key with which anybody can check that a pass is one of this controller's."""
    key = await parts.door.pass_key()
    return PassKeyModel(key_id=key.key_id, public_key=key.public_hex)


@router.get(
    "/passes/{pass_}", summary="Show a pass", openapi_extra=needs(Right.CREDENTIALS_READ, reads="credentials")
)
async def get_pass(parts: TheParts, pass_: PassId) -> PassModel:
    """Give one pass, without its text."""
    return PassModel.of(await _known_pass(parts, pass_))


@router.post("/passes/{pass_}/revoke", summary="Revoke a pass", openapi_extra=needs(Right.CREDENTIALS_WRITE))
async def revoke_pass(parts: TheParts, operator: TheOperator, pass_: PassId, wanted: Revocation) -> PassModel:
    """Let a pass count no more, from the next time on that it is shown, and say what became of it."""
    status = CardStatus(wanted.reason.value)
    row = await asyncio.to_thread(parts.writer.end_pass, pass_, status, operator)
    await parts.door.nudge()
    return PassModel.of(row)


@router.post(
    "/passes/{pass_}/replace",
    status_code=HTTPStatus.CREATED,
    summary="Replace a pass",
    dependencies=[NO_FIELDS],
    openapi_extra=needs(Right.CREDENTIALS_WRITE),
)
async def replace_pass(parts: TheParts, operator: TheOperator, pass_: PassId, response: Response) -> MadePass:
    """Make a pass like this one, which counts no more from then on: its text cannot be shown again.

    The uses of the new one are counted anew.
    """
    old = await _known_pass(parts, pass_)
    start = old.validity.start
    later = start if start is not None and start > datetime.now(UTC) else None
    signed = await _sign(parts, later, old.validity.end, old.points, old.uses)
    made = _card(signed, old.points, old.label)
    row = await asyncio.to_thread(parts.writer.enrol_pass, old.person, made, operator, instead_of=pass_)
    return await _shown_once(parts, row, signed, response)


async def _known_pass(parts: Parts, pass_: str) -> CardRow:
    row = await asyncio.to_thread(parts.people.card, pass_)
    if row is None or row.technology != PASS:
        raise unknown("pass", pass_)
    return row


async def _sign(
    parts: Parts,
    start: datetime | None,
    end: datetime | None,
    points: tuple[str, ...] | None,
    uses: int | None,
) -> SignedPass:
    times = {}
    for path, at in (("valid_from", start), ("valid_until", end)):
        try:
            times[path] = "" if at is None else in_utc(at).isoformat()
        except ValueError as error:
            raise invalid(f"body.{path}", str(error)) from error
    return await parts.door.sign_pass(SignPass(" ".join(points or ()), **times, uses=uses or 0))


def _card(signed: SignedPass, points: tuple[str, ...] | None, label: str | None) -> NewCard:
    ends = (datetime.fromisoformat(signed.valid_from), datetime.fromisoformat(signed.valid_until))
    return NewCard(
        bytes.fromhex(signed.tag_hex),
        PASS,
        signed.hint,
        Validity(*ends),
        points=points,
        uses=signed.uses or None,
        label=label,
    )


async def _shown_once(parts: Parts, row: CardRow, signed: SignedPass, response: Response) -> MadePass:
    await parts.door.nudge()
    response.headers["Cache-Control"] = "no-store"
    return MadePass(**PassModel.of(row).model_dump(), text=signed.text)
