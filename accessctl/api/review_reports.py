"""The report about signed reviews."""

from typing import Annotated

from fastapi import APIRouter, Query

from accessctl.api.gate import GatedRoute
from accessctl.api.models import Id
from accessctl.api.needed import needs
from accessctl.api.report_models import ReportModel
from accessctl.api.reports import TheAsking
from accessctl.reports.catalogue import REVIEW

router = APIRouter(route_class=GatedRoute, prefix="/reports", tags=["reports"])


@router.get("/review", summary="Report signed reviews", openapi_extra=needs(REVIEW.right, reads="reports"))
async def review(
    asking: TheAsking,
    area: Annotated[Id | None, Query(description="About this area alone.")] = None,
) -> ReportModel:
    """Give the newest signed review of each area: who was kept and struck, and whether it is untouched."""
    return await asking.ask(REVIEW, area=area)
