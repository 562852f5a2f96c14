"""Codes that are printed: for visitors, and for emergencies. They are typed where there are keys."""

import asyncio
import secrets
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated, Final

from fastapi import APIRouter, Path, Query, Response

from accessctl.api.card_models import Revocation
from accessctl.api.code_models import CodePage, MadeCode, MadeCodes, NewCodes, PrintedCode
from accessctl.api.gate import GatedRoute
from accessctl.api.models import ID_PATTERN, validity_of
from accessctl.api.needed import needs
from accessctl.api.paging import ThePage, Whose
from accessctl.api.parts import Parts, TheOperator, TheParts
from accessctl.api.people import PersonId, known
from accessctl.api.problems import Refusal, invalid, unknown
from accessctl.link.answers import Status
from accessctl.operators.rights import Right
from accessctl.store import people_writer
from accessctl.store.errors import RecordUnavailable
from accessctl.store.people_errors import DuplicateCard
from accessctl.store.people_queries import CODE
from policies.people import CardStatus, Validity

router = APIRouter(route_class=GatedRoute, tags=["codes"])

CodeId = Annotated[str, Path(pattern=ID_PATTERN, description="The code's id.", examples=["c-m4t2yx6b"])]

TRIES: Final = 20
"""So often are all of them made up anew when somebody had one of them before."""


@router.post(
    "/people/{person}/codes",
    status_code=HTTPStatus.CREATED,
    summary="Make codes to be printed",
    openapi_extra=needs(Right.CREDENTIALS_WRITE),
)
async def make_codes(
    parts: TheParts, operator: TheOperator, person: PersonId, wanted: NewCodes, response: Response
) -> MadeCodes:
    """Make up codes for a person to hold, each on a slip; they are shown this once. All of them or none.

    They stand beside the code that the person has in their head. 409 when as many are in use as the site file
    allows; break-glass codes are longer and not counted.
    """
    try:
        validity = validity_of(wanted.valid_from, wanted.valid_until)
    except ValueError as error:
        raise invalid("body.valid_until", str(error)) from error
    if wanted.valid_until <= datetime.now(UTC):
        raise invalid("body.valid_until", "a code until then would be over already")
    await known(parts, person)
    status = await parts.door.status()
    digits = _digits(wanted, status)
    made = await _make(parts, operator, person, wanted, validity, digits, status)
    await parts.door.nudge()
    response.headers["Cache-Control"] = "no-store"
    return MadeCodes(codes=made)


@router.get("/codes", summary="List codes", openapi_extra=needs(Right.CREDENTIALS_READ, reads="credentials"))
async def list_codes(
    parts: TheParts,
    page: ThePage,
    person: Whose = None,
    *,
    break_glass: Annotated[
        bool | None, Query(description="Only break-glass codes, or only the others.")
    ] = None,
) -> CodePage:
    """Give codes in the order of their ids, those that people keep in their heads among them."""
    used = await _used(parts)
    codes, next_ = await page.of(
        parts.people.codes,
        lambda row: PrintedCode.of(row, None if used is None else used.get(row.id, 0)),
        person=person,
        break_glass=break_glass,
    )
    return CodePage(codes=codes, next=next_)


@router.post("/codes/{code}/revoke", summary="Revoke a code", openapi_extra=needs(Right.CREDENTIALS_WRITE))
async def revoke_code(
    parts: TheParts, operator: TheOperator, code: CodeId, wanted: Revocation
) -> PrintedCode:
    """Let a code count no more, from the next time on that it is typed, and say what became of it."""
    row = await asyncio.to_thread(parts.people.card, code)
    if row is None or row.technology != CODE:
        raise unknown("code", code)
    status = CardStatus(wanted.reason.value)
    row = await asyncio.to_thread(parts.writer.change_card_status, code, status, operator)
    await parts.door.nudge()
    used = await _used(parts)
    return PrintedCode.of(row, None if used is None else used.get(row.id, 0))


