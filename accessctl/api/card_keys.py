"""The site's own cards: the keys that they carry, and giving a card its keys."""

import asyncio
from http import HTTPStatus
from typing import Literal, Self

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from accessctl.api.card_models import CardModel
from accessctl.api.gate import GatedRoute
from accessctl.api.models import From, Id, Until, Wanted, validity_of
from accessctl.api.needed import needs
from accessctl.api.parts import TheOperator, TheParts
from accessctl.api.people import known
from accessctl.api.presence import still_present, while_present
from accessctl.api.problems import invalid
from accessctl.link.answers import CardKeysHeld
from accessctl.link.requests import EncodeCard, MakeCardKeys
from accessctl.operators.rights import Right
from accessctl.store.people_writer import NewCard
from policies.people import Validity

router = APIRouter(route_class=GatedRoute, tags=["cards"])

Kind = Literal["desfire", "sun"]


class GivenKeys(BaseModel):
    """Keys that were made elsewhere, in hex. They are never given back."""

    model_config = ConfigDict(extra="forbid")

    application: str | None = Field(
        default=None,
        max_length=64,
        description="DESFire: the application's number, 3 bytes.",
        examples=["F5ACC0"],
    )
    master: SecretStr | None = Field(default=None, max_length=64, description="16 bytes.")
    transport: SecretStr | None = Field(
        default=None,
        max_length=64,
        description="DESFire: the master key of cards that are not new. 16 bytes.",
    )
    reading: SecretStr | None = Field(default=None, max_length=64, description="NTAG 424 DNA: 16 bytes.")

    def plain(self) -> dict[str, str]:
        """Give what was given, for its way to the keys."""
        given = {name: getattr(self, name) for name in type(self).model_fields}
        return {
            name: value.get_secret_value() if isinstance(value, SecretStr) else value
            for name, value in given.items()
            if value is not None
        }


class NewKeys(Wanted):
    """Keys to be made, by chance where none are given."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"kind": "desfire"}]})

    kind: Kind
    given: GivenKeys | None = None


class KeysModel(BaseModel):
    """A set of keys, without the keys."""

    kind: str = Field(description="desfire or sun", examples=["desfire"])
    made_at: str = Field(examples=["2026-03-02T09:00:00+00:00"])
    imported: bool = Field(description="Whether they were made elsewhere.")
    application: str = Field(
        description="DESFire: the application's number; else empty.", examples=["f5acc0"]
    )
    check: str = Field(
        description="The same on two controllers that have the same keys; tells nothing of them.",
        examples=["5f1c09e2"],
    )
    in_use: bool = Field(
        description="Whether readers have them; they take them when the door process starts."
    )


class KeysList(BaseModel):
    """The keys that this controller has."""

    keys: list[KeysModel]

    @classmethod
    def of(cls, held: CardKeysHeld) -> Self:
        """Show them."""
        return cls(keys=[KeysModel.model_validate(each) for each in held.keys])


class EncodeWanted(Wanted):
    """A card to be given its keys, and whose it is to be."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"kind": "desfire", "read_at": "office-in", "person": "p-3kx7qz2a"}]}
    )

    kind: Kind
    read_at: Id = Field(description="The access point at whose reader it will be shown.")
    within_s: float = Field(default=30, ge=1, le=60, allow_inf_nan=False, description="In seconds.")
    person: Id | None = Field(default=None, description="Whom to enrol it to; null: nobody yet.")
    valid_from: From = None
    valid_until: Until = None


class EncodedModel(BaseModel):
    """A card that has its keys."""

    technology: str = Field(examples=["desfire-aes"])
    hint: str = Field(description="The last two digits of its number.", examples=["F6"])
    card: CardModel | None = Field(description="As it was enrolled; null: to nobody.")
    like_pin: bool = Field(description="Whether the person's PIN is a beginning or an end of its number.")


@router.get(
    "/card-keys", summary="List the keys of the site's own cards", openapi_extra=needs(Right.CREDENTIALS_READ)
)
async def list_keys(parts: TheParts) -> KeysList:
    """Tell which kinds of cards this controller has keys for. The keys themselves are never given."""
    return KeysList.of(await parts.door.card_keys())


@router.post(
    "/card-keys",
    status_code=HTTPStatus.CREATED,
    summary="Make the keys of the site's own cards",
    openapi_extra=needs(Right.KEYS_WRITE, approval="key_change", secret=True),
)
async def make_keys(parts: TheParts, operator: TheOperator, wanted: NewKeys) -> KeysList:
    """Make keys for a kind of cards, once. Readers have them from the next start of the door process on.

    409 where there are some: cards that were encoded with them would be worthless.
    """
    given = {} if wanted.given is None else wanted.given.plain()
    if wanted.given is not None and not given:
        raise invalid("body.given", "needs the keys")
    return KeysList.of(await parts.door.make_card_keys(MakeCardKeys(wanted.kind, operator, given)))


@router.post(
    "/cards/encode",
    status_code=HTTPStatus.CREATED,
    summary="Give a card its keys",
    openapi_extra=needs(Right.CREDENTIALS_WRITE),
)
async def encode_card(
    parts: TheParts, operator: TheOperator, wanted: EncodeWanted, request: Request
) -> EncodedModel:
    """Have the next card encoded that is shown at a reader, and enrol it to a person if one is named.

    A card that was taken away in the middle can be encoded again. No card is read there meanwhile.
    """
    validity = _validity(wanted)
    if wanted.person is not None:
        await known(parts, wanted.person)
    order = EncodeCard(wanted.read_at, wanted.kind, wanted.within_s, operator, wanted.person or "")
    tag = await while_present(request, parts.door.encode_card(order))
    card = None
    if wanted.person is not None:
        await still_present(request)
        new = NewCard(bytes.fromhex(tag.tag_hex), tag.technology, tag.hint, validity, wanted.read_at)
        card = CardModel.of(await asyncio.to_thread(parts.writer.enrol_card, wanted.person, new, operator))
        await parts.door.nudge()
    return EncodedModel(technology=tag.technology, hint=tag.hint, card=card, like_pin=tag.like_pin)


def _validity(wanted: EncodeWanted) -> Validity:
    try:
        return validity_of(wanted.valid_from, wanted.valid_until)
    except ValueError as error:
        raise invalid("body.valid_until", str(error)) from error
