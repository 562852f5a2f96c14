"""An OSDP reader from the bench to its first card, through real processes and libosdp's own device side."""

import json
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from queue import Empty

import pytest
from click.testing import CliRunner, Result

from accessctl.cli.root import cli
from accessctl.home import Home
from tests.door.conftest import ALICE
from tests.whole.processes import PATIENCE_S, Api, Door, Warehouse
from tests.whole.test_readers import heard_of, until_recorded

pytest.importorskip("osdp", reason="accessctl[osdp] is not installed")
pytest.importorskip("cryptography", reason="accessctl[osdp] is not installed")
from hardware.simulated.osdp_device import SimulatedOsdpLine, SimulatedOsdpReader, Way

_FIRST = 'reader = { kind = "simulated" }'


@pytest.fixture
def line(home: Home) -> Iterator[SimulatedOsdpLine]:
    """A reader in install mode on a serial line, which the site file names for the front door."""
    with SimulatedOsdpLine(SimulatedOsdpReader(1)) as line:
        text = home.site_file.read_text()
        before, found, after = text.partition("[access_points.front-in]")
        own = after.replace(_FIRST, 'reader = { kind = "osdp", bus = "bench", address = 1 }', 1)
        bus = f'[buses.bench]\nport = "{line.port}"\nbaud = 115200\n\n'
        home.site_file.write_text(before + bus + found + own)
        yield line


def run(home: Home, *words: str) -> Result:
    return CliRunner().invoke(cli, ["--home", str(home.path), *words])


def status(home: Home) -> dict[str, object]:
    (reader,) = json.loads(run(home, "osdp", "status", "--json").stdout)
    assert isinstance(reader, dict)
    return reader


def let_in(home: Home, reader: SimulatedOsdpReader, *, after: str) -> None:
    """Show Alice's card until she is let in: what a reader shows in its first moments is not believed."""
    heard = heard_of(home)
    while heard.get(timeout=PATIENCE_S)["type"] != after:
        pass
    for _ in range(10):
        reader.show(ALICE)
        with suppress(Empty):
            while True:
                if heard.get(timeout=1)["type"] == "access_granted":
                    return
    raise AssertionError("nobody was let in")


def test_a_reader_is_paired_and_lets_people_in(
    home: Home, line: SimulatedOsdpLine, warehouse: Warehouse
) -> None:
    """Silent without a key; paired by one command; its cards count; and after a restart they still do."""
    (reader,) = line.readers
    with ExitStack() as running:
        door = running.enter_context(Door(home))
        api = Api(home)
        running.callback(api.close)
        until_recorded(home, "reader_offline")
        assert status(home)["key"] == "no key yet"
        assert line.captured(Way.TO_READER) == b""
        told = run(home, "doctor")
        assert "accessctl osdp pair front-in" in told.stdout

        paired = run(home, "osdp", "pair", "front-in", "--window", "30")
        assert paired.exit_code == 0, paired.stderr
        until_recorded(home, "reader_pairing_started", "reader_paired")
        assert status(home)["key"] == "own key"
        let_in(home, reader, after="reader_paired")
        key = reader.key
        assert key is not None
        for file in ("reader-keys.json", "door.log", "api.log", "record.db-wal", "record.db"):
            content = (home.path / file).read_bytes()
            assert key not in content, file
            assert key.hex().encode() not in content, file
        door.stop()

        running.enter_context(Door(home))
        until_recorded(home, "system_stop", "reader_online")
        let_in(home, reader, after="system_stop")
        assert warehouse.tool.state()["attached"]
