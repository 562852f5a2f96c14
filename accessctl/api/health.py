"""How the installation is kept: the doctor's findings, as far as they can be found out by the API."""

from fastapi import APIRouter

from accessctl.api.gate import GatedRoute
from accessctl.api.health_models import InstallationHealth
from accessctl.api.needed import needs
from accessctl.api.parts import TheParts
from accessctl.operators.rights import Right

router = APIRouter(route_class=GatedRoute, tags=["status"])


@router.get("/health", summary="Show what is wrong", openapi_extra=needs(Right.RULES_READ))
async def get_health(parts: TheParts) -> InstallationHealth:
    """Give what is wrong with devices, disk, clock, stores, backups, site file and network, and what to do.

    A process of its own looks; what it finds is kept for fifteen seconds. It has neither the keys nor the
    devices' files, so what needs those is named under `unknown`: `accessctl doctor` looks at them. It answers
    also while the door process does not.
    """
    return await parts.examiner.examined()
