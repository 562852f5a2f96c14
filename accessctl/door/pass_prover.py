"""A pass that was shown becomes the number by which it is looked up, or a reason; no store and no network.

What the signature proves is that this controller made the pass, and when it counts. Whose it is, where, how
often, and whether it was revoked, lies in the people's store, under the number. The number is secret only
because nobody can sign another one: of a pass there is no more than that to be copied, and all of it is.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from accessctl.config.site import PassRules
from accessctl.keys.passes import PassForged, PassMaker, PassReader
from accessctl.keys.root import Purpose, RootKey
from policies.people import Validity
from policies.reasons import Reason

log = logging.getLogger(__name__)

MISSING: Final = "passes need the library cryptography: pip install 'accessctl[passes]'"


@dataclass(frozen=True, slots=True)
class PassRead:
    """A genuine pass."""

    id_number: bytes = field(repr=False)
    """What its card row is found by, as any card's number: under ``Technology.PASS``."""
    refusal: Reason | None = None
    """Why it does not count now, by what is signed in it, whatever the store says."""


class PassProver:
    """Checks passes. Used from the loop's thread; a check takes some 0.1 ms."""

    def __init__(self, root: Callable[[], RootKey], rules: Callable[[], PassRules | None]) -> None:
        """Take how to get the root, and the rules in force; both are asked when a pass is shown."""
        self._root, self._rules = root, rules
        self._reader: PassReader | None = None

    def check(self, text: bytes, now: datetime) -> PassRead | Reason:
        """Give the number of a pass, or why it counts for nothing. Raises what ``root`` raises."""
        if self._rules() is None:
            return Reason.PASSES_OFF
        try:
            shown = self._key().read(text)
        except PassForged:
            return Reason.PASS_FORGED
        except ImportError:
            log.error("no pass can be checked: %s", MISSING)  # noqa: TRY400 - the traceback adds nothing
            return Reason.AUTHENTICATION_UNAVAILABLE
        return PassRead(shown.id, Validity(shown.start, shown.end).refusal_at(now))

    def _key(self) -> PassReader:
        if self._reader is None:
            self._reader = PassMaker(self._root().derive(Purpose.PASSES)).reader
        return self._reader
