"""``make bench FACES=<folder> [FACE_MODELS=<folder>]``: how well faces are told apart, and what it costs.

The folder has ``people/PERSON/*.jpg`` (five pictures or more of each), ``webcam/bonafide/PERSON/SESSION/*``
and ``webcam/print/PERSON/SESSION/*`` (frames of a printed photograph of that person), each part where it is
there. The models are the ``*.onnx`` files of MiniFASNet. Pictures are read, and nothing of them is written.

Rates are counted with the code that a door runs, at the threshold that is shipped. How comparisons are
counted stands above each table. They are not independent, one person standing in many of them: the interval
of the counts is therefore followed by one of resampled people.
"""

import argparse
import hashlib
import io
import sys
from collections.abc import Sequence
from pathlib import Path

from hardware.specs import ModelFile
from tests.bench import faces_loop, faces_people, faces_stages, faces_webcam
from tests.bench.faces_pictures import Picture, seen_in


def main(arguments: list[str] | None = None) -> int:
    """Measure what is there. Gives 1 where no face was found in any picture, so that nothing was measured."""
    wanted = argparse.ArgumentParser(prog="python -m tests.bench.faces")
    wanted.add_argument("folder", type=Path)
    wanted.add_argument("--models", type=Path, help="by default the folder `models` in it or beside it")
    wanted.add_argument("--processes", type=int, default=2)
    given = wanted.parse_args(arguments)
    people, webcam = given.folder / "people", given.folder / "webcam"
    if not people.is_dir() and not webcam.is_dir():
        wanted.error(f"{given.folder} has neither people/ nor webcam/")
    places = (
        (given.models,)
        if given.models
        else (given.folder / "models", given.folder.resolve().parent / "models")
    )
    models = next(filter(None, map(models_in, places)), ())
    if given.models and not models:
        wanted.error(f"{given.models} has none of the models: *FASNet*.onnx")
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(line_buffering=True)  # each figure as soon as it is known, into a file too
    print(f"accessctl bench of faces, Python {sys.version.split()[0]}\n")
    faces = 0
    if people.is_dir():
        model, pictures = seen_in(people, "*/*", given.processes)
        if here := _faces_in("people", pictures):
            faces += here
            faces_people.report((model, pictures))
    else:
        print("people/ is not there: figures of many people are left out\n")
    if not webcam.is_dir():
        print("webcam/ is not there: cross-session figures, printed photos, times and the loop are left out")
    else:
        model, pictures = seen_in(webcam, "*/*/*/*", given.processes, models)
        if here := _faces_in("webcam", pictures):
            faces += here
            faces_webcam.report((model, pictures), has_models=bool(models))
            faces_stages.report(webcam, models)
            faces_loop.report(webcam)
    if not faces:
        print(f"NOTHING was measured: no face was found in any picture of {given.folder}")
    return 0 if faces else 1


def _faces_in(name: str, pictures: Sequence[Picture]) -> int:
    """Count the faces, and say where there are none what is missing."""
    faces = sum(picture.vector is not None for picture in pictures)
    if not pictures:
        print(f"{name}/ has no pictures where they are looked for: left out\n")
    elif not faces:
        print(f"{name}/: no face was found in any of {len(pictures)} pictures: left out\n")
    return faces


def models_in(folder: Path) -> tuple[ModelFile, ...]:
    """Give the liveness models of a folder, pinned to what they are now."""
    files = sorted(folder.glob("*FASNet*.onnx"))
    return tuple(ModelFile(str(file), hashlib.sha256(file.read_bytes()).hexdigest()) for file in files)


if __name__ == "__main__":
    sys.exit(main())
