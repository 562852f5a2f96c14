"""The site file and what it was before, as the API shows them."""

from enum import StrEnum
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from accessctl.api.models import Wanted

REVISION_PATTERN = r"^[0-9a-f]{12}$"
Revision = Annotated[str, StringConstraints(pattern=REVISION_PATTERN)]
_LARGEST = 1024 * 1024
_TEXT = 'schema = 1\n\n[site]\nname = "Kade Warehouse"\n'
Text = Annotated[str, Field(min_length=1, max_length=_LARGEST, examples=[_TEXT])]
Reason = Annotated[
    str,
    Field(
        min_length=3,
        max_length=500,
        description="Why, for auditors. It stays in the record for good, so it names nobody.",
        examples=["night shift begins at 21:00 from March on"],
    ),
]
Restart = Annotated[
    bool,
    Field(description="Keep it for the next start where it changes what cannot change while doors run."),
]
Replaces = Annotated[
    Revision | None,
    Field(
        description="The revision that it is to replace, instead of `If-Match`: a change that waits for a "
        "second operator keeps this and no header."
    ),
]


class SiteFileModel(BaseModel):
    """A site file."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "site": _TEXT,
                    "revision": "7c1e0f9a2b3d",
                    "since": "2026-03-02T09:00:00+00:00",
                    "in_force": True,
                    "redacted": False,
                }
            ]
        }
    )

    site: str | None = Field(
        description="The text. Null: there are passwords in it that cannot be told from the rest, and you "
        "may not see those."
    )
    revision: str = Field(description="Names this version of the text.")
    since: AwareDatetime = Field(description="From when on it has lain there, as far as is known.")
    in_force: bool | None = Field(
        description="Whether the door process goes by it; null: it does not answer. False: it waits for a "
        "restart, or has not been read again."
    )
    redacted: bool = Field(description="Whether passwords of devices are left out of the text.")


class RevisionModel(BaseModel):
    """A change of the site file."""

    number: int = Field(description="Changes are numbered.", examples=[7])
    revision: str = Field(examples=["7c1e0f9a2b3d"])
    at: AwareDatetime = Field(description="When it was put there, or found.")
    operator: str | None = Field(
        description="Who; null: it was found, edited by hand.", examples=["local:vera"]
    )
    reason: str | None = Field(description="Why, as the operator said it.")


class RevisionText(RevisionModel):
    """A change of the site file, with the whole text."""

    site: str | None = Field(description="The text. Null: see the site file.")
    redacted: bool


class RevisionPage(BaseModel):
    """Changes of the site file, newest first."""

    revisions: list[RevisionModel]
    next: int | None = Field(description="Ask again with `before` and this number; null: there are no more.")


class SiteProposal(Wanted):
    """A site file to be looked at. Nothing is changed."""

    site: Text


class NewSiteFile(Wanted):
    """A site file to be put in force."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"site": _TEXT, "reason": "night shift begins at 21:00"}]}
    )

    site: Text
    reason: Reason
    restart: Restart = False
    replaces: Replaces = None


class OldSiteFile(Wanted):
    """An earlier site file to be put in force again."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "the new levels kept people out"}]})

    reason: Reason
    restart: Restart = False
    replaces: Replaces = None


class RulesOutcomeModel(StrEnum):
    """What became of a site file."""

    IN_FORCE = "in_force"
    AT_NEXT_START = "at_next_start"


class ChangedRules(BaseModel):
    """What came of a change."""

    revision: str = Field(description="Of the text that lies there now.", examples=["7c1e0f9a2b3d"])
    outcome: RulesOutcomeModel
    findings: list["FindingModel"] = Field(description="What is worth knowing, or a mistake or a danger.")


class SiteProblem(BaseModel):
    """Why a site file cannot be used."""

    path: str = Field(description="Where.", examples=["doors.gate.strike.gpio"])
    what: str = Field(description="What is wrong.", examples=["GPIO17 is already doors.rear.strike.gpio"])


class FindingModel(BaseModel):
    """Something about a site file that can be used."""

    severity: str = Field(description="danger, mistake or note", examples=["danger"])
    path: str = Field(description="Where.", examples=["areas.cage"])
    what: str = Field(examples=["nobody can leave"])


class CheckedSite(BaseModel):
    """What came of looking a site file through."""

    valid: bool = Field(description="Whether it can be used at all.")
    revision: str | None = Field(description="What it would be named; null: it cannot be used.")
    problems: list[SiteProblem] = Field(description="Why it cannot be used: all of it at once.")
    findings: list[FindingModel] = Field(description="What is found in one that can be used.")
