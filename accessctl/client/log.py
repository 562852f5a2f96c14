"""How the record is signed."""

from typing import Any

from accessctl.client.asking import Asking


class LogCalls(Asking):
    """Calls about the record's signed heads."""

    def log(self) -> dict[str, Any]:
        """Give name, key, newest head, anchors, and what disagrees."""
        found: dict[str, Any] = self._ask("GET", "/log")
        return found

    def accept_finding(self, finding: str, reason: str) -> dict[str, Any]:
        """Accept what disagrees, so that heads are signed again under a new name."""
        done: dict[str, Any] = self._ask("POST", "/log/accept", {"finding": finding, "reason": reason})
        return done

    def tell_of_export(
        self, form: str, entries: int, last: int, since: str | None = None, until: str | None = None
    ) -> int:
        """Have it entered that entries were taken out as a file; gives the number of the entry."""
        body = {"format": form, "entries": entries, "last": last, "since": since, "until": until}
        return int(self._ask("POST", "/log/exports", body)["seq"])
