"""Drills the site of a site file. The command line calls this and nothing behind it."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from accessctl.config import SiteInvalid, load_file
from accessctl.drill.drill import Drilled, drill

__all__ = ["Drilled", "SiteInvalid", "drill_file"]


def drill_file(path: Path, now: datetime) -> Iterator[Drilled]:
    """Give what is seen at each door under each condition. Raises ``SiteInvalid``."""
    site = load_file(path / "site.toml" if path.is_dir() else path)
    yield from drill(site.rulebook, now)
