"""The parameters under which card tags are made, kept in the people's store beside the tags.

A tag is looked up, so every tag of one store is made with the same salt and parameters; they are read
once, when the door process starts. Parameters: 8 MiB, one pass, one lane (about 5 ms on a desktop core).
"""

import secrets
from dataclasses import dataclass
from typing import Final, Self

RECORD_SCHEMA: Final = (
    "m001_record",
    "m002_memory",
    "m003_alarms",
    "m004_log_alarms",
    "m005_seals",
    "m006_pruned",
    "m007_marks",
)
TREE_SCHEMA: Final = ("m001_tree", "m002_cosignatures")
PEOPLE_SCHEMA: Final = (
    "m001_people_and_cards",
    "m002_rules_about_people",
    "m003_proofs",
    "m004_operators",
    "m005_bulk",
    "m006_alarms",
    "m007_deleted_people",
    "m008_rules",
    "m009_seals",
    "m010_reviews",
    "m011_approved_as_seen",
    "m012_calls_known_again",
)
"""The migrations that this version knows, for those who must not load sqlite-utils to ask it."""

CARD_TAG_SCHEME: Final = "argon2id:m=8192,t=1,p=1"
_SALT_BYTES: Final = 16


def new_card_salt() -> str:
    """Make the one salt of a new people's store, in hex."""
    return secrets.token_hex(_SALT_BYTES)


@dataclass(frozen=True, slots=True)
class CardTagScheme:
    """How card numbers become tags in one people's store."""

    memory_kib: int
    passes: int
    lanes: int
    salt: bytes

    @classmethod
    def parse(cls, scheme: str, salt_hex: str) -> Self:
        """Read what the store says. Raises ``ValueError`` for a scheme that this version does not know."""
        kind, _, parameters = scheme.partition(":")
        if kind != "argon2id":
            raise ValueError(f"card tags of the kind {kind!r} are not known to this version")
        values = dict(pair.split("=", 1) for pair in parameters.split(","))
        return cls(int(values["m"]), int(values["t"]), int(values["p"]), bytes.fromhex(salt_hex))
