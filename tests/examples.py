"""How many examples a property is tried with: few in every run, many in ``make fuzz``."""

import os
from typing import Final

FACTOR: Final = int(os.environ.get("FUZZ_FACTOR", "1"))


def examples(usual: int) -> int:
    """Give the number for this run."""
    return usual * FACTOR
