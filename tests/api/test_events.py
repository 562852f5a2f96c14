import itertools
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from accessctl.api import events as events_module
from accessctl.api import tail as tail_module
from accessctl.api.event_filters import TYPES
from accessctl.store import events as queries_module
from tests.api.running import RunningApi, refused
from tests.homes import Recording, new_home


@pytest.fixture
def recording(api: RunningApi) -> Iterator[Recording]:
    recording = Recording(api.home)
    yield recording
    recording.close()


@pytest.fixture
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningApi]:
    """A server of its own for each test, since a record only grows."""
    running = RunningApi(new_home(tmp_path_factory.mktemp("events")))
    yield running
    running.close()


class Stream:
    """What an open stream has said so far, item by item."""

    def __init__(self, response: httpx.Response) -> None:
        self._lines = response.iter_lines()

    def next(self) -> tuple[int, dict[str, Any]]:
        """Give the next entry's id and the entry."""
        item = dict(line.split(": ", 1) for line in itertools.takewhile(bool, self._not_a_comment()))
        return int(item["id"].rpartition("-")[2]), json.loads(item["data"])

    def take(self, count: int) -> list[int]:
        return [self.next()[0] for _ in range(count)]

    def comment(self) -> str:
        return next(line for line in self._lines if line.startswith(":"))

    def _not_a_comment(self) -> Iterator[str]:
        """Give the lines of the next entry; a number alone says only where the stream is."""
        number = None
        for line in self._lines:
            if line.startswith("data: "):
                yield from (f"id: {number}", line, "")
            elif line.startswith("id: "):
                number = line.removeprefix("id: ")


@contextmanager
def streaming(api: RunningApi, query: str = "", **headers: str) -> Iterator[Stream]:
    with api.client() as http, http.stream("GET", f"/events/stream{query}", headers=headers) as response:
        assert response.status_code == 200
        assert response.headers["content-type"].startswith("text/event-stream")
        stream = Stream(response)
        stream.comment()
        yield stream


def test_an_entry_is_shown_in_full(api: RunningApi, recording: Recording) -> None:
    """An entry has its instant in UTC to the millisecond, and the name that its person has now."""
    person = api.new_person("Ana Marsh")
    recording.add("access_granted", door="gate", access_point="gate-in", person=person, reason="Granted.")
    (event,) = api.http.get("/events").json()["events"]
    assert event["at"] == "2026-03-02T12:00:01.000Z"
    assert (event["seq"], event["type"], event["person"]) == (1, "access_granted", person)
    assert (event["person_name"], event["controller"], event["detail"]) == ("Ana Marsh", "kade-1", {})


def test_a_name_is_the_one_of_today(api: RunningApi, recording: Recording) -> None:
    """A person who was renamed is shown by the new name also in old entries."""
    person = api.new_person("Ana Marsh")
    recording.add("access_granted", person=person)
    api.http.patch(f"/people/{person}", json={"name": "Ana Wilk"})
    assert api.http.get("/events").json()["events"][0]["person_name"] == "Ana Wilk"


def test_names_may_be_missing(api: RunningApi, recording: Recording) -> None:
    """When the people's store cannot be read any more, an open stream goes on, with ids and no names."""
    person = api.new_person()
    recording.add("access_granted", person=person)
    with streaming(api, "?after=0") as stream:
        assert stream.next()[1]["person_name"] == "Ana Marsh"
        for file in api.home.path.glob("people.db*"):
            file.unlink()
        api.home.people.write_bytes(b"no database" * 1000)
        api.do(api.peer.reach, recording.add("access_granted", person=person))
        number, event = stream.next()
    assert (number, event["person"], event["person_name"]) == (2, person, None)


def test_the_record_is_read_without_the_people_store(api: RunningApi, recording: Recording) -> None:
    """Whoever was known before reads the record while the people's store cannot be read, without names."""
    person = api.new_person()
    recording.add("access_granted", person=person)
    for file in api.home.path.glob("people.db*"):
        file.unlink()
    api.home.people.write_bytes(b"no database" * 1000)
    (event,) = api.http.get("/events").json()["events"]
    assert (event["person"], event["person_name"]) == (person, None)


def test_pages_give_everything_once(api: RunningApi, recording: Recording) -> None:
    """Following ``next`` forward or backward gives every entry once."""
    for _ in range(5):
        recording.add("rex", door="gate")
    for name, begin, expected in (("after", 0, [1, 2, 3, 4, 5]), ("before", 0, [5, 4, 3, 2, 1])):
        found, cursor = [], begin
        while cursor is not None:
            page = api.http.get("/events", params={name: cursor, "limit": 2}).json()
            found += [event["seq"] for event in page["events"]]
            cursor = page["next"]
        assert found == expected


