"""A small site, and a large one that has everything once, to be spoilt in many ways."""

from pathlib import Path

import pytest

from accessctl.config import Problem, SiteInvalid, load

GOOD = """\
[site]
name = "Kade Warehouse"
controller = "kade-1"
timezone = "Europe/London"

[board]
kind = "pi"

[[holidays]]
date = 2026-12-24
type = "half"
name = "Christmas Eve"

[[holidays]]
date = 2026-12-25
type = "full"
name = "Christmas Day"

[[public_holidays]]
country = "GB"
region = "ENG"
except = [2026-08-31]

[areas.street]
name = "Street"

[areas.yard]
name = "Yard"

[areas.cage]
name = "Cage"

[schedules.early]
weekly = [{ days = "mon-fri", from = "05:30", to = "14:30" }]
holidays = { half = [{ from = "06:00", to = "12:00" }] }

[schedules.night]
weekly = [{ days = "every day", from = "22:00", to = "06:00" }]

[doors.gate]
name = "Main gate"
strike = { gpio = 17, lock = "fail_safe", unattended = "released" }
position = { gpio = 27, normally_closed = false, debounce_ms = 50 }
exit_request = { gpio = 22, releases = false }
release_time_s = 8
relock_delay_s = 0.5
open_time_s = 60
pre_alarm_s = 10

[doors.cage]
name = "Cage door"
strike = { gpio = 23 }

[access_points.gate-in]
name = "Gate, inbound"
door = "gate"
from = "street"
to = "yard"
direction = "in"
asks = "card"
reader = { kind = "pcsc", name = "ACS ACR122U 00" }
annunciator = { green_gpio = 5, red_gpio = 6, buzzer_gpio = 13 }

[access_points.gate-out]
name = "Gate, outbound"
door = "gate"
from = "yard"
to = "street"
direction = "out"
reader = { kind = "pcsc", name = "ACS ACR122U 01" }

[access_points.cage-in]
name = "Cage, in"
door = "cage"
from = "yard"
to = "cage"
direction = "in"
reader = { kind = "pcsc", name = "HID Omnikey" }

[levels.yard]
policies = [{ access_points = ["gate-in", "gate-out"], schedule = "early" }]

[levels.rounds]
policies = [{ access_points = ["gate-in", "cage-in"], schedule = "night" }]

[roles.picker]
name = "Picker"
levels = ["yard"]

[roles.guard]
name = "Guard"
levels = ["yard", "rounds"]
"""

SIMULATED = (
    GOOD.replace('kind = "pi"', 'kind = "simulated"')
    .replace('{ kind = "pcsc", name = "HID Omnikey" }', '{ kind = "simulated" }')
    .replace(
        'to = "cage"\ndirection = "in"\n',
        'to = "cage"\ndirection = "in"\nasks = "card_and_pin"\n',
    )
)

FULL = (Path(__file__).parent / "full.toml").read_text(encoding="utf-8")
"""A site that uses every rule and is right in every way."""
WIRED = (Path(__file__).parent / "wired.toml").read_text(encoding="utf-8")
"""A site on a real board with every kind of device. With the full one it uses every key there is."""


def spoilt(*changes: tuple[str, str], text: str = GOOD) -> str:
    """Change the text in places that each occur once."""
    for old, new in changes:
        assert text.count(old) == 1, f"{old!r} occurs {text.count(old)} times"
        text = text.replace(old, new)
    return text


def without(section: str) -> str:
    """Give the good text without one section and all that is in it."""
    kept, skipping = [], False
    for line in GOOD.splitlines():
        if line.startswith("["):
            skipping = line.strip("[]").partition(".")[0] == section
        if not skipping:
            kept.append(line)
    return "\n".join(kept)


def problems_of(text: str) -> tuple[Problem, ...]:
    """Give what is wrong with a text that must not load."""
    with pytest.raises(SiteInvalid) as caught:
        load(text)
    return caught.value.problems


def complaints_of(*changes: tuple[str, str], text: str = GOOD) -> list[str]:
    """Give what is wrong once the good text is spoilt, as an admin reads it."""
    return [str(problem) for problem in problems_of(spoilt(*changes, text=text))]
