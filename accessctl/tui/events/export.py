"""Writes entries into a file, page by page: it is there as a whole or not at all, and its owner's alone."""

import json
import os
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from pathlib import Path
from threading import Event as Flag
from typing import IO, Final

from accessctl.client import ApiClient, ApiError, ApiUnreachable, Event, EventsFound
from accessctl.spreadsheets import csv_line
from accessctl.tui.events.wanted import Query

PAGE: Final = 1000
RETRY_S: Final = 1.0
_PART: Final = ".part"
_FIELDS: Final = (
    *("seq", "at", "type", "door", "access_point", "person", "person_name", "credential", "reason", "detail"),
    *("clock_synced", "mono_ns", "controller", "boot", "rules", "version", "epoch"),
)


class Format(StrEnum):
    """How entries are written down; the value is how such a file's name ends."""

    CSV = "csv"
    LINES = "jsonl"


class ExportCancelled(Exception):
    """Somebody did not want it any more; nothing is left of it."""


@dataclass(slots=True)
class Export:
    """An export that is running. Written by its thread, read by whoever shows how far it is."""

    path: Path
    format: Format
    query: Query
    entries: int = 0
    """So many were written."""
    reached: int = 0
    """Up to this number everything was looked at."""
    last: int = 0
    """The newest entry when it began; what comes after it is not exported."""
    trouble: str | None = None
    """Why it does not get on just now."""
    unentered: str | None = None
    """Why the record does not say that this was exported."""
    over: Flag = field(default_factory=Flag)
    """Set when it is not wanted any more."""
    began: float = field(default_factory=time.monotonic)
    _api: ApiClient | None = None

    @property
    def share(self) -> float:
        """How much of the record was gone through, between 0 and 1."""
        return min(1.0, self.reached / self.last) if self.last else 1.0

    @property
    def rate(self) -> float:
        """Entries written a second, since it began."""
        return self.entries / max(0.001, time.monotonic() - self.began)

    def cancel(self) -> None:
        """End it, be it that an answer is waited for."""
        self.over.set()
        if self._api is not None:
            self._api.hang_up()

    def run(self, client: Callable[[], ApiClient]) -> None:
        """Write the file. For a thread; it asks with a client of its own.

        Raises ``ExportCancelled``, ``ApiError`` and ``OSError``, and then leaves nothing behind.
        """
        part = self.path.with_name(self.path.name + _PART)
        with suppress(FileNotFoundError):
            part.unlink()  # what an export left behind whose machine was switched off
        handle = os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
                with client() as self._api:
                    self._write(self._api, file)
                    self._enter(self._api)
                file.flush()
                os.fsync(file.fileno())
            part.replace(self.path)
        finally:
            part.unlink(missing_ok=True)
        _keep_name(self.path.parent)

    def _write(self, api: ApiClient, file: IO[str]) -> None:
        newest = self._page(lambda: api.event_page(before=0, limit=1))["events"]
        self.last = newest[0]["seq"] if newest else 0
        if self.format is Format.CSV:
            file.write(csv_line(_FIELDS))
        after: int | None = 0
        while after is not None and after < self.last:
            page = self._page(partial(api.event_page, after=after, limit=PAGE, wanted=self.query))
            wanted = [event for event in page["events"] if event["seq"] <= self.last]
            file.writelines(self.line(event) for event in wanted)
            self.entries += len(wanted)
            after = page["next"]
            self.reached = self.last if after is None else after

    def _enter(self, api: ApiClient) -> None:
        """Have it entered before the file is there; who cannot be told is no reason to be without it."""
        ends = (self.query.get("since"), self.query.get("until"))
        since, until = (end if isinstance(end, str) else None for end in ends)
        try:
            api.tell_of_export(self.format.value, self.entries, self.last, since, until)
        except ApiError as error:
            self.unentered = str(error)

    def _page(self, ask: Callable[[], EventsFound]) -> EventsFound:
        """Ask for a page until it comes: an API that starts anew is no reason to begin from the start."""
        while not self.over.is_set():
            try:
                page = ask()
            except ApiUnreachable as error:
                self.trouble = str(error)
                self.over.wait(RETRY_S)
            else:
                self.trouble = None
                return page
        raise ExportCancelled

    def line(self, event: Event) -> str:
        """Write one entry down."""
        if self.format is Format.LINES:
            return json.dumps(event, ensure_ascii=False) + "\n"
        return csv_line(_text(value) for value in (event[name] for name in _FIELDS))


def _text(value: object) -> str:
    """Give a value as a cell's text: what JSON has beside text and numbers, as JSON."""
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _keep_name(folder: Path) -> None:
    """Let a new name in a folder outlive a power cut; some file systems cannot say that they do."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
