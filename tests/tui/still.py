"""A site that stands still: the demo's doors and people at one instant, the same on every machine and day.

Behind a real API with a real record, a scripted door process answers what the demo's own one was asked once
(``still_answers.json``; ``python -m tests.tui.still`` asks it again). Screens of it can be compared.
"""

import functools
import json
import math
import shutil
import socket
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from accessctl.api.health_models import InstallationHealth
from accessctl.config.load import revision_of
from accessctl.demo.roster import BY_HANDLE
from accessctl.demo.seed import enrol, site_text
from accessctl.home import Home
from accessctl.keys.root import RootKey
from accessctl.link.answers import Answer, CardTag, Devices, Levels, Status
from accessctl.link.requests import (
    AskCardKeys,
    AskConsentText,
    AskDevices,
    AskLevels,
    AskStatus,
    ReadCard,
    Request,
)
from accessctl.link.wire import decode, encode
from accessctl.store.entry import Entry, Moment
from accessctl.store.memory_rows import rows_of
from accessctl.store.record import Change, RecordWriter, Run
from policies.ids import AreaId, MemberId
from policies.memory import SITE, Muster, Stay
from policies.memory import Change as Fact
from tests.api.running import RunningApi, SitePeer
from tests.homes import NOON, new_home
from tests.tidying import at_the_end
from tests.tui.still_day import INSIDE, SAFE, Inside, day, pseudonym
from tests.tui.still_log import sign

ANSWERS: Final = Path(__file__).with_name("still_answers.json")
NOW: Final = NOON + timedelta(minutes=12)
"""The instant at which the site stands still."""
LAST_S: Final = 700
"""So long after noon the last entry was made."""
REVISION: Final = revision_of(site_text().decode())
RUN: Final = Run("kade-1", "boot-1", REVISION, "0.1.0")
_ASKED: Final = (AskStatus, AskDevices, AskLevels, AskCardKeys, AskConsentText)
_EPOCH: Final = "dcc33026b85c6dfe"
HEALTH: Final = InstallationHealth.model_validate(
    {
        "at": NOW - timedelta(seconds=4),
        "sound": True,
        "findings": [
            {
                "about": "backups",
                "what": "the newest one is 26 hours old",
                "do": "look why the last one was not made: accessctl backups make",
                "weight": "note",
            }
        ],
        "unknown": ["key files, libraries, device files and permissions: sudo accessctl doctor"],
        "door_answers": True,
        "version": "0.1.0",
        "run": {"version": "0.1.0", "boot": RUN.boot, "epoch": _EPOCH},
        "site_file": REVISION,
        "in_force": REVISION,
        "clock": {"kept_right": True, "error_s": 0.012},
        "disk": {"free": 24_800_000_000, "total": 31_200_000_000},
        "stores": [
            {"name": "record.db", "size": 58_720_256, "wrong": None},
            {"name": "people.db", "size": 1_212_416, "wrong": None},
        ],
        "backups": {"count": 14, "newest_at": NOON - timedelta(hours=26), "size": 9_437_184},
    }
)
"""What a machine that is well says of itself."""
_MUSTERS_SINCE: Final = NOW - timedelta(minutes=2)


class StillPeer(SitePeer):
    """The demo's door process as it once answered: one door forced, one unlocked, one open."""

    mustering = False

    def _answer(self, request: Request) -> Answer:
        found = None if type(request) in self._told else _answers().get(type(request).__name__)
        match request, found:
            case ReadCard(), None if type(request) not in self._told:
                return CardTag("iso14443-uid", "ab" * 32, "7A")
            case _, None:
                return super()._answer(request)
            case _, Status():
                return self._status(found)
            case ((AskDevices(first) | AskLevels(first)), (Devices() | Levels())):
                return found if first == 0 else super()._answer(request)
            case _:
                return found

    def _status(self, found: Status) -> Status:
        found = replace(found, rules=REVISION)
        if not self.mustering:
            return found
        everybody = {pseudonym(each.handle) for each in INSIDE}
        missing = sorted(everybody - {pseudonym(handle) for handle in SAFE})
        muster = {"since": _MUSTERS_SINCE.isoformat(), "expected": len(everybody), "missing": missing}
        return replace(found, seq=found.seq + 1, site_state={**found.site_state, "muster": muster})


