"""Backups."""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from accessctl.client.asking import REHEARSAL_S, Asking, part
from accessctl.client.errors import ApiRefused, problem_of


class BackupCalls(Asking):
    """Calls about backups."""

    def make_backup(self, keep: int | None = None) -> dict[str, Any]:
        """Begin a backup; ask for it again until it is ready or failed."""
        begun: dict[str, Any] = self._ask("POST", "/backups", {"keep": keep})
        return begun

    def backups(self) -> list[dict[str, Any]]:
        """Give every backup, newest first."""
        found: list[dict[str, Any]] = self._ask("GET", "/backups")["backups"]
        return found

    def backup(self, backup: str) -> dict[str, Any]:
        """Give one backup, or how far it is."""
        found: dict[str, Any] = self._ask("GET", f"/backups/{part(backup)}")
        return found

    def check_backup(self, backup: str) -> dict[str, Any]:
        """Have a backup looked through."""
        found: dict[str, Any] = self._ask("POST", f"/backups/{part(backup)}/check", timeout_s=REHEARSAL_S)
        return found

    def delete_backup(self, backup: str) -> None:
        """Delete a backup for good."""
        self._ask("DELETE", f"/backups/{part(backup)}")

    def backup_content(self, backup: str) -> Iterator[bytes]:
        """Give the file of a backup, in pieces."""
        with self._in_words(), self._http.stream("GET", f"/backups/{part(backup)}/content") as response:
            if response.status_code != HTTPStatus.OK:
                response.read()
                raise ApiRefused(problem_of(response))
            yield from response.iter_bytes()
