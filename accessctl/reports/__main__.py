"""Works one report out: ``python -m accessctl.reports HOME``, the question on stdin, the report on stdout.

Both are one JSON object. A question says ``kind``, ``now``, ``since`` and ``until``, what the report shall go
by, ``rows``, and what whoever asks may see: ``names`` and ``silent``. ``status`` is what the door process
says of itself, if it answers. An answer that is no report says ``error``, and why.
"""

import json
import os
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from accessctl.config import SiteInvalid
from accessctl.home import Home
from accessctl.reports.as_json import to_json
from accessctl.reports.catalogue import (
    ACCESS,
    CHANGES,
    DOORS,
    MOVEMENTS,
    REFUSALS,
    REVIEW,
    RIGHTS,
    TIME,
    UNUSED,
)
from accessctl.reports.kinds.access import access
from accessctl.reports.kinds.changes import changes
from accessctl.reports.kinds.extra_rights import extra_rights
from accessctl.reports.kinds.held_doors import held_doors
from accessctl.reports.kinds.movements import movements
from accessctl.reports.kinds.refusals import refusals
from accessctl.reports.kinds.review import review
from accessctl.reports.kinds.time_in_area import time_in_area
from accessctl.reports.kinds.unused import unused
from accessctl.reports.question import Asked, Desk, NoSuchThing
from accessctl.reports.value import Report
from accessctl.store.errors import StoreError

_NICENESS: Final = 10
"""A report has time; on the same machine doors have not."""
WORKED_OUT: Final[Mapping[str, Callable[[Desk], Report]]] = {
    MOVEMENTS.name: movements,
    REFUSALS.name: refusals,
    DOORS.name: held_doors,
    TIME.name: time_in_area,
    RIGHTS.name: extra_rights,
    UNUSED.name: unused,
    CHANGES.name: changes,
    ACCESS.name: access,
    REVIEW.name: review,
}


def answer(home: Home, question: Mapping[str, Any]) -> dict[str, Any]:
    """Give a report as JSON. What cannot be worked out is an ``error`` with words."""
    try:
        asked = Asked.of(question)
        return to_json(WORKED_OUT[asked.kind.name](Desk(home, asked)))
    except NoSuchThing as error:
        return {"error": "unknown", "words": str(error.args[0])}
    except SiteInvalid as error:
        problems = [{"path": problem.path, "what": problem.what} for problem in error.problems]
        return {"error": "site_invalid", "words": str(error), "problems": problems}
    except StoreError as error:
        return {"error": "store_unavailable", "words": str(error)}


if __name__ == "__main__":
    with suppress(PermissionError):  # a unit may forbid it
        os.nice(_NICENESS)
    json.dump(answer(Home(Path(sys.argv[1])), json.load(sys.stdin)), sys.stdout)
