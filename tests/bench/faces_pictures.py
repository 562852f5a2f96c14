"""Looks at a folder of pictures with the engine of a door, in a few processes."""

import multiprocessing
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from accessctl.faces.vectors import Vector, vector_in
from hardware.specs import ModelFile

if TYPE_CHECKING:
    from hardware.faces.sight import Sight

SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".bmp", ".webp"})
_sight: list["Sight"] = []


@dataclass(frozen=True, slots=True)
class Picture:
    """What the engine made of one picture."""

    place: tuple[str, ...]
    """The folders it lies in, below the one that was given."""
    name: str
    vector: Vector | None
    """``None`` where no face was found."""
    live: float | None
    """The score of the liveness models, where there are some."""


def seen_in(
    folder: Path, pattern: str, processes: int, models: tuple[ModelFile, ...] = ()
) -> tuple[str, list[Picture]]:
    """Look at every picture; gives the engine's model as well. The largest face of each counts."""
    files = sorted(file for file in folder.glob(pattern) if file.suffix.lower() in SUFFIXES)
    context = multiprocessing.get_context("spawn")
    with context.Pool(processes, _load, (models,)) as pool:
        found = pool.map(_look, files, chunksize=8)
    model = next((each[0] for each in found), "")
    return model, [
        Picture(
            file.parent.relative_to(folder).parts,
            file.name,
            None if raw is None else vector_in(raw),
            live,
        )
        for file, (_, raw, live) in zip(files, found, strict=True)
    ]


def _load(models: Sequence[ModelFile]) -> None:
    from hardware.faces.sight import load_sight

    _sight.append(load_sight(None, tuple(models)))


def _look(file: Path) -> tuple[str, bytes | None, float | None]:
    sight, picture = _sight[0], opened(file)
    faces = sight.engine.find(picture)
    if not faces:
        return sight.engine.model, None, None
    live = None if sight.passive is None else sight.passive.score(picture, faces[0])
    return sight.engine.model, sight.engine.embed(picture, faces[0]).tobytes(), live


def opened(file: Path) -> Any:  # noqa: ANN401 - numpy is loaded only where pictures are looked at
    """Read a picture as a camera gives it."""
    import numpy as np
    from PIL import Image

    with Image.open(file) as picture:
        return np.asarray(picture.convert("RGB"))
