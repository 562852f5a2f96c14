"""Reviews of who has access: what is due, what an owner looks through and signs, and what was signed."""

import asyncio
from collections.abc import Mapping, Sequence
from functools import partial
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request

from accessctl.api.gate import GatedRoute
from accessctl.api.models import ID_PATTERN
from accessctl.api.needed import needs
from accessctl.api.paging import ThePage
from accessctl.api.parts import Parts, TheOperator, TheParts
from accessctl.api.presence import while_present
from accessctl.api.problems import Refusal, unknown
from accessctl.api.review_models import (
    AreaReviews,
    HasAccess,
    NewReview,
    ReviewBegun,
    ReviewModel,
    SignedReview,
    SignedReviews,
)
from accessctl.api.reviewing import digest_of
from accessctl.api.sight import Sight, TheSight
from accessctl.operators.rights import Right
from accessctl.store.review_document import NoReview, review_document
from accessctl.store.reviews import ReviewRow

router = APIRouter(route_class=GatedRoute, tags=["reviews"])

AreaId = Annotated[str, Path(pattern=ID_PATTERN, examples=["vault"])]
ReviewId = Annotated[str, Path(pattern=ID_PATTERN, examples=["r-3kx7qz2a"])]


@router.get("/reviews", summary="List areas that are reviewed", openapi_extra=needs(Right.REVIEWS_READ))
async def list_areas(parts: TheParts) -> AreaReviews:
    """Give every area whose owners sign who has access to it, and whether that is due."""
    return AreaReviews(areas=await parts.reviewing.areas())


@router.get(
    "/reviews/{area}",
    summary="Begin a review",
    openapi_extra=needs(Right.REVIEWS_READ, reads="people"),
)
async def begin(request: Request, parts: TheParts, sight: TheSight, area: AreaId) -> ReviewBegun:
    """Give everybody who has access to an area now and by what right; nothing is written."""
    rule, period = await parts.reviewing.rule_of(area)
    seen = await while_present(request, parts.reviewing.snapshot(rule.area))
    return ReviewBegun(
        area=area,
        period=period.name,
        rules=seen["rules"],
        access_points=seen["access_points"],
        people=await _named(parts, sight, seen["people"]),
        sha256=digest_of(seen),
    )


@router.post(
    "/reviews/{area}",
    status_code=HTTPStatus.CREATED,
    summary="Sign a review",
    openapi_extra=needs(Right.REVIEWS_SIGN),
)
async def sign(
    request: Request, parts: TheParts, operator: TheOperator, area: AreaId, wanted: NewReview
) -> ReviewModel:
    """Sign who has access to an area, as its owner: everybody keeps it but those who are struck.

    Nobody loses anything by it: who was struck stands in the signed review as something to be done. 403 for
    who is no owner of the area, 409 when who has access is not what was looked through any more.
    """
    present = partial(while_present, request)
    row = await parts.reviewing.sign(area, wanted.sha256, wanted.strike, operator, present)
    return ReviewModel.of(row)


@router.get("/signed-reviews", summary="List signed reviews", openapi_extra=needs(Right.REVIEWS_READ))
async def list_signed(parts: TheParts, page: ThePage) -> SignedReviews:
    """Give signed reviews in the order of their ids."""
    reviews, next_ = await page.of(parts.reviewing.queries.reviews, ReviewModel.of)
    return SignedReviews(reviews=reviews, next=next_)


@router.get(
    "/signed-reviews/{review}",
    summary="Show a signed review",
    openapi_extra=needs(Right.REVIEWS_READ, reads="people"),
)
async def show(request: Request, parts: TheParts, sight: TheSight, review: ReviewId) -> SignedReview:
    """Give what was signed, whether it is as the record says, and what of it is still to be done."""
    row = await asyncio.to_thread(parts.reviewing.queries.review, review)
    if row is None:
        raise unknown("review", review)
    people = _signed_people(row)
    to_do = await _to_do(request, parts, row, people)
    return SignedReview(
        **ReviewModel.of(row).model_dump(),
        document=row.document,
        people=await _named(parts, sight, people),
        evidence=await parts.reviewing.evidence_of(row),
        to_do=await _named(parts, sight, to_do or []),
        in_force=to_do is not None,
    )


def _signed_people(row: ReviewRow) -> Sequence[Mapping[str, Any]]:
    """Give whom a document lists; nobody, where it is none that was signed, which the evidence says."""
    try:
        return review_document(row.document).people
    except NoReview:
        return ()


async def _to_do(
    request: Request, parts: Parts, row: ReviewRow, people: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]] | None:
    """Give who was struck and has access still; nothing where the area is none any more."""
    struck = {each["person"] for each in people if each["decision"] == "strike"}
    if not struck:
        return []
    try:
        now = await while_present(request, parts.reviewing.snapshot(row.area))
    except Refusal as refusal:
        if refusal.status is HTTPStatus.NOT_FOUND:
            return None
        raise
    return [each for each in now["people"] if each["person"] in struck]


async def _named(parts: Parts, sight: Sight, people: Sequence[Mapping[str, Any]]) -> list[HasAccess]:
    names = await sight.names_of(parts, (each["person"] for each in people))
    return [HasAccess.of(each, names) for each in people]
