"""Backups: made, checked, taken away, deleted. The root key is in none of them."""

from datetime import UTC, datetime
from http import HTTPStatus

from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse

from accessctl.api.backup_keeper import Backup
from accessctl.api.backup_models import BackupCheck, BackupFile, BackupId, BackupList, BackupModel, NewBackup
from accessctl.api.gate import GatedRoute
from accessctl.api.models import NO_FIELDS
from accessctl.api.needed import needs
from accessctl.api.parts import TheOperator, TheParts
from accessctl.api.presence import while_present
from accessctl.api.problems import Refusal
from accessctl.backup.manifest import LEFT_OUT, NOTE
from accessctl.office.rules import TwoPeople
from accessctl.operators.rights import Right

router = APIRouter(route_class=GatedRoute, tags=["backups"])

MEDIA_TYPE = "application/x-tar"


@router.post(
    "/backups",
    status_code=HTTPStatus.ACCEPTED,
    summary="Make a backup",
    openapi_extra=needs(Right.BACKUPS_WRITE),
)
async def make(
    parts: TheParts, operator: TheOperator, response: Response, wanted: NewBackup | None = None
) -> BackupModel:
    """Begin a backup: consistent copies of the stores, the site file and the sealed keys, in one file.

    Neither doors nor this API wait for it. Ask for it again until its state is ready or failed. The root key
    is left out: it belongs in another place. 409 while another one is being made, and with `keep` where the
    site file wants two operators for deletions.
    """
    keep = None if wanted is None else wanted.keep
    rules = await parts.authority.office.rules()
    if keep is not None and TwoPeople.DELETION in rules.needs:
        what = "to delete takes two operators here, so nothing is deleted by the way: leave `keep` out"
        raise Refusal(HTTPStatus.CONFLICT, "takes-two", what)
    begun = await parts.backups.make(operator, keep)
    response.headers["Location"] = f"/v1/backups/{begun.id}"
    return _shown(begun)


@router.get("/backups", summary="List backups", openapi_extra=needs(Right.BACKUPS_READ))
async def list_backups(parts: TheParts) -> BackupList:
    """Give every backup, newest first, with one that is being made and those that failed of late."""
    return BackupList(backups=[_shown(each) for each in await parts.backups.all()])


@router.get("/backups/{backup}", summary="Show a backup", openapi_extra=needs(Right.BACKUPS_READ))
async def show(parts: TheParts, backup: BackupId) -> BackupModel:
    """Give one backup, or how far it is."""
    return _shown(await parts.backups.one(backup))


@router.post(
    "/backups/{backup}/check",
    summary="Check a backup",
    openapi_extra=needs(Right.BACKUPS_READ),
    dependencies=[NO_FIELDS],
)
async def check(parts: TheParts, request: Request, backup: BackupId) -> BackupCheck:
    """Look a backup through: every file against its SHA-256, and the stores by SQLite, on copies."""
    problems = await while_present(request, parts.backups.problems_of(backup))
    return BackupCheck(id=backup, sound=not problems, problems=problems, at=datetime.now(UTC))


@router.get(
    "/backups/{backup}/content",
    summary="Download a backup",
    openapi_extra=needs(Right.BACKUPS_WRITE, reads="people"),
    response_class=FileResponse,
    responses={
        HTTPStatus.OK: {
            "description": "The file, as it is.",
            "content": {MEDIA_TYPE: {"schema": {"type": "string", "format": "binary"}}},
        }
    },
)
async def download(parts: TheParts, operator: TheOperator, backup: BackupId) -> FileResponse:
    """Give the file of a backup: a tar archive that `accessctl restore` takes. It holds people's names.

    Who took it stands in the record before the first byte goes out.
    """
    file = await parts.backups.hand_out(backup, operator)
    return FileResponse(file, media_type=MEDIA_TYPE, filename=file.name)


@router.delete(
    "/backups/{backup}",
    status_code=HTTPStatus.NO_CONTENT,
    summary="Delete a backup",
    openapi_extra=needs(Right.BACKUPS_WRITE, approval="deletion"),
    dependencies=[NO_FIELDS],
)
async def delete(parts: TheParts, operator: TheOperator, backup: BackupId) -> None:
    """Delete a backup for good. 409 while it is being made."""
    await parts.backups.delete(backup, operator)


def _shown(backup: Backup) -> BackupModel:
    manifest = backup.manifest
    return BackupModel(
        id=backup.id,
        state=backup.state,
        at=backup.at,
        progress=backup.progress,
        size=backup.size,
        why=backup.why,
        version=None if manifest is None else manifest.version,
        controller=None if manifest is None else manifest.controller,
        last_seq=None if manifest is None else manifest.last_seq,
        files=[]
        if manifest is None
        else [BackupFile(name=each.name, size=each.size, sha256=each.sha256) for each in manifest.files],
        left_out=list(LEFT_OUT),
        note=NOTE,
    )
