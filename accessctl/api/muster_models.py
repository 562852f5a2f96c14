"""A muster, as the API takes and gives it."""

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from accessctl.api.models import Id, Wanted


class SeenSafe(Wanted):
    """Who was seen safe without badging at a muster point."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"person": "p-3kx7qz2a"}]})

    person: Id


class MissingPerson(BaseModel):
    """Somebody who was inside when the muster began and was not seen safe yet."""

    person: str = Field(description="A pseudonym.", examples=["p-3kx7qz2a"])
    name: str | None = Field(description="null also for who may not see names.")
    area: str | None = Field(description="Where they were last; null: nobody knows.", examples=["floor"])
    since: AwareDatetime | None = Field(description="When that area was entered.")
    sureness: str | None = Field(
        description="`seen`: the leaf opened after the grant; `assumed`: nothing told so.", examples=["seen"]
    )


class SafePerson(BaseModel):
    """Somebody who was seen safe."""

    person: str = Field(description="A pseudonym.")
    name: str | None = Field(description="null also for who may not see names.")


class MissingArea(BaseModel):
    """How many are missing who were in an area."""

    area: str | None = Field(description="null: nobody knows where they were.")
    missing: int
    seen: int = Field(description="So many of them were seen entering; of the others it is assumed.")


class MusterState(BaseModel):
    """Whether a muster is going on, who is missing, and who is safe."""

    running: bool
    since: AwareDatetime | None
    expected: int = Field(description="How many were inside when it began.")
    missing: list[MissingPerson]
    safe: list[SafePerson]
    areas: list[MissingArea] = Field(description="The areas where somebody is missing.")
