"""What was opened of faces and is kept for the next look goes as soon as the people's store has changed."""

from pathlib import Path

from accessctl.door.face_templates import FaceTemplates
from accessctl.door.outbox import Outbox
from accessctl.faces.thresholds import Measure
from accessctl.link.requests import TakeOutbox
from accessctl.store.biometrics import BiometricReader, FaceRow
from tests.door.story import Story
from tests.faces.people import MODEL
from tests.faces.rig import OPERATOR, Faces

PLAIN = Measure(MODEL, 0.275, centred=False, margin=0.04, source="test")


def test_what_was_opened_is_dropped(tmp_path: Path) -> None:
    """Nothing of an erased face is in memory until the next look."""
    faces = Faces(tmp_path)
    faces.enrol("ana")
    faces.templates.gallery(PLAIN)
    assert len(faces.templates._opened) == 1
    faces.writer.erase_biometrics("ana", ("face",), OPERATOR)
    faces.templates.forget()
    assert faces.templates._opened == {}
    faces.close()


def test_who_is_erased_during_a_look_is_not_kept(tmp_path: Path) -> None:
    """A look that read the rows before the erasure keeps nothing that it opened after it."""
    faces = Faces(tmp_path)
    faces.enrol("ana")

    class Erasing(BiometricReader):
        """Somebody is erased when their row was just read."""

        def faces(self, now: object) -> tuple[FaceRow, ...]:
            rows = super().faces(now)  # type: ignore[arg-type]  # whatever the templates give
            templates.forget()
            return rows

    templates = FaceTemplates(Erasing(faces.home.people), faces.templates._root, faces.clock.now)
    assert templates.gallery(PLAIN).people
    assert templates._opened == {}
    faces.close()


def test_the_door_process_hears_of_every_change(story: Story) -> None:
    """Told by the office, or seen by itself; where nothing has changed, what was opened stays."""
    templates = story.process.controller.parts.templates
    story.ask(TakeOutbox())
    templates._opened = {("b-1", b"sealed"): (1.0,)}
    story.ask(TakeOutbox())
    assert templates._opened
    story.office.person("carol")
    story.ask(TakeOutbox())
    assert templates._opened == {}


def test_a_record_that_is_out_of_reach_keeps_nobodys_face(story: Story) -> None:
    """What the store has changed is told before it is written down."""
    heard: list[str] = []
    process = story.process
    outbox = Outbox(process.people, process.recorder, story.clock, lambda: heard.append("changed"))
    outbox.take_if_possible()
    story.office.person("carol")
    heard.clear()
    process.recorder.close()
    story.home.record.unlink()
    outbox.take_if_possible()
    assert heard == ["changed"]