def test_entries_can_be_chosen(api: RunningApi, recording: Recording) -> None:
    """Entries are chosen by type and door, and both together."""
    for type_, door in (("door_opened", "gate"), ("door_opened", "dock"), ("rex", "gate")):
        recording.add(type_, door=door)
    chosen = api.http.get("/events", params={"type": "door_opened", "door": "gate"}).json()["events"]
    assert [event["seq"] for event in chosen] == [1]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?type=rex&type=door_opened", [2, 3]),
        ("?outcome=granted", [1]),
        ("?outcome=refused", [4]),
        ("?since=2026-03-02T12:00:02Z&until=2026-03-02T14:00:04%2B02:00", [2, 3]),
        ("?order=desc", [4, 3, 2, 1]),
        ("?order=desc&limit=2", [4, 3]),
        ("?order=desc&before=3", [2, 1]),
        ("?order=asc&after=2", [3, 4]),
        ("?order=asc", [1, 2, 3, 4]),
    ],
)
def test_entries_can_be_chosen_and_ordered(
    api: RunningApi, recording: Recording, query: str, found: list[int]
) -> None:
    """Several types, what a decision came to, a span of time, and which come first."""
    for type_ in ("access_granted", "door_opened", "rex", "denied_out_of_time_range"):
        recording.add(type_, door="gate")
    assert [event["seq"] for event in api.http.get(f"/events{query}").json()["events"]] == found


@pytest.mark.parametrize(
    ("query", "path"),
    [
        ("?outcome=maybe", "query.outcome"),
        ("?since=2026-03-02T12:00:02", "query.since"),
        ("?until=0001-01-01T00:00:00%2B02:00", "query.until"),
        ("?order=up", "query.order"),
        ("?after=1&before=2", "query.before"),
        ("?order=asc&before=2", "query.before"),
        ("?order=desc&after=2", "query.after"),
    ],
)
def test_what_cannot_be_chosen_is_said(api: RunningApi, query: str, path: str) -> None:
    """A choice that means nothing is refused by its name, not passed over."""
    (problem,) = refused(api.http.get(f"/events{query}"), 422)["problems"]
    assert problem["path"] == path


@pytest.mark.parametrize("path", ["/events", "/events/stream"])
@pytest.mark.parametrize(
    ("query", "where"),
    [
        ("type=nosuch", "type.0"),
        ("type=rex&type=", "type.1"),
        ("type=REX", "type.0"),
        ("door=", "door"),
        ("door=Gate%20A", "door"),
        ("access_point=-", "access_point"),
        ("person=Ana%20Marsh", "person"),
    ],
)
def test_a_value_that_no_entry_can_have_is_refused(
    api: RunningApi, path: str, query: str, where: str
) -> None:
    """Whoever mistypes a type does not take the empty page for an answer."""
    (problem,) = refused(api.http.get(f"{path}?{query}"), 422)["problems"]
    assert problem["path"] == f"query.{where}"


def test_every_type_can_be_asked_for(api: RunningApi, recording: Recording) -> None:
    """Those of decisions and all others; also of a door and a person who are not there any more."""
    for type_ in sorted(TYPES):
        recording.add(type_, door="gone", person="p-gone")
        (event,) = api.http.get(f"/events?type={type_}&door=gone&person=p-gone").json()["events"]
        assert event["type"] == type_


@pytest.mark.parametrize(
    "path",
    [
        *(
            "/people?role=",
            "/people?role=Night%20shift",
            "/people?group=",
            "/cards?person=",
            "/codes?person=A",
        ),
        *("/passes?person=", "/biometrics?person=", "/temporary-access?person=", "/temporary-access?level=A"),
    ],
)
def test_a_filter_of_other_lists_takes_ids_alone_too(api: RunningApi, path: str) -> None:
    """One that nobody has (any more) finds nobody: people keep a role that the site file has lost."""
    refused(api.http.get(path), 422)
    assert api.http.get(path.partition("=")[0] + "=long-gone").status_code == 200


