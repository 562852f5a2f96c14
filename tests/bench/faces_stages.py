"""What each stage of a look costs, at the size at which a door takes pictures."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from accessctl.faces.matching import identify, probe_of, verify
from accessctl.faces.template import Template
from accessctl.faces.thresholds import measure_for
from accessctl.faces.vectors import vector_in
from hardware.specs import ModelFile
from tests.bench.faces_pictures import SUFFIXES, opened
from tests.bench.figures import Times, show

PICTURES = 12
ROUNDS = 3
GALLERY = 1000


def report(webcam: Path, models: tuple[ModelFile, ...]) -> None:
    """Print the time of each stage, in this process and with nothing beside it."""
    from hardware.faces.quality import judge
    from hardware.faces.sight import load_sight

    files = sorted(file for file in webcam.glob("bonafide/*/*/*") if file.suffix.lower() in SUFFIXES)
    files = files[:: max(1, len(files) // PICTURES)][:PICTURES]
    if not files:
        print("Stages: webcam/bonafide has no pictures: left out\n")
        return
    began = time.perf_counter_ns()
    sight = load_sight(None, models)
    print(
        f"Stages, one picture at a time (models loaded in {(time.perf_counter_ns() - began) / 1e6:.0f} ms):"
    )
    pictures = [opened(file) for file in files]
    sizes = {f"{picture.shape[1]}x{picture.shape[0]}" for picture in pictures}
    print(f"  {len(files)} pictures of {', '.join(sorted(sizes))}, {ROUNDS} times each")
    show("read and decode a JPEG", _times(opened, files))
    show("find the faces, five points", _times(sight.engine.find, pictures))
    found = [(picture, faces) for picture in pictures if (faces := sight.engine.find(picture))]
    if not found:
        print("  no face was found in these pictures: the rest is left out\n")
        return
    show("judge the picture", _times(lambda each: judge(*each), found))
    show("make the vector", _times(lambda each: sight.engine.embed(each[0], each[1][0]), found))
    if sight.passive is not None:
        score = sight.passive.score
        show("liveness models, both", _times(lambda each: score(each[0], each[1][0]), found))
    vectors = [vector_in(sight.engine.embed(picture, faces[0]).tobytes()) for picture, faces in found]
    template = Template.of(sight.engine.model, vectors[:5])
    measure, packed = measure_for(sight.engine.model, None), template.pack()
    show("read a template", _times(Template.unpack, [packed] * PICTURES))
    show(
        "compare one to one", _times(lambda v: verify([template.middle], probe_of([v] * 3), measure), vectors)
    )
    gallery = {str(number): (vectors[number % len(vectors)],) for number in range(GALLERY)}
    show(
        f"find one among {GALLERY}", _times(lambda v: identify(gallery, probe_of([v] * 3), measure), vectors)
    )
    print()


def _times(do: Callable[[Any], object], things: list[Any]) -> Times:
    taken = []
    for _ in range(ROUNDS):
        for thing in things:
            began = time.perf_counter_ns()
            do(thing)
            taken.append(time.perf_counter_ns() - began)
    return Times.of_ns(taken)
