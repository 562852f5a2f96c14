"""Fingers and faces: consent before, enrolment, and erasure with a receipt."""

import asyncio
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query

from accessctl.api.biometric_models import (
    BiometricModel,
    Biometrics,
    ConsentModel,
    Consents,
    ConsentTextModel,
    EnrolmentModel,
    Kind,
    LeftInSensor,
    NewConsent,
    NewEnrolment,
    Receipt,
)
from accessctl.api.gate import GatedRoute
from accessctl.api.holding import held_by
from accessctl.api.models import ID_PATTERN, NO_FIELDS
from accessctl.api.needed import needs
from accessctl.api.paging import Whose
from accessctl.api.parts import Parts, TheOperator, TheParts
from accessctl.api.people import PersonId, known
from accessctl.api.problems import Refusal, invalid
from accessctl.operators.rights import Right
from accessctl.store.biometric_rows import ConsentText
from accessctl.store.biometric_writer import Erasure
from accessctl.store.people_queries import PersonRow

router = APIRouter(route_class=GatedRoute, tags=["biometrics"])

EnrolmentId = Annotated[str, Path(pattern=ID_PATTERN, examples=["n-4t6y2b7m"])]
BiometricId = Annotated[str, Path(pattern=ID_PATTERN, examples=["b-q3v6n2dk"])]


@router.get("/consent-text", summary="Show what people agree to", openapi_extra=needs(Right.CREDENTIALS_READ))
async def consent_text(parts: TheParts) -> ConsentTextModel:
    """Give the text in force. 409 where the site file has none: then nobody can be enrolled."""
    asked = await parts.door.consent_text()
    if not asked.version:
        what = (
            "the site file has no [biometrics] consent_text, so there is nothing that people could agree to"
        )
        raise Refusal(HTTPStatus.CONFLICT, "no-consent-text", what)
    return ConsentTextModel(
        version=asked.version,
        text=asked.text,
        sha256=asked.sha256,
        expire_days=asked.expire_days,
        equal_way=asked.equal_way,
    )


@router.get(
    "/people/{person}/consents",
    summary="List a person's consents",
    openapi_extra=needs(Right.CREDENTIALS_READ, reads="biometrics"),
)
async def list_consents(parts: TheParts, person: PersonId) -> Consents:
    """Give every consent, also those that were taken back."""
    await known(parts, person)
    rows = await asyncio.to_thread(parts.biometrics.consents, person)
    return Consents(consents=[ConsentModel.of(row) for row in rows])


@router.post(
    "/people/{person}/consents",
    status_code=HTTPStatus.CREATED,
    summary="Record a consent",
    openapi_extra=needs(Right.CREDENTIALS_WRITE),
)
async def give_consent(
    parts: TheParts, operator: TheOperator, person: PersonId, wanted: NewConsent
) -> ConsentModel:
    """Record that a person agreed to this version of the text; the operator is the witness."""
    await known(parts, person)
    text = await consent_text(parts)
    if wanted.text_version != text.version:
        what = f"version {text.version} of the text is in force now: the person has to read that one"
        raise Refusal(HTTPStatus.CONFLICT, "other-consent-text", what)
    row = await asyncio.to_thread(
        parts.writer.give_consent, person, wanted.kind.value, ConsentText(text.version, text.sha256), operator
    )
    await parts.door.nudge()
    return ConsentModel.of(row)


@router.delete(
    "/people/{person}/consents/{kind}",
    summary="Take a consent back",
    openapi_extra=needs(Right.PEOPLE_DELETE),
)
async def withdraw_consent(parts: TheParts, operator: TheOperator, person: PersonId, kind: Kind) -> Receipt:
    """Take a person's consent back and erase what was enrolled under it; gives the receipt."""
    erasure = await asyncio.to_thread(parts.writer.withdraw_consent, person, kind.value, operator)
    return await _finished(parts, erasure, operator)


@router.post(
    "/people/{person}/biometrics",
    status_code=HTTPStatus.ACCEPTED,
    summary="Begin to enrol a finger or face",
    openapi_extra=needs(Right.CREDENTIALS_WRITE),
)
async def begin_enrolment(
    parts: TheParts, operator: TheOperator, person: PersonId, wanted: NewEnrolment
) -> EnrolmentModel:
    """Begin an enrolment at an access point; ask for it once a second or so to see how it goes.

    409 without the person's consent to the text in force.
    """
    if wanted.duress and wanted.kind is Kind.FACE:
        raise invalid("body.duress", "nobody has a second face; a duress finger or PIN does")
    await known(parts, person)
    return await parts.enrolments.begin(
        person, wanted.kind, wanted.access_point, operator, duress=wanted.duress
    )