class StillApi(RunningApi):
    """The API of the site that stands still. What a machine is like, it found out once and for all."""

    PEER = StillPeer
    peer: StillPeer

    def __init__(self, home: Home) -> None:
        super().__init__(home, now=lambda: NOW)
        self.parts.examiner._found = HEALTH
        self.parts.examiner._found_at = math.inf
        self._notary = socket.socket(socket.AF_UNIX)
        self._notary.bind(str(home.notary_socket))
        self._notary.listen()

    def close(self) -> None:
        self._notary.close()
        super().close()


@functools.cache
def _template() -> Path:
    """Make the home once; what is secret in it is another one in each run, and is never shown."""
    folder = Path(tempfile.mkdtemp(prefix="accessctl-still-"))
    at_the_end(lambda: shutil.rmtree(folder, ignore_errors=True))
    home = new_home(folder / "home")
    home.site_file.write_bytes(site_text())
    RootKey.create(home.root_key)
    with closing(sqlite3.connect(home.record)) as record:
        record.execute("UPDATE meta SET value = ? WHERE key = 'epoch'", (_EPOCH,))
        record.commit()
    enrol(home, lambda: NOON)
    _live(home)
    sign(home, NOW - timedelta(minutes=1))
    return home.path


@contextmanager
def still_site(*, mustering: bool = False) -> Iterator[StillApi]:
    """Serve the site until the block ends; a muster may be going on."""
    with tempfile.TemporaryDirectory(prefix="acc-") as short:
        home = Home(Path(short) / "home")
        shutil.copytree(_template(), home.path)
        if mustering:
            _begin_muster(home)
        api = StillApi(home)
        api.peer.mustering = mustering
        try:
            yield api
        finally:
            api.close()


def _live(home: Home) -> None:
    """Record what happened there."""
    writer = RecordWriter(home.record, RUN)
    for at_s, type_, facts in day():
        writer.append(Change((Entry(_moment(at_s), type_, **facts),)))
    stays = [Fact("stays", pseudonym(each.handle), _stay(each)) for each in INSIDE]
    last = Entry(_moment(LAST_S), "clock_sync_restored")
    writer.append(Change((last,), facts=rows_of(stays)))
    writer.close()


def _begin_muster(home: Home) -> None:
    everybody = frozenset(pseudonym(each.handle) for each in INSIDE)
    muster = Muster(_MUSTERS_SINCE, everybody, frozenset(pseudonym(handle) for handle in SAFE))
    began = Entry(_moment(LAST_S), "muster_started", detail={"people": len(everybody), "operator": "tester"})
    writer = RecordWriter(home.record, RUN)
    writer.append(Change((began,), facts=rows_of([Fact("muster", SITE, muster)])))
    writer.close()


def _moment(after_s: int) -> Moment:
    return Moment(NOON + timedelta(seconds=after_s), (after_s + 3600) * 10**9, clock_synced=True)


def _stay(inside: Inside) -> Stay:
    area = AreaId(inside.area)
    members = (MemberId(BY_HANDLE[inside.handle].role),)
    return Stay(area, ((area, NOW - timedelta(minutes=inside.minutes)),), members, sureness=inside.sureness)


@functools.cache
def _answers() -> dict[str, Answer]:
    said = json.loads(ANSWERS.read_text(encoding="utf-8"))
    return {name: decode(json.dumps(answer).encode()) for name, answer in said.items()}  # type: ignore[misc]


def _ask_again() -> None:
    """Ask the demo's own door process, and note its answers with three doors that do not just stand there."""
    from tests.tui.rig import running_site

    with running_site() as site:
        found = {kind.__name__: site.door.ask(kind()) for kind in _ASKED}
    status = found["AskStatus"]
    assert isinstance(status, Status)
    doors = {door["id"]: door for door in status.doors}
    doors["dock-1"] |= {"leaf": "open", "alarm": "forced_open"}
    doors["gate"] |= {
        "mode": "unlocked",
        "strike": "released",
        "until": (NOW + timedelta(hours=2)).isoformat(),
    }
    doors["cold"] |= {"leaf": "open", "strike": "released"}
    inside = [each.area for each in INSIDE]
    areas = [{**area, "people": inside.count(area["id"])} for area in status.areas]
    state = {**status.site_state, "conditions": [], "gone": []}
    found["AskStatus"] = replace(status, areas=areas, site_state=state, rules=REVISION, seq=len(day()) + 1)
    said: dict[str, Any] = {name: json.loads(encode(answer)) for name, answer in found.items()}
    for device in said["AskDevices"]["devices"]:
        device |= {"since": NOON.isoformat(), "seen": NOW.isoformat(), "silent_s": 0.1}
    ANSWERS.write_text(json.dumps(said, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    _ask_again()
