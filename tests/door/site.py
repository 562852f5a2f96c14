"""A small site that has one of everything the door process knows."""

SITE = """
[site]
name = "Test site"
controller = "test-1"
timezone = "Europe/London"

[board]
kind = "simulated"

[codes]
digits = 8
most = 100

[areas.street]
name = "Street"
[areas.hall]
name = "Hall"
[areas.cage]
name = "Cage"

[schedules.day]
weekly = [{ days = "mon-fri", from = "06:00", to = "18:00" }]
[schedules.always]
weekly = [{ days = "every day", from = "00:00", to = "24:00" }]

[doors.front]
name = "Front door"
strike = { gpio = 17 }
position = { gpio = 27 }
exit_request = { gpio = 22 }
release_time_s = 5
open_time_s = 20
pre_alarm_s = 5

[doors.cage]
name = "Cage"
strike = { gpio = 23, lock = "fail_safe" }
position = { gpio = 24 }
exit_request = { gpio = 25, releases = false }

[doors.shed]
name = "Shed without a position switch"
strike = { gpio = 12 }

[access_points.front-in]
name = "Front door, in"
door = "front"
from = "street"
to = "hall"
direction = "in"
reader = { kind = "simulated" }

[access_points.front-out]
name = "Front door, out"
door = "front"
from = "hall"
to = "street"
direction = "out"
reader = { kind = "simulated" }

[access_points.cage-in]
name = "Cage, in"
door = "cage"
from = "hall"
to = "cage"
direction = "in"
asks = "card_and_pin"
reader = { kind = "simulated" }

[access_points.shed-in]
name = "Shed, in"
door = "shed"
from = "hall"
to = "street"
direction = "in"
reader = { kind = "simulated" }

[levels.staff]
policies = [
    { access_points = ["front-in", "front-out", "shed-in"], schedule = "day" },
    { access_points = ["cage-in"], schedule = "always" },
]

[roles.staff]
name = "Staff"
levels = ["staff"]

[roles.guest]
name = "Guest"
levels = []
"""


def door(
    id: str,  # noqa: A002 - its own word
    asks: str,
    *devices: str,
    gpio: int,
    from_: str = "hall",
    to: str = "cage",
) -> str:
    """Write another door of that site, with a way in that asks for this and has these devices besides."""
    lines = "\n".join(devices)
    return f"""
[doors.{id}]
name = "{id.title()}"
strike = {{ gpio = {gpio} }}

[access_points.{id}-in]
name = "{id.title()}, in"
door = "{id}"
from = "{from_}"
to = "{to}"
direction = "in"
asks = "{asks}"
reader = {{ kind = "simulated" }}
{lines}
"""


def open_to_staff(site: str, *doors: str) -> str:
    """Let staff through more doors at any time."""
    points = ", ".join(f'"{door}-in"' for door in ("cage", *doors))
    alone = 'access_points = ["cage-in"]'
    assert alone in site
    return site.replace(alone, f"access_points = [{points}]")
