"""Enrolments that go on, from the office's side: what the door process made is stored here, or undone."""

import asyncio
import contextlib
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from accessctl.api.biometric_models import BiometricModel, EnrolmentModel, EnrolmentStateName, Kind
from accessctl.api.doorkeeper import Doorkeeper
from accessctl.api.problems import unknown
from accessctl.link.answers import ConsentAsked, EnrolmentOutcome, EnrolmentState, FaultCode
from accessctl.link.client import DoorRefused, LinkError
from accessctl.link.requests import BeginEnrolment, BodyKind
from accessctl.store.biometric_rows import NewBiometric
from accessctl.store.biometrics import PersonKey
from accessctl.store.errors import StoreError
from accessctl.store.people_change import new_id
from accessctl.store.people_writer import PeopleWriter

REMEMBERED: Final = 50
"""So many enrolments are remembered with what came of them."""


@dataclass(slots=True)
class _Pending:
    person: str
    kind: Kind
    biometric: str
    operator: str
    rules: ConsentAsked
    duress: bool = field(repr=False)
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    ended: EnrolmentModel | None = None


class Enrolments:
    """Begins enrolments and follows them. Used from one event loop."""

    def __init__(self, writer: PeopleWriter, door: Doorkeeper) -> None:
        """Take who stores and who has the sensors."""
        self._writer, self._door = writer, door
        self._pending: dict[str, _Pending] = {}

    async def begin(
        self, person: str, kind: Kind, access_point: str, operator: str, *, duress: bool
    ) -> EnrolmentModel:
        """Begin one. Raises ``LinkError`` and ``StoreError``."""
        id_, biometric = new_id("n"), new_id("b")
        rules = await self._door.consent_text()
        begun = await self._door.begin_enrolment(
            BeginEnrolment(id_, BodyKind(kind.value), access_point, person, biometric, new_id("k"))
        )
        pending = _Pending(person, kind, biometric, operator, rules, duress)
        if begun.template:
            try:
                # Noted first: whatever happens from now on, somebody will have the sensor forget it.
                await asyncio.to_thread(self._writer.expect_template, begun.sensor, begun.template)
                await self._door.learn_finger(id_)
            except (StoreError, LinkError):
                with contextlib.suppress(LinkError):
                    await self._door.stop_enrolment(id_)
                raise
        while len(self._pending) >= REMEMBERED:
            self._pending.pop(next(iter(self._pending)))
        self._pending[id_] = pending
        return _model(id_, pending, begun)

    async def ask(self, id_: str) -> EnrolmentModel:
        """Tell how one goes; what was made is stored. Raises ``Refusal``, ``LinkError``, ``StoreError``."""
        pending = self._of(id_)
        async with pending.turn:
            if pending.ended is not None:
                return pending.ended
            try:
                state = await self._door.enrolment(id_)
            except DoorRefused as refused:
                if refused.code is not FaultCode.TIMED_OUT:
                    raise
                pending.ended = _failed(id_, pending, refused.why)
                return pending.ended
            model = _model(id_, pending, state)
            if state.outcome is EnrolmentOutcome.ENROLLED:
                try:
                    model.biometric = await self._store(pending, state)
                except StoreError as error:
                    pending.ended = _failed(id_, pending, str(error))
                    raise
            if state.outcome is not EnrolmentOutcome.NONE:
                pending.ended = model
            return model

    async def stop(self, id_: str) -> None:
        """Stop one. Raises ``Refusal`` and ``LinkError``."""
        pending = self._of(id_)
        async with pending.turn:
            if pending.ended is None:
                await self._door.stop_enrolment(id_)
                pending.ended = _failed(id_, pending, "it was stopped")

    async def _store(self, pending: _Pending, state: EnrolmentState) -> BiometricModel:
        key = PersonKey(pending.person, state.key, bytes.fromhex(state.wrapped_hex)) if state.key else None
        new = NewBiometric(
            pending.biometric,
            pending.kind.value,
            state.model,
            state.consent,
            sealed=bytes.fromhex(state.sealed_hex) or None,
            key=key,
            sensor=state.sensor or None,
            template=state.template or None,
            duress=pending.duress,
            expires_at=datetime.now(UTC) + timedelta(days=pending.rules.expire_days),
        )
        try:
            row = await asyncio.to_thread(self._writer.enrol_biometric, pending.person, new, pending.operator)
        except StoreError:
            # What is not stored must not stay in a sensor; if it is out of reach, it is told later.
            if state.template:
                with contextlib.suppress(LinkError):
                    await self._door.forget_template(state.sensor, state.template)
            raise
        await self._door.nudge()
        return BiometricModel.of(row)

    def _of(self, id_: str) -> _Pending:
        pending = self._pending.get(id_)
        if pending is None:
            raise unknown("enrolment", id_)
        return pending


_STATES: Final = {
    EnrolmentOutcome.NONE: EnrolmentStateName.GOES_ON,
    EnrolmentOutcome.ENROLLED: EnrolmentStateName.ENROLLED,
    EnrolmentOutcome.FAILED: EnrolmentStateName.FAILED,
}


def _model(id_: str, pending: _Pending, state: EnrolmentState) -> EnrolmentModel:
    return EnrolmentModel(
        id=id_,
        person=pending.person,
        kind=pending.kind,
        state=_STATES[state.outcome],
        hint=state.hint,
        step=state.step,
        of=state.of,
        why=state.why,
    )


def _failed(id_: str, pending: _Pending, why: str) -> EnrolmentModel:
    return EnrolmentModel(
        id=id_,
        person=pending.person,
        kind=pending.kind,
        state=EnrolmentStateName.FAILED,
        hint="",
        step=0,
        of=0,
        why=why,
    )
