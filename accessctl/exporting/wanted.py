"""Which entries are wanted, by when they happened."""

from dataclasses import dataclass
from datetime import datetime

from accessctl.store.entry import first_ms


@dataclass(frozen=True, slots=True)
class Wanted:
    """Entries from one instant on (included) until another (not included), by their own clock."""

    since: datetime | None = None
    until: datetime | None = None

    @property
    def condition(self) -> str:
        """What goes behind a WHERE about ``event e``."""
        return "".join(
            f" AND e.at_ms {compared} ?"
            for compared, at in ((">=", self.since), ("<", self.until))
            if at is not None
        )

    @property
    def values(self) -> tuple[int, ...]:
        """What the condition takes. Instants are kept in milliseconds: what is finer begins the next one."""
        return tuple(first_ms(at) for at in (self.since, self.until) if at is not None)

    def as_json(self) -> dict[str, str | None]:
        """Give it as words."""
        return {
            "since": None if self.since is None else self.since.isoformat(),
            "until": None if self.until is None else self.until.isoformat(),
        }
