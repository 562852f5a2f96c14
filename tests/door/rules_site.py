"""A small site with every kind of rule, for the door process's stories."""

RULES_SITE = """
[site]
name = "Rules site"
controller = "rules-1"
timezone = "Europe/London"

[board]
kind = "simulated"

[codes]
digits = 6
most = 100

[passback]
forgive_at = "03:00"

[escort]
within_s = 30
grace_s = 60
most_visitors = 2

[areas.street]
name = "Street"
outside = true
[areas.hall]
name = "Hall"
passback = "hard"
limits = [{ at_most = 3 }]
[areas.lab]
name = "Lab"
within = "hall"
together = { persons = 2, within_s = 20 }
[areas.lock]
name = "Airlock"
[areas.shed]
name = "Shed"

[schedules.always]
weekly = [{ days = "every day", from = "00:00", to = "24:00" }]
[schedules.always.holidays]
full = [{ from = "00:00", to = "24:00" }]
half = [{ from = "00:00", to = "24:00" }]
site = [{ from = "00:00", to = "24:00" }]
[schedules.afternoon]
weekly = [{ days = "mon-fri", from = "14:00", to = "17:00" }]

[doors.front]
name = "Front door"
strike = { gpio = 17 }
position = { gpio = 27 }
exit_request = { gpio = 22 }
extended = { release_time_s = 15, open_time_s = 60, pre_alarm_s = 10 }

[doors.lab]
name = "Lab"
strike = { gpio = 23 }
position = { gpio = 24 }

[doors.outer]
name = "Outer airlock door"
strike = { gpio = 12 }
position = { gpio = 13 }
exit_request = { gpio = 5 }

[doors.inner]
name = "Inner airlock door"
strike = { gpio = 16 }
position = { gpio = 18 }

[doors.shed]
name = "Shed"
strike = { gpio = 19 }
position = { gpio = 20 }
modes = [{ mode = "unlocked", schedule = "afternoon" }]
degraded = { record_unwritable = "wider_grant_without_record", on_battery = "no_unlocking" }

[[interlocks]]
doors = ["outer", "inner"]

[inputs.fire]
kind = "fire"
gpio = 6
doors = ["front", "shed"]

[inputs.mains]
kind = "mains"
gpio = 7

[access_points.front-in]
name = "Front, in"
door = "front"
from = "street"
to = "hall"
direction = "in"
reader = { kind = "simulated" }
[access_points.front-out]
name = "Front, out"
door = "front"
from = "hall"
to = "street"
direction = "out"
reader = { kind = "simulated" }
[access_points.lab-in]
name = "Lab, in"
door = "lab"
from = "hall"
to = "lab"
direction = "in"
reader = { kind = "simulated" }
[access_points.outer-in]
name = "Outer, in"
door = "outer"
from = "street"
to = "lock"
direction = "in"
reader = { kind = "simulated" }
[access_points.inner-in]
name = "Inner, in"
door = "inner"
from = "lock"
to = "hall"
direction = "in"
reader = { kind = "simulated" }
[access_points.shed-in]
name = "Shed, in"
door = "shed"
from = "street"
to = "shed"
direction = "in"
asks = "pin"
reader = { kind = "simulated" }

[muster_points.yard]
name = "Assembly point"
area = "street"
reader = { kind = "simulated" }

[levels.all]
policies = [
    { access_points = ["front-in", "front-out", "lab-in", "outer-in"], schedule = "always" },
    { access_points = ["inner-in", "shed-in"], schedule = "always" },
]

[roles.staff]
name = "Staff"
levels = ["all"]
may_escort = true
[roles.chief]
name = "Chief"
levels = ["all"]
passes_lockdown = true
threat_authority = 5
[roles.visitor]
name = "Visitor"
levels = ["all"]
needs_escort = true
"""
