"""What a witness has cosigned, for whoever keeps it. It may serve meanwhile."""

from contextlib import closing
from dataclasses import dataclass

from accessctl.witness.folder import Folder
from accessctl.witness.logs import Logs
from accessctl.witness.state import Seen, State


@dataclass(frozen=True, slots=True)
class Known:
    """A log that is cosigned."""

    origin: str
    seen: Seen
    forks: list[tuple[str, str, str]]
    """Two heads of one size with different roots, each as a note, and when the second came."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What stands there now."""

    vkey: str
    logs: list[Known]


def shown(folder: Folder) -> Shown:
    """Read it. Raises ``WitnessUnusable``."""
    vkey, logs = str(folder.signer().vkey), Logs(folder.logs)
    with closing(State.open(folder.state)) as state:
        return Shown(
            vkey, [Known(origin, state.seen(origin), state.forks(origin)) for origin in logs.origins]
        )
