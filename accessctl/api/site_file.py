"""The site file as a resource: read, check, replace, and put back what was there before."""

from http import HTTPStatus
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Header, Query, Request

from accessctl.api.actor import Actor
from accessctl.api.gate import GatedRoute
from accessctl.api.needed import needs
from accessctl.api.parts import TheOperator, TheParts
from accessctl.api.presence import while_present
from accessctl.api.problems import FieldProblem, Refusal
from accessctl.api.redacting import redacted
from accessctl.api.rule_models import (
    ChangedRules,
    CheckedSite,
    NewSiteFile,
    OldSiteFile,
    Revision,
    RevisionModel,
    RevisionPage,
    RevisionText,
    RulesOutcomeModel,
    SiteFileModel,
    SiteProposal,
)
from accessctl.api.thinking import or_refuse
from accessctl.link.answers import RulesOutcome
from accessctl.operators.rights import Right
from accessctl.store.rule_rows import RuleRow

router = APIRouter(route_class=GatedRoute, tags=["rules"])

_OUTCOMES: Final = {
    RulesOutcome.IN_FORCE: RulesOutcomeModel.IN_FORCE,
    RulesOutcome.NEEDS_RESTART: RulesOutcomeModel.AT_NEXT_START,
}


def _sees_passwords(request: Request) -> bool:
    """Whoever may put a file in force may see all of it; a call whose sender is not known sees the least."""
    actor: Actor | None = getattr(request.state, "actor", None)
    return actor is not None and Right.RULES_WRITE in actor.rights


SeesPasswords = Annotated[bool, Depends(_sees_passwords)]
IfMatch = Annotated[
    str | None,
    Header(
        alias="If-Match",
        max_length=1024,
        description="The ETag with which the site file was given that is to be replaced.",
        examples=['"5f1c09e2a7d84b3390c1d2e3f4a5b6c7"'],
    ),
]


@router.get("/site-file", summary="Show the site file", openapi_extra=needs(Right.RULES_READ))
async def show(parts: TheParts, sees: SeesPasswords) -> SiteFileModel:
    """Give the text, its revision, and whether the doors go by it.

    Passwords of cameras and sensors are left out for whoever may not change the file.
    """
    present = await parts.rules.present()
    rules = await parts.rules.in_force()
    text, left_out = _shown(present.text, whole=sees)
    return SiteFileModel(
        site=text,
        revision=present.revision,
        since=present.since,
        in_force=None if rules is None else rules == present.revision,
        redacted=left_out,
    )


@router.get(
    "/site-file/revisions", summary="List what the site file was", openapi_extra=needs(Right.RULES_READ)
)
async def list_revisions(
    parts: TheParts,
    before: Annotated[int, Query(ge=0, le=2**62, description="Only those before this number; 0: all.")] = 0,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> RevisionPage:
    """Give changes of the site file, newest first, also those that were made by hand."""
    rows = await parts.rules.revisions(before, limit)
    following = rows[-1].number if len(rows) == limit else None
    return RevisionPage(revisions=[RevisionModel(**_facts(row)) for row in rows], next=following)


@router.get(
    "/site-file/revisions/{revision}",
    summary="Show an earlier site file",
    openapi_extra=needs(Right.RULES_READ),
)
async def show_revision(parts: TheParts, revision: Revision, sees: SeesPasswords) -> RevisionText:
    """Give the text of one revision, and who put it there last."""
    row = await parts.rules.revision(revision)
    text, left_out = _shown(row.text, whole=sees)
    return RevisionText(**_facts(row), site=text, redacted=left_out)


@router.post("/site-file/check", summary="Check a site file", openapi_extra=needs(Right.RULES_READ))
async def check(parts: TheParts, request: Request, body: SiteProposal) -> CheckedSite:
    """Look a site file through: why it cannot be used, or what is found in it. Nothing is changed."""
    return await _checked(parts, request, body.site)


@router.put(
    "/site-file",
    summary="Replace the site file",
    openapi_extra=needs(Right.RULES_WRITE, approval="rule_change"),
)
async def replace(
    parts: TheParts,
    operator: TheOperator,
    request: Request,
    body: NewSiteFile,
    if_match: IfMatch = None,
) -> ChangedRules:
    """Check a site file wholly, write it, and have the door process put it in force.

    428 without `If-Match` (or `replaces`), 412 when the file was changed meanwhile. 409 when the door process
    does not take it, and then the file is as it was; with `restart`, what changes the wiring is kept for the
    next start.
    """
    if if_match is None and body.replaces is None:
        raise Refusal(
            HTTPStatus.PRECONDITION_REQUIRED,
            "precondition-required",
            "say which site file is to be replaced: by `If-Match` with its ETag, or `replaces`",
        )
    return await _put(parts, operator, request, body.site, body)


@router.post(
    "/site-file/revisions/{revision}/restore",
    summary="Put an earlier site file back",
    openapi_extra=needs(Right.RULES_WRITE, approval="rule_change"),
)
async def restore(
    parts: TheParts,
    operator: TheOperator,
    request: Request,
    revision: Revision,
    body: OldSiteFile,
) -> ChangedRules:
    """Replace the site file by what it was: the same as replacing it by that text, in one call."""
    row = await parts.rules.revision(revision)
    return await _put(parts, operator, request, row.text, body)


async def _put(
    parts: TheParts,
    operator: str,
    request: Request,
    text: str,
    body: NewSiteFile | OldSiteFile,
) -> ChangedRules:
    # What lies there now was looked at already; whoever comes while the text is checked is not overwritten.
    replaces = body.replaces or (await parts.rules.present()).revision
    found = await _checked(parts, request, text)
    if found.revision is None:
        problems = [FieldProblem(path=each.path, what=each.what) for each in found.problems]
        detail = "; ".join(f"{each.path}: {each.what}" for each in problems)
        raise Refusal(HTTPStatus.UNPROCESSABLE_ENTITY, "site-invalid", detail, problems)
    outcome = await parts.rules.put(text, replaces, operator, body.reason, restart=body.restart)
    return ChangedRules(revision=found.revision, outcome=_OUTCOMES[outcome], findings=found.findings)


async def _checked(parts: TheParts, request: Request, text: str) -> CheckedSite:
    answer = await while_present(request, parts.checking.answer({"ask": "check", "site": text}))
    return CheckedSite.model_validate(or_refuse(answer))


def _shown(text: str, *, whole: bool) -> tuple[str | None, bool]:
    if whole:
        return text, False
    shown = redacted(text)
    return shown, shown != text


def _facts(row: RuleRow) -> dict[str, Any]:
    return {
        "number": row.number,
        "revision": row.revision,
        "at": row.at,
        "operator": row.operator,
        "reason": row.reason,
    }
