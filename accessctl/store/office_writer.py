"""What the office does besides changing people: other rules, backups. Each is told to the record."""

from collections.abc import Callable
from typing import Final

from accessctl.store.people_change import Facts, PeopleChanges, text_of
from accessctl.store.rule_rows import revision_of
from policies.event_types import EventType

BY_ITSELF: Final = "accessctl"
"""Who stands in the record for what nobody asked for."""
_NEWEST: Final = "SELECT revision FROM rule_revision ORDER BY number DESC LIMIT 1"


class OfficeWriter(PeopleChanges):
    """Keeps revisions of the site file, and tells of backups."""

    def keep_rules(self, text: str, operator: str, reason: str, outcome: str) -> None:
        """Keep a site file that an operator has put there. Raises ``PeopleUnavailable``."""
        with self._change() as db:
            before = db.execute(_NEWEST).fetchone()
            after = revision_of(text)
            db.table("rule_revision").insert(
                {
                    "revision": after,
                    "text": text,
                    "at": text_of(self._now()),
                    "operator": operator,
                    "reason": reason,
                }
            )
            facts: Facts = {"before": before and before[0], "after": after, "outcome": outcome, "why": reason}
            self._tell(db, EventType.RULES_CHANGED, operator, facts, person=None)

    def find_rules(self, text: str) -> bool:
        """Keep a site file that was found to lie there, unless it is the newest; tells whether it was kept.

        The first of all is what the installation began with, and no change. Raises ``PeopleUnavailable``.
        """
        after = revision_of(text)
        with self._change() as db:
            before = db.execute(_NEWEST).fetchone()
            if before is not None and before[0] == after:
                return False
            db.table("rule_revision").insert({"revision": after, "text": text, "at": text_of(self._now())})
            if before is not None:
                facts: Facts = {"before": before[0], "after": after, "outcome": "found"}
                self._tell(db, EventType.RULES_CHANGED, BY_ITSELF, facts, person=None)
        return True

    def tell_of_backup(
        self, kind: EventType, operator: str, facts: Facts, then: Callable[[], object] = lambda: None
    ) -> None:
        """Tell of a backup, and do what belongs to that: if it fails, nothing is told.

        Raises ``PeopleUnavailable``, and whatever ``then`` raises.
        """
        with self._change() as db:
            self._tell(db, kind, operator, facts, person=None)
            then()
