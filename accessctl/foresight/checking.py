"""Looks a proposed site file through, as `accessctl check` does."""

from typing import Any

from accessctl.config import SiteInvalid, load
from accessctl.config.findings import findings


def checked(text: str) -> dict[str, Any]:
    """Give everything that is wrong with a site file, or what is found in one that can be used."""
    try:
        site = load(text)
    except SiteInvalid as error:
        problems = [{"path": problem.path, "what": problem.what} for problem in error.problems]
        return {"valid": False, "revision": None, "problems": problems, "findings": []}
    found = [
        {"severity": str(each.severity), "path": each.path, "what": each.what} for each in findings(site)
    ]
    return {"valid": True, "revision": site.revision, "problems": [], "findings": found}
