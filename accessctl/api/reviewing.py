"""What owners of areas sign: who has access, found by foresight, kept with its digest in the record."""

import asyncio
import hashlib
import logging
from collections.abc import Awaitable, Callable, Coroutine
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, Final, Literal

from accessctl.api.doorkeeper import Doorkeeper
from accessctl.api.office import Office
from accessctl.api.problems import Refusal, unknown
from accessctl.api.review_models import AreaReviewModel, Evidence
from accessctl.api.thinking import Thinking, or_refuse
from accessctl.evidence.canonical import canonical
from accessctl.home import Home
from accessctl.link.client import LinkError
from accessctl.office.reviews import Every, Period, ReviewRule, period_at, state_of
from accessctl.office.rules import OfficeRules
from accessctl.store.errors import StoreError
from accessctl.store.events import EventQueries
from accessctl.store.people_change import Fact
from accessctl.store.people_writer import PeopleWriter
from accessctl.store.review_entries import SignedEntries
from accessctl.store.review_evidence import held_against
from accessctl.store.reviews import ReviewQueries, ReviewRow

EVERY_S: Final = 3600.0
"""So often is looked whether a period has ended."""
_WORDS: Final[dict[Every, Literal["monthly", "quarterly", "yearly"]]] = {
    Every.MONTHLY: "monthly",
    Every.QUARTERLY: "quarterly",
    Every.YEARLY: "yearly",
}

Snapshot = dict[str, Any]
Present = Callable[[Coroutine[Any, Any, Snapshot]], Awaitable[Snapshot]]
"""Does something for as long as whoever asked is there."""

log = logging.getLogger(__name__)


