"""What a site file may say of fingers and faces: what is asked of people, and what they are promised."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from accessctl.config.kinds import Choice, Flag, Id, Text, Whole, Word
from accessctl.config.reading import Reading, Table, Wrong, as_text, check, key, show
from accessctl.config.site import BiometricRules, Faces, Liveness

LONGEST_CONSENT: Final = 8000
"""In characters: three pages, which is more than anybody reads."""
TEN_YEARS_D: Final = 3650
NEAREST, FARTHEST = 0.05, 1.5
"""Between vectors of length 1 no distance is above 2, and strangers are about 0.8 apart."""
WIDEST_MARGIN: Final = 0.5
_USUAL: Final = BiometricRules()


@dataclass(frozen=True, slots=True)
class Number:
    """A number within bounds, with a fraction where it has one."""

    low: float
    high: float

    def read(self, value: object, _at: str, _reading: Reading) -> float:
        """Take a number from ``low`` to ``high``."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise Wrong(f"must be a number, not {show(value)}")
        # Not-a-number is within no bounds, so it fails here as well.
        if not self.low <= value <= self.high:
            raise Wrong(f"must be {self.low:g} to {self.high:g}, not {show(value)}")
        return float(value)


@dataclass(frozen=True, slots=True)
class Letter:
    """Some paragraphs that people read before they agree."""

    longest: int

    def read(self, value: object, _at: str, _reading: Reading) -> str:
        """Take printable text of one line or more."""
        text = as_text(value).strip()
        if not text:
            raise Wrong("must not be empty")
        if len(text) > self.longest:
            raise Wrong(f"must not be longer than {self.longest} characters, and has {len(text)}")
        if not all(line.isprintable() for line in text.split("\n")):
            raise Wrong("must be printable, and without tabs")
        return text


_ACCEPTED: Final[Mapping[str, bool]] = {"accepted": True}


class BiometricsTable(Table):
    """How fingers and faces are checked, and under which conditions they are kept."""

    sole_factor: bool | None = key(Word(_ACCEPTED), None)
    liveness: Liveness = key(Choice(Liveness), _USUAL.liveness)
    face_threshold: float | None = key(Number(NEAREST, FARTHEST), None)
    face_model: str | None = key(Text(longest=512), None)
    face_centred: bool = key(Flag(), default=False)
    faces: Faces = key(Choice(Faces), Faces.VERIFY)
    margin: float | None = key(Number(0, WIDEST_MARGIN), None)
    consent_version: str | None = key(Id(), None)
    consent_text: str | None = key(Letter(LONGEST_CONSENT), None)
    equal_way: str | None = key(Text(longest=300), None)
    expire_after_days: int = key(Whole(1, TEN_YEARS_D, "days"), _USUAL.expire_after.days)

    @check("consent_version", "consent_text")
    def has_both_or_neither(self) -> str | None:
        """Refuse a text without a version, and a version of nothing."""
        if self.consent_version is None and self.consent_text is not None:
            return "needs consent_version beside it: the record says which version people agreed to"
        if self.consent_version is not None and self.consent_text is None:
            return "is missing: consent_version names a version of it"
        return None

    @check("face_threshold", "face_model", at="face_model")
    def is_an_engine_for_the_threshold(self) -> str | None:
        """Refuse a threshold of no engine in particular: a number of one says nothing of another's faces."""
        if self.face_threshold is not None and self.face_model is None:
            return "is missing: face_threshold counts for one engine; `accessctl faces calibrate` prints both"
        return None

    @check("face_threshold", "face_model", at="face_threshold")
    def is_a_threshold_for_the_engine(self) -> str | None:
        """Refuse an engine that is named for nothing."""
        if self.face_threshold is None and self.face_model is not None:
            return "is missing: face_model stands beside it, as `accessctl faces calibrate` prints them"
        return None

    @check("face_threshold", "face_model", "face_centred")
    def has_a_threshold_of_its_own(self) -> str | None:
        """Refuse to look from the middle without having measured it."""
        if self.face_centred and self.face_threshold is None and self.face_model is None:
            return "needs face_threshold beside it: there is no shipped one for faces seen from their middle"
        return None

    @check("faces", "margin")
    def has_a_margin_where_it_counts(self) -> str | None:
        """Refuse a margin where nobody is looked for among others."""
        if self.margin is not None and self.faces is not Faces.IDENTIFY:
            return 'counts only where faces = "identify"; leave this out'
        return None
