"""What the office asks about faces: calibration through the door process, the API and the command."""

import asyncio
import json
import tomllib
from collections.abc import Callable, Coroutine
from typing import Any, cast

import pytest
from click.testing import CliRunner

from accessctl.answers import FaceCalibration
from accessctl.cli.faces import lines_for_the_file
from accessctl.cli.root import cli
from accessctl.config import load
from accessctl.door.desk_faces import FaceDesk
from accessctl.door.enrolment import Subject
from accessctl.door.face_enrolment import FaceEnrolment
from accessctl.door.refusing import DeskRefuses
from accessctl.door.workers import InlineWorkers
from accessctl.faces.thresholds import SHIPPED
from accessctl.link.answers import FacesCalibrated, FaultCode
from accessctl.link.requests import CalibrateFaces
from accessctl.link.wire import decode, encode
from tests.door.site import SITE
from tests.door.story import HeldWorkers
from tests.faces.people import MODEL, template_of
from tests.faces.rig import Faces, TestCamera
from tests.whole.processes import Api, Door, Warehouse

Ask = Callable[[CalibrateFaces], Coroutine[Any, Any, FacesCalibrated]]


def desk_of(faces: Faces, workers: InlineWorkers | HeldWorkers | None = None) -> tuple[FaceDesk, Ask]:
    site = load(SITE)
    desk = FaceDesk(lambda: site, faces.templates, workers or InlineWorkers())
    ask: Any = desk.answers()[CalibrateFaces]
    return desk, ask


def staff(faces: Faces, people: int) -> None:
    for number in range(people):
        faces.enrol(f"p{number}", template_of(f"p{number}"))


def test_a_calibration_tells_counts_and_nobodys_name(faces: Faces) -> None:
    """What leaves the door process is numbers; it fits into one line of the link."""
    staff(faces, 12)
    _, ask = desk_of(faces)
    answer = asyncio.run(ask(CalibrateFaces()))
    assert decode(encode(answer)) == answer
    found = answer.found
    assert (found["model"], found["people"], found["other_engines"]) == (MODEL, 12, 0)
    assert found["plain"]["threshold"] == SHIPPED["dlib"].threshold
    assert found["centred"] is None
    assert not any(f"p{number}" in json.dumps(found) for number in range(12))


def test_a_calibration_of_too_few_people_is_refused(faces: Faces) -> None:
    """Nine people, or none, are refused with words."""
    _, ask = desk_of(faces)
    for more in (0, 9):
        staff(faces, more)
        with pytest.raises(DeskRefuses, match="below 10") as refused:
            asyncio.run(ask(CalibrateFaces()))
        assert refused.value.code is FaultCode.UNUSABLE


def test_only_one_engine_is_measured(faces: Faces) -> None:
    """Those who are enrolled with another engine are told, and compared with nobody."""
    staff(faces, 12)
    faces.enrol("old", template_of("old", model="dlib:ffff:ffff"))
    _, ask = desk_of(faces)
    found = asyncio.run(ask(CalibrateFaces())).found
    assert (found["people"], found["other_engines"]) == (12, 1)


def test_without_the_root_key_nothing_is_measured(faces: Faces) -> None:
    """Templates that cannot be opened are no reason to say something about them."""
    staff(faces, 12)
    faces.home.root_key.unlink()
    _, ask = desk_of(faces)
    with pytest.raises(DeskRefuses) as refused:
        asyncio.run(ask(CalibrateFaces()))
    assert refused.value.code is FaultCode.KEYS_UNAVAILABLE


def test_one_calibration_at_a_time(faces: Faces) -> None:
    """A second one is refused while the first goes on, and not after it."""
    staff(faces, 12)
    workers = HeldWorkers()
    _, ask = desk_of(faces, workers)

    async def both() -> FacesCalibrated:
        first = asyncio.ensure_future(ask(CalibrateFaces()))
        await asyncio.sleep(0)
        with pytest.raises(DeskRefuses) as refused:
            await ask(CalibrateFaces())
        assert refused.value.code is FaultCode.BUSY
        workers.work()
        await first
        again = asyncio.ensure_future(ask(CalibrateFaces()))
        await asyncio.sleep(0)
        workers.work()
        return await again

    assert asyncio.run(both()).found["people"] == 12


def test_the_door_goes_on_while_faces_are_compared(faces: Faces) -> None:
    """Between the pieces of a calibration everything else on the loop has its turns."""
    staff(faces, 24)
    _, ask = desk_of(faces)
    turns = 0

    async def beside() -> None:
        nonlocal turns
        done = asyncio.ensure_future(ask(CalibrateFaces()))
        while not done.done():
            turns += 1
            await asyncio.sleep(0)
        await done

    asyncio.run(beside())
    assert turns > 24


def test_an_enrolment_is_led_by_the_rules_in_force(faces: Faces) -> None:
    """What the site wants of a face at a door, an enrolment wants as well."""
    site = load(SITE + '\n[biometrics]\nliveness = "both"\n')
    desk = FaceDesk(lambda: site, faces.templates, InlineWorkers())
    camera = TestCamera()
    session = desk.session(camera, Subject("ana", "b-1", faces.vault.new_key("ana", "k-1")), faces.vault)
    assert isinstance(session, FaceEnrolment)
    session.begin(lambda: 1)
    assert camera.orders[0].look.passive
    assert camera.orders[0].look.turn is not None


def found_with(chosen: str, threshold: float, shipped: float | None) -> FaceCalibration:
    way: Any = {"threshold": threshold}
    found: Any = {
        "model": MODEL,
        "shipped_threshold": shipped,
        "plain": way,
        "centred": way if chosen == "centred" else None,
        "chosen": chosen,
    }
    return cast("FaceCalibration", found)


def test_the_lines_for_the_site_file_are_what_it_takes() -> None:
    """What the command prints can be put into a site file as it stands, and then it holds."""
    for chosen, centred in (("plain", False), ("centred", True)):
        lines = "\n".join(lines_for_the_file(found_with(chosen, 0.241, 0.275)))
        rules = load(f"{SITE}\n{lines}\n").biometrics
        assert (rules.face_threshold, rules.face_model, rules.face_centred) == (0.241, MODEL, centred)
        assert tomllib.loads(lines)["biometrics"]["face_threshold"] == 0.241


def test_where_the_shipped_threshold_holds_the_file_needs_nothing() -> None:
    """A calibration that finds nothing to change prints no line."""
    assert lines_for_the_file(found_with("plain", 0.275, 0.275)) == []
    assert lines_for_the_file(found_with("plain", 0.9, None)) != []


def test_a_site_calibrates_itself(faces: Faces) -> None:
    """From the command through the API to the door process, where the keys are, and back."""
    staff(faces, 12)
    warehouse = Warehouse(faces.home)
    try:
        with Door(faces.home):
            api = Api(faces.home)
            try:
                told = CliRunner().invoke(
                    cli, ["--home", str(faces.home.path), "faces", "calibrate", "--json"]
                )
                assert told.exit_code == 0, told.output
                assert json.loads(told.stdout)["people"] == 12
                words = CliRunner().invoke(cli, ["--home", str(faces.home.path), "faces", "calibrate"])
                assert words.exit_code == 0, words.output
                assert words.stdout == ""
                assert "12 of 12 people" in words.stderr
                for number in range(3, 12):
                    faces.writer.erase_biometrics(f"p{number}", ["face"], "local:maria")
                few = CliRunner().invoke(cli, ["--home", str(faces.home.path), "faces", "calibrate"])
                assert few.exit_code == 1
                assert "3 people" in few.output
            finally:
                api.close()
    finally:
        warehouse.close()
