import json
from collections.abc import Iterator
from typing import Any

import pytest

from accessctl.link.answers import Devices, FaultCode, Tried
from accessctl.link.requests import AskDevices, PairReader, TryReader
from tests.api.running import RunningApi
from tests.cli.conftest import Run
from tests.link.peer import READER


def broken(**facts: object) -> list[dict[str, Any]]:
    return [{**READER, **facts}]


@pytest.fixture
def ill(api: RunningApi) -> Iterator[None]:
    """A reader with which everything is wrong."""
    facts = {
        "state": "lost",
        "why": "the key is wrong",
        "insecure": "the key is wrong",
        "tampered": True,
        "power_failed": True,
        "trend": "rising",
    }
    with api.peer.answering(AskDevices, Devices(broken(**facts), 1)):
        yield


def test_readers_are_listed(run: Run) -> None:
    """A line for each, with what it is and how often it errs."""
    listed = run("readers", "list")
    assert listed.exit_code == 0
    heading, line = listed.stdout.splitlines()
    assert heading.split()[:4] == ["ID", "KIND", "DRIVER", "STATE"]
    assert line.split()[:4] == ["gate-in.reader", "reader", "osdp", "here"]
    assert "3/2" in line
    assert "Reader 7" in line
    assert "own key" in line


def test_readers_are_listed_for_programs(run: Run) -> None:
    """The JSON is what the API says."""
    assert json.loads(run("readers", "list", "--json").stdout) == [READER]


def test_what_is_wrong_is_said_in_words(run: Run, ill: None) -> None:
    """Everything that is wrong with a reader stands in its line, each thing once."""
    line = run("readers", "list").stdout.splitlines()[1]
    for words in ("tampered with", "its supply fails", "errors are rising, the last: torn away"):
        assert words in line
    assert line.count("the key is wrong") == 1


def test_a_test_tells_what_was_read(api: RunningApi, run: Run) -> None:
    """Data goes to stdout, what was shown to stderr."""
    tested = run("readers", "test", "gate-in", "--seconds", "2")
    assert tested.exit_code == 0
    assert tested.stdout == "  1.5 s  key pressed\n"
    assert "it was told to show granted" in tested.stderr
    asked = api.peer.heard_of(TryReader)[-1]
    assert isinstance(asked, TryReader)
    assert asked.seconds == 2


def test_a_test_that_read_nothing_is_a_finding(api: RunningApi, run: Run) -> None:
    """Exit status 1, and where to look."""
    with api.peer.answering(TryReader, Tried("gate-in.reader", [], 0, [])):
        tested = run("readers", "test", "gate-in")
    assert tested.exit_code == 1
    assert "accessctl doctor" in tested.stderr
    assert "no light" in tested.stderr


def test_more_than_is_listed_is_counted(api: RunningApi, run: Run) -> None:
    """A babbling reader's reads are not all printed."""
    reads = [{"at_s": 0.1, "what": "unreadable: noise"}]
    with api.peer.answering(TryReader, Tried("gate-in.reader", reads, 900, [])):
        assert run("readers", "test", "gate-in").stdout.splitlines()[-1] == "and 900 more"
        told = json.loads(run("readers", "test", "gate-in", "--json").stdout)
    assert told["more"] == 900


@pytest.mark.parametrize("seconds", ["0", "61", "nan", "soon"])
def test_a_test_has_its_bounds(run: Run, seconds: str) -> None:
    """What is no time for a test is wrong use."""
    assert run("readers", "test", "gate-in", "--seconds", seconds).exit_code == 2


def test_a_reader_is_paired(api: RunningApi, run: Run) -> None:
    """The command opens the window and says what came of it; no key stands anywhere."""
    paired = run("osdp", "pair", "gate-in", "--window", "30")
    assert paired.exit_code == 0
    assert paired.stdout == ""
    assert "has a key of its own" in paired.stderr
    asked = api.peer.heard_of(PairReader)[-1]
    assert isinstance(asked, PairReader)
    assert (asked.device, asked.window_s) == ("gate-in", 30)


def test_a_window_that_came_to_nothing_is_a_finding(api: RunningApi, run: Run) -> None:
    """Exit status 1 and the reader's words."""
    with api.peer.refusing(PairReader, FaultCode.PAIRING_FAILED, "no reader answered in install mode"):
        failed = run("osdp", "pair", "gate-in")
    assert failed.exit_code == 1
    assert "no reader answered in install mode" in failed.stderr


@pytest.mark.parametrize("window", ["9", "601", "nan"])
def test_a_window_has_its_bounds(run: Run, window: str) -> None:
    """What is no time for a window is wrong use."""
    assert run("osdp", "pair", "gate-in", "--window", window).exit_code == 2


def test_keys_are_listed_by_their_state(run: Run) -> None:
    """Each OSDP reader with what is known of its key, and never the key."""
    line = run("osdp", "status").stdout.splitlines()[1]
    assert line.split()[:4] == ["gate-in.reader", "here", "own", "key"]
    assert json.loads(run("osdp", "status", "--json").stdout) == [READER]


def test_other_readers_have_no_key_to_list(api: RunningApi, run: Run) -> None:
    """A site without an OSDP reader has an empty list."""
    with api.peer.answering(AskDevices, Devices(broken(driver="pcsc", key=None), 1)):
        assert json.loads(run("osdp", "status", "--json").stdout) == []
