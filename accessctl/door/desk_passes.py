"""Passes are made here, because the key that signs them is here; what they open lies with the office.

A pass is signed first and stored afterwards: a text that nobody stored opens nothing. What the site says of
passes is checked here as well, because only the door process has read it.
"""

import secrets
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Protocol, TypeVar

from accessctl.config import Site
from accessctl.config.site import PassRules
from accessctl.door.clock import Clock
from accessctl.door.pass_prover import MISSING
from accessctl.door.refusing import DeskRefuses
from accessctl.keys.cards import CardTagger, hint_of
from accessctl.keys.passes import ID_BYTES, Pass, PassMaker
from accessctl.keys.root import Purpose, RootKey
from accessctl.link.answers import Answer, FaultCode, PassKey, SignedPass
from accessctl.link.requests import AskPassKey, SignPass
from hardware.signals import Technology

USUAL_TIME: Final = timedelta(days=1)
"""So long does a pass count of which nobody says how long."""
MOST_USES: Final = 1000

T = TypeVar("T")


class OffTheLoop(Protocol):
    """Has slow work done elsewhere."""

    async def __call__(self, task: Callable[[], T]) -> T:
        """Do it, and give what came of it."""
        ...


class Keys(Protocol):
    """Who has the keys. Both raise ``KeysUnavailable``."""

    def root(self) -> RootKey:
        """Give the installation's root."""
        ...

    def tagger(self) -> CardTagger:
        """Give the maker of card tags."""
        ...


class PassDesk:
    """Signs passes and gives the public key away. Used from the loop's thread."""

    def __init__(self, keys: Keys, site: Callable[[], Site], clock: Clock, off_the_loop: OffTheLoop) -> None:
        """Take the keys, the site in force, the clock, and who makes tags."""
        self._keys, self._site, self._clock, self._off_the_loop = keys, site, clock, off_the_loop

    def answers(self) -> Mapping[type, Callable[[Any], Awaitable[Answer]]]:
        """Give who answers what."""
        return {SignPass: self._sign, AskPassKey: self._tell_key}

    async def _sign(self, request: SignPass) -> SignedPass:
        rules = self._accepted()
        self._check_points(request.access_points.split())
        start, end = self._time(request, rules)
        maker = self._maker()
        try:
            made = Pass(secrets.token_bytes(ID_BYTES), start, end)
        except ValueError as error:
            raise DeskRefuses(FaultCode.UNUSABLE, str(error)) from error
        tagger = self._keys.tagger()
        tag = await self._off_the_loop(lambda: tagger.tag(Technology.PASS, made.id))
        return SignedPass(
            text=maker.text_of(made),
            tag_hex=tag.hex(),
            hint=hint_of(made.id, Technology.PASS),
            valid_from=start.isoformat(),
            valid_until=end.isoformat(),
            uses=_uses(request.uses, rules),
        )

    async def _tell_key(self, _request: AskPassKey) -> PassKey:
        reader = self._maker().reader
        return PassKey(reader.key_id.hex(), reader.public_key.hex())

    def _accepted(self) -> PassRules:
        rules = self._site().passes
        if rules is None:
            what = "no pass counts at this site: its site file has no [passes] with accepted = true"
            raise DeskRefuses(FaultCode.NOT_SET_UP, what)
        return rules

    def _check_points(self, wanted: list[str]) -> None:
        there = self._site().access_points
        unknown = next((point for point in wanted if point not in there), None)
        if unknown is not None:
            raise DeskRefuses(FaultCode.UNKNOWN_ACCESS_POINT, f"there is no access point {unknown}")

    def _time(self, request: SignPass, rules: PassRules) -> tuple[datetime, datetime]:
        """Give the time for which a pass is asked, or the usual one, in whole seconds."""
        now = self._clock.now()
        start = _instant(request.valid_from) or now.replace(microsecond=0)
        end = _instant(request.valid_until) or _after(start, min(USUAL_TIME, rules.longest))
        if end <= now:
            raise DeskRefuses(FaultCode.UNUSABLE, "a pass until then would be over already")
        if end - start > rules.longest:
            most = f"a pass counts for {rules.longest.days} days at most here"
            raise DeskRefuses(FaultCode.UNUSABLE, most)
        return start, end

    def _maker(self) -> PassMaker:
        try:
            return PassMaker(self._keys.root().derive(Purpose.PASSES))
        except ImportError as error:
            raise DeskRefuses(FaultCode.NOT_SET_UP, MISSING) from error


def _instant(text: str) -> datetime | None:
    """Read an instant with an offset, without its fraction; ``None`` where nothing is said."""
    if not text:
        return None
    try:
        at = datetime.fromisoformat(text)
        if at.tzinfo is None:
            raise ValueError  # noqa: TRY301 - one refusal for both
        return at.astimezone(UTC).replace(microsecond=0)
    except (ValueError, OverflowError):
        raise DeskRefuses(FaultCode.UNUSABLE, "an instant is written with its offset from UTC") from None


def _after(start: datetime, time: timedelta) -> datetime:
    try:
        return start + time
    except OverflowError:
        raise DeskRefuses(
            FaultCode.UNUSABLE, "a pass from then on would have no end that can be said"
        ) from None


def _uses(wanted: int, rules: PassRules) -> int:
    """Give how often a pass counts; 0 is as often as its holder likes."""
    if not 0 <= wanted <= MOST_USES:
        raise DeskRefuses(FaultCode.UNUSABLE, f"a pass counts 1 to {MOST_USES} times")
    return wanted or int(rules.single_use)
