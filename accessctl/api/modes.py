"""The modes that doors can be in, ordering one as a resource, and letting a leaf stand open for a while."""

from typing import Final

from fastapi import APIRouter
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from accessctl.api.doors import DoorId, OrderKey
from accessctl.api.gate import GatedRoute
from accessctl.api.models import DoneModel, Wanted
from accessctl.api.needed import needs
from accessctl.api.order_models import LONGEST_S, Mode, OrderModel
from accessctl.api.orders import give
from accessctl.api.parts import TheOperator, TheParts
from accessctl.link.requests import OrderKind
from accessctl.operators.rights import Right
from policies.door_modes import ORDERABLE, SCHEDULABLE, DoorMode

router = APIRouter(route_class=GatedRoute, tags=["doors"])

_MEANS: Final = {
    DoorMode.LOCKED: "Secured; credentials count.",
    DoorMode.UNLOCKED: "Released; that the leaf is open is no alarm.",
    DoorMode.BLOCKED: "Secured, and no credential counts; an operator may still release it.",
    DoorMode.LOCKED_DOWN: "Secured, and only those pass whom the site lets pass in a lockdown.",
    DoorMode.HELD_OPEN: "Released until that is lifted: neither a schedule nor a lock order ends it.",
    DoorMode.FREE: "Emergency release: released until an operator ends the emergency.",
}


class ModeModel(BaseModel):
    """A mode that a door can be in."""

    mode: str = Field(examples=["blocked"])
    means: str = Field(description="In words.")
    releases: bool = Field(description="Whether the strike is released all the time.")
    firm: bool = Field(description="Whether only its own lifting ends it.")
    ordered: bool = Field(description="Whether an operator can order it.")
    scheduled: bool = Field(description="Whether a schedule can bring it.")


class WantedMode(Wanted):
    """The mode that a door is to be in."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"mode": "blocked", "until": "2026-03-31T18:00:00+02:00"}]}
    )

    mode: Mode
    until: AwareDatetime | None = Field(default=None, description="null: until it is lifted.")


class WantedProp(Wanted):
    """How long a leaf may stand open."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"for_s": 900}]})

    for_s: float = Field(gt=0, le=LONGEST_S, description="In seconds; a day at most.")


@router.get("/modes", summary="List the modes of doors", openapi_extra=needs(Right.DOORS_READ))
async def list_modes() -> list[ModeModel]:
    """Give every mode that a door can be in and what it means."""
    return [
        ModeModel(
            mode=mode.value,
            means=_MEANS[mode],
            releases=mode.releases,
            firm=mode.is_firm,
            ordered=mode in ORDERABLE,
            scheduled=mode in SCHEDULABLE,
        )
        for mode in DoorMode
    ]


@router.put("/doors/{door}/mode", summary="Set a door's mode", openapi_extra=needs(Right.DOORS_ORDER))
async def set_mode(
    parts: TheParts, operator: TheOperator, door: DoorId, wanted: WantedMode, key: OrderKey = None
) -> DoneModel:
    """Let a door be in a mode until an instant, or until it is lifted. 409 where something ranks higher."""
    order = OrderModel(order=OrderKind.MODE, door=door, mode=wanted.mode, until=wanted.until)
    return await give(parts, operator, order, key)


@router.delete(
    "/doors/{door}/mode",
    summary="Give a door back to its schedule",
    openapi_extra=needs(Right.DOORS_ORDER),
)
async def clear_mode(parts: TheParts, operator: TheOperator, door: DoorId, key: OrderKey = None) -> DoneModel:
    """Lift what was ordered: the door is as its schedule wants it."""
    return await give(parts, operator, OrderModel(order=OrderKind.NORMAL, door=door), key)


@router.post("/doors/{door}/prop", summary="Let a leaf stand open", openapi_extra=needs(Right.DOORS_ORDER))
async def prop(
    parts: TheParts, operator: TheOperator, door: DoorId, wanted: WantedProp, key: OrderKey = None
) -> DoneModel:
    """Release a door once, and let its leaf stand open for a while without an alarm."""
    order = OrderModel(order=OrderKind.PROP, door=door, for_s=wanted.for_s)
    return await give(parts, operator, order, key)
