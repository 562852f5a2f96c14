"""Which copies on this machine hold what was erased: backups, and what was put aside by a restore."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from accessctl.api.backup_models import BackupState
from accessctl.api.biometric_models import HoldingModel
from accessctl.api.parts import Parts

_ASIDE: Final = "before-restore-"
"""How ``accessctl restore`` names the folder into which it puts what was there before."""
_STAMP: Final = "%Y%m%dT%H%M%SZ"


async def held_by(parts: Parts, since: datetime) -> list[HoldingModel]:
    """Give every copy of the people's store that was made since then, the newest first.

    One that was downloaded is elsewhere: the record says who took it. What is put back from any of them is
    erased again when this process starts.
    """
    backups = [each for each in await parts.backups.all() if each.state is not BackupState.FAILED]
    copies = [HoldingModel(name=each.id, at=each.at, folder=False) for each in backups]
    copies += await asyncio.to_thread(_put_aside, parts.home.path)
    return sorted((copy for copy in copies if copy.at >= since), key=lambda copy: copy.at, reverse=True)


def _put_aside(home: Path) -> list[HoldingModel]:
    found = []
    for folder in home.glob(f"{_ASIDE}*"):
        try:
            at = datetime.strptime(folder.name.removeprefix(_ASIDE), _STAMP).replace(tzinfo=UTC)
        except ValueError:  # no folder of ours
            continue
        found.append(HoldingModel(name=folder.name, at=at, folder=True))
    return found
