"""What a change of a person makes of their row: the same for one and for many at once."""

from dataclasses import replace
from typing import Any

from accessctl.api.models import validity_of
from accessctl.api.people_models import PersonChange
from accessctl.api.problems import invalid
from accessctl.store.people_queries import PersonRow
from policies.people import UseLimits


def edited(row: PersonRow, wanted: PersonChange) -> PersonRow:
    """Give a person's row with what is given changed. Raises ``Refusal``."""
    given = wanted.model_fields_set
    plain = given & {"name", "disabled", "exempt", "extended"}
    changes: dict[str, Any] = {field: getattr(wanted, field) for field in plain}
    changes |= {field: tuple(getattr(wanted, field)) for field in given & {"roles", "groups"}}
    total = wanted.uses_total if "uses_total" in given else row.uses.total
    a_day = wanted.uses_a_day if "uses_a_day" in given else row.uses.a_day
    start = wanted.valid_from if "valid_from" in given else row.validity.start
    end = wanted.valid_until if "valid_until" in given else row.validity.end
    try:
        validity = validity_of(start, end)
    except ValueError as error:
        raise invalid("body.valid_until", str(error)) from error
    return replace(row, validity=validity, uses=UseLimits(total, a_day), **changes)


def granted(before: PersonRow | None, after: PersonRow) -> set[str]:
    """Give the roles and groups that a change lets somebody have, or have for longer, or have again."""
    members = {*after.roles, *after.groups}
    if before is None or _wider(before, after):
        return members
    return members.difference(before.roles, before.groups)


def _wider(before: PersonRow, after: PersonRow) -> bool:
    """Whether somebody who keeps what they have could use it at an instant at which they could not before."""
    was, is_ = before.validity, after.validity
    earlier = was.start is not None and (is_.start is None or is_.start < was.start)
    later = was.end is not None and (is_.end is None or is_.end > was.end)
    return not after.disabled and (before.disabled or earlier or later)
