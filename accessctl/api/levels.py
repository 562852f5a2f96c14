"""What people may do: access levels, groups, qualifications, and what is lent."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Path, Query

from accessctl.api.doors import RoleModel
from accessctl.api.gate import GatedRoute
from accessctl.api.level_models import LentModel, LentPage, LevelModel, QualificationKind
from accessctl.api.models import ID_PATTERN
from accessctl.api.needed import needs
from accessctl.api.paging import ThePage, Whose
from accessctl.api.parts import Parts, TheParts
from accessctl.api.problems import unknown
from accessctl.operators.rights import Right
from accessctl.store.level_queries import LevelQueries

router = APIRouter(route_class=GatedRoute, tags=["rights"])

LevelId = Annotated[str, Path(pattern=ID_PATTERN, description="The level's id.", examples=["cage"])]


@router.get("/access-levels", summary="List access levels", openapi_extra=needs(Right.DOORS_READ))
async def list_levels(parts: TheParts) -> list[LevelModel]:
    """Give the levels of the site file in force: where they let people and when, and how many have each."""
    levels = await parts.door.levels()
    queries = _queries(parts)
    people = await asyncio.to_thread(queries.combinations)
    lent = await asyncio.to_thread(queries.lent)
    return [LevelModel.of(level, people, lent) for level in levels]


@router.get("/access-levels/{level}", summary="Show an access level", openapi_extra=needs(Right.DOORS_READ))
async def get_level(parts: TheParts, level: LevelId) -> LevelModel:
    """Give one level."""
    for found in await list_levels(parts):
        if found.id == level:
            return found
    raise unknown("level", level)


@router.get("/groups", summary="List groups", tags=["status"], openapi_extra=needs(Right.DOORS_READ))
async def list_groups(parts: TheParts) -> list[RoleModel]:
    """Give the groups of the site file that is in force."""
    return [RoleModel.model_validate(group) for group in (await parts.door.status()).groups]


@router.get("/qualifications", summary="List qualifications", openapi_extra=needs(Right.DOORS_READ))
async def list_qualifications(parts: TheParts) -> list[QualificationKind]:
    """Give what people can be qualified for at this site, and how many are."""
    there_are = (await parts.door.status()).qualifications
    holders = await asyncio.to_thread(_queries(parts).qualified)
    return [QualificationKind(**each, holders=holders.get(each["id"], 0)) for each in there_are]


@router.get(
    "/temporary-access",
    summary="List what is lent",
    openapi_extra=needs(Right.PEOPLE_READ, reads="people"),
)
async def list_loans(
    parts: TheParts,
    page: ThePage,
    person: Whose = None,
    level: Annotated[str | None, Query(pattern=ID_PATTERN, description="Only this level.")] = None,
) -> LentPage:
    """Give levels that people have for a while, by id. What is over stays until another is lent."""
    found, next_ = await page.of(_queries(parts).loans, LentModel.of, person=person, level=level)
    return LentPage(temporary_access=found, next=next_)


def _queries(parts: Parts) -> LevelQueries:
    return LevelQueries(parts.home.people)
