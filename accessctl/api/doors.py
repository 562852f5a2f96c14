"""Doors: how they stand, and orders to them."""

import secrets
from typing import Annotated

from fastapi import APIRouter, Header, Path
from pydantic import BaseModel, Field

from accessctl.api.gate import GatedRoute
from accessctl.api.models import ID_PATTERN, NO_FIELDS, DoneModel
from accessctl.api.needed import needs
from accessctl.api.parts import Parts, TheOperator, TheParts
from accessctl.api.problems import unknown
from accessctl.link.requests import DoorOrder
from accessctl.operators.rights import Right

router = APIRouter(route_class=GatedRoute, tags=["doors"])

DoorId = Annotated[str, Path(pattern=ID_PATTERN, description="The door's id.", examples=["gate"])]
OrderKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        pattern=r"^[A-Za-z0-9._:-]{1,64}$",
        description="Makes sending it again harmless: one operator's same order is carried out once.",
        examples=["3b1f9c6e-0d6a"],
    ),
]


class DoorModel(BaseModel):
    """A door, as it stands now."""

    id: str = Field(examples=["gate"])
    name: str = Field(examples=["Yard gate"])
    mode: str = Field(
        description="What is intended: locked, unlocked, blocked, locked_down, held_open or free.",
        examples=["locked"],
    )
    until: str | None = Field(
        default=None, description="When an order to the door ends; null: none is in force, or it has no end."
    )
    leaf: str = Field(description="open, closed or unknown", examples=["closed"])
    strike: str = Field(description="released or secured", examples=["secured"])
    alarm: str | None = Field(description="forced_open or held_open; null: none", examples=[None])
    lock: str = Field(description="What the lock does without power.", examples=["fail_secure"])
    unattended: str = Field(description="What the door does without software.", examples=["secured"])
    fault: str | None = Field(default=None, description="What does not work, in words; null: nothing.")
    inside: list[str] = Field(
        default_factory=list,
        description="The areas that its exit button or handle lets people out of.",
        examples=[["yard"]],
    )


class ReaderModel(BaseModel):
    """A reader, as it stands now."""

    id: str = Field(examples=["gate-in.reader"])
    access_point: str = Field(examples=["gate-in"])
    name: str = Field(examples=["Gate, inbound"])
    door: str = Field(examples=["gate"])
    direction: str = Field(
        default="in", description="in or out. Nothing is enrolled at a way out.", examples=["in"]
    )
    leads_to: str | None = Field(
        default=None, description="The area that one comes to by it.", examples=["yard"]
    )
    kind: str = Field(examples=["pcsc"])
    online: bool


class RoleModel(BaseModel):
    """A role that people can have."""

    id: str = Field(examples=["picker-early"])
    name: str = Field(examples=["Picker, early shift"])


class StatusModel(BaseModel):
    """How the controller stands."""

    controller: str = Field(examples=["kade-1"])
    site: str = Field(examples=["Kade Warehouse"])
    rules: str = Field(description="The revision of the rules in force.", examples=["7c1e0f9a2b3d"])
    seq: int = Field(description="How far the record has grown.")
    record_ok: bool = Field(description="Whether the record can be written. If not, no door is released.")
    keys_ok: bool = Field(description="Whether cards and PINs can be checked. If not, none counts.")
    unrecorded: int = Field(description="Entries that wait in memory for the record.")
    doors: list[DoorModel]
    readers: list[ReaderModel]


@router.get(
    "/status", summary="Show how everything stands", tags=["status"], openapi_extra=needs(Right.DOORS_READ)
)
async def get_status(parts: TheParts) -> StatusModel:
    """Ask the door process how it stands; 503 when it does not answer."""
    status = await parts.door.status()
    return StatusModel.model_validate(status, from_attributes=True)


@router.get("/roles", summary="List roles", tags=["status"], openapi_extra=needs(Right.DOORS_READ))
async def list_roles(parts: TheParts) -> list[RoleModel]:
    """Give the roles of the site file that is in force."""
    return [RoleModel.model_validate(role) for role in (await parts.door.status()).roles]


@router.get("/doors", summary="List doors", openapi_extra=needs(Right.DOORS_READ))
async def list_doors(parts: TheParts) -> list[DoorModel]:
    """Give all doors as they stand now."""
    return [DoorModel.model_validate(door) for door in (await parts.door.status()).doors]


@router.get("/doors/{door}", summary="Show a door", openapi_extra=needs(Right.DOORS_READ))
async def get_door(parts: TheParts, door: DoorId) -> DoorModel:
    """Give one door as it stands now."""
    for found in await list_doors(parts):
        if found.id == door:
            return found
    raise unknown("door", door)


@router.post(
    "/doors/{door}/release",
    summary="Release a door once",
    dependencies=[NO_FIELDS],
    openapi_extra=needs(Right.DOORS_ORDER),
)
async def release(parts: TheParts, operator: TheOperator, door: DoorId, key: OrderKey = None) -> DoneModel:
    """Release the strike once, as if a valid badge had been shown. Recorded before it moves."""
    return await _order(parts, operator, door, DoorOrder.RELEASE, key)


@router.post(
    "/doors/{door}/unlock",
    summary="Unlock a door",
    dependencies=[NO_FIELDS],
    openapi_extra=needs(Right.DOORS_ORDER),
)
async def unlock(parts: TheParts, operator: TheOperator, door: DoorId, key: OrderKey = None) -> DoneModel:
    """Keep the strike released until the door is locked again, or the door process restarts."""
    return await _order(parts, operator, door, DoorOrder.UNLOCK, key)


@router.post(
    "/doors/{door}/lock",
    summary="Lock a door",
    dependencies=[NO_FIELDS],
    openapi_extra=needs(Right.DOORS_ORDER),
)
async def lock(parts: TheParts, operator: TheOperator, door: DoorId, key: OrderKey = None) -> DoneModel:
    """Secure the strike and end unlocking."""
    return await _order(parts, operator, door, DoorOrder.LOCK, key)


async def _order(parts: Parts, operator: str, door: str, order: DoorOrder, key: str | None) -> DoneModel:
    # A key that somebody used before, for another door, must not pass for this order.
    id_ = f"{operator}/{door}/{order}/{key or secrets.token_hex(12)}"
    done = await parts.door.order(id_, door, order, operator)
    return DoneModel(order=id_, seq=done.seq, repeated=done.repeated)
