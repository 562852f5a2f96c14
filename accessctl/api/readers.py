"""Readers and the other devices: how they are, trying them out, and giving a reader its key."""

from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from pydantic import BaseModel, Field

from accessctl.api.gate import GatedRoute
from accessctl.api.models import Wanted
from accessctl.api.needed import needs
from accessctl.api.parts import TheOperator, TheParts
from accessctl.api.presence import while_present
from accessctl.api.problems import Refusal, unknown
from accessctl.operators.rights import Right

router = APIRouter(route_class=GatedRoute, tags=["readers"])

ReaderId = Annotated[
    str,
    Path(
        pattern=r"^[a-z0-9][a-z0-9-]{0,31}(\.(reader|keypad|finger|camera))?$",
        description="The reader's id, or its access point's. Sensors and cameras have theirs as well.",
        examples=["gate-in.reader"],
    ),
]


class LineModel(BaseModel):
    """A device of which it is known whether it works, and no more."""

    id: str = Field(examples=["gate.strike"])
    kind: str = Field(
        description="reader, keypad, fingerprint sensor, camera, contact, strike or annunciator",
        examples=["strike"],
    )
    driver: str = Field(description="What drives it.", examples=["gpio"])
    state: str = Field(description="unseen, here or lost", examples=["here"])
    door: str | None = Field(default=None, description="At which door it is, if at one.", examples=["gate"])
    fault: str | None = Field(default=None, description="What does not work, in words; null: nothing.")


class HealthModel(LineModel):
    """A device that can be lost, and how it is."""

    why: str = Field(default="", description="Why it is lost.", examples=["it was unplugged"])
    since: str | None = Field(default=None, description="Since when it has been so.")
    seen: str | None = Field(default=None, description="Its last sign of life; null: none yet.")
    silent_s: float | None = Field(
        default=None, description="Seconds since its driver last went round; null: it does not loop."
    )
    errors_this_hour: int = 0
    errors_hour_before: int = 0
    trend: str = Field(default="none", description="none, steady, rising or falling")
    last_error: str = ""
    restarts: int = Field(default=0, description="How often its driver had to be started anew.")
    about: dict[str, str] = Field(
        default={}, description="What it says of itself: model, firmware, serial and so on."
    )


class ReaderHealthModel(HealthModel):
    """A reader, keypad, fingerprint sensor or camera, and how it is."""

    access_point: str = Field(examples=["gate-in"])
    name: str = Field(examples=["Gate, inbound"])
    door: str | None = Field(description="null for a muster point.", examples=["gate"])
    tampered: bool = Field(description="Its housing is open, or it was torn off its wall.")
    power_failed: bool = Field(description="Its own supply fails.")
    insecure: str | None = Field(description="Why what speaks on its line is not trusted; null: nothing.")
    key: str | None = Field(
        description="What is known of its key, in words; null for a reader that has none.",
        examples=["own key"],
    )
    pairing: bool = Field(description="Whether a window for pairing is open.")


class TryWanted(Wanted):
    """How to test a reader."""

    seconds: float = Field(default=20.0, ge=1, le=60, description="For so long.")


class ReadModel(BaseModel):
    """Something that a reader has read."""

    at_s: float = Field(description="Seconds after the beginning.", examples=[3.2])
    what: str = Field(description="In words, without a number or a key.", examples=["key pressed"])


class TrialModel(BaseModel):
    """What came of a test."""

    reader: str = Field(examples=["gate-in.reader"])
    reads: list[ReadModel]
    more: int = Field(description="How much more was read than is listed.")
    patterns: list[str] = Field(
        description="What its light and tone have shown. None: it has none, or its door is in alarm."
    )


class PairWanted(Wanted):
    """How to pair a reader."""

    window_s: float = Field(default=120.0, ge=10, le=600, description="So long it may take.")


class PairedModel(BaseModel):
    """A reader that has a key of its own."""

    reader: str = Field(examples=["gate-in.reader"])
    words: str = Field(examples=["the reader has a key of its own"])


@router.get("/devices", summary="List devices", openapi_extra=needs(Right.DOORS_READ))
async def list_devices(parts: TheParts) -> list[ReaderHealthModel | HealthModel | LineModel]:
    """Give every reader, sensor, contact, strike and annunciator as it is now."""
    return [_model(device) for device in await parts.door.devices()]


@router.get("/readers", summary="List readers", openapi_extra=needs(Right.DOORS_READ))
async def list_readers(parts: TheParts) -> list[ReaderHealthModel]:
    """Give every reader, keypad, fingerprint sensor and camera as it is now."""
    devices = await parts.door.devices()
    return [ReaderHealthModel.model_validate(device) for device in devices if "access_point" in device]


@router.get("/readers/{reader}", summary="Show a reader", openapi_extra=needs(Right.DOORS_READ))
async def get_reader(parts: TheParts, reader: ReaderId) -> ReaderHealthModel:
    """Give one reader or keypad as it is now."""
    for found in await list_readers(parts):
        if reader in {found.id, found.access_point}:
            return found
    raise unknown("reader", reader)


@router.post("/readers/{reader}/test", summary="Test a reader", openapi_extra=needs(Right.READERS_INSTALL))
async def try_reader(
    parts: TheParts, operator: TheOperator, reader: ReaderId, wanted: TryWanted, request: Request
) -> TrialModel:
    """Tell what a reader reads for some seconds, and play its patterns meanwhile; answers after that time.

    On a way in nothing is decided about what it reads; a way out lets people out as ever. It is recorded.
    """
    _reads_cards_or_keys(reader)
    tried = await while_present(request, parts.door.try_reader(reader, wanted.seconds, operator))
    return TrialModel.model_validate(
        {
            "reader": tried.device,
            "reads": tried.reads,
            "more": tried.more,
            "patterns": [pattern["name"] for pattern in tried.patterns],
        }
    )


@router.post(
    "/readers/{reader}/pair",
    summary="Give an OSDP reader its key",
    openapi_extra=needs(Right.READERS_INSTALL),
)
async def pair(
    parts: TheParts, operator: TheOperator, reader: ReaderId, wanted: PairWanted, request: Request
) -> PairedModel:
    """Open the window in which a reader takes a key of its own; answers when it has, or when the window ends.

    The window goes on when the client hangs up. The key is in no answer and in no log.
    """
    _reads_cards_or_keys(reader)
    paired = await while_present(request, parts.door.pair(reader, wanted.window_s, operator))
    return PairedModel(reader=paired.device, words=paired.words)


def _reads_cards_or_keys(reader: str) -> None:
    """Refuse what looks at people, and has neither cards to read nor a key to be given."""
    if reader.endswith((".finger", ".camera")):
        detail = (
            f"{reader} is no reader: readers and keypads are tested; what it sees, an enrolment at it shows"
        )
        raise Refusal(HTTPStatus.CONFLICT, "no-reader", detail)


def _model(device: dict[str, Any]) -> ReaderHealthModel | HealthModel | LineModel:
    if "access_point" in device:
        return ReaderHealthModel.model_validate(device)
    return (HealthModel if "trend" in device else LineModel).model_validate(device)
