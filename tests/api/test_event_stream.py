"""Many streams at once: what each gets, and what they cost the stores."""

import asyncio
import sqlite3
from collections.abc import Callable, Coroutine, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar

import pytest

from accessctl.api import stream as stream_module
from accessctl.api import tail as tail_module
from accessctl.api.event_models import Told
from accessctl.api.sight import Sight, _sight
from accessctl.api.tail import Tail
from accessctl.home import Home
from accessctl.store.event_filter import EventFilter
from accessctl.store.events import EventQueries, Found
from accessctl.store.migrate import migrate
from accessctl.store.people_queries import PeopleQueries
from tests.api.followers import Follower
from tests.api.running import RunningApi, refused
from tests.homes import Recording, new_home

T = TypeVar("T")
PATIENCE_S = 30
"""Nothing here takes as long; it is reached only when something is broken."""
LONG = "x" * 4000
"""So long a reason that a client who does not read is noticed after a few of them."""


class _Counts:
    def __init__(self) -> None:
        self._lock = Lock()
        self.pages = self.names = 0

    def count(self, what: str) -> None:
        with self._lock:
            setattr(self, what, getattr(self, what) + 1)


COUNTS = _Counts()


class CountingEvents(EventQueries):
    """The real queries, counted."""

    def page_after(self, *arguments: Any, **more: Any) -> Found:  # noqa: ANN401 - as the real one takes them
        COUNTS.count("pages")
        return super().page_after(*arguments, **more)


class CountingPeople(PeopleQueries):
    """The real queries, counted."""

    def names_of(self, people: Any) -> dict[str, str]:  # noqa: ANN401 - as the real one takes them
        COUNTS.count("names")
        return super().names_of(people)


@pytest.fixture
def api(tmp_path: Path) -> Iterator[RunningApi]:
    running = RunningApi(new_home(tmp_path / "home"))
    tail = running._server._parts.tail
    tail._events, tail._people = CountingEvents(running.home.record), CountingPeople(running.home.people)
    yield running
    running.close()


@pytest.fixture
def recording(api: RunningApi) -> Iterator[Recording]:
    recording = Recording(api.home)
    yield recording
    recording.close()


