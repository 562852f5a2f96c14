"""Whoever follows the record follows it over restarts and restores: the command, and the console's feed."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from accessctl.client import ApiClient, ApiRefused, Event, is_ahead, place_of
from accessctl.client import events as events_module
from accessctl.home import Home
from accessctl.store.events import EventQueries
from accessctl.store.migrate import migrate
from accessctl.tui import feed as feed_module
from accessctl.tui.feed import Feed
from tests.api.running import RunningApi
from tests.homes import Recording, new_home

PATIENCE_S = 30
"""Nothing here takes as long; it is reached only when something is broken."""


class Site:
    """An API that can be stopped, and a record that can be replaced meanwhile."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.api = RunningApi(new_home(folder / "home"))
        self.recording = Recording(self.api.home)

    def write(self, *types: str) -> None:
        for type_ in types:
            self.api.do(self.api.peer.reach, self.recording.add(type_))

    def restore(self, *types: str) -> None:
        """End the API, put another record in place of this one, with such entries, and start again."""
        home = self.api.home
        self.api.close()
        self.recording.close()
        (self.folder / "other").mkdir()
        other = Home(self.folder / "other")
        migrate(other)
        other.record.replace(home.record)
        self.recording = Recording(home)
        for type_ in types:
            self.recording.add(type_)
        self.api = RunningApi(home)

    def set_back(self, older: bytes) -> None:
        """Put an older copy of the same record in its place."""
        home = self.api.home
        self.api.close()
        self.recording.close()
        home.record.write_bytes(older)
        self.recording = Recording(home)
        self.api = RunningApi(home)

    def close(self) -> None:
        self.api.close()
        self.recording.close()


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    monkeypatch.setattr(events_module, "RETRY_S", 0.01)
    monkeypatch.setattr(feed_module, "RETRY_S", 0.01)
    site = Site(tmp_path)
    yield site
    site.close()


def fed(feed: Feed, count: int) -> list[Event]:
    """Wait until so many entries have come."""
    came: list[Event] = []
    deadline = time.monotonic() + PATIENCE_S
    while len(came) < count and time.monotonic() < deadline:
        came += feed.take().events
    return came


def told(events: list[Event]) -> list[tuple[int, str]]:
    return [(event["seq"], event["type"]) for event in events]


def test_following_goes_on_with_a_restored_record(site: Site) -> None:
    """From its first entry on, though its numbers are those of entries that came before."""
    site.write("rex", "rex", "rex")
    lost: list[str] = []
    with ApiClient(site.api.home.api_socket) as client:
        following = client.follow(1, lost.append)
        assert told([next(following), next(following)]) == [(2, "rex"), (3, "rex")]
        site.restore("door_opened", "door_closed")
        assert told([next(following), next(following)]) == [(1, "door_opened"), (2, "door_closed")]
        following.close()  # type: ignore[attr-defined]  # a generator it is
    assert lost


def test_the_console_follows_over_a_restore(site: Site) -> None:
    """It begins after what it has fetched, and has all of the other record when that is there."""
    site.write("rex", "rex", "rex")
    (newest,) = site.api.http.get("/events", params={"before": 0, "limit": 1}).json()["events"]
    home = site.api.home
    site.restore("door_opened")  # before the feed's first word with the API
    feed = Feed(lambda: ApiClient(home.api_socket), place_of(newest))
    feed.start()
    try:
        assert told(fed(feed, 1)) == [(1, "door_opened")]
        site.write("rex")
        assert told(fed(feed, 1)) == [(2, "rex")]
    finally:
        feed.stop()


def test_the_console_begins_anew_with_an_older_copy(site: Site) -> None:
    """Where the same record ends before what was shown, it says so, and shows what there is."""
    site.write("rex")
    site.recording.close()
    older = site.api.home.record.read_bytes()
    site.recording = Recording(site.api.home)
    site.write("rex", "rex")
    home = site.api.home
    feed = Feed(lambda: ApiClient(home.api_socket), 0)
    feed.start()
    try:
        assert len(fed(feed, 3)) == 3
        site.set_back(older)
        assert told(fed(feed, 1)) == [(1, "rex")]
    finally:
        feed.stop()


def test_what_is_ahead_is_told_from_other_refusals(site: Site) -> None:
    """A command ends with the words of the API; what else was refused is not taken for that."""
    site.write("rex")
    assert EventQueries(site.api.home.record).last_seq() == 1
    with ApiClient(site.api.home.api_socket) as client:
        with pytest.raises(ApiRefused, match="the record ends with 1") as ahead:
            next(client.stream(7))
        with pytest.raises(ApiRefused) as other:
            next(client.stream("nonsense"))
    assert is_ahead(ahead.value)
    assert not is_ahead(other.value)
