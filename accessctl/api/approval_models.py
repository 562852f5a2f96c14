"""Approvals, as the API gives them."""

from datetime import datetime
from typing import Any, Literal, Self

from pydantic import BaseModel, Field

from accessctl.store.approvals import ApprovalRow


class ApprovalModel(BaseModel):
    """A change that one operator asked for and another one decides on."""

    id: str = Field(examples=["a-3kx7qz2a"])
    kind: Literal["rule_change", "wide_grant", "deletion", "key_change", "unlock_names"]
    what: str = Field(description="What would be done, in words.", examples=["Erase: DELETE /v1/people/p-1"])
    state: Literal["waiting", "lapsed", "approved", "refused"]
    asked_by: str = Field(description="An operator.", examples=["maria"])
    asked_from: str = Field(examples=["local:maria"])
    asked_at: datetime
    ends_at: datetime = Field(description="Until then it waits.")
    decided_by: str | None = Field(examples=["otto"])
    decided_at: datetime | None
    outcome: str | None = Field(
        description="What came of it; approved and null: nobody knows.", examples=["done"]
    )

    @classmethod
    def of(cls, row: ApprovalRow, now: datetime) -> Self:
        """Show one row as it stands now."""
        return cls.model_validate(
            {
                **{name: getattr(row, name) for name in cls.model_fields if name != "state"},
                "state": row.state_at(now).value,
            }
        )


class ApprovalDetails(ApprovalModel):
    """A change with what it would do, for whoever decides."""

    method: str = Field(examples=["DELETE"])
    path: str = Field(examples=["/v1/people/p-3kx7qz2a"])
    query: str = Field(examples=[""])
    body: Any = Field(
        description="What would be sent; null where it holds a secret, was decided on, or one sees no names."
    )


class ApprovalsPage(BaseModel):
    """Some approvals, in the order of their ids."""

    approvals: list[ApprovalModel]
    next: str | None = Field(description="Ask again with `after` set to this; null: that was all.")


class Decided(BaseModel):
    """What came of an approval."""

    approval: ApprovalModel
    status: int = Field(description="Which status the call had that was approved.", examples=[200])
    result: Any = Field(description="What the call answered; null where it holds a secret or nothing.")
