"""A card and a face in a running site: real pictures and the real engine, from the consent to the erasure.

The pictures are of real people and not in the project: ``ACCESSCTL_FACES`` and ``ACCESSCTL_MODELS`` name
where they are (tests/hardware/face_folder.py), and without them this is skipped.
"""

import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from accessctl.home import Home
from hardware.specs import ModelFile
from tests.door.conftest import ALICE, BOB
from tests.hardware.face_folder import models, sittings
from tests.whole.processes import Warehouse
from tests.whole.site import Site, at_shed, running

pytest.importorskip("dlib", reason="pip install 'accessctl[face]'")

FRAMES = 17
"""No multiple of what a look takes: or the camera, which goes round, would be asked at one picture only."""


@dataclass
class Stage(Site):
    """A running site whose shed wants a card and a face, and what stands before its camera."""

    stage: Path

    def stands(self, pictures: Sequence[Path]) -> None:
        """Let somebody stand before the camera."""
        set_stage(self.stage, pictures)
        Event().wait(1.5)  # whoever stood there before has left every frame that the camera still has

    def enrols(self, person: str, pictures: Sequence[Path]) -> dict[str, Any]:
        self.stands(pictures)
        return self.enrols_at(person, "face", "shed-in")

    def shows(self, card: bytes, pictures: Sequence[Path]) -> str:
        """Badge with somebody before the camera; gives why what is recorded was recorded."""
        self.stands(pictures)
        before = len(self.reasons())
        self.warehouse.tool.badge("shed-in.reader", card)
        return self.next_reason(before, "card and face")


def set_stage(stage: Path, pictures: Sequence[Path]) -> None:
    for number, picture in enumerate(islice(cycle(pictures), FRAMES)):
        drawn = stage / f"{number}.tmp"
        shutil.copyfile(picture, drawn)
        drawn.replace(stage / f"{number:02}.jpg")


@contextmanager
def before_camera(
    home: Home, warehouse: Warehouse, pictures: Sequence[Path], files: Sequence[ModelFile] = ()
) -> Iterator[Stage]:
    stage = home.path / "stage"
    stage.mkdir()
    set_stage(stage, pictures)
    listed = ", ".join(f'{{ path = "{each.path}", sha256 = "{each.sha256}" }}' for each in files)
    camera = f'{{ kind = "files", source = "{stage}", liveness = [{listed}] }}'
    rules = f"""
[biometrics]
consent_version = "1"
consent_text = "I agree that a template of my face is kept. I can come in without."
equal_way = "The guard opens."
liveness = "{"passive" if files else "none"}"
"""
    at_shed(home, f'asks = "card_and_face"\ncamera = {camera}', rules)
    with running(home) as (_, api):
        site = Stage(home, warehouse, api.client, stage)
        site.once_here("shed-in.camera")
        yield site


def people() -> list[tuple[str, list[Path], list[Path]]]:
    """Give everybody who sat twice: who, the first time and a later one."""
    found: dict[str, list[list[Path]]] = {}
    for (person, _), paths in sittings().items():
        found.setdefault(person, []).append(paths)
    twice = [(person, times[0], times[1]) for person, times in found.items() if len(times) > 1]
    if len(twice) < 2:
        pytest.skip("fewer than two people sat twice")
    return twice


def test_a_card_and_its_holders_face_open(home: Home, warehouse: Warehouse) -> None:
    """Nobody else's does; erased, no template is left in any file, and there is a receipt."""
    (_, first, _), (_, others, _) = people()[:2]
    with before_camera(home, warehouse, first) as site:
        enrolled = site.enrols("alice", first)
        assert enrolled["state"] == "enrolled", enrolled["why"]
        assert site.shows(ALICE, first) == "Granted."
        assert site.shows(ALICE, others) == "The face is not this person's."
        assert site.shows(BOB, others) != "Granted."
        with closing(sqlite3.connect(home.people)) as db:
            sealed, wrapped = db.execute(
                "SELECT b.sealed, k.wrapped FROM biometric b JOIN person_key k ON k.person = b.person"
            ).fetchone()
        receipt = site.client.delete("/v1/people/alice/biometrics")
        assert receipt.is_success, receipt.text
        assert receipt.json()["person"] == "alice"
        held = [path for path in home.path.rglob("*") if path.is_file() and path.parent != site.stage]
        assert not [path for path in held if sealed in path.read_bytes() or wrapped in path.read_bytes()]
        site.warehouse.tool.badge("shed-in.reader", ALICE)
        site.once(lambda: "none of this person's is enrolled" in str(site.reasons()[-1]), "she is asked")


def test_a_printed_photo_opens_nothing(home: Home, warehouse: Warehouse) -> None:
    """With the liveness models a picture of the right person is told from the person."""
    person, first, later = people()[0]
    prints = next((paths for (who, _), paths in sittings("print").items() if who == person), None)
    if prints is None:
        pytest.skip("there is no printed photo of that person")
    with before_camera(home, warehouse, first, models()) as site:
        enrolled = site.enrols("alice", [*first, *later])
        assert enrolled["state"] == "enrolled", enrolled["why"]
        assert site.shows(ALICE, first) == "Granted."
        assert site.shows(ALICE, prints) == ("The face is a picture, or did not turn as it was asked to.")
