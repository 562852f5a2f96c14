import json
from pathlib import Path
from typing import Any

import pytest

from accessctl.doctor.finding import Finding, Weight
from accessctl.doctor.living import living
from accessctl.doctor.machine import Identity, Machine
from accessctl.doctor.run import examine
from accessctl.home import Home
from accessctl.keys.reader_keys import ReaderKeys
from accessctl.keys.root import Purpose, RootKey
from accessctl.link.answers import Devices, Fault, FaultCode
from accessctl.link.requests import AskDevices
from accessctl.probes import devices_at
from tests.api.running import RunningApi
from tests.cli.conftest import Run, api, run
from tests.door.site import SITE
from tests.door.story import make_home
from tests.link.peer import CONTACT, READER, STRIKE

__all__ = ["api", "run"]

OSDP_SITE = SITE.replace(
    'to = "hall"\ndirection = "in"\nreader = { kind = "simulated" }',
    'to = "hall"\ndirection = "in"\nreader = { kind = "osdp", bus = "dock", address = 1 }',
    1,
).replace("[areas.street]", '[buses.dock]\nport = "/dev/ttyUSB0"\n\n[areas.street]', 1)
NOBODY = Identity("nobody", 65534, frozenset())


@pytest.fixture
def home(tmp_path: Path) -> Home:
    (tmp_path / "home").mkdir(mode=0o700)
    return make_home(tmp_path / "home")


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A machine with the serial port of the OSDP line."""
    port = tmp_path / "root/dev/ttyUSB0"
    port.parent.mkdir(parents=True)
    port.touch()
    port.chmod(0o666)
    return Machine(tmp_path / "root", NOBODY)


def device(**facts: object) -> dict[str, Any]:
    return {**READER, **facts}


def test_a_home_where_all_is_well(home: Home, machine: Machine) -> None:
    """Nothing is found, and every device is named, while nothing runs."""
    report = examine(home, None, machine)
    assert report.findings == []
    assert report.sound
    assert [d["id"] for d in report.devices if d["kind"] == "reader"] == [
        "front-in.reader",
        "front-out.reader",
        "cage-in.reader",
        "shed-in.reader",
    ]


def test_a_site_file_with_mistakes_comes_first(home: Home, machine: Machine) -> None:
    """Without a site there is nothing else to look at."""
    home.site_file.write_text(SITE.replace("gpio = 17", "gpio = 99"))
    (finding,) = examine(home, None, machine).findings
    assert (finding.about, finding.do) == ("site.toml", "accessctl check")


def test_an_osdp_reader_without_a_key_has_to_be_paired(home: Home, machine: Machine) -> None:
    """The finding says with which command; once it has a key it is none."""
    pytest.importorskip("cryptography", reason="accessctl[osdp] is not installed")
    home.site_file.write_text(OSDP_SITE)
    findings = [f for f in examine(home, None, machine).findings if "library" not in f.what]
    assert [(f.about, f.do) for f in findings] == [("front-in.reader", "accessctl osdp pair front-in")]
    keys = ReaderKeys(home.reader_keys, RootKey.load(home.root_key).derive(Purpose.READER_KEYS))
    keys.works("front-in.reader", keys.begin("front-in.reader"))
    report = examine(home, None, machine)
    assert [f for f in report.findings if "library" not in f.what] == []
    assert next(d for d in report.devices if d["id"] == "front-in.reader")["key"] == "own key"


def test_files_that_others_may_read_are_named(home: Home, machine: Machine) -> None:
    """Keys are for the service alone."""
    home.root_key.chmod(0o644)
    (finding,) = examine(home, None, machine).findings
    assert finding.about == "root.key"
    home.root_key.chmod(0o600)
    home.reader_keys.write_text("{}")
    home.reader_keys.chmod(0o644)
    (finding,) = examine(home, None, machine).findings
    assert finding.do == f"chmod 600 {home.reader_keys}"


def test_a_root_key_that_is_gone_is_named(home: Home, machine: Machine) -> None:
    """With what to do, which differs from one that may not be read."""
    home.root_key.unlink()
    (finding,) = examine(home, None, machine).findings
    assert finding.do == "put the copy back; in a new home: accessctl init"


def test_stores_that_cannot_be_read_are_named(home: Home, machine: Machine) -> None:
    """Each by its name."""
    home.people.unlink()
    home.record.write_bytes(b"this is no database")
    assert [f.about for f in examine(home, None, machine).findings] == ["people.db", "record.db"]


def test_keys_that_cannot_be_opened_are_named(home: Home, machine: Machine) -> None:
    """The installer is told that a copy, or pairing anew, is the way out."""
    home.site_file.write_text(OSDP_SITE)
    home.reader_keys.write_text("{}")
    home.reader_keys.chmod(0o600)
    findings = examine(home, None, machine).findings
    assert "reader-keys.json" in [f.about for f in findings]


@pytest.mark.parametrize(
    ("facts", "what", "do"),
    [
        ({"state": "lost", "why": "no answer"}, "it does not answer: no answer", "120 ohm"),
        ({"state": "unseen"}, "it was not seen yet", "120 ohm"),
        ({"state": "lost", "driver": "pcsc", "why": "gone"}, "gone", "pcscd"),
        ({"state": "lost", "driver": "fprintd", "why": "there is no system bus"}, "no system bus", "dbus"),
        ({"state": "lost", "driver": "camera", "why": "no picture comes"}, "no picture comes", "cable"),
        (
            {"state": "lost", "driver": "camera", "why": "its models cannot be used: dlib_bin is missing"},
            "dlib_bin is missing",
            "accessctl[face]",
        ),
        ({"key": "no key yet", "state": "lost"}, "it has no key", "accessctl osdp pair gate-in"),
        ({"insecure": "wrong key", "state": "lost"}, "not trusted: wrong key", "osdp pair gate-in"),
        ({"tampered": True}, "its housing is open", "go and look"),
        ({"power_failed": True}, "its own supply fails", "voltage"),
        ({"silent_s": 45.2}, "its driver hangs, for 45 s now", "restart accessctl-door"),
    ],
)
def test_what_is_wrong_with_a_device_is_said_with_its_remedy(
    facts: dict[str, object], what: str, do: str
) -> None:
    """One finding for one cause, with its cause and what to do."""
    (finding,) = living([device(**facts)])
    assert what in finding.what
    assert do in finding.do
    assert finding.weight is Weight.WRONG


@pytest.mark.parametrize("facts", [{"trend": "rising"}, {"restarts": 2}])
def test_what_works_is_only_to_be_known(facts: dict[str, object]) -> None:
    """Rising errors and restarts are no failure yet."""
    (finding,) = living([device(**facts)])
    assert finding.weight is Weight.NOTE


def test_lines_are_judged_by_their_faults() -> None:
    """A strike whose line fails and a contact whose wires are cut are found; sound ones are not."""
    strike = {**STRIKE, "fault": "the line does not answer"}
    contact = {**CONTACT, "state": "lost", "why": "the wires are cut"}
    assert [f.about for f in living([strike, contact])] == ["gate.strike", "gate.position"]
    assert list(living([STRIKE, CONTACT, READER])) == []


def test_the_command_says_what_to_do(api: RunningApi, run: Run) -> None:
    """Devices as a table, findings with their remedy, exit status 1; as JSON for programs."""
    RootKey.create(api.home.root_key)
    api.home.site_file.write_text(SITE)
    sick = device(state="lost", why="no answer")
    with api.peer.answering(AskDevices, Devices([sick], 1)):
        told = run("doctor")
        as_json = json.loads(run("doctor", "--json").stdout)
    assert told.exit_code == 1
    assert told.stdout.splitlines()[1].split()[:4] == ["gate-in.reader", "reader", "osdp", "lost"]
    assert "WRONG  gate-in.reader: it does not answer: no answer\n  do: look at power" in told.stdout
    assert as_json["running"] is True
    assert [f["about"] for f in as_json["findings"]] == ["gate-in.reader"]


def test_the_command_works_while_nothing_runs(home: Home, run: Run, tmp_path: Path) -> None:
    """It looks at the installation by itself, and that nobody answers is a finding."""
    told = run("--home", str(home.path), "doctor", "--json")
    assert told.exit_code == 1
    body = json.loads(told.stdout)
    assert body["running"] is False
    assert [finding["about"] for finding in body["findings"]] == ["the door process"]
    assert "how the devices are now is not known" in told.stderr


def test_a_note_alone_is_no_failure() -> None:
    """What works keeps exit status 0."""
    from accessctl.doctor.run import Report

    note = Finding("x", "y", "z", Weight.NOTE)
    assert Report([], [note]).sound
    assert not Report([], [note, Finding("x", "y", "z")]).sound


def test_root_hears_of_the_devices_without_the_api(api: RunningApi) -> None:
    """The door process is asked itself, part by part; who may not ask hears nothing."""
    parts = Devices([READER, CONTACT], 4)
    with api.peer.answering(AskDevices, parts):
        found = devices_at(api.home.door_socket)
    assert found == [READER, CONTACT, READER, CONTACT]
    with api.peer.answering(AskDevices, Fault(FaultCode.NOT_ADMITTED, "not you")):
        assert devices_at(api.home.door_socket) is None
    assert devices_at(api.home.door_socket.with_name("nobody.sock")) is None