@dataclass
class Crowd:
    """The clients of one test, and a hand at the record."""

    api: RunningApi
    recording: Recording
    _followers: list[Follower] = field(default_factory=list)

    @property
    def tail(self) -> Tail:
        return self.api._server._parts.tail

    async def open(self, query: str = "", **headers: str) -> Follower:
        follower = await Follower.open(self.api.home.api_socket, query, **headers)
        self._followers.append(follower)
        return follower

    def tell(self, story: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Let a story happen; then everybody who is still there goes."""

        async def told() -> T:
            try:
                async with asyncio.timeout(PATIENCE_S):
                    return await story()
            finally:
                for follower in self._followers:
                    await follower.close()
                self._followers.clear()

        return asyncio.run(told())

    def add(self, type_: str, **facts: object) -> int:
        """Write an entry, and tell that the record has grown."""
        seq = self.recording.add(type_, **facts)
        self.api.do(self.api.peer.reach, seq)
        return seq

    def until(self, so: Callable[[], bool]) -> None:
        """Wait in the server's loop until something is so there."""

        async def until() -> None:
            while not so():  # noqa: ASYNC110 - nothing tells of it, and it is so within a few turns
                await asyncio.sleep(0)

        self.api.do(until)


@pytest.fixture
def crowd(api: RunningApi, recording: Recording) -> Crowd:
    return Crowd(api, recording)


KINDS: list[tuple[str, Callable[[dict[str, Any]], bool]]] = [
    ("", bool),
    ("&door=gate", lambda e: e["door"] == "gate"),
    ("&type=rex&type=door_opened", lambda e: e["type"] in {"rex", "door_opened"}),
    ("&outcome=refused", lambda e: e["type"].startswith("denied_")),
    ("&person=p-1&outcome=granted", lambda e: e["person"] == "p-1" and e["type"] == "access_granted"),
    ("&until=2026-03-02T12:01:00Z", lambda e: e["at"] < "2026-03-02T12:01:00.000Z"),
]


def written(crowd: Crowd, number: int) -> dict[str, Any]:
    """Write one of a few sorts of entries in turn; give what of it is chosen by."""
    type_ = ("access_granted", "rex", "denied_passback", "door_opened", "door_closed")[number % 5]
    facts = {
        "door": ("gate", "dock", "cage")[number % 3],
        "person": f"p-{number % 2}" if type_.startswith(("access", "denied")) else None,
    }
    seq = crowd.add(type_, **facts, reason=LONG if number % 4 == 0 else "Short.")
    second = f"2026-03-02T12:{seq // 60:02}:{seq % 60:02}.000Z"
    return {"seq": seq, "type": type_, "at": second, **facts}


def test_everybody_gets_what_is_wanted_and_once(crowd: Crowd, monkeypatch: pytest.MonkeyPatch) -> None:
    """Thirty streams, six filters, fast, slow, late, asleep or gone: each has its entries in order, once."""
    monkeypatch.setattr(tail_module, "MOST_KEPT", 40)  # who does not read soon falls out of it
    monkeypatch.setattr(tail_module, "AT_ONCE", 7)

    async def story() -> None:
        entries = [written(crowd, number) for number in range(20)]
        readers = [(0, await crowd.open(f"?after=0{query}"), kind) for query, kind in KINDS * 2]
        readers += [(12, await crowd.open(f"?after=12{query}"), kind) for query, kind in KINDS]
        readers += [(20, await crowd.open(f"?{query.removeprefix('&')}"), kind) for query, kind in KINDS]
        sleeper, gone = await crowd.open("?after=0"), await crowd.open("?after=3")
        entries += [written(crowd, number) for number in range(20, 60)]
        gone.vanish()
        late = [(30, await crowd.open(f"?after=30{query}"), kind) for query, kind in KINDS[:4]]
        for number in range(60, 300):
            entries.append(written(crowd, number))
            if number % 9 == 0:  # not all of them read at the same time
                begin, follower, kind = readers[number // 9 % len(readers)]
                await follower.take(sum(kind(e) for e in entries if e["seq"] > begin))
        assert len(readers) + len(late) + 2 == 30
        entries.append({"seq": crowd.add("system_stop", door="gate", person="p-1"), "type": "-"})
        last = entries.pop()["seq"]
        for begin, follower, kind in readers + late:
            expected = [e["seq"] for e in entries if e["seq"] > begin and kind(e)]
            got = await follower.take(len(expected))
            assert [seq for seq in got if seq != last] == expected
        assert await sleeper.until(last) == list(range(1, last + 1))

    crowd.tell(story)
    crowd.until(lambda: crowd.tail.followers == 0)
    assert crowd.tail.kept == 0


async def burst(crowd: Crowd, clients: int, entries: int) -> tuple[int, int]:
    """Let so many clients follow so many entries; give how often the stores were read for it."""
    person = crowd.api.new_person()
    followers = [await crowd.open() for _ in range(clients)]
    first = crowd.add("rex")
    for follower in followers:
        await follower.until(first)
    pages, names = COUNTS.pages, COUNTS.names
    for _ in range(entries):
        seq = crowd.add("access_granted", person=person)
        for follower in followers:
            assert (await follower.until(seq))[-1] == seq
    for follower in followers:
        assert follower.events[-1]["person_name"] == "Ana Marsh"
        await follower.close()
    crowd.until(lambda: crowd.tail.followers == 0)
    return COUNTS.pages - pages, COUNTS.names - names


def test_the_stores_are_read_once_for_everybody(crowd: Crowd) -> None:
    """What is read grows with what happens at the doors, and not with how many look on."""
    for clients in (1, 30):
        pages, names = crowd.tell(partial(burst, crowd, clients, 10))
        assert 10 <= pages <= 20 + 2  # a hint that comes while it is read is followed up
        assert names == 10


def test_the_counting_would_notice(crowd: Crowd, monkeypatch: pytest.MonkeyPatch) -> None:
    """Negative control: where nothing is kept, every client reads for itself, and that is counted."""
    monkeypatch.setattr(tail_module, "MOST_KEPT", 0)
    pages, names = crowd.tell(partial(burst, crowd, 30, 10))
    assert pages >= 300
    assert names >= 300


def test_a_client_that_comes_and_goes_loses_nothing(crowd: Crowd) -> None:
    """Whoever hangs up again and again, and goes on after the last id, has every entry once."""

    async def story() -> None:
        seen: list[int] = []
        steady = await crowd.open("?after=0")
        for _ in range(12):
            follower = await crowd.open("?after=0", **{"Last-Event-ID": str(seen[-1] if seen else 0)})
            for _ in range(5):
                crowd.add("rex")
            seen += (await follower.take(3))[:3]
            follower.vanish()
        rest = await crowd.open(f"?after={seen[-1]}")
        seen += await rest.until(60)
        assert seen == await steady.until(60) == list(range(1, 61))

    crowd.tell(story)


def test_several_entries_come_in_one_piece(crowd: Crowd) -> None:
    """What is there already is sent together, not entry by entry."""

    async def story() -> None:
        for _ in range(20):
            crowd.recording.add("rex")
        follower = await crowd.open("?after=0")
        before = follower.chunks
        await follower.until(20)
        assert follower.chunks == before + 1

    crowd.tell(story)


def test_a_record_that_cannot_be_read_for_a_while(crowd: Crowd, monkeypatch: pytest.MonkeyPatch) -> None:
    """Streams stay open while the record is out of reach, and then give what was written meanwhile, once."""
    monkeypatch.setattr(tail_module, "RETRY_S", 0.02)
    monkeypatch.setattr(tail_module, "HEARTBEAT_S", 0.04)
    record, away = crowd.api.home.record, crowd.api.home.record.with_suffix(".away")

    async def story() -> None:
        crowd.add("rex")
        near, far = await crowd.open("?after=0"), await crowd.open()
        await near.until(1)
        record.rename(away)
        crowd.add("door_opened")
        await near.comment()
        late = await crowd.open("?after=0")
        await late.comment()
        away.rename(record)
        crowd.recording.add("door_closed")
        assert await near.until(3) == await late.until(3) == [1, 2, 3]
        assert await far.until(3) == [2, 3]

    crowd.tell(story)


def test_another_record_follows_from_its_first_entry_on(crowd: Crowd, tmp_path: Path) -> None:
    """When the file is replaced by another one, its numbers begin anew, and so does the stream."""
    (tmp_path / "other").mkdir()
    other = Home(tmp_path / "other")
    migrate(other)

    async def story() -> None:
        for _ in range(5):
            crowd.add("rex")
        follower, chosen = await crowd.open("?after=0"), await crowd.open("?type=system_start")
        await follower.until(5)
        crowd.recording.close()
        other.record.replace(crowd.api.home.record)
        crowd.recording = Recording(crowd.api.home)
        for type_ in ("rex", "system_start", "rex"):
            crowd.add(type_)
        assert await follower.take(8) == [1, 2, 3, 4, 5, 1, 2, 3]
        assert len({event["epoch"] for event in follower.events}) == 2
        assert await chosen.take(1) == [2]
        crowd.recording.close()

    crowd.tell(story)


@pytest.mark.parametrize("more", [2, 9], ids=["shorter", "longer"])
@pytest.mark.parametrize("somebody", [False, True], ids=["alone", "beside another"])
def test_who_comes_back_to_another_record_gets_all_of_it(
    crowd: Crowd, tmp_path: Path, more: int, somebody: bool
) -> None:
    """After a restore, with an id of the record before: nothing is passed over, and nothing given twice."""
    (tmp_path / "other").mkdir()
    other = Home(tmp_path / "other")
    migrate(other)

    async def story() -> None:
        for _ in range(5):
            crowd.add("rex")
        follower = await crowd.open("?after=0")
        await follower.until(5)
        id_ = f"{follower.events[-1]['epoch']}-5"
        if not somebody:
            follower.vanish()
        crowd.recording.close()
        other.record.replace(crowd.api.home.record)
        crowd.recording = Recording(crowd.api.home)
        for _ in range(more):
            crowd.recording.add("door_opened")
        epoch = EventQueries(crowd.api.home.record).end().epoch
        backs = [await crowd.open(**{"Last-Event-ID": id_}), await crowd.open(f"?after={id_}")]
        assert [back.begin for back in backs] == [f"{epoch}-0"] * 2
        backs.append(await crowd.open(f"?after={epoch}-1"))
        last = crowd.add("rex")
        assert [await back.until(last) for back in backs] == [
            [*range(1, last + 1)],
            [*range(1, last + 1)],
            [*range(2, last + 1)],
        ]
        if somebody:
            assert await follower.take(5 + last) == [*range(1, 6), *range(1, last + 1)]
        crowd.recording.close()

    crowd.tell(story)


def test_nobody_waits_for_what_lies_ahead_of_the_record(crowd: Crowd) -> None:
    """A number that the record has not reached is refused: else all up to it would be passed over."""
    for _ in range(3):
        crowd.add("rex")
    epoch = EventQueries(crowd.api.home.record).end().epoch
    http = crowd.api.http
    for id_ in ("4", f"{epoch}-4", "9" * 18):
        for asked in ({"params": {"after": id_}}, {"headers": {"Last-Event-ID": id_}}):
            problem = refused(http.get("/events/stream", **asked), 409)  # type: ignore[arg-type]
            assert problem["type"].endswith("ahead-of-record")
            assert "ends with 3" in problem["detail"]
    for id_ in ("-1", "3-", "a b-3", f"{epoch}-{'9' * 19}", f"{epoch}-x"):
        refused(http.get("/events/stream", params={"after": id_}), 422)

    async def story() -> None:  # the control: the last one, named either way
        for id_ in ("3", f"{epoch}-3"):
            follower = await crowd.open(f"?after={id_}")
            assert follower.begin == f"{epoch}-3"
            await follower.close()

    crowd.tell(story)


def test_a_record_that_was_set_back_repeats_nothing(crowd: Crowd) -> None:
    """An older copy of the same file counts from where it is newer than what was given already."""
    record = crowd.api.home.record

    async def story() -> None:
        for _ in range(3):
            crowd.recording.add("rex")
        crowd.recording.close()
        older = record.read_bytes()
        crowd.recording = Recording(crowd.api.home)
        follower = await crowd.open("?after=0")
        for _ in range(2):
            crowd.add("rex")
        await follower.until(5)
        crowd.recording.close()
        record.write_bytes(older)
        late = await crowd.open("?after=0")
        assert await late.until(3) == [1, 2, 3]
        crowd.recording = Recording(crowd.api.home)
        before = COUNTS.pages
        for _ in range(3):
            crowd.add("door_opened")
        assert await follower.until(6) == [1, 2, 3, 4, 5, 6]
        assert follower.events[-1]["type"] == "door_opened"
        assert COUNTS.pages - before < 20
        crowd.recording.close()

    crowd.tell(story)


def test_a_stream_of_which_nothing_is_left_lives(crowd: Crowd, monkeypatch: pytest.MonkeyPatch) -> None:
    """While only others get entries, a client is told that its line is alive."""
    monkeypatch.setattr(tail_module, "HEARTBEAT_S", 0.02)

    async def story() -> None:
        busy, idle = await crowd.open(), await crowd.open("?door=nowhere")
        for _ in range(5):
            await busy.until(crowd.add("rex", door="gate"))
            await idle.comment()
        assert idle.events == []

    crowd.tell(story)


def test_what_is_kept_is_bounded(crowd: Crowd, monkeypatch: pytest.MonkeyPatch) -> None:
    """In numbers, in bytes and in time: names must not stay in memory for as long as a site is quiet."""
    kept: list[int] = []

    async def story() -> None:
        follower = await crowd.open()
        for name, bound in (("MOST_KEPT", 5), ("MOST_BYTES", 20_000), ("KEPT_S", 0.0)):
            monkeypatch.setattr(tail_module, name, bound)
            for _ in range(10):
                await follower.until(crowd.add("rex", reason=LONG))
            kept.append(crowd.tail.kept)
            monkeypatch.undo()
        assert len(follower.events) == 30

    crowd.tell(story)
    assert kept[0] == 5
    assert 0 < kept[1] < 5
    assert kept[2] <= 1


def test_a_new_name_is_told_at_once(crowd: Crowd) -> None:
    """An entry that comes has the name of that moment."""

    async def story() -> None:
        person = crowd.api.new_person("Ana Marsh")
        follower = await crowd.open("?after=0")
        await follower.until(crowd.add("access_granted", person=person))
        crowd.api.http.patch(f"/people/{person}", json={"name": "Ana Wilk"})
        await follower.until(crowd.add("access_granted", person=person))
        assert [event["person_name"] for event in follower.events] == ["Ana Marsh", "Ana Wilk"]

    crowd.tell(story)


def test_who_may_not_see_names_sees_none(crowd: Crowd) -> None:
    """In the stream, kept or read from the store, in pages and in a single entry: the pseudonym alone."""

    async def story() -> None:
        person = crowd.api.new_person("Ana Marsh")
        seeing = await crowd.open("?after=0")
        overrides = crowd.api._server.config.app.dependency_overrides  # type: ignore[union-attr]
        overrides[_sight] = lambda: Sight(names=False, silent_alarms=False)
        stored = await crowd.open("?after=0")
        seq = crowd.add("access_granted", person=person)
        for follower in (seeing, stored):
            await follower.until(seq)
        kept = await crowd.open(f"?after={seq - 1}")
        await kept.until(seq)
        (listed,) = crowd.api.http.get("/events", params={"person": person}).json()["events"]
        single = crowd.api.http.get(f"/events/{seq}").json()
        shown = [stored.events[-1], kept.events[-1], listed, single]
        assert [event["person_name"] for event in shown] == [None] * 4
        assert [event["person"] for event in shown] == [person] * 4
        assert seeing.events[-1]["person_name"] == "Ana Marsh"

    crowd.tell(story)


def test_a_stream_says_where_it_begins(crowd: Crowd) -> None:
    """A client that is cut off before the first entry resumes from the beginning that it was told."""

    async def story() -> None:
        for _ in range(3):
            crowd.add("rex")
        first = await crowd.open()
        assert first.begin == f"{EventQueries(crowd.api.home.record).end().epoch}-3"
        first.vanish()
        crowd.add("rex")
        second = await crowd.open(**{"Last-Event-ID": first.begin})
        assert await second.until(4) == [4]

    crowd.tell(story)


def test_an_item_can_do_without_the_name(recording: Recording, api: RunningApi) -> None:
    """Who may not see names gets the same entry with the pseudonym alone."""
    recording.add("access_granted", person="p-1")
    (row,) = EventQueries(api.home.record).after(0, wanted=EventFilter(person="p-1"))
    told = Told.of(row, {"p-1": "Ana Marsh"})
    assert b"Ana Marsh" in told.text(names=True)
    assert b"Ana Marsh" not in told.text(names=False)
    assert told.text(names=True).replace(b'"Ana Marsh"', b"null") == told.text(names=False)


@pytest.mark.parametrize(
    "change", ["UPDATE operator SET disabled = 1", "UPDATE operator SET roles = '[\"installer\"]'"]
)
def test_a_stream_ends_with_the_right_to_it(
    crowd: Crowd, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    """Who may not read the record or its names any more gets nothing further from a stream that is open."""
    monkeypatch.setattr(tail_module, "HEARTBEAT_S", 0.02)

    async def story() -> None:
        follower = await crowd.open("?after=0")
        await follower.until(crowd.add("rex"))
        monkeypatch.setattr(stream_module, "RECHECK_S", 0.0)
        await follower.until(crowd.add("rex"))  # which was checked, and is still so
        with closing(sqlite3.connect(crowd.api.home.people)) as people:
            people.execute(change)
            people.commit()
        crowd.until(lambda: crowd.tail.followers == 0)
        crowd.add("rex")
        assert await follower.rest() == [1, 2]

    crowd.tell(story)


def test_streams_end_with_the_server(crowd: Crowd) -> None:
    """A server that stops lets everybody go with what they have."""

    async def story() -> None:
        followers = [await crowd.open("?after=0") for _ in range(5)]
        crowd.add("rex")
        for follower in followers:
            await follower.until(1)
        crowd.api._server.stop()
        assert [await follower.rest() for follower in followers] == [[1]] * 5

    crowd.tell(story)