def test_what_is_rare_comes_in_pages_too(
    api: RunningApi, recording: Recording, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One page looks at so many entries only; an empty one says where to go on, until all was seen."""
    monkeypatch.setattr(events_module, "MOST_LOOKS", 1)
    monkeypatch.setattr(queries_module, "STRETCH", 2)
    for number in range(1, 8):
        recording.add("duress" if number in {4, 7} else "rex")
    for name, begin, expected in (("after", 0, [[], [4], [], [7]]), ("before", 0, [[7], [4], [], []])):
        pages, cursor = [], begin
        while cursor is not None:
            page = api.http.get("/events", params={name: cursor, "type": "duress"}).json()
            pages.append([event["seq"] for event in page["events"]])
            cursor = page["next"]
        assert pages == expected


def test_an_entry_has_an_address(api: RunningApi, recording: Recording) -> None:
    """An entry is given by its number as the list gives it; a number without entry is not found."""
    person = api.new_person("Ana Marsh")
    recording.add("access_granted", door="gate", person=person)
    (listed,) = api.http.get("/events").json()["events"]
    assert api.http.get("/events/1").json() == listed
    assert refused(api.http.get("/events/2"), 404)["type"].endswith("unknown-entry")
    refused(api.http.get("/events/0"), 422)


def test_a_stream_begins_where_it_is_told(api: RunningApi, recording: Recording) -> None:
    """A stream gives what came after a number, then what comes, each with its number as id."""
    for _ in range(3):
        recording.add("rex")
    with streaming(api, "?after=1") as stream:
        assert stream.take(2) == [2, 3]
        api.do(api.peer.reach, recording.add("door_opened", door="gate"))
        number, event = stream.next()
        assert (number, event["seq"], event["type"], event["door"]) == (4, 4, "door_opened", "gate")


def test_a_stream_begins_with_what_comes(api: RunningApi, recording: Recording) -> None:
    """Without a number a stream gives nothing old."""
    recording.add("rex")
    with streaming(api) as stream:
        api.do(api.peer.reach, recording.add("door_opened"))
        assert stream.take(1) == [2]


def test_a_stream_resumes_after_the_last_id(api: RunningApi, recording: Recording) -> None:
    """Whoever reconnects with the last id misses nothing and gets nothing twice."""
    for _ in range(4):
        recording.add("rex")
    with streaming(api, "?after=0") as stream:
        seen = stream.take(2)
    with streaming(api, "?after=0", **{"Last-Event-ID": str(seen[-1])}) as stream:
        seen += stream.take(2)
    assert seen == [1, 2, 3, 4]


def test_a_long_backlog_comes_whole(
    api: RunningApi, recording: Recording, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More entries than are read at once all come, in order."""
    monkeypatch.setattr(tail_module, "AT_ONCE", 3)
    for _ in range(10):
        recording.add("rex")
    with streaming(api, "?after=0") as stream:
        assert stream.take(10) == list(range(1, 11))


def test_a_chosen_stream_passes_over_the_rest(api: RunningApi, recording: Recording) -> None:
    """A stream of one door's entries goes on after many entries of others."""
    recording.add("door_opened", door="gate")
    with streaming(api, "?after=0&door=gate") as stream:
        assert stream.take(1) == [1]
        for _ in range(5):
            api.do(api.peer.reach, recording.add("door_opened", door="dock"))
        api.do(api.peer.reach, recording.add("door_closed", door="gate"))
        assert stream.take(1) == [7]


def test_a_stream_survives_the_door_process(api: RunningApi, recording: Recording) -> None:
    """Entries that were written around a restart of the door process all come, each once."""
    recording.add("system_start")
    with streaming(api, "?after=0") as stream:
        assert stream.take(1) == [1]
        api.do(api.peer.close)
        recording.add("system_stop")
        recording.add("system_start")
        api.do(api.peer.open)
        assert stream.take(2) == [2, 3]


def test_a_silent_stream_shows_that_it_lives(
    api: RunningApi, recording: Recording, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When nothing happens a comment comes now and then, and what nobody told of is found all the same."""
    monkeypatch.setattr(tail_module, "HEARTBEAT_S", 0.02)
    with streaming(api) as stream:
        assert stream.comment() == ": nothing new"
        recording.add("rex")
        assert stream.take(1) == [1]


def test_streams_end_when_the_server_stops(api: RunningApi, recording: Recording) -> None:
    """A server that stops lets its streams end instead of waiting for their clients."""
    with streaming(api, "?after=0") as stream:
        recording.add("rex")
        api.do(api.peer.reach, 1)
        assert stream.take(1) == [1]
        api._server.stop()
        assert not any(stream._lines)


def test_a_record_that_is_gone_is_said(api: RunningApi) -> None:
    """Without its file the record is unavailable, in words."""
    api.home.record.rename(api.home.record.with_suffix(".away"))
    assert refused(api.http.get("/events"), 503)["type"].endswith("store-unavailable")
