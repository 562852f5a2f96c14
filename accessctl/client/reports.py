"""Reports."""

from typing import Any, Final

from accessctl.client.asking import Asking, given

REPORT_S: Final = 600.0
"""A report over a long record takes some seconds; a busy machine takes longer."""


class ReportCalls(Asking):
    """Calls for reports."""

    def reports(self) -> list[dict[str, Any]]:
        """Give which reports there are, and which of them may be had."""
        found: list[dict[str, Any]] = self._ask("GET", "/reports")
        return found

    def report(self, kind: str, **asked: str | int | None) -> dict[str, Any]:
        """Give one report, as ``accessctl.reports.as_json`` reads it.

        ``asked`` may name ``since``, ``until``, ``person``, ``area``, ``door``, ``operator`` and ``rows``, as
        far as this report goes by them.
        """
        found: dict[str, Any] = self._ask("GET", f"/reports/{kind}", query=given(asked), timeout_s=REPORT_S)
        return found
