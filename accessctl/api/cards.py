"""Cards: enrolled to people, revoked by their id; and codes, which are cards that are typed."""

import asyncio
import secrets
from contextlib import suppress
from http import HTTPStatus
from typing import Annotated, Final

from fastapi import APIRouter, Path, Request, Response

from accessctl.api.card_models import (
    CardModel,
    CardPage,
    CodeModel,
    EnrolledCard,
    NewCard,
    NewCode,
    Revocation,
)
from accessctl.api.gate import GatedRoute
from accessctl.api.models import ID_PATTERN, validity_of
from accessctl.api.needed import needs
from accessctl.api.paging import ThePage, Whose
from accessctl.api.parts import Parts, TheOperator, TheParts
from accessctl.api.people import PersonId, known
from accessctl.api.presence import still_present, while_present
from accessctl.api.problems import Refusal, invalid, unknown
from accessctl.link.answers import CardTag
from accessctl.operators.rights import Right
from accessctl.store import people_writer
from accessctl.store.people_errors import DuplicateCard
from accessctl.store.people_queries import CODE, CardRow
from policies.people import CardStatus, Validity

router = APIRouter(route_class=GatedRoute, tags=["cards"])

TRIES: Final = 20
"""So often is a code made up that somebody had before. Of a thousand possible codes one is in use."""

CardId = Annotated[str, Path(pattern=ID_PATTERN, description="The card's id.", examples=["c-m4t2yx6b"])]


@router.post(
    "/people/{person}/cards",
    status_code=HTTPStatus.CREATED,
    summary="Enrol a card",
    openapi_extra=needs(Right.CREDENTIALS_WRITE, secret=True),
)
async def enrol_card(
    parts: TheParts, operator: TheOperator, person: PersonId, wanted: NewCard, request: Request
) -> EnrolledCard:
    """Bind a card to a person, by its number or by having it shown at a reader within some seconds.

    Whoever hangs up before a card was shown has called it off: the next card there is enrolled to nobody.
    A card whose answer says `clonable` is known by a number that anyone can copy, such as a plain UID: where
    that matters, ask for a PIN as well, or have cards that prove a key.
    """
    validity = _validity(wanted)
    await known(parts, person)
    tag = await while_present(request, _tag(parts, person, wanted))
    card = people_writer.NewCard(
        bytes.fromhex(tag.tag_hex), tag.technology, tag.hint, validity, wanted.read_at
    )
    await still_present(request)
    row = await asyncio.to_thread(parts.writer.enrol_card, person, card, operator)
    await parts.door.nudge()
    return EnrolledCard(**CardModel.of(row).model_dump(), like_pin=tag.like_pin)


@router.post(
    "/people/{person}/code",
    status_code=HTTPStatus.CREATED,
    summary="Make a code",
    openapi_extra=needs(Right.CREDENTIALS_WRITE),
)
async def make_code(
    parts: TheParts, operator: TheOperator, person: PersonId, wanted: NewCode, response: Response
) -> CodeModel:
    """Make up a code for keypads and give it to a person in place of any other; it is shown this once.

    409 when as many codes are in use as the site file allows.
    """
    validity = _validity(wanted)
    await known(parts, person)
    row, digits = await _new_code(parts, person, validity, operator)
    await parts.door.nudge()
    response.headers["Cache-Control"] = "no-store"
    return CodeModel(**CardModel.of(row).model_dump(), code=digits)


@router.get("/cards", summary="List cards", openapi_extra=needs(Right.CREDENTIALS_READ, reads="credentials"))
async def list_cards(
    parts: TheParts,
    page: ThePage,
    person: Whose = None,
) -> CardPage:
    """Give cards in the order of their ids."""
    cards, next_ = await page.of(parts.people.cards, CardModel.of, person=person)
    return CardPage(cards=cards, next=next_)


@router.get(
    "/cards/{card}", summary="Show a card", openapi_extra=needs(Right.CREDENTIALS_READ, reads="credentials")
)
async def get_card(parts: TheParts, card: CardId) -> CardModel:
    """Give one card."""
    row = await asyncio.to_thread(parts.people.card, card)
    if row is None:
        raise unknown("card", card)
    return CardModel.of(row)


@router.post("/cards/{card}/revoke", summary="Revoke a card", openapi_extra=needs(Right.CREDENTIALS_WRITE))
async def revoke_card(parts: TheParts, operator: TheOperator, card: CardId, wanted: Revocation) -> CardModel:
    """Let a card count no more, from the next badge on, and say what became of it."""
    status = CardStatus(wanted.reason.value)
    row = await asyncio.to_thread(parts.writer.change_card_status, card, status, operator)
    await parts.door.nudge()
    return CardModel.of(row)


async def _tag(parts: Parts, person: str, wanted: NewCard) -> CardTag:
    match wanted.number, wanted.read_at:
        case None, None:
            raise invalid("body", "needs number or read_at")
        case None, str(access_point):
            return await parts.door.shown_card(access_point, wanted.within_s, person)
        case number, None if number is not None:
            return await parts.door.card_tag(wanted.technology, wanted.number_hex(number), person=person)
    raise invalid("body", "needs number or read_at, not both")


async def _new_code(parts: Parts, person: str, validity: Validity, operator: str) -> tuple[CardRow, str]:
    """Make up digits until nobody has or had them. Who does is not said: it would give away their code."""
    rules = (await parts.door.status()).codes
    if not rules:
        what = "no door of this site opens to a code: its site file has no [codes]"
        raise Refusal(HTTPStatus.CONFLICT, "no-codes", what)
    for _ in range(TRIES):
        digits = f"{secrets.randbelow(10 ** rules['digits']):0{rules['digits']}}"
        tag = bytes.fromhex((await parts.door.card_tag(CODE, digits.encode().hex())).tag_hex)
        with suppress(DuplicateCard):
            row = await asyncio.to_thread(
                parts.writer.enrol_code, person, tag, rules["most"], operator, validity=validity
            )
            return row, digits
    what = "no code was found that nobody had before; give codes more digits in the site file"
    raise Refusal(HTTPStatus.CONFLICT, "codes-spent", what)


def _validity(wanted: NewCard | NewCode) -> Validity:
    try:
        return validity_of(wanted.valid_from, wanted.valid_until)
    except ValueError as error:
        raise invalid("body.valid_until", str(error)) from error
