"""Many people at once: import, how its cards get on, and export."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Collection, Iterable
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import StreamingResponse

from accessctl.api.bulk_formats import COLUMNS, LISTS, MEDIA_TYPES, BulkFormat
from accessctl.api.bulk_models import (
    FailedCardModel,
    ImportedModel,
    ImportModel,
    ImportPage,
    ImportProgress,
    row_schema,
)
from accessctl.api.gate import GatedRoute
from accessctl.api.models import ID_PATTERN
from accessctl.api.needed import needs
from accessctl.api.paging import ThePage
from accessctl.api.parts import Parts, TheActor, TheParts
from accessctl.api.problems import Refusal, unknown
from accessctl.operators.rights import Right
from accessctl.spreadsheets import csv_line
from accessctl.store.people_queries import PersonRow

router = APIRouter(route_class=GatedRoute, prefix="/people", tags=["people"])

ImportId = Annotated[str, Path(pattern=ID_PATTERN, description="Its id.", examples=["i-5q2mz7ha"])]

EXPORTED_AT_ONCE: Final = 500
_EXPORTED: Final = tuple(name for name in COLUMNS if name not in {"card", "card_technology"})
_EXPORT: Final[dict[BulkFormat, dict[str, Any]]] = {
    BulkFormat.CSV: {"type": "string"},
    BulkFormat.JSON: {"type": "array", "items": {"type": "object"}},
    BulkFormat.NDJSON: {"type": "string"},
}
_CSV_EXAMPLE: Final = (
    "id,name,roles,groups,valid_until,card\r\n"
    ",Ana Marsh,picker-early,acme,2026-12-31T18:00:00+01:00,0412AB34CD56EF\r\n"
)
_BODY: Final[dict[str, Any]] = {
    "required": True,
    "description": "48 MiB, 200,000 rows at most. A row whose `id` is there changes them; others add.",
    "content": {
        MEDIA_TYPES[BulkFormat.CSV]: {"schema": {"type": "string"}, "example": _CSV_EXAMPLE},
        MEDIA_TYPES[BulkFormat.JSON]: {
            "schema": {"type": "array", "items": row_schema()},
        },
        MEDIA_TYPES[BulkFormat.NDJSON]: {"schema": {"type": "string"}},
    },
}


@router.post(
    "/import",
    summary="Import people",
    openapi_extra=needs(Right.PEOPLE_WRITE, secret=True, grants=True, requestBody=_BODY),
)
async def import_people(
    parts: TheParts,
    actor: TheActor,
    request: Request,
    *,
    dry_run: Annotated[bool, Query(description="Change nothing, and tell what would change.")] = False,
) -> ImportedModel:
    """Add and change many people, all of them or none: one bad row refuses the file with all that is wrong.

    Rows with cards need the right `credentials.write` as well. Cards are enrolled behind it, in the order of
    the file, as fast as their tags can be made; until then their numbers wait sealed. 409 while another
    import runs. 202 where a second operator has to approve of roles or groups that anybody gets by it.
    """
    body = await request.body()
    kind = _kind_of(request.headers.get("content-type", ""))

    async def granting(members: Collection[str], cards: int) -> None:
        if cards and Right.CREDENTIALS_WRITE not in actor.rights:
            right = Right.CREDENTIALS_WRITE.value
            what = f"there are cards among these rows, and {actor.operator} has not the right {right}"
            raise Refusal(HTTPStatus.FORBIDDEN, "no-right", what)
        await parts.approving.check_wide(request, roles=members, secret=True)

    return await parts.importer.run(body, kind, actor.operator, granting, dry_run=dry_run)


@router.get("/imports", summary="List imports", openapi_extra=needs(Right.PEOPLE_READ))
async def list_imports(parts: TheParts, page: ThePage) -> ImportPage:
    """Give imports in the order of their ids."""
    imports, next_ = await page.of(parts.bulk.imports, ImportModel.of)
    return ImportPage(imports=imports, next=next_)


@router.get("/imports/{import_}", summary="Show an import", openapi_extra=needs(Right.PEOPLE_READ))
async def get_import(
    parts: TheParts,
    import_: ImportId,
    after: Annotated[int, Query(ge=0, le=2**53, description="Give failures behind this one.")] = 0,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> ImportProgress:
    """Give one import, how far its cards are, and which of them could not be enrolled."""
    row = await asyncio.to_thread(parts.bulk.import_, import_)
    if row is None:
        raise unknown("import", import_)
    ahead = await asyncio.to_thread(parts.bulk.ahead, import_) if row.waiting else 0
    failed = await asyncio.to_thread(parts.bulk.failed, import_, after=after, limit=limit)
    rate = parts.tagging.rate if row.waiting else None
    return ImportProgress(
        **ImportModel.of(row).model_dump(),
        rate=None if rate is None else round(rate, 1),
        estimate_s=None if not rate else round(ahead / rate, 1),
        stalled=parts.tagging.stalled if row.waiting else None,
        failures=[FailedCardModel.of(each) for each in failed],
        next=failed[-1].id if len(failed) == limit else None,
    )


@router.get(
    "/export",
    summary="Export people",
    openapi_extra=needs(Right.PEOPLE_READ, reads="people"),
    response_class=StreamingResponse,
    responses={200: {"content": {MEDIA_TYPES[kind]: {"schema": _EXPORT[kind]} for kind in BulkFormat}}},
)
async def export_people(
    parts: TheParts,
    format: Annotated[BulkFormat, Query(description="How they are written down.")] = BulkFormat.CSV,  # noqa: A002
) -> StreamingResponse:
    """Give everybody in the order of their ids, as an import takes them; of cards how many there are."""
    headers = {
        "Content-Disposition": f'attachment; filename="people.{format}"',
        "Cache-Control": "no-store",
    }
    # The first page is read before anything is said, so that a store out of reach is refused properly.
    first = await _page(parts, "")
    return StreamingResponse(_exported(parts, first, format), media_type=MEDIA_TYPES[format], headers=headers)


async def _exported(parts: Parts, rows: list[PersonRow], kind: BulkFormat) -> AsyncIterator[str]:
    write = _WRITERS[kind]
    yield {BulkFormat.CSV: csv_line(_EXPORTED), BulkFormat.JSON: "[", BulkFormat.NDJSON: ""}[kind]
    begun = False
    while rows:
        text = await asyncio.to_thread(write, rows)
        yield f",\n{text}" if begun and kind is BulkFormat.JSON else text
        begun = True
        rows = await _page(parts, rows[-1].id) if len(rows) == EXPORTED_AT_ONCE else []
    if kind is BulkFormat.JSON:
        yield "]\n"


async def _page(parts: Parts, after: str) -> list[PersonRow]:
    return await asyncio.to_thread(parts.people.people, after=after, limit=EXPORTED_AT_ONCE)


def _as_csv(rows: Iterable[PersonRow]) -> str:
    return "".join(csv_line(_cell(name, value) for name, value in _facts(row).items()) for row in rows)


def _as_lines(rows: Iterable[PersonRow]) -> str:
    return "".join(f"{json.dumps(_facts(row), ensure_ascii=False)}\n" for row in rows)


def _as_json(rows: Iterable[PersonRow]) -> str:
    return ",\n".join(json.dumps(_facts(row), ensure_ascii=False) for row in rows)


_WRITERS: Final[dict[BulkFormat, Callable[[Iterable[PersonRow]], str]]] = {
    BulkFormat.CSV: _as_csv,
    BulkFormat.JSON: _as_json,
    BulkFormat.NDJSON: _as_lines,
}


def _facts(row: PersonRow) -> dict[str, Any]:
    """Give what is exported of a person, in the order of ``_EXPORTED``."""
    return {
        "id": row.id,
        "name": row.name,
        "roles": list(row.roles),
        "groups": list(row.groups),
        "valid_from": _instant(row.validity.start),
        "valid_until": _instant(row.validity.end),
        "disabled": row.disabled,
        "uses_total": row.uses.total,
        "uses_a_day": row.uses.a_day,
        "exempt": row.exempt,
        "extended": row.extended,
        "cards": row.active_cards,
    }


def _cell(name: str, value: Any) -> str:  # noqa: ANN401 - whatever _facts gives
    if name in LISTS:
        return ";".join(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def _instant(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()


def _kind_of(content_type: str) -> BulkFormat:
    said = content_type.partition(";")[0].strip().lower()
    for kind, media_type in MEDIA_TYPES.items():
        if media_type == said:
            return kind
    words = f"people are imported as {', '.join(MEDIA_TYPES.values())}"
    raise Refusal(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "no-such-format", words)
