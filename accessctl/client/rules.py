"""Levels, what is foreseen, and the site file."""

from collections.abc import Iterator
from typing import Any

from accessctl.answers import (
    Lent,
    Level,
)
from accessctl.client.asking import FORESIGHT_S, PAGE, REHEARSAL_S, Asking, given, part


class RuleCalls(Asking):
    """Calls about the rules."""

    def levels(self) -> list[Level]:
        """Give the access levels of the site file in force."""
        levels: list[Level] = self._ask("GET", "/access-levels")
        return levels

    def level(self, level: str) -> Level:
        """Give one access level."""
        found: Level = self._ask("GET", f"/access-levels/{part(level)}")
        return found

    def groups(self) -> list[dict[str, str]]:
        """Give the groups there are, with ``id`` and ``name``."""
        groups: list[dict[str, str]] = self._ask("GET", "/groups")
        return groups

    def qualifications(self) -> list[dict[str, Any]]:
        """Give what people can be qualified for, with how many are."""
        found: list[dict[str, Any]] = self._ask("GET", "/qualifications")
        return found

    def loans(self, person: str | None = None, level: str | None = None) -> Iterator[Lent]:
        """Give all temporary access, or that of one person or level, page by page."""
        yield from self._pages("temporary_access", "/temporary-access", {"person": person, "level": level})

    def explain(self, person: str, access_point: str, at: str | None = None) -> dict[str, Any]:
        """Tell why somebody may pass or not, and when next."""
        return self._foresee("/explain", {"person": person, "access_point": access_point, "at": at})

    def who_can(self, access_point: str, at: str | None = None) -> dict[str, Any]:
        """Tell who could pass an access point."""
        return self._foresee("/who-can", {"access_point": access_point, "at": at})

    def what_can(self, person: str, at: str | None = None) -> dict[str, Any]:
        """Tell where somebody could pass."""
        return self._foresee("/what-can", {"person": person, "at": at})

    def rehearse(self, site: str, since: str) -> dict[str, Any]:
        """Tell what a proposed site file would have changed since an instant."""
        found: dict[str, Any] = self._ask("POST", "/rehearsals", {"site": site, "since": since}, REHEARSAL_S)
        return found

    def _foresee(self, path: str, query: dict[str, object]) -> dict[str, Any]:
        found: dict[str, Any] = self._ask("GET", path, query=given(query), timeout_s=FORESIGHT_S)
        return found

    def site_file(self) -> dict[str, Any]:
        """Give the site file with its revision."""
        found: dict[str, Any] = self._ask("GET", "/site-file")
        return found

    def check_site(self, site: str) -> dict[str, Any]:
        """Have a site file looked through; changes nothing."""
        found: dict[str, Any] = self._ask("POST", "/site-file/check", {"site": site}, FORESIGHT_S)
        return found

    def replace_site(self, site: str, reason: str, replaces: str, *, restart: bool = False) -> dict[str, Any]:
        """Put another site file in force in place of this revision."""
        body = {"site": site, "reason": reason, "restart": restart, "replaces": replaces}
        changed: dict[str, Any] = self._ask("PUT", "/site-file", body, FORESIGHT_S)
        return changed

    def site_revisions(self) -> Iterator[dict[str, Any]]:
        """Give every change of the site file, newest first, page by page."""
        before: int | None = 0
        while before is not None:
            page = self._ask("GET", "/site-file/revisions", query={"before": before, "limit": PAGE})
            yield from page["revisions"]
            before = page["next"]

    def site_revision(self, revision: str) -> dict[str, Any]:
        """Give what the site file was."""
        found: dict[str, Any] = self._ask("GET", f"/site-file/revisions/{part(revision)}")
        return found

    def restore_site(
        self, revision: str, reason: str, replaces: str | None = None, *, restart: bool = False
    ) -> dict[str, Any]:
        """Put an earlier site file back."""
        path = f"/site-file/revisions/{part(revision)}/restore"
        body = {"reason": reason, "restart": restart, "replaces": replaces}
        changed: dict[str, Any] = self._ask("POST", path, body, FORESIGHT_S)
        return changed
