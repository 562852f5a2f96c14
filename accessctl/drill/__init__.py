"""Rehearses what the site file says of each door while something is gone.

The rules themselves are put into each condition, door by door, and people who exist only for the drill try
to pass: what is seen is laid beside what is stated. No device, no store and no real person is touched.
"""

from accessctl.drill.drill import Drilled, drill

__all__ = ["Drilled", "drill"]
