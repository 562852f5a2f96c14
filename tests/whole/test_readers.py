"""Readers in real processes: what happens to them is recorded, shown, tested and diagnosed."""

import json
import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from queue import SimpleQueue
from threading import Thread, Timer

from click.testing import CliRunner, Result

from accessctl.cli.root import cli
from accessctl.client import ApiClient, ApiError, ApiUnreachable, Event
from accessctl.home import Home
from tests.door.conftest import ALICE
from tests.whole.processes import PATIENCE_S, Api, Warehouse


def run(home: Home, *words: str) -> Result:
    return CliRunner().invoke(cli, ["--home", str(home.path), *words])


def heard_of(home: Home) -> "SimpleQueue[Event]":
    """Follow the record from its beginning, until the API ends."""
    heard: SimpleQueue[Event] = SimpleQueue()

    def lost(why: str) -> None:
        raise ApiUnreachable(why)  # the home's API has ended, and so does this thread

    def follow() -> None:
        with ApiClient(home.api_socket) as client, suppress(ApiError):
            for event in client.follow(0, lost):
                heard.put(event)

    Thread(target=follow, daemon=True).start()
    return heard


def until_recorded(home: Home, *types: str) -> list[str]:
    """Hear the record from its beginning until all these have come, in order; give where."""
    heard, where = heard_of(home), []
    for type_ in types:
        while (event := heard.get(timeout=PATIENCE_S))["type"] != type_:
            pass
        where.append(str(event["access_point"]))
    return where


def test_what_happens_to_a_reader_is_recorded_and_said(api: Api, home: Home) -> None:
    """From a hand in the warehouse to the record, the list and the doctor."""
    for words in (("tamper", "front-in", "open"), ("power", "front-in", "fails"), ("insecure", "front-in")):
        assert run(home, "sim", *words).exit_code == 0
    kinds = ("reader_tamper", "reader_power_failed", "reader_insecure", "reader_offline")
    assert until_recorded(home, *kinds) == ["front-in"] * 4
    (front, *_) = json.loads(run(home, "readers", "list", "--json").stdout)
    assert (front["state"], front["tampered"], front["power_failed"]) == ("lost", True, True)
    told = run(home, "doctor")
    assert told.exit_code == 1
    assert "front-in.reader: its housing is open" in told.stdout
    for words in (("return", "front-in"), ("tamper", "front-in", "shut"), ("power", "front-in", "good")):
        run(home, "sim", *words)
    until_recorded(
        home, "reader_insecure", "reader_online", "reader_tamper_restored", "reader_power_restored"
    )
    well = run(home, "doctor")
    assert (well.exit_code, "nothing is wrong" in well.stderr) == (0, True)


def test_a_reader_is_tested_by_the_command(api: Api, home: Home, warehouse: Warehouse) -> None:
    """While the command waits, a card and a key are read and nobody is let in."""
    with ThreadPoolExecutor() as beside:
        testing = beside.submit(run, home, "readers", "test", "front-in", "--seconds", "3", "--json")
        until_recorded(home, "reader_tested")
        warehouse.tool.badge("front-in", ALICE)
        warehouse.tool.key("front-in", "7")
        trial = json.loads(testing.result(PATIENCE_S).stdout)
    assert [read["what"] for read in trial["reads"]] == [
        "card read: 7 bytes, iso14443-uid, ends in F6",
        "key pressed",
    ]
    assert trial["patterns"][:2] == ["idle", "granted"]
    assert warehouse.released() == []


def test_watching_tells_of_events_and_of_health(api: Api, home: Home, warehouse: Warehouse) -> None:
    """Entries and changes come as lines until Ctrl-C, which is a good end."""
    command = [sys.executable, "-m", "accessctl.cli", "--home", str(home.path)]
    watching = subprocess.Popen(
        [*command, "readers", "watch", "front-in", "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    too_long = Timer(PATIENCE_S, watching.kill)
    too_long.start()
    with watching:
        assert watching.stdout is not None
        assert watching.stderr is not None
        assert "watching front-in.reader" in watching.stderr.readline()
        warehouse.tool.lose("shed-in")
        warehouse.tool.lose("front-in")
        seen: dict[str, object] = {}
        while not {"event", "change"} <= seen.keys():
            line = json.loads(watching.stdout.readline() or "null")
            assert line is not None, "it ended before it had told everything"
            seen["change" if "was" in line else "event"] = line
        watching.send_signal(signal.SIGINT)
        assert watching.wait(PATIENCE_S) == 0
    too_long.cancel()
    event, change = seen["event"], seen["change"]
    assert isinstance(event, dict)
    assert isinstance(change, dict)
    assert (event["type"], event["access_point"]) == ("reader_offline", "front-in")
    assert (change["reader"], change["state"], change["was"]["state"]) == ("front-in.reader", "lost", "here")


def test_wires_are_cut_by_hand(api: Api, home: Home, warehouse: Warehouse) -> None:
    """A cut position switch of the simulated warehouse reads as an open leaf where nobody supervises it."""
    assert run(home, "sim", "wires", "front.exit_request", "shorted").exit_code == 0
    until_recorded(home, "access_granted_anonymous")
    assert run(home, "sim", "wires", "front.exit_request", "mended").exit_code == 0
    assert warehouse.tool.state()["faults"] == {}
    assert run(home, "sim", "wires", "moon.position", "cut").exit_code == 1
