"""Makes, lists, checks and deletes backups. The work is done by processes of their own, one at a time."""

import asyncio
import json
import logging
import shutil
import sys
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

from accessctl.api.backup_models import BackupState
from accessctl.api.doorkeeper import Doorkeeper
from accessctl.api.problems import Refusal, unknown
from accessctl.backup.checking import CHECKING
from accessctl.backup.making import MAKING, file_of, remove_what_is_left
from accessctl.backup.manifest import SEALED, BackupUnusable, Manifest, is_id, read_manifest
from accessctl.home import Home
from accessctl.link.client import DoorUnreachable
from accessctl.store.errors import StoreError
from accessctl.store.office_writer import BY_ITSELF
from accessctl.store.people_change import new_id
from accessctl.store.people_writer import PeopleWriter
from policies.event_types import EventType

DELETING: Final = ".deleting-"
MOST_FAILED: Final = 20
"""So many that failed are remembered; the record remembers all."""
_CUT_SHORT: Final = "what made it ended before it was ready"

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup, or one that is not ready."""

    id: str
    state: BackupState
    at: datetime
    progress: float = 1.0
    size: int | None = None
    why: str | None = None
    manifest: Manifest | None = None


class BackupKeeper:
    """Knows every backup of an installation. Used from one event loop."""

    def __init__(
        self,
        home: Home,
        writer: PeopleWriter,
        door: Doorkeeper,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Take the installation, who tells the record, and who may read the sealed files."""
        self._home, self._writer, self._door, self._now = home, writer, door, now
        self._unready: dict[str, Backup] = {}
        self._making: asyncio.Task[None] | None = None
        self._child: asyncio.subprocess.Process | None = None

    async def tidy(self) -> None:
        """Remove what another run of this process has left behind, and tell of it."""
        for id_ in await asyncio.to_thread(self._leftovers):
            log.warning("the backup %s was cut short; what was there of it is removed", id_)
            with suppress(StoreError):
                await self._tell(EventType.BACKUP_FAILED, BY_ITSELF, {"backup": id_, "why": _CUT_SHORT})

    async def close(self) -> None:
        """End what is being made; that counts as failed."""
        if self._child is not None:
            with suppress(ProcessLookupError):
                self._child.kill()
        if self._making is not None:
            with suppress(asyncio.CancelledError):
                await self._making

    async def make(self, operator: str, keep: int | None) -> Backup:
        """Begin a backup. Raises ``Refusal`` while another one is being made."""
        if self._making is not None and not self._making.done():
            raise Refusal(HTTPStatus.CONFLICT, "busy", "a backup is being made already")
        begun = Backup(new_id("b"), BackupState.MAKING, self._now(), 0.0)
        self._unready[begun.id] = begun
        self._making = asyncio.create_task(self._make(begun, operator, keep))
        return begun

    async def all(self) -> list[Backup]:
        """Give every backup, newest first."""
        ready = await asyncio.to_thread(self._ready)
        ready = [each for each in ready if each.id not in self._unready]
        return sorted((*self._unready.values(), *ready), key=lambda each: each.at, reverse=True)

    async def one(self, id_: str) -> Backup:
        """Give one backup. Raises ``Refusal``."""
        if id_ in self._unready:
            return self._unready[id_]
        found = await asyncio.to_thread(self._read, file_of(self._home, id_)) if is_id(id_) else None
        if found is None:
            raise unknown("backup", id_)
        return found

    async def ready(self, id_: str) -> Backup:
        """Give one backup whose file is there. Raises ``Refusal``."""
        found = await self.one(id_)
        if found.size is None:
            raise Refusal(HTTPStatus.CONFLICT, "not-ready", f"the backup {id_} is not ready")
        return found

    async def problems_of(self, id_: str) -> list[str]:
        """Have a backup looked through. Raises ``Refusal``."""
        await self.ready(id_)
        said: dict[str, Any] = {}
        async with aclosing(self._work({"do": "check", "id": id_})) as lines:
            async for line in lines:
                said |= line
        if "problems" not in said:
            raise Refusal(HTTPStatus.INTERNAL_SERVER_ERROR, "fault", "the backup could not be looked through")
        found: list[str] = said["problems"]
        return found

    async def hand_out(self, id_: str, operator: str) -> Path:
        """Give the file of a backup to who takes it away, which is recorded first. Raises ``Refusal``."""
        found = await self.ready(id_)
        await self._tell(EventType.BACKUP_DOWNLOADED, operator, {"backup": id_, "size": found.size})
        return file_of(self._home, id_)

    async def delete(self, id_: str, operator: str, why: str | None = None) -> None:
        """Delete a backup, or forget one that failed. Raises ``Refusal`` and ``StoreError``."""
        found = await self.one(id_)
        if found.state is BackupState.MAKING:
            raise Refusal(HTTPStatus.CONFLICT, "not-ready", f"the backup {id_} is being made")
        if found.state is BackupState.FAILED and id_ in self._unready:
            del self._unready[id_]
            return
        file = file_of(self._home, id_)
        going = file.with_name(DELETING + file.name)
        facts = {"backup": id_, "size": found.size, **({} if why is None else {"why": why})}
        await self._tell(EventType.BACKUP_DELETED, operator, facts, lambda: file.rename(going))
        await asyncio.to_thread(going.unlink, missing_ok=True)

    async def _make(self, begun: Backup, operator: str, keep: int | None) -> None:
        why = _CUT_SHORT
        try:
            why = await self._made(begun) or ""
            if not why:
                made = await self.ready_file(begun.id)
                await self._tell(EventType.BACKUP_MADE, operator, {"backup": begun.id, "size": made.size})
                del self._unready[begun.id]
                await self._thin_out(operator, keep)
        except StoreError as error:
            why = f"it could not be recorded: {error}"
        except Exception as error:  # whatever it is, nobody may wait for this backup for ever
            log.exception("a backup could not be made")
            why = str(error) or type(error).__name__
        if why and begun.id in self._unready:
            await asyncio.to_thread(self._remove, begun.id)
            # Recorded first: whoever sees that it failed finds it in the record.
            with suppress(StoreError):
                await self._tell(EventType.BACKUP_FAILED, operator, {"backup": begun.id, "why": why})
            self._unready[begun.id] = replace(begun, state=BackupState.FAILED, why=why)
            self._forget_failed()

    async def _made(self, begun: Backup) -> str | None:
        """Have it made; gives what came in the way."""
        try:
            sealed = {name: await self._door.sealed_file(name) for name in SEALED}
        except DoorUnreachable:
            sealed = None  # read by the process itself, where this account may
        wish = {"do": "make", "id": begun.id, "sealed": sealed}
        async with aclosing(self._work(wish)) as lines:
            async for line in lines:
                if "progress" in line:
                    self._unready[begun.id] = replace(begun, progress=line["progress"])
                elif "failed" in line:
                    return str(line["failed"])
                elif "made" in line:
                    return None
        return _CUT_SHORT

    async def ready_file(self, id_: str) -> Backup:
        """Give what lies there under a backup's name. Raises ``Refusal``."""
        found = await asyncio.to_thread(self._read, file_of(self._home, id_))
        if found is None:
            raise unknown("backup", id_)
        return found

    async def _thin_out(self, operator: str, keep: int | None) -> None:
        """Delete the oldest, where somebody said how many to keep."""
        if keep is None:
            return
        ready = [each for each in await self.all() if each.id not in self._unready]
        for each in ready[keep:]:
            try:
                await self.delete(each.id, operator, f"{keep} are kept")
            except (StoreError, Refusal, OSError) as error:
                log.warning("the backup %s could not be deleted: %s", each.id, error)

    async def _work(self, wish: dict[str, Any]) -> AsyncGenerator[dict[str, Any], None]:
        """Have a process do it, and give what it tells; it ends with who asked."""
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", "-m", "accessctl.backup", str(self._home.path)),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        if wish["do"] == "make":
            self._child = child
        try:
            if child.stdin is None or child.stdout is None:
                return
            child.stdin.write(json.dumps(wish).encode())
            child.stdin.close()
            async for line in child.stdout:
                yield json.loads(line)
        finally:
            if child.returncode is None:
                with suppress(ProcessLookupError):
                    child.kill()
                await child.wait()
            if wish["do"] == "check":
                checked = self._home.backups / f"{CHECKING}{child.pid}"
                await asyncio.to_thread(shutil.rmtree, checked, ignore_errors=True)

    async def _tell(
        self,
        kind: EventType,
        operator: str,
        facts: dict[str, Any],
        then: Callable[[], object] = lambda: None,
    ) -> None:
        await asyncio.to_thread(self._writer.tell_of_backup, kind, operator, facts, then)
        await self._door.nudge()

    def _forget_failed(self) -> None:
        failed = [each.id for each in self._unready.values() if each.state is BackupState.FAILED]
        for id_ in failed[:-MOST_FAILED]:
            del self._unready[id_]

    def _remove(self, id_: str) -> None:
        remove_what_is_left(self._home, id_)
        with suppress(OSError):
            file_of(self._home, id_).unlink(missing_ok=True)

    def _ready(self) -> list[Backup]:
        try:
            files = list(self._home.backups.glob("b-*.tar"))
        except OSError:
            return []
        found = (self._read(file) for file in files if is_id(file.stem))
        return [each for each in found if each is not None]

    def _read(self, file: Path) -> Backup | None:
        """Read what a file says of itself; one that says nothing is there all the same, and failed."""
        try:
            about = file.stat()
        except OSError:
            return None
        try:
            manifest = read_manifest(file)
            at = datetime.fromisoformat(manifest.made_at)
        except (BackupUnusable, OSError, ValueError) as error:
            when = datetime.fromtimestamp(about.st_mtime, UTC)
            return Backup(file.stem, BackupState.FAILED, when, size=about.st_size, why=str(error))
        return Backup(file.stem, BackupState.READY, at, size=about.st_size, manifest=manifest)

    def _leftovers(self) -> list[str]:
        """Remove what is not whole, and give the backups that were being made."""
        cut_short: set[str] = set()
        with suppress(OSError):
            for left in list(self._home.backups.iterdir()):
                if left.name.startswith(MAKING):
                    cut_short.add(left.name.removeprefix(MAKING).removesuffix(".tar"))
                if left.name.startswith((MAKING, CHECKING)) and left.is_dir():
                    shutil.rmtree(left, ignore_errors=True)
                elif left.name.startswith((MAKING, DELETING)):
                    left.unlink(missing_ok=True)
        return sorted(cut_short)