async def _used(parts: Parts) -> Mapping[str, int] | None:
    """Give how often codes were used that may be used so often; ``None`` when the record cannot be read."""
    try:
        return {
            str(card): count for card, count in (await asyncio.to_thread(parts.facts.memory)).spent.items()
        }
    except RecordUnavailable:
        return None


def _digits(wanted: NewCodes, status: Status) -> int:
    """Give how many digits such codes have here. Raises ``Refusal`` for codes that no door would take."""
    rules = status.codes
    if not rules:
        what = "no door of this site opens to a code: its site file has no [codes]"
        raise Refusal(HTTPStatus.CONFLICT, "no-codes", what)
    there = sorted({str(reader["access_point"]) for reader in status.readers})
    for place, point in enumerate(wanted.access_points or ()):
        if point not in there:
            what = f"there is no such access point with a reader; there are {', '.join(there)}"
            raise invalid(f"body.access_points.{place}", what)
    if not wanted.break_glass:
        if not rules["alone_at"]:
            what = 'no door of this site opens to a code alone: no access point has asks = "pin"'
            raise Refusal(HTTPStatus.CONFLICT, "no-codes", what)
        _are_among(wanted, rules["alone_at"], "no code opens by itself there at any time; one does at")
        return int(rules["digits"])
    if not rules.get("break_glass"):
        what = "this site has no break-glass codes: [codes] in its site file has no break_glass = true"
        raise Refusal(HTTPStatus.CONFLICT, "no-break-glass", what)
    if wanted.access_points is None:
        raise invalid("body.access_points", "a break-glass code needs to be told where it opens")
    _are_among(wanted, rules["keys_at"], "a break-glass code is typed on a way in with a keypad; there is")
    return int(rules["break_glass_digits"])


def _are_among(wanted: NewCodes, taken_at: Sequence[str], why: str) -> None:
    """Refuse access points where the digits would do nothing."""
    for place, point in enumerate(wanted.access_points or ()):
        if point not in taken_at:
            raise invalid(f"body.access_points.{place}", f"{why} {', '.join(taken_at) or 'none'}")


async def _make(
    parts: Parts,
    operator: str,
    person: str,
    wanted: NewCodes,
    validity: Validity,
    digits: int,
    status: Status,
) -> list[MadeCode]:
    """Make digits up until nobody has or had any of them. Who does is not said: it would give away a code."""
    for _ in range(TRIES):
        codes = [f"{secrets.randbelow(10**digits):0{digits}}" for _ in range(wanted.count)]
        new = [
            people_writer.NewCard(
                await _tag(parts, code, break_glass=wanted.break_glass),
                CODE,
                "",
                validity,
                points=None if wanted.access_points is None else tuple(wanted.access_points),
                uses=wanted.uses,
                label=_label(wanted, number),
                break_glass=wanted.break_glass,
            )
            for number, code in enumerate(codes, 1)
        ]
        with suppress(DuplicateCard):
            most = int(status.codes["most"])
            rows = await asyncio.to_thread(parts.writer.enrol_codes, person, new, most, operator)
            return [MadeCode.of(row, code=code) for row, code in zip(rows, codes, strict=True)]
    what = "no code was found that nobody had before; give codes more digits in the site file"
    raise Refusal(HTTPStatus.CONFLICT, "codes-spent", what)


async def _tag(parts: Parts, digits: str, *, break_glass: bool) -> bytes:
    tag = await parts.door.card_tag(CODE, digits.encode().hex(), break_glass=break_glass)
    return bytes.fromhex(tag.tag_hex)


def _label(wanted: NewCodes, number: int) -> str:
    """Give what stands on one slip; every code that is printed has something on it."""
    what = wanted.label or ("break-glass" if wanted.break_glass else "code")
    return what if wanted.count == 1 else f"{what}, {number} of {wanted.count}"
