"""Brings an erasure to its end: in the sensors, in the database's files, in the record.

A sensor that is away is told when it is back, after a restart as well; files that somebody reads are cleaned
when they are free.
"""

import asyncio
import contextlib
import logging
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

from accessctl.api.biometric_models import Receipt, SensorModel
from accessctl.api.doorkeeper import Doorkeeper
from accessctl.link.client import LinkError
from accessctl.store.biometric_rows import BiometricQueries, Forgetting
from accessctl.store.biometric_writer import Erasure
from accessctl.store.errors import StoreError
from accessctl.store.event_filter import EventFilter
from accessctl.store.events import EventQueries
from accessctl.store.people_writer import PeopleWriter
from accessctl.store.scrubbing import Scrubbed
from policies.event_types import EventType

AGAIN_S: Final = 60.0
"""So often is tried again what is left."""
OPERATOR: Final = "accessctl"
"""Who stands in the record for what is done without anybody asking."""
_SO_MANY: Final = 20

log = logging.getLogger(__name__)


class Eraser:
    """Finishes erasures, now or later. Used from one event loop."""

    def __init__(
        self,
        writer: PeopleWriter,
        biometrics: BiometricQueries,
        events: EventQueries,
        door: Doorkeeper,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Take the store, the record, and who reaches the sensors."""
        self._writer, self._biometrics, self._events, self._door = writer, biometrics, events, door
        self._now = now
        self._unclean: dict[str, tuple[bytes, ...]] = {}
        """What is still to be cleaned out of the files, by receipt."""
        self.again_s = AGAIN_S

    async def finish(self, erasure: Erasure, operator: str) -> Receipt:
        """Do what is left of an erasure that is stored, as far as it can be done, and write the receipt."""
        if erasure.needles:
            self._unclean[erasure.receipt] = erasure.needles
        told: Counter[tuple[str, str | None]] = Counter()
        away: dict[str, str] = {}
        for gone in erasure.forget:  # a sensor that does not answer is not waited for again and again
            why = away.get(gone.sensor) or await self._tell_sensor(gone, operator)
            if why is not None:
                away[gone.sensor] = why
            told[gone.sensor, why] += 1
        sensors = [
            SensorModel(sensor=sensor, fingers=fingers, forgotten=why is None, why=why or "")
            for (sensor, why), fingers in told.items()
        ]
        files = await self._clean()
        await self._door.nudge()
        seq = await asyncio.to_thread(self._seq_of, erasure)
        return Receipt.of(erasure, self._now(), operator, seq=seq, sensors=sensors, files=files)

    async def keep_at_it(self) -> None:
        """Try again what is left, until cancelled."""
        looked = False
        while True:
            try:
                if not looked:
                    await self.erase_what_came_back()
                    looked = True
                await self.catch_up()
            except StoreError as error:
                log.warning("what was erased cannot be finished now: %s", error)
            except Exception:
                log.exception("what was erased cannot be finished now")
            await asyncio.sleep(self.again_s)

    async def erase_what_came_back(self) -> list[Receipt]:
        """Erase again what the record says was erased, and an older people's store brought back.

        Raises ``StoreError``.
        """
        biometrics = await asyncio.to_thread(self._told, EventType.DATA_ERASED, "biometrics")
        consents = await asyncio.to_thread(self._told, EventType.CONSENT_WITHDRAWN, "consents")
        again = await self._delete_who_came_back()
        if biometrics or consents:
            again += await asyncio.to_thread(self._writer.erase_again, biometrics, consents, OPERATOR)
        for erasure in again:
            log.warning(
                "an older people's store brought back what was erased of %s; it is erased again",
                erasure.person,
            )
        return [await self.finish(erasure, OPERATOR) for erasure in again]

    async def catch_up(self) -> None:
        """Try once more what is left. Raises ``StoreError``."""
        due = await asyncio.to_thread(self._biometrics.to_forget, self._now().astimezone(UTC).isoformat())
        for gone in due:
            if await self._tell_sensor(gone, OPERATOR) is None and gone.receipt is not None:
                await self._door.nudge()
        if self._unclean:
            await self._clean()
        await self._clean_what_was_left()

    async def _tell_sensor(self, gone: Forgetting, operator: str) -> str | None:
        """Have a sensor erase a template; gives what hindered it."""
        try:
            await self._door.forget_template(gone.sensor, gone.template)
            await asyncio.to_thread(self._writer.forgotten, gone, operator)
        except (LinkError, StoreError) as error:
            return str(error)
        return None

    async def _clean_what_was_left(self) -> None:
        """Clean the files after what another run of this process erased: what it was is known no more."""
        left = await asyncio.to_thread(self._writer.unscrubbed) - self._unclean.keys()
        if left:
            log.warning(
                "the people's store is written anew: it was not clean after %s", ", ".join(sorted(left))
            )
            scrubbed = await asyncio.to_thread(self._writer.scrub_anew, left)
            if not scrubbed.clean:
                log.warning("the people's store is not clean yet: %s", scrubbed.why)

    async def _clean(self) -> Scrubbed:
        wanted = dict(self._unclean)
        try:
            scrubbed = await asyncio.to_thread(self._writer.scrub, wanted)
        except StoreError as error:
            return Scrubbed(clean=False, why=str(error))
        if scrubbed.clean:
            for receipt in wanted:
                self._unclean.pop(receipt, None)
        return scrubbed

    async def _delete_who_came_back(self) -> list[Erasure]:
        people = await asyncio.to_thread(self._people_told, EventType.PERSON_DELETED)
        if not people:
            return []
        again = await asyncio.to_thread(self._writer.delete_again, people, OPERATOR)
        return [deletion.erasure for deletion in again]

    def _people_told(self, kind: EventType) -> frozenset[str]:
        """Give whomever entries of this type are about."""
        wanted, seq, found = EventFilter(frozenset({kind.value})), 0, set[str]()
        while rows := self._events.after(seq, wanted=wanted):
            seq = rows[-1].seq
            found.update(row.person for row in rows if row.person is not None)
        return frozenset(found)

    def _told(self, kind: EventType, fact: str) -> frozenset[str]:
        """Give every id that entries of this type name under this fact."""
        wanted, seq, found = EventFilter(frozenset({kind.value})), 0, set[str]()
        while rows := self._events.after(seq, wanted=wanted):
            seq = rows[-1].seq
            for row in rows:
                found.update(filter(None, str(row.detail.get(fact) or "").split(", ")))
        return frozenset(found)

    def _seq_of(self, erasure: Erasure) -> int | None:
        """Find the entry of the record that tells of this."""
        erased = bool(erasure.biometrics) or erasure.key is not None
        kind = EventType.DATA_ERASED if erased else EventType.CONSENT_WITHDRAWN
        kind = EventType.PERSON_DELETED if erasure.deleted else kind
        wanted = EventFilter(frozenset({kind.value}), person=erasure.person)
        by_receipt = erased or erasure.deleted
        ids = {erasure.receipt} if by_receipt else {consent.id for consent in erasure.consents}
        with contextlib.suppress(StoreError):
            for row in self._events.before(wanted=wanted, limit=_SO_MANY):
                if row.credential in ids:
                    return row.seq
        return None
