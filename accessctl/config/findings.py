"""What is certainly a mistake or a danger although the site file is valid, and what is worth knowing.

Theory. The problems that keep a file from loading are those that leave no meaning. Here the file means
something, and the rules would do it: keep somebody in, let nobody in, stand open when all have gone home. So
these are found on the finished site, by asking the very values that the doors go by.

Rule: what could be meant is a note. A file that is right in every way may have notes, and nothing else.
"""

from collections.abc import Iterator
from datetime import UTC, datetime

from accessctl.config.fallbacks import DegradedRow, degraded_table, wider_fallbacks
from accessctl.config.finding import Finding, Severity
from accessctl.config.findings_biometrics import findings_about_biometrics
from accessctl.config.findings_modes import unlocked_when_nobody_may_enter
from accessctl.config.findings_never import never_for_anybody
from accessctl.config.findings_office import findings_about_the_office
from accessctl.config.findings_passes import findings_about_passes
from accessctl.config.findings_people import findings_of_people
from accessctl.config.findings_points import findings_at_points
from accessctl.config.findings_ways import findings_on_ways_out
from accessctl.config.findings_wiring import findings_on_the_wires
from accessctl.config.site import Site

__all__ = ["DegradedRow", "Finding", "Severity", "degraded_table", "findings"]


def findings(site: Site, now: datetime | None = None) -> Iterator[Finding]:
    """Give everything that is found. What depends on the calendar is looked for in the 400 days from ``now``.

    ``now`` is aware; without it, the present counts.
    """
    yield from findings_on_ways_out(site)
    at = now or datetime.now(UTC)
    yield from unlocked_when_nobody_may_enter(site, at)
    yield from never_for_anybody(site, at)
    yield from findings_at_points(site)
    yield from findings_of_people(site)
    yield from findings_about_biometrics(site)
    yield from findings_about_passes(site)
    yield from findings_about_the_office(site)
    yield from findings_on_the_wires(site)
    yield from wider_fallbacks(site)
