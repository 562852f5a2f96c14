"""What stands of a deleted person outside of their own rows: secrets to be searched for, and free text."""

import re
from typing import Final

from sqlite_utils import Database

from accessctl.store.people_queries import PersonRow

_SECRETS: Final = (
    "SELECT tag FROM card WHERE person = :person"
    " UNION ALL SELECT cast(hash AS BLOB) FROM pin WHERE person = :person"
    " UNION ALL SELECT cast(duress_hash AS BLOB) FROM pin WHERE person = :person"
    " UNION ALL SELECT sealed FROM totp WHERE person = :person"
    " UNION ALL SELECT sealed FROM pending_card WHERE person = :person"
)
_TELLING: Final = 4
"""A word of a name that is shorter stands in many a text by chance."""


def secrets_of(db: Database, person: str) -> tuple[bytes, ...]:
    """Give what no file may hold any more once a person is deleted, besides templates: tags and hashes."""
    found = db.execute(_SECRETS, {"person": person}).fetchall()
    return tuple(secret for (secret,) in found if secret is not None)


def forget_waiting_calls(db: Database, person: str) -> None:
    """Let calls to a person lapse that wait for a second operator: names may stand in them."""
    path = f"/v1/people/{person}"
    db.execute(
        "UPDATE approval SET body = NULL, state = 'lapsed'"
        " WHERE state = 'waiting' AND (path = ? OR substr(path, 1, ?) = ?)",
        [path, len(path) + 1, f"{path}/"],
    )


def unname_notes(db: Database, row: PersonRow, words: list[str]) -> None:
    """Put the pseudonym in place of a deleted person's name where operators noted it beside alarms.

    Also of a single word of it, as long as nobody else who is left is called so.
    """
    alone = [word for word in words if len(word) >= _TELLING and not _is_others(db, word, row.id)]
    pattern = re.compile(
        "|".join(rf"(?<!\w){re.escape(text)}(?!\w)" for text in (row.name, *sorted(alone))), re.IGNORECASE
    )
    notes = db.execute("SELECT epoch, seq, note FROM alarm_note WHERE note IS NOT NULL").fetchall()
    for epoch, seq, note in notes:
        unnamed = pattern.sub(row.id, note)
        if unnamed != note:
            db.execute("UPDATE alarm_note SET note = ? WHERE epoch = ? AND seq = ?", [unnamed, epoch, seq])


def _is_others(db: Database, word: str, person: str) -> bool:
    sql = "SELECT 1 FROM person_word WHERE word = ? AND person <> ? LIMIT 1"
    return db.execute(sql, [word, person]).fetchone() is not None
