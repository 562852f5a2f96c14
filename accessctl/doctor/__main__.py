"""``python -m accessctl.doctor HOME``: what can be found out of an installation without its keys.

On stdin one JSON object: ``devices`` and ``status`` as the door process says them, or null where it is
silent. On stdout another one: ``findings``, ``unknown`` (what could not be found out from here), and what was
measured. It is for the API, whose account has neither the root key nor the devices' files, so that what needs
them is left to ``accessctl doctor``; break-glass codes, which name people, are left out.
"""

import json
import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from accessctl.config import Site, SiteInvalid, load_file
from accessctl.doctor import upkeep
from accessctl.doctor.finding import Finding
from accessctl.doctor.living import living
from accessctl.doctor.machine import Machine
from accessctl.doctor.network import network
from accessctl.doctor.operators import operators
from accessctl.doctor.passes import passes
from accessctl.doctor.reviews import reviews
from accessctl.doctor.run import NOBODY_ANSWERS
from accessctl.doctor.standing import (
    clock_facts,
    copies_of,
    disk_of,
    newest_run,
    site_revision,
    stores_of,
)
from accessctl.home import Home

_NICENESS: Final = 10
"""Whatever is asked here has time; on the same machine doors have not."""
_BEYOND: Final = (
    "key files, libraries, device files and permissions: sudo accessctl doctor on the controller",
    "whether every page of the databases is whole: making and checking a backup tells",
)
_NO_CLOCK: Final = "how far off the clock may be: the kernel does not say so from here"
_NO_DISK: Final = "how full the disk is"


def examined(home: Home, said: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """Examine a home, by what the door process said."""
    disk, clock, copies, run = disk_of(home), clock_facts(), copies_of(home), newest_run(home)
    stores, revision = tuple(stores_of(home)), site_revision(home)
    site, wrong_site = _site(home)
    standing = None if said["status"] is None else upkeep.Standing.of(said["status"])
    findings = [
        *wrong_site,
        *_of_the_door(standing, said["devices"], None if wrong_site else revision),
        *upkeep.clock(clock, None if standing is None else standing.conditions),
        *upkeep.disk(disk),
        *upkeep.unreadable(stores),
        *upkeep.backups(copies, now),
        *(() if site is None else _of_the_site(site, home, now)),
    ]
    unknown = [
        *_BEYOND,
        *((_NO_CLOCK,) if clock.kept_right is None else ()),
        *((_NO_DISK,) if disk is None else ()),
    ]
    return {
        "findings": [asdict(each) for each in dict.fromkeys(findings)],
        "unknown": unknown,
        "disk": None if disk is None else asdict(disk),
        "stores": [asdict(store) for store in stores],
        "backups": {"count": copies.count, "newest_at": _text(copies.newest_at), "size": copies.newest_size},
        "clock": asdict(clock),
        "site_file": revision,
        "run": None if run is None else asdict(run),
    }


def _site(home: Home) -> tuple[Site | None, list[Finding]]:
    """Read the site file; what is wrong with it is a finding, and then there is nothing to look at in it."""
    try:
        return load_file(home.site_file), []
    except SiteInvalid as error:
        what = f"it has {len(error.problems)} mistakes; the first: {error.problems[0]}"
        return None, [Finding("site.toml", what, "accessctl check")]


def _of_the_door(
    standing: upkeep.Standing | None, devices: Sequence[Mapping[str, Any]] | None, revision: str | None
) -> list[Finding]:
    if standing is None or devices is None:
        return [NOBODY_ANSWERS]
    return [*upkeep.stands(standing, revision), *living(devices)]


def _of_the_site(site: Site, home: Home, now: datetime) -> list[Finding]:
    machine = Machine()
    return [
        *passes(site),
        *operators(site.office, home, machine),
        *network(site.office.network, home, machine, now),
        *reviews(site.office, home, now),
    ]


def _text(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()


if __name__ == "__main__":
    with suppress(PermissionError):  # a unit may forbid it
        os.nice(_NICENESS)
    question = json.load(sys.stdin)
    json.dump(examined(Home(Path(sys.argv[1])), question, datetime.now(UTC)), sys.stdout)