class Reviewing:
    """Knows what is due, and keeps what is signed. Used from one event loop."""

    def __init__(
        self,
        home: Home,
        writer: PeopleWriter,
        office: Office,
        door: Doorkeeper,
        thinking: Thinking,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Take the installation, who writes, the office's rules, who hears of entries, and who foresees."""
        self._writer, self._office, self._door, self._now = writer, office, door, now
        self._thinking = thinking
        self.queries, self._events = ReviewQueries(home.people), EventQueries(home.record)
        self._entries = SignedEntries(self._events)

    async def areas(self) -> list[AreaReviewModel]:
        """Say of every area that is reviewed how it stands. Raises ``StoreError``."""
        rules = await self._office.rules()
        await self.look(rules)
        return await asyncio.to_thread(self._areas, rules)

    async def rule_of(self, area: str) -> tuple[ReviewRule, Period]:
        """Give the rule of an area, and the period that runs. Raises ``Refusal`` where there is none."""
        rules = await self._office.rules()
        for rule in rules.reviews:
            if rule.area == area:
                return rule, period_at(rule.every, self._now(), rules.timezone)
        raise unknown("reviewed area", area)

    async def snapshot(self, area: str) -> dict[str, Any]:
        """Give who has access to an area now, and by what right. Raises ``Refusal``."""
        try:
            status = await self._door.status()
            said: dict[str, Any] | None = {"rules": status.rules}
        except LinkError:
            said = None
        question = {"ask": "review", "now": self._now().isoformat(), "status": said, "area": area}
        return or_refuse(await self._thinking.answer(question))

    async def sign(
        self, area: str, sha256: str, strike: list[str], operator: str, present: Present
    ) -> ReviewRow:
        """Keep what an owner has looked through and decided. Raises ``Refusal`` and ``StoreError``.

        ``present`` ends the look at who has access when the owner leaves; what is signed then is kept.
        """
        rule, period = await self.rule_of(area)
        if operator not in rule.owners:
            words = f"{operator} is no owner of {area}: the site file names {', '.join(rule.owners)}"
            raise Refusal(HTTPStatus.FORBIDDEN, "no-owner", words)
        seen = await present(self.snapshot(area))
        if digest_of(seen) != sha256:
            words = "who has access is not what was looked through any more; look again, and decide again"
            raise Refusal(HTTPStatus.CONFLICT, "changed-since", words)
        listed = {each["person"] for each in seen["people"]}
        if strangers := sorted(set(strike) - listed):
            raise Refusal(
                HTTPStatus.UNPROCESSABLE_ENTITY,
                "invalid",
                f"{strangers[0]} has no access to {area}, and cannot be struck",
            )
        at = self._now()
        for each in seen["people"]:
            each["decision"] = "strike" if each["person"] in strike else "keep"
        signed = {"area_name": rule.name, "period": period.name, "operator": operator, "at": at.isoformat()}
        text = canonical({**seen, **signed})
        row = ReviewRow("", area, period.name, operator, at, text.decode(), hashlib.sha256(text).hexdigest())
        facts: dict[str, Fact] = {"people": len(listed), "struck": len(set(strike))}
        kept = await asyncio.to_thread(self._writer.sign_review, row, facts, operator)
        await self._door.nudge()
        return kept

    async def evidence_of(self, row: ReviewRow) -> Evidence:
        """Hold a review against its own digest and against the record's."""
        held = await asyncio.to_thread(held_against, row, self._events)
        return Evidence(sound=held.sound, seq=held.seq, what=held.what)

    async def look(self, rules: OfficeRules) -> None:
        """Note the periods that run, and enter those that ended without a review. Raises ``StoreError``."""
        if not rules.reviews:
            return
        now = self._now()
        known = {(each.area, each.period): each.told for each in await asyncio.to_thread(self.queries.owed)}
        running = {(rule.area, period_at(rule.every, now, rules.timezone).name) for rule in rules.reviews}
        if new := running - known.keys():
            await asyncio.to_thread(self._writer.owe_reviews, sorted(new))
        signed = await asyncio.to_thread(self.queries.signed)
        reviewed = {rule.area for rule in rules.reviews}
        for (area, period), told in known.items():
            missing = not told and area in reviewed and period not in signed.get(area, ())
            ended = (area, period) not in running
            if missing and ended and await asyncio.to_thread(self._writer.tell_overdue, area, period):
                await self._door.nudge()

    async def keep_at_it(self) -> None:
        """Look every hour, until cancelled."""
        while True:
            try:
                await self.look(await self._office.rules())
            except StoreError as error:
                log.warning("whether reviews are due cannot be found out now: %s", error)
            except Exception:
                log.exception("whether reviews are due cannot be found out now")
            await asyncio.sleep(EVERY_S)

    # ------------------------------------------------------------------------------------ inside

    def _areas(self, rules: OfficeRules) -> list[AreaReviewModel]:
        # The record first: a review is in the people's store a moment before its entry is there.
        entries = self._entries.by_review()
        there, signed, now = self.queries.ids(), self.queries.signed(), self._now()
        begun = self.queries.first_owed()
        found = []
        for rule in rules.reviews:
            period = period_at(rule.every, now, rules.timezone)
            last, periods = self.queries.newest(rule.area), signed.get(rule.area, frozenset())
            wrong = [
                f"{each.review}: {each.gone}"
                for each in entries.values()
                if each.area == rule.area and each.review not in there
            ]
            if last is not None and (what := self._wrong(last)) is not None:
                wrong.append(f"{last.id}: {what}")
                periods -= {last.period}
            state = state_of(rule, now, rules.timezone, periods, begun.get(rule.area, period.name))
            found.append(
                AreaReviewModel(
                    area=rule.area,
                    name=rule.name,
                    owners=list(rule.owners),
                    every=_WORDS[rule.every],
                    period=period.name,
                    ends=period.end,
                    state=state.value,
                    last=None if last is None else last.id,
                    last_at=None if last is None else last.at,
                    wrong=wrong,
                )
            )
        return found

    def _wrong(self, row: ReviewRow) -> str | None:
        """Say why a review is not as it was signed; one whose entry is on its way is."""
        held = held_against(row, self._events)
        waits = held.unknown and self.queries.waits_for_record(row.id)
        return None if held.sound or waits else held.what


def digest_of(snapshot: dict[str, Any]) -> str:
    """Name what was looked through: the same rights of the same people give the same digest."""
    return hashlib.sha256(canonical(snapshot)).hexdigest()
