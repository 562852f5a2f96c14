"""A record that a real door process has written, and how questions about it are asked."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from accessctl.foresight.__main__ import answer
from accessctl.home import Home
from tests.door.site import SITE
from tests.door.story import NOON, Office, Story, make_home

ALICE, BOB, CARL = (bytes.fromhex(uid) for uid in ("04A1B2C3D4E5F6", "0411223344AA55", "04CAFE22BABE11"))
CARDS = {"alice": ALICE, "bob": BOB, "carl": CARL}
Ask = Callable[..., dict[str, Any]]


def new_story(path: Path, site: str = SITE, **more: Any) -> Story:  # noqa: ANN401
    """Let three people work at a site. Alice has a PIN."""
    home = make_home(path, site)
    office = Office(home)
    for name, number in CARDS.items():
        office.person(name, pin="4711" if name == "alice" else None)
        office.card(name, number)
    office.writer.close()
    return Story(home, site=site, **more)


def ended(story: Story) -> Home:
    """Let the door process end, and give what it leaves."""
    story.process.stop()
    story.office.writer.close()
    return story.home


def passes(story: Story, point: str, number: bytes) -> None:
    """Somebody badges, and goes through if the door lets them."""
    story.badge(point, number).after(1)
    door = point.partition("-")[0]
    if story.released(door):
        story.opens(door).after(2).closes(door)
    story.after(5)


def ask(home: Home, what: str, **about: object) -> dict[str, Any]:
    """Ask a question as the API's process does; ``now`` is noon unless it is given."""
    now = about.pop("now", NOON)
    assert isinstance(now, datetime)
    return answer(home, {"ask": what, "now": now.isoformat(), **about})


def rehearsed(home: Home, site: str, since: datetime = NOON - timedelta(days=1)) -> dict[str, Any]:
    """Rehearse a site file on everything that is recorded."""
    found = ask(home, "rehearse", now=NOON + timedelta(days=1), site=site, since=since.isoformat())
    assert "error" not in found, found
    return found


@pytest.fixture(scope="session")
def worked(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """An afternoon on which Alice came in 20 times after four, Bob 15 times, and Carl 6 times."""
    story = new_story(tmp_path_factory.mktemp("worked"))
    for number in CARDS.values():
        passes(story, "front-in", number)
        passes(story, "front-out", number)
    story.after(4 * 3600 + 60)
    for name, times in (("alice", 20), ("bob", 15), ("carl", 6)):
        for _ in range(times):
            passes(story, "front-in", CARDS[name])
            passes(story, "front-out", CARDS[name])
    return ended(story)


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Story]:
    """A site where three people work, to tell what happened there."""
    told = new_story(tmp_path)
    yield told
    ended(told)
