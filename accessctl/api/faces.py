"""Faces: what a site measures of its own people."""

from typing import Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from accessctl.api.gate import GatedRoute
from accessctl.api.needed import needs
from accessctl.api.parts import TheOperator, TheParts
from accessctl.api.presence import while_present
from accessctl.operators.rights import Right

router = APIRouter(route_class=GatedRoute, tags=["faces"])


class RateModel(BaseModel):
    """So many of so many tries, and between which rates the true one lies in 95 of 100 cases.

    After Clopper and Pearson, as if tries were independent. They are not: one person stands in many of them.
    """

    count: int
    of: int
    rate: float
    low: float
    high: float


class WayModel(BaseModel):
    """What one way to compare comes to on these people."""

    threshold: float = Field(description="What it would have to be.", examples=[0.248])
    nearest: float = Field(description="How near two different people come.", examples=[0.322])
    between_mean: float = Field(description="How far two different people are from each other.")
    between_sd: float
    within_mean: float = Field(description="How far people are from their own template, in one sitting.")
    within_worst: float
    false_matches: RateModel = Field(description="At the threshold, of all tries as somebody else.")
    false_refusals: RateModel = Field(
        description="At the threshold, of all tries as oneself, in one sitting."
    )
    expected_fmr: float = Field(description="What the curve through the distances says of the threshold.")
    reaches_target: bool = Field(description="Whether it refuses no more of its own people than it should.")


class FaceCalibrationModel(BaseModel):
    """What was measured, and what the site file should say for it."""

    model: str = Field(description="The engine, with the digests of its files.")
    people: int = Field(description="How many people were measured.")
    enrolled: int = Field(description="How many are enrolled with this engine.")
    other_engines: int = Field(
        description="How many are enrolled with another engine, and match nowhere here."
    )
    shipped_threshold: float | None = Field(description="null: this engine has to be calibrated.")
    target_fmr: float
    target_fnmr: float
    shown_fmr: float = Field(description="No lower rate of false matches can be shown with so few people.")
    plain: WayModel
    centred: WayModel | None = Field(
        description="As seen from the middle of everybody's face; null: too few people for it."
    )
    chosen: Literal["plain", "centred"]


@router.post(
    "/faces/calibration", summary="Measure a site's own faces", openapi_extra=needs(Right.READERS_INSTALL)
)
async def calibrate(parts: TheParts, _operator: TheOperator, request: Request) -> FaceCalibrationModel:
    """Compare everybody who is enrolled with everybody else, and find what the threshold has to be.

    It changes nothing: what it finds counts when it stands in the site file. 422 where too few people are
    enrolled to learn anything.
    """
    found = await while_present(request, parts.door.calibrate_faces())
    return FaceCalibrationModel.model_validate(found)
