"""One working day in the warehouse: a Thursday in April 2026, the nights before and after it.

The night after it runs into Good Friday. Most of it is people who come, work and go. What is worth a look
has a comment, in the module of its hours.
"""

from datetime import date
from typing import Final

from accessctl.demo.day_afternoon import AFTERNOON
from accessctl.demo.day_arrivals import ARRIVALS
from accessctl.demo.day_cage import CAGE
from accessctl.demo.day_evening import EVENING
from accessctl.demo.day_midday import MIDDAY
from accessctl.demo.day_morning import MORNING
from accessctl.demo.day_nights import NIGHTS
from accessctl.demo.steps import Step

DATE: Final = date(2026, 4, 2)
"""The day on which the hours below begin to count."""

DAY: Final[tuple[Step, ...]] = tuple(
    sorted(
        (*NIGHTS, *ARRIVALS, *MORNING, *CAGE, *MIDDAY, *AFTERNOON, *EVENING),
        key=lambda step: step.time,
    )
)
"""Everything that happens, in order of time."""
