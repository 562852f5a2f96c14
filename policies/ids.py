"""Names of things, each of its own type, so that a door cannot be taken for an area."""

from typing import NewType

AreaId = NewType("AreaId", str)
DoorId = NewType("DoorId", str)
AccessPointId = NewType("AccessPointId", str)
ScheduleId = NewType("ScheduleId", str)
LevelId = NewType("LevelId", str)
QualificationId = NewType("QualificationId", str)
InputId = NewType("InputId", str)

MemberId = NewType("MemberId", str)
"""A role or a group: anything that people are members of. No role and group share an id."""
RoleId = MemberId
"""What people who do the same work have in common."""
GroupId = MemberId
"""What people who belong together have in common: a company, a team, a visit."""

PersonId = NewType("PersonId", str)
"""A pseudonym. The person's name stands in the people's store alone and can be erased there."""

CredentialId = NewType("CredentialId", str)
"""Names a credential without saying its number."""
