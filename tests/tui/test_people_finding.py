"""Search while somebody types: what comes late is never shown over what is newer."""

import asyncio
from datetime import UTC, datetime

import pytest

from accessctl.client import ApiUnreachable, PeopleFound
from accessctl.tui.people.finder import Finder, FoundPeople
from accessctl.tui.people.wanted import Wanted
from tests.tui.conftest import in_a_loop
from tests.tui.test_people_words import person


def now() -> datetime:
    return datetime(2026, 3, 2, tzinfo=UTC)


def page(*names: str, next_: str | None = None) -> PeopleFound:
    return {"people": [person(id=f"p-{name}", name=name) for name in names], "next": next_}


class Slow:
    """Answers when it is told to."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []
        self._answers: dict[str, asyncio.Future[PeopleFound]] = {}

    async def __call__(self, wanted: Wanted, after: str) -> PeopleFound:
        self.asked.append((wanted.q, after))
        return await self._answers.setdefault(wanted.q, asyncio.get_running_loop().create_future())

    async def answer(self, q: str, found: PeopleFound | Exception) -> None:
        await asyncio.sleep(0)  # whoever asks begins to wait first
        future = self._answers.pop(q)
        if isinstance(found, Exception):
            future.set_exception(found)
        else:
            future.set_result(found)


@in_a_loop
async def test_an_older_answer_that_comes_late_is_dropped() -> None:
    """The newest question is the only one that is answered."""
    slow = Slow()
    finder = Finder(slow, now)
    older = asyncio.create_task(finder.find(Wanted("m")))
    newer = asyncio.create_task(finder.find(Wanted("ma")))
    await slow.answer("ma", page("Mara"))
    await slow.answer("m", page("Mo", "Mara"))
    found = await newer
    assert found is not None
    assert [each["name"] for each in found.people] == ["Mara"]
    assert await older is None


@in_a_loop
async def test_what_went_wrong_with_an_older_question_is_not_told() -> None:
    """Of the newest one it is."""
    slow = Slow()
    finder = Finder(slow, now)
    older = asyncio.create_task(finder.find(Wanted("m")))
    newer = asyncio.create_task(finder.find(Wanted("ma")))
    await slow.answer("m", ApiUnreachable("too late"))
    assert await older is None
    await slow.answer("ma", ApiUnreachable("nobody answers"))
    with pytest.raises(ApiUnreachable):
        await newer


@in_a_loop
async def test_further_pages_are_fetched_one_at_a_time_from_where_the_last_ended() -> None:
    """Whoever scrolls fast asks once."""
    slow = Slow()
    finder = Finder(slow, now)
    found = FoundPeople(Wanted("m"), page("Mo", next_="p-Mo"), now)
    assert len(found) == 2
    assert found.ends_soon(0)
    assert found.row(1) is None
    fetching = asyncio.create_task(finder.more(found))
    await asyncio.sleep(0)
    assert not await finder.more(found)
    await slow.answer("m", page("Mu"))
    assert await fetching
    assert slow.asked == [("m", "p-Mo")]
    assert [each["name"] for each in found.people] == ["Mo", "Mu"]
    assert not await finder.more(found)


def test_people_who_are_all_here_stand_in_the_order_of_their_names() -> None:
    """Where there are more, they stand as they come: nothing moves while somebody scrolls."""
    assert [each["name"] for each in FoundPeople(Wanted(), page("b", "A"), now).people] == ["A", "b"]
    more = FoundPeople(Wanted(), page("b", "A", next_="x"), now)
    assert [each["name"] for each in more.people] == ["b", "A"]


def test_somebody_who_was_changed_or_deleted_is_shown_so() -> None:
    """In place, without asking for all of them again."""
    found = FoundPeople(Wanted(), page("a", "b"), now)
    found.put(person(id="p-b", name="b", disabled=True))
    assert found.people[1]["disabled"]
    found.drop("p-a")
    assert found.place_of("p-b") == 0
    assert found.place_of("p-a") is None