@router.get(
    "/enrolments/{enrolment}",
    summary="Ask how an enrolment goes",
    openapi_extra=needs(Right.CREDENTIALS_READ, reads="biometrics"),
)
async def get_enrolment(parts: TheParts, enrolment: EnrolmentId) -> EnrolmentModel:
    """Tell how it goes. It is stored when it succeeds; if nobody asks for some seconds, it is called off."""
    return await parts.enrolments.ask(enrolment)


@router.delete(
    "/enrolments/{enrolment}",
    status_code=HTTPStatus.NO_CONTENT,
    summary="Call an enrolment off",
    openapi_extra=needs(Right.CREDENTIALS_WRITE),
)
async def stop_enrolment(parts: TheParts, enrolment: EnrolmentId) -> None:
    """Stop it. What was made is undone, unless it is stored already."""
    await parts.enrolments.stop(enrolment)


@router.get(
    "/biometrics",
    summary="List fingers and faces",
    openapi_extra=needs(Right.CREDENTIALS_READ, reads="biometrics"),
)
async def list_biometrics(
    parts: TheParts,
    person: Whose = None,
) -> Biometrics:
    """Give what is enrolled, and what sensors that were away have yet to erase."""
    rows = await asyncio.to_thread(parts.biometrics.biometrics, person)
    waiting = await asyncio.to_thread(parts.biometrics.waiting)
    return Biometrics(
        biometrics=[BiometricModel.of(row) for row in rows],
        left_in_sensors=[
            LeftInSensor(sensor=each.sensor, receipt=each.receipt) for each in waiting if each.receipt
        ],
    )


@router.post(
    "/biometrics/{biometric}/disable",
    summary="Disable a finger or face",
    dependencies=[NO_FIELDS],
    openapi_extra=needs(Right.CREDENTIALS_WRITE),
)
async def disable_biometric(parts: TheParts, operator: TheOperator, biometric: BiometricId) -> BiometricModel:
    """Let it count no more until it is enabled; nothing is erased."""
    row = await asyncio.to_thread(parts.writer.disable_biometric, biometric, operator, disabled=True)
    await parts.door.nudge()
    return BiometricModel.of(row)


@router.post(
    "/biometrics/{biometric}/enable",
    summary="Enable a finger or face",
    dependencies=[NO_FIELDS],
    openapi_extra=needs(Right.CREDENTIALS_WRITE),
)
async def enable_biometric(parts: TheParts, operator: TheOperator, biometric: BiometricId) -> BiometricModel:
    """Let it count again."""
    row = await asyncio.to_thread(parts.writer.disable_biometric, biometric, operator, disabled=False)
    await parts.door.nudge()
    return BiometricModel.of(row)


@router.delete(
    "/people/{person}/biometrics",
    summary="Erase a person's fingers and faces",
    openapi_extra=needs(Right.PEOPLE_DELETE, approval="deletion"),
)
async def erase_biometrics(
    parts: TheParts,
    operator: TheOperator,
    row: Annotated[PersonRow, Depends(known)],
    kind: Annotated[Kind | None, Query(description="Only these; without it, all of them.")] = None,
) -> Receipt:
    """Erase templates and, with the last face, the person's key; gives the receipt. Consents stand."""
    kinds = tuple(each.value for each in Kind) if kind is None else (kind.value,)
    erasure = await asyncio.to_thread(parts.writer.erase_biometrics, row.id, kinds, operator)
    return await _finished(parts, erasure, operator)


async def _finished(parts: Parts, erasure: Erasure, operator: str) -> Receipt:
    """Finish an erasure, and say in the receipt which copies hold what was erased."""
    receipt = await parts.eraser.finish(erasure, operator)
    if not erasure.biometrics:
        return receipt
    oldest = min(row.enrolled_at for row in erasure.biometrics)
    return receipt.model_copy(update={"held_by": await held_by(parts, oldest)})
