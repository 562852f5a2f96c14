"""The site file: what it says, what it said before, and putting another one in its place.

A change is checked wholly before it is written, and it is the door process that says whether it holds: what
that refuses is taken back, so that no file lies there which the next start would stumble over.
"""

import asyncio
import os
import stat
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Final

from accessctl.api.doorkeeper import Doorkeeper
from accessctl.api.problems import Refusal, unknown
from accessctl.backup.files import bring_to_disk
from accessctl.home import Home
from accessctl.link.answers import RulesOutcome, RulesRead
from accessctl.link.client import LinkError
from accessctl.store.people_writer import PeopleWriter
from accessctl.store.rule_rows import RuleQueries, RuleRow, revision_of

NEW: Final = ".site.toml.new"
LARGEST_FILE: Final = 1024 * 1024
"""Bytes; the door process reads no larger one."""


@dataclass(frozen=True, slots=True)
class SiteText:
    """A site file as it lies there."""

    text: str
    revision: str
    since: datetime
    """From when on it has been there, as far as anybody knows."""


class RuleKeeper:
    """Reads and replaces the site file of an installation. Used from one event loop."""

    def __init__(self, home: Home, writer: PeopleWriter, door: Doorkeeper) -> None:
        """Take where it lies, who keeps its revisions, and who puts it in force."""
        self._home, self._writer, self._door = home, writer, door
        self._rows = RuleQueries(home.people)
        self._one_at_a_time = asyncio.Lock()

    async def present(self) -> SiteText:
        """Give the file that lies there; one that nobody here knows is kept as found. Raises ``Refusal``."""
        async with self._one_at_a_time:
            return await asyncio.to_thread(self._present)

    async def revisions(self, before: int, limit: int) -> list[RuleRow]:
        """Give what lay there, newest first."""
        await self.present()
        return await asyncio.to_thread(self._rows.before, before, limit)

    async def revision(self, revision: str) -> RuleRow:
        """Give one that lay there. Raises ``Refusal``."""
        await self.present()
        found = await asyncio.to_thread(self._rows.of, revision)
        if found is None:
            raise unknown("revision", revision)
        return found

    async def in_force(self) -> str | None:
        """Ask which revision the door process goes by; none where it does not answer."""
        with suppress(LinkError):
            return (await self._door.status()).rules
        return None

    async def put(
        self, text: str, replaces: str, operator: str, reason: str, *, restart: bool
    ) -> RulesOutcome:
        """Put another file in the place of this revision, and have it read.

        It has been checked. Raises ``Refusal`` and ``StoreError``; then the file is as it was.
        """
        async with self._one_at_a_time:
            # What is begun is brought to its end: a client that leaves must not leave half of it behind.
            return await asyncio.shield(
                asyncio.ensure_future(self._put(text, replaces, operator, reason, restart=restart))
            )

    async def _put(
        self, text: str, replaces: str, operator: str, reason: str, *, restart: bool
    ) -> RulesOutcome:
        present = await asyncio.to_thread(self._present)
        if present.revision != replaces:
            detail = f"the site file is another one meanwhile: its revision is {present.revision}"
            raise Refusal(HTTPStatus.PRECONDITION_FAILED, "changed-since", detail)
        await asyncio.to_thread(self._write, text)
        try:
            outcome = await self._have_it_read(text, restart=restart)
            await asyncio.to_thread(self._writer.keep_rules, text, operator, reason, outcome.value)
        except BaseException:
            await self._take_back(present.text)
            raise
        await self._door.nudge()
        return outcome

    async def _have_it_read(self, text: str, *, restart: bool) -> RulesOutcome:
        """Have the door process read the file. Raises ``Refusal`` where it is not to stay."""
        try:
            read = await self._door.reload_rules()
        except LinkError:
            if restart:
                return RulesOutcome.NEEDS_RESTART
            raise
        if read.outcome is RulesOutcome.IN_FORCE and read.rules != revision_of(text):
            detail = "somebody else has changed the site file at the same moment"
            raise Refusal(HTTPStatus.CONFLICT, "changed-since", detail)
        if read.outcome is RulesOutcome.IN_FORCE or (restart and read.outcome is RulesOutcome.NEEDS_RESTART):
            return read.outcome
        raise _refused(read)

    async def _take_back(self, text: str) -> None:
        """Put the file back that was there, also for a door process that has the other one already."""
        await asyncio.to_thread(self._write, text)
        with suppress(LinkError):
            if (await self._door.status()).rules != revision_of(text):
                await self._door.reload_rules()

    def _present(self) -> SiteText:
        try:
            with self._home.site_file.open("rb") as file:
                raw = file.read(LARGEST_FILE + 1)
            text = raw[:LARGEST_FILE].decode()
        except (OSError, UnicodeDecodeError) as error:
            why = getattr(error, "strerror", None) or "it is not UTF-8 text"
            raise Refusal(
                HTTPStatus.SERVICE_UNAVAILABLE, "store-unavailable", f"site.toml cannot be read: {why}"
            ) from error
        self._writer.find_rules(text)
        newest = self._rows.newest()
        if newest is None or newest.revision != revision_of(text):
            raise Refusal(HTTPStatus.CONFLICT, "changed-since", "the site file is just being changed by hand")
        return SiteText(text, newest.revision, newest.at)

    def _write(self, text: str) -> None:
        """Write the file so that it is there wholly or not at all, as open as it was. Raises ``OSError``."""
        new, about = self._home.path / NEW, self._home.site_file.stat()
        new.unlink(missing_ok=True)
        handle = os.open(new, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(text.encode())
                # Another account's file becomes this one's: only root may give files away.
                for owner in ((about.st_uid, about.st_gid), (-1, about.st_gid)):
                    with suppress(PermissionError):
                        os.fchown(file.fileno(), *owner)
                        break
                os.fchmod(file.fileno(), stat.S_IMODE(about.st_mode))
                file.flush()
                os.fsync(file.fileno())
            new.replace(self._home.site_file)
        except OSError:
            new.unlink(missing_ok=True)
            raise
        bring_to_disk(self._home.path)


def _refused(read: RulesRead) -> Refusal:
    if read.outcome is RulesOutcome.NEEDS_RESTART:
        detail = f"{read.why} Nothing was changed; `restart: true` keeps it for the next start."
        return Refusal(HTTPStatus.CONFLICT, "needs-restart", detail)
    return Refusal(HTTPStatus.CONFLICT, "rules-refused", f"the door process refuses it: {read.why}")
