"""What stands of a person outside of their own rows: secrets to be searched for, and names in free text."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from sqlite_utils import Database

from accessctl.store.words import words_of

_SECRETS: Final = (
    "SELECT tag FROM card WHERE person = :person"
    " UNION ALL SELECT cast(hash AS BLOB) FROM pin WHERE person = :person"
    " UNION ALL SELECT cast(duress_hash AS BLOB) FROM pin WHERE person = :person"
    " UNION ALL SELECT sealed FROM totp WHERE person = :person"
    " UNION ALL SELECT sealed FROM pending_card WHERE person = :person"
)
_TELLING: Final = 4
"""A word of a name that is shorter stands in many a text by chance."""
_WORD: Final = re.compile(r"[^\W_]+")
"""A word as it was written: with its accents, which words to search by have not."""


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


@dataclass(frozen=True, slots=True)
class Former:
    """Somebody's name that is about to be theirs no more."""

    person: str
    name: str
    now: str = ""
    """What they are called instead; nothing of who is deleted."""


def unname_notes(db: Database, formers: Iterable[Former]) -> None:
    """Put the pseudonym in place of former names where operators noted them beside alarms.

    Also of a single word of one, as long as it stays nobody's name. It has to be done as a name goes: nobody
    knows later whose it was. Inside the transaction, before the name has changed.
    """
    notes = db.execute("SELECT epoch, seq, note FROM alarm_note WHERE note IS NOT NULL").fetchall()
    if not notes:
        return
    by_word: dict[str, list[Former]] = {}
    for former in formers:
        for word in words_of(former.name) or ("",):
            by_word.setdefault(word, []).append(former)
    for epoch, seq, note in notes:
        # Of many who are renamed at once only those are looked for of whose name the note has a word.
        said = [former for word in ("", *words_of(note)) for former in by_word.get(word, ())]
        unnamed = note
        for former in dict.fromkeys(said):
            unnamed = _pattern(db, former).sub(former.person, unnamed)
        if unnamed != note:
            db.execute("UPDATE alarm_note SET note = ? WHERE epoch = ? AND seq = ?", [unnamed, epoch, seq])


def _pattern(db: Database, former: Former) -> re.Pattern[str]:
    """Give what finds a name as a whole, and those words of it that are nobody's."""
    kept = frozenset(words_of(former.now))
    alone = {
        text
        for word in _WORD.findall(former.name)
        for text in (word, *words_of(word))
        if len(text) >= _TELLING
        and not any(each in kept or _is_others(db, each, former.person) for each in words_of(word))
    }
    texts = (former.name, *sorted(alone))
    return re.compile("|".join(rf"(?<!\w){re.escape(text)}(?!\w)" for text in texts), re.IGNORECASE)


def _is_others(db: Database, word: str, person: str) -> bool:
    sql = "SELECT 1 FROM person_word WHERE word = ? AND person <> ? LIMIT 1"
    return db.execute(sql, [word, person]).fetchone() is not None
