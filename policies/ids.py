"""Names of things, each of its own type, so that a door cannot be taken for an area."""

from typing import NewType

AreaId = NewType("AreaId", str)
DoorId = NewType("DoorId", str)
AccessPointId = NewType("AccessPointId", str)
ScheduleId = NewType("ScheduleId", str)
LevelId = NewType("LevelId", str)
RoleId = NewType("RoleId", str)

PersonId = NewType("PersonId", str)
"""A pseudonym. The person's name stands in the people's store alone and can be erased there."""

CredentialId = NewType("CredentialId", str)
"""Names a credential without saying its number."""
