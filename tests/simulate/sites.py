"""Site files put together from parts."""

from typing import Final

HEAD: Final = """\
[site]
name = "Kade Warehouse"
controller = "kade-1"
timezone = "Europe/London"

[board]
kind = "simulated"

[schedules.always]
weekly = [{ days = "every day", from = "00:00", to = "24:00" }]

[schedules.shift]
weekly = [{ days = "mon-fri", from = "06:00", to = "18:00" }]

[areas.yard]
name = "Yard"
outside = true
"""
_STRIKES: Final = (17, 18, 22, 23)
_POSITIONS: Final = (27, 5, 6, 13)


def area(name: str, more: str = "") -> str:
    return f'[areas.{name}]\nname = "The {name}"\n{more}\n'


def door(
    name: str, *, to: str = "", number: int = 0, asks: str = '"card"', more: str = "", start: str = "yard"
) -> str:
    """Write a door with a reader on both sides, from the yard into an area of its name."""
    inside = to or name
    points = "".join(
        f'[access_points.{name}-{way}]\nname = "{name}, {way}"\ndoor = "{name}"\n'
        f'from = "{ends[0]}"\nto = "{ends[1]}"\ndirection = "{way}"\n'
        f"asks = {asked}\n"
        'reader = { kind = "simulated" }\n'
        + ('finger = { kind = "simulated" }\n' if "biometric" in asked or "finger" in asked else "")
        for way, ends, asked in (("in", (start, inside), asks), ("out", (inside, start), '"card"'))
    )
    return (
        f'[doors.{name}]\nname = "Door {name}"\nstrike = {{ gpio = {_STRIKES[number]} }}\n'
        f"position = {{ gpio = {_POSITIONS[number]} }}\n{more}\n{points}"
    )


def role(name: str, *points: str, schedule: str = "always", more: str = "") -> str:
    """Write a role that may pass some points."""
    listed = ", ".join(f'"{point}"' for point in points)
    return (
        f'[levels.{name}]\npolicies = [{{ access_points = [{listed}], schedule = "{schedule}" }}]\n'
        f'[roles.{name}]\nname = "Role {name}"\nlevels = ["{name}"]\n{more}\n'
    )


def hall(rules: str = "", *, asks: str = '"card"', door_rules: str = "", staff: str = "") -> str:
    """Write a whole site: one hall off the yard, and staff who may enter it at any hour."""
    return (
        HEAD
        + area("hall", rules)
        + door("hall", asks=asks, more=door_rules)
        + role("staff", "hall-in", more=staff)
    )
