"""A Wiegand reader with a keypad at a door: bursts on its wires, the door process, and the record."""

import json
import time
from collections.abc import Callable, Iterator

import pytest
from click.testing import CliRunner, Result

from accessctl.cli.root import cli
from accessctl.home import Home
from tests.door.story import Office
from tests.whole.processes import PATIENCE_S, Api, Door, Warehouse

NUMBER = "h10301:123:4567"
Run = Callable[..., Result]


@pytest.fixture
def run(home: Home, warehouse: Warehouse) -> Iterator[Run]:
    """Run commands on a site whose front door has a Wiegand reader; its processes run."""
    assert warehouse.released() == []
    text = home.site_file.read_text()
    before, found, after = text.partition("[access_points.front-in]")
    wired = 'reader = { kind = "wiegand", d0_gpio = 5, d1_gpio = 6, format = "h10301", keys = "4" }'
    home.site_file.write_text(before + found + after.replace('reader = { kind = "simulated" }', wired, 1))
    office = Office(home)
    office.person("carol")
    office.writer.close()
    with Door(home):
        api = Api(home)
        try:
            yield lambda *words: CliRunner().invoke(cli, ["--home", str(home.path), *words])
        finally:
            api.close()


def newest(run: Run) -> int:
    return max((int(event["seq"]) for event in latest(run)), default=0)


def latest(run: Run) -> list[dict[str, str]]:
    lines = run("events", "list", "--json", "--limit", "5").stdout.splitlines()
    return [json.loads(line) for line in lines]


def comes_of(run: Run, what: str) -> dict[str, str]:
    """Send something down the wires and give the decision that comes of it."""
    before = newest(run)
    sent = run("sim", "wiegand", "front-in", what)
    assert sent.exit_code == 0, sent.output
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        for event in latest(run):
            if int(event["seq"]) > before and event["type"].startswith(("access_granted", "denied")):
                return event
    raise AssertionError(f"nothing was decided: {latest(run)}")


def test_a_printed_number_is_enrolled_and_opens(run: Run, warehouse: Warehouse) -> None:
    """A card is enrolled by the number on it, shown on the wires, and granted; its neighbour is not."""
    enrolled = run("cards", "enrol", "carol", "--technology", "wiegand", "--number", NUMBER)
    assert enrolled.exit_code == 0, enrolled.output
    with warehouse.tool.watch(timeout_s=PATIENCE_S) as edges:
        assert comes_of(run, NUMBER)["type"] == "access_granted"
        assert any(edge.kind == "line" and edge.facts["released"] for edge in edges)
    assert comes_of(run, "h10301:124:4567")["type"] == "denied_unknown_credential"


def test_what_is_no_card_is_refused_and_recorded(run: Run) -> None:
    """A wrong parity bit, another length, all zeros and all ones never grant, and each is an event."""
    good = "".join(f"{0x2F623AE:026b}")
    flipped = str(1 - int(good[0])) + good[1:]
    for bits in (flipped, good + "0", good[:-1], "0" * 26, "1" * 26, "0" * 25 + "1"):
        event = comes_of(run, bits)
        assert event["type"] == "denied_factor_error", bits
        assert "4567" not in json.dumps(event)


def test_wrong_use_is_said(run: Run) -> None:
    """No such reader, no such format, and no number at all are refused with words."""
    for words, why in (
        (("cage-in", NUMBER), "no Wiegand reader"),
        (("front-in", "h99999:1:2"), "begins with its format"),
        (("front-in", "h10301:1"), "is written as"),
        (("front-in", "0" * 300), "a burst is"),
    ):
        done = run("sim", "wiegand", *words)
        assert done.exit_code == 1, done.output
        assert why in done.stderr
