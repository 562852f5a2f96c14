"""What the fingerprint sensors of a simulated warehouse keep while none runs: a file beside its socket."""

import contextlib
import json
from collections.abc import Mapping
from pathlib import Path

Kept = Mapping[str, Mapping[str, str]]
"""For each sensor the finger under each template's name."""


def read_fingers(path: Path) -> Kept:
    """Read what was kept; nothing, where there is no file or none of ours."""
    with contextlib.suppress(OSError, ValueError):
        kept = json.loads(path.read_text())
        if isinstance(kept, dict) and all(_are_names(fingers) for fingers in kept.values()):
            return kept
    return {}


def write_fingers(path: Path, kept: Kept) -> None:
    """Write it, whole or not at all."""
    new = path.with_suffix(".new")
    new.touch(mode=0o600)
    new.write_text(json.dumps(kept))
    new.replace(path)


def _are_names(fingers: object) -> bool:
    return isinstance(fingers, dict) and all(isinstance(name, str) for name in (*fingers, *fingers.values()))
