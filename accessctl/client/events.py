"""The record, as pages and as it grows, and alarms."""

import json
import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from http import HTTPStatus
from types import MappingProxyType
from typing import Final

from accessctl.answers import (
    Alarm,
    Event,
    EventsFound,
)
from accessctl.client.asking import PAGE, RETRY_S, SILENCE_S, Asking, given
from accessctl.client.errors import ApiError, ApiRefused, ApiUnreachable, problem_of

_AHEAD: Final = ":ahead-of-record"


class EventCalls(Asking):
    """Calls about what happened."""

    def alarms(self, state: str = "open", most: int = PAGE) -> Iterator[Alarm]:
        """Give up to ``most`` alarms, the newest first."""
        before: int | None = 0
        while before is not None and most > 0:
            page = self._ask(
                "GET", "/alarms", query={"state": state, "before": before, "limit": min(PAGE, most)}
            )
            yield from page["alarms"]
            most -= len(page["alarms"])
            before = page["next"]

    def alarm(self, seq: int) -> Alarm:
        """Give one alarm by its number."""
        found: Alarm = self._ask("GET", f"/alarms/{seq}")
        return found

    def acknowledge(self, seq: int, note: str | None = None) -> Alarm:
        """Take notice of an alarm."""
        found: Alarm = self._ask("POST", f"/alarms/{seq}/acknowledge", {"note": note})
        return found

    def events(
        self, *, after: int | None = None, most: int = PAGE, **wanted: str | Sequence[str] | None
    ) -> Iterator[Event]:
        """Give up to ``most`` entries, oldest first: those after a number, or the last ones there are.

        ``wanted`` may name ``type`` (one or several), ``door``, ``access_point``, ``person``, ``outcome``,
        ``since`` and ``until``.
        """
        if after is None:
            newest: list[Event] = []
            cursor: int | None = 0
            while cursor is not None and len(newest) < most:
                limit = min(PAGE, most - len(newest))
                page = self._ask("GET", "/events", query={"before": cursor, "limit": limit, **wanted})
                newest += page["events"]
                cursor = page["next"]
            yield from reversed(newest)
            return
        cursor = after
        while cursor is not None and most > 0:
            page = self._ask("GET", "/events", query={"after": cursor, "limit": min(PAGE, most), **wanted})
            yield from page["events"]
            most -= len(page["events"])
            cursor = page["next"]

    def event_page(
        self,
        *,
        after: int | None = None,
        before: int | None = None,
        limit: int = PAGE,
        wanted: Mapping[str, str | Sequence[str] | None] = MappingProxyType({}),
    ) -> EventsFound:
        """Give one page: after a number, the oldest first, or before one, the newest first (0: the last).

        It may hold fewer entries than asked for, or none, and yet have a next one: so far was looked.
        ``wanted`` as for ``events``.
        """
        query = {"after": after, "before": before, "limit": limit, **wanted}
        found: EventsFound = self._ask("GET", "/events", query=query)
        return found

    def event(self, seq: int) -> Event:
        """Give one entry by its number."""
        event: Event = self._ask("GET", f"/events/{seq}")
        return event

    def follow(
        self, after: int | None, lost: Callable[[str], None], **wanted: str | Sequence[str] | None
    ) -> Iterator[Event]:
        """Give entries as they come, each once, for ever; ``lost`` hears of every interruption.

        Where the record was replaced by another one meanwhile, that one follows from its first entry on.
        Raises ``ApiUnreachable`` only when it cannot begin.
        """
        begun = False
        reached: int | str | None = after
        while True:
            try:
                for reached, event in self.stream(reached, **wanted):  # noqa: B007, B020 - it resumes from there
                    begun = True
                    if event is not None:
                        yield event
                lost("the stream ended; trying again")
            except ApiUnreachable as error:
                if not begun:
                    raise
                lost(f"{error}; trying again")
            time.sleep(RETRY_S)

    def stream(
        self, after: int | str | None, **wanted: str | Sequence[str] | None
    ) -> Generator[tuple[int | str | None, Event | None]]:
        """Give each place that is reached, and the entry where there is one; at first where it begins.

        Until the line breaks (``ApiUnreachable``) or the API ends it. Going on after the last place that was
        given loses nothing and repeats nothing, whichever record is there then; a plain number is of the one
        that is there now.
        """
        query = given({"after": after, **wanted})
        with (
            self._in_words(),
            self._http.stream("GET", "/events/stream", params=query, timeout=SILENCE_S) as response,
        ):
            if response.status_code != HTTPStatus.OK:
                response.read()
                raise ApiRefused(problem_of(response))
            for line in response.iter_lines():
                if line.startswith("id: "):
                    after = line.removeprefix("id: ")
                    yield after, None
                elif line.startswith("data: "):
                    yield after, json.loads(line.removeprefix("data: "))


def place_of(event: Event) -> str:
    """Give the place of an entry, after which a stream can go on."""
    return f"{event['epoch']}-{event['seq']}"


def is_ahead(error: ApiError) -> bool:
    """Whether a stream was refused because the record does not reach as far as its place."""
    return isinstance(error, ApiRefused) and str(error.problem.get("type", "")).endswith(_AHEAD)
