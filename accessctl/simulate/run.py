"""Plays a trace at the site of a site file. The command line calls this and nothing behind it."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from accessctl.config import load_file
from accessctl.config.errors import SiteInvalid
from accessctl.config.reading import Wrong
from accessctl.simulate.fields import instant_of
from accessctl.simulate.names import Names
from accessctl.simulate.output import EFFECTS, TYPES, Lines
from accessctl.simulate.player import Player
from accessctl.simulate.trace import Reader, Source, TraceWrong, batches

PRINTABLE: Final = (*EFFECTS, *TYPES)
"""Every ``effect`` and every ``type`` that a line can have."""

__all__ = ["PRINTABLE", "Played", "SiteInvalid", "Source", "TraceWrong", "Wrong", "instant_of", "play"]


@dataclass(frozen=True, slots=True)
class Played:
    """What is worth saying about a trace after it was played."""

    strangers: tuple[str, ...]
    """Whoever badged and was declared by no line."""
    unwatched: tuple[str, ...]
    """Doors of which a line said that the leaf moved, and that have nothing to notice it."""


def play(
    site: Path,
    trace: Source,
    name: str,
    write: Callable[[str], object],
    *,
    people: Path | None = None,
    until: datetime | None = None,
    only: Collection[str] = (),
) -> Played:
    """Play a trace and write the lines that come of it, in order.

    Lines are written before more of the trace is waited for. ``name`` is what mistakes in the trace are told
    by. Raises ``SiteInvalid`` and ``TraceWrong``; what was played before a mistake has been written then.
    """
    found = load_file(site / "site.toml" if site.is_dir() else site)
    names, lines = Names.of(found), Lines(write, only)
    player = Player(found.rulebook, lines)
    if people is not None:
        with people.open("rb") as file:
            reader = Reader(str(people), names)
            for batch in batches(file, str(people)):
                for added in reader.people(batch):
                    player.add(added)
    reader = Reader(name, names)
    try:
        for batch in batches(trace, name):
            for now, happening in reader.happenings(batch):
                player.play(now, happening)
            lines.flush()
        player.finish(until)
    finally:
        lines.flush()
    return Played(tuple(player.strangers), tuple(sorted(player.unwatched)))
