"""The schema of ``people.db``, as named migrations: one transaction each, recorded with the change."""

import secrets
from typing import Final

from sqlite_utils import Database, Migrations

from accessctl.evidence.seal import SALT_BYTES, seal_of
from accessctl.store.meta import create_meta
from accessctl.store.schemes import CARD_TAG_SCHEME, new_card_salt
from accessctl.store.words import words_of

people_migrations: Final = Migrations("people")


@people_migrations()
def m001_people_and_cards(db: Database) -> None:
    """People, their cards and PINs, and the outbox that carries each change into the record.

    ``epoch`` names this very file, so that another one in its place is noticed; an older copy of it is
    noticed by its outbox, whose numbers never run back in one file.
    Instants are ISO 8601 in UTC.
    """
    create_meta(
        db, epoch=secrets.token_hex(8), card_tag_scheme=CARD_TAG_SCHEME, card_tag_salt=new_card_salt()
    )
    db.execute(
        """CREATE TABLE person (
            id TEXT PRIMARY KEY,
            name TEXT NOT NULL,
            roles TEXT NOT NULL,
            valid_from TEXT,
            valid_until TEXT,
            disabled INTEGER NOT NULL DEFAULT 0 CHECK (disabled IN (0, 1)),
            added_at TEXT NOT NULL
        ) STRICT, WITHOUT ROWID"""
    )
    db.execute(
        """CREATE TABLE card (
            tag BLOB PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            person TEXT NOT NULL REFERENCES person (id),
            hint TEXT NOT NULL,
            status TEXT NOT NULL DEFAULT 'active',
            valid_from TEXT,
            valid_until TEXT,
            enrolled_at TEXT NOT NULL
        ) STRICT, WITHOUT ROWID"""
    )
    db.execute("CREATE INDEX card_person ON card (person)")
    db.execute(
        """CREATE TABLE pin (
            person TEXT PRIMARY KEY REFERENCES person (id),
            hash TEXT NOT NULL,
            set_at TEXT NOT NULL
        ) STRICT, WITHOUT ROWID"""
    )
    db.execute(
        """CREATE TABLE outbox (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            at TEXT NOT NULL,
            type TEXT NOT NULL,
            person TEXT,
            credential TEXT,
            operator TEXT NOT NULL,
            detail TEXT NOT NULL
        ) STRICT"""
    )


@people_migrations()
def m002_rules_about_people(db: Database) -> None:
    """Groups, limits and exceptions of people; what they are qualified for and what they were lent.

    How cards were read was not kept before, so the technology of those that are there is unknown. A code
    for a keypad is a card of technology ``code``; there are few, and counting them has an index of its own.
    A duress PIN stands beside the PIN, so that there is none without one.
    """
    for column in (
        "groups TEXT NOT NULL DEFAULT '[]'",
        "uses_total INTEGER CHECK (uses_total >= 0)",
        "uses_a_day INTEGER CHECK (uses_a_day >= 0)",
        "exempt INTEGER NOT NULL DEFAULT 0 CHECK (exempt IN (0, 1))",
        "extended INTEGER NOT NULL DEFAULT 0 CHECK (extended IN (0, 1))",
        "seen_from TEXT",
    ):
        db.execute(f"ALTER TABLE person ADD COLUMN {column}")
    db.execute("UPDATE person SET seen_from = added_at")
    db.execute("ALTER TABLE card ADD COLUMN technology TEXT NOT NULL DEFAULT 'unknown'")
    db.execute(
        "ALTER TABLE card ADD COLUMN kind TEXT"
        " GENERATED ALWAYS AS (CASE technology WHEN 'code' THEN 'code' ELSE 'card' END) VIRTUAL"
    )
    db.execute("CREATE INDEX card_code ON card (person) WHERE technology = 'code'")
    db.execute("ALTER TABLE pin ADD COLUMN duress_hash TEXT")
    db.execute(
        """CREATE TABLE qualification (
            person TEXT NOT NULL REFERENCES person (id),
            id TEXT NOT NULL,
            until TEXT,
            PRIMARY KEY (person, id)
        ) STRICT, WITHOUT ROWID"""
    )
    db.execute(
        """CREATE TABLE temporary_access (
            person TEXT NOT NULL REFERENCES person (id),
            id TEXT NOT NULL UNIQUE,
            level TEXT NOT NULL,
            valid_from TEXT,
            valid_until TEXT NOT NULL,
            PRIMARY KEY (person, id)
        ) STRICT, WITHOUT ROWID"""
    )


@people_migrations()
def m003_proofs(db: Database) -> None:
    """What people prove who they are with, besides cards and PINs.

    What may limit a code, a pass or a break-glass code stands with its card row: at which access points it
    counts (JSON, null for all of them), how often, and whether its use is an alarm. What is sealed was sealed
    by the door process: ``person_key`` holds each person's own key, wrapped, and whoever deletes that row has
    erased every template of that person. A finger's template is kept by its sensor; ``forgetting`` says what
    a sensor has yet to erase, and from when on it is to be told.
    """
    for column in (
        "points TEXT",
        "uses INTEGER CHECK (uses > 0)",
        "break_glass INTEGER NOT NULL DEFAULT 0 CHECK (break_glass IN (0, 1))",
        "label TEXT",
    ):
        db.execute(f"ALTER TABLE card ADD COLUMN {column}")
    db.execute(
        """CREATE TABLE totp (
            person TEXT PRIMARY KEY REFERENCES person (id),
            id TEXT NOT NULL UNIQUE,
            sealed BLOB NOT NULL,
            digits INTEGER NOT NULL,
            period_s INTEGER NOT NULL,
            algorithm TEXT NOT NULL,
            confirmed INTEGER NOT NULL DEFAULT 0 CHECK (confirmed IN (0, 1)),
            set_at TEXT NOT NULL
        ) STRICT, WITHOUT ROWID"""
    )
    db.execute(
        """CREATE TABLE consent (
            id TEXT PRIMARY KEY,
            person TEXT NOT NULL REFERENCES person (id),
            kind TEXT NOT NULL CHECK (kind IN ('fingerprint', 'face')),
            text_version TEXT NOT NULL,
            text_sha256 TEXT NOT NULL,
            given_at TEXT NOT NULL,
            witness TEXT NOT NULL,
            withdrawn_at TEXT
        ) STRICT, WITHOUT ROWID"""
    )
    db.execute("CREATE INDEX consent_person ON consent (person)")
    db.execute(
        """CREATE TABLE person_key (
            person TEXT PRIMARY KEY REFERENCES person (id),
            id TEXT NOT NULL UNIQUE,
            wrapped BLOB NOT NULL,
            made_at TEXT NOT NULL
        ) STRICT, WITHOUT ROWID"""
    )
    db.execute(
        """CREATE TABLE biometric (
            id TEXT PRIMARY KEY,
            person TEXT NOT NULL REFERENCES person (id),
            kind TEXT NOT NULL CHECK (kind IN ('fingerprint', 'face')),
            consent TEXT NOT NULL REFERENCES consent (id),
            model TEXT NOT NULL,
            sealed BLOB,
            sensor TEXT,
            template TEXT,
            duress INTEGER NOT NULL DEFAULT 0 CHECK (duress IN (0, 1)),
            enrolled_at TEXT NOT NULL,
            expires_at TEXT,
            disabled INTEGER NOT NULL DEFAULT 0 CHECK (disabled IN (0, 1)),
            CHECK ((kind = 'face') = (sealed IS NOT NULL)),
            CHECK ((kind = 'fingerprint') = (sensor IS NOT NULL AND template IS NOT NULL))
        ) STRICT, WITHOUT ROWID"""
    )
    db.execute("CREATE INDEX biometric_person ON biometric (person)")
    db.execute(
        "CREATE UNIQUE INDEX biometric_template ON biometric (sensor, template) WHERE template IS NOT NULL"
    )
    db.execute(
        """CREATE TABLE forgetting (
            sensor TEXT NOT NULL,
            template TEXT NOT NULL,
            receipt TEXT,
            due TEXT NOT NULL,
            PRIMARY KEY (sensor, template)
        ) STRICT, WITHOUT ROWID"""
    )


@people_migrations()
def m004_operators(db: Database) -> None:
    """Who administers, and what they were asked for or asked for themselves.

    Of a session and of a token only the SHA-256 is kept: both are 256 bits made by chance, which nobody
    guesses, so there is nothing to slow down. The secret of an operator's code generator is sealed like a
    person's, and ``last_step`` is the newest step of time whose code was taken. An approval keeps the call
    that waits, without its body where that holds a secret.
    """
    db.execute(
        """CREATE TABLE operator (
            id TEXT PRIMARY KEY,
            name TEXT NOT NULL,
            roles TEXT NOT NULL,
            disabled INTEGER NOT NULL DEFAULT 0 CHECK (disabled IN (0, 1)),
            added_at TEXT NOT NULL,
            password TEXT,
            generator TEXT,
            sealed BLOB,
            last_step INTEGER NOT NULL DEFAULT 0,
            failures INTEGER NOT NULL DEFAULT 0,
            locked_until TEXT,
            names_until TEXT,
            CHECK ((generator IS NULL) = (sealed IS NULL))
        ) STRICT, WITHOUT ROWID"""
    )
    db.execute(
        """CREATE TABLE session (
            id TEXT PRIMARY KEY,
            digest BLOB NOT NULL UNIQUE,
            operator TEXT NOT NULL REFERENCES operator (id),
            whence TEXT NOT NULL,
            begun_at TEXT NOT NULL,
            used_at TEXT NOT NULL,
            ends_at TEXT NOT NULL
        ) STRICT, WITHOUT ROWID"""
    )
    db.execute(
        """CREATE TABLE token (
            id TEXT PRIMARY KEY,
            digest BLOB NOT NULL UNIQUE,
            operator TEXT NOT NULL REFERENCES operator (id),
            label TEXT NOT NULL,
            scopes TEXT NOT NULL,
            made_at TEXT NOT NULL,
            ends_at TEXT NOT NULL,
            used_at TEXT,
            revoked_at TEXT
        ) STRICT, WITHOUT ROWID"""
    )
    db.execute(
        """CREATE TABLE approval (
            id TEXT PRIMARY KEY,
            kind TEXT NOT NULL,
            what TEXT NOT NULL,
            method TEXT NOT NULL,
            path TEXT NOT NULL,
            query TEXT NOT NULL,
            body BLOB,
            digest BLOB,
            state TEXT NOT NULL DEFAULT 'waiting',
            asked_by TEXT NOT NULL,
            asked_from TEXT NOT NULL,
            asked_at TEXT NOT NULL,
            ends_at TEXT NOT NULL,
            decided_by TEXT,
            decided_at TEXT,
            outcome TEXT
        ) STRICT, WITHOUT ROWID"""
    )
    db.execute(
        """CREATE TABLE done_call (
            operator TEXT NOT NULL,
            key TEXT NOT NULL,
            digest BLOB NOT NULL,
            at TEXT NOT NULL,
            status INTEGER,
            body BLOB,
            PRIMARY KEY (operator, key)
        ) STRICT, WITHOUT ROWID"""
    )


@people_migrations()
def m005_bulk(db: Database) -> None:
    """By which words people are found, and what many at once leave to be done: cards that wait for tags.

    A card that waits is kept as the door process sealed it, for its person and its place in its import. What
    cannot be enrolled stays with the reason and without the number. Words and cards go with their person.
    """
    db.execute(
        """CREATE TABLE person_word (
            word TEXT NOT NULL,
            person TEXT NOT NULL REFERENCES person (id) ON DELETE CASCADE,
            PRIMARY KEY (word, person)
        ) STRICT, WITHOUT ROWID"""
    )
    for person, name in db.execute("SELECT id, name FROM person").fetchall():
        for word in words_of(name):
            db.execute("INSERT INTO person_word (word, person) VALUES (?, ?)", (word, person))
    db.execute("CREATE INDEX person_word_person ON person_word (person, word)")
    db.execute(
        """CREATE TABLE import (
            id TEXT PRIMARY KEY,
            operator TEXT NOT NULL,
            at TEXT NOT NULL,
            rows INTEGER NOT NULL,
            added INTEGER NOT NULL,
            changed INTEGER NOT NULL,
            cards INTEGER NOT NULL,
            tagged INTEGER NOT NULL DEFAULT 0
        ) STRICT, WITHOUT ROWID"""
    )
    db.execute(
        """CREATE TABLE pending_card (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            import TEXT NOT NULL REFERENCES import (id),
            row INTEGER NOT NULL,
            name TEXT NOT NULL,
            person TEXT NOT NULL REFERENCES person (id) ON DELETE CASCADE,
            technology TEXT NOT NULL,
            sealed BLOB,
            why TEXT,
            CHECK ((sealed IS NULL) = (why IS NOT NULL))
        ) STRICT"""
    )
    db.execute("CREATE INDEX pending_card_person ON pending_card (person)")
    db.execute("CREATE INDEX pending_card_waiting ON pending_card (id) WHERE why IS NULL")
    db.execute("CREATE INDEX pending_card_import ON pending_card (import, id)")


@people_migrations()
def m006_alarms(db: Database) -> None:
    """Which alarms were acknowledged, by whom, and what was noted: a note may name people, so it is no entry.

    An alarm is an entry of the record, and ``epoch`` names the record in which it has this number.
    """
    db.execute(
        """CREATE TABLE alarm_note (
            epoch TEXT NOT NULL,
            seq INTEGER NOT NULL,
            at TEXT NOT NULL,
            operator TEXT NOT NULL,
            note TEXT,
            PRIMARY KEY (epoch, seq)
        ) STRICT, WITHOUT ROWID"""
    )


@people_migrations()
def m007_deleted_people(db: Database) -> None:
    """The pseudonyms of people who were deleted: the record knows them for good, so nobody gets one again."""
    db.execute("CREATE TABLE deleted_person (id TEXT PRIMARY KEY, at TEXT NOT NULL) STRICT, WITHOUT ROWID")
    db.execute(
        "CREATE TRIGGER person_not_again BEFORE INSERT ON person"
        " WHEN EXISTS (SELECT 1 FROM deleted_person d WHERE d.id = NEW.id)"
        " BEGIN SELECT raise(ABORT, 'this pseudonym was another person''s'); END"
    )


@people_migrations()
def m008_rules(db: Database) -> None:
    """Every site file that lay there, with who put it there and why; nobody, for one that was found.

    The same text may come back, so a row is a change and not a text.
    """
    db.execute(
        """CREATE TABLE rule_revision (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            revision TEXT NOT NULL,
            text TEXT NOT NULL,
            at TEXT NOT NULL,
            operator TEXT,
            reason TEXT
        ) STRICT"""
    )
    db.execute("CREATE INDEX rule_revision_named ON rule_revision (revision)")


@people_migrations()
def m009_seals(db: Database) -> None:
    """What stands for people's names in the record, and the salt that makes it theirs.

    Both go with the person; then nobody can tell any more whose name was sealed. A row of the outbox has the
    seal as it was when the row was made.
    """
    db.execute(
        """CREATE TABLE seal (
            person TEXT PRIMARY KEY REFERENCES person (id) ON DELETE CASCADE,
            salt BLOB NOT NULL,
            seal TEXT NOT NULL
        ) STRICT, WITHOUT ROWID"""
    )
    for person, name in db.execute("SELECT id, name FROM person ORDER BY id").fetchall():
        salt = secrets.token_bytes(SALT_BYTES)
        values = (person, salt, seal_of(person, name, salt))
        db.execute("INSERT INTO seal (person, salt, seal) VALUES (?, ?, ?)", values)
    db.execute("ALTER TABLE outbox ADD COLUMN seal TEXT")


@people_migrations()
def m010_reviews(db: Database) -> None:
    """What owners of areas have signed: who had access and what was decided, by pseudonyms, and its SHA-256.

    ``review_owed`` names each period in which an area was to be reviewed, so that one without a signed review
    is entered once when it has ended, and so that nobody owes one of before the rule.
    """
    db.execute(
        """CREATE TABLE review (
            id TEXT PRIMARY KEY,
            area TEXT NOT NULL,
            period TEXT NOT NULL,
            operator TEXT NOT NULL,
            at TEXT NOT NULL,
            document TEXT NOT NULL,
            sha256 TEXT NOT NULL
        ) STRICT, WITHOUT ROWID"""
    )
    db.execute("CREATE INDEX review_of ON review (area, at)")
    for verb in ("update", "delete"):
        db.execute(
            f"CREATE TRIGGER review_no_{verb} BEFORE {verb} ON review "
            "BEGIN SELECT raise(ABORT, 'what was signed is kept as it is'); END"
        )
    db.execute(
        """CREATE TABLE review_owed (
            area TEXT NOT NULL,
            period TEXT NOT NULL,
            seen_at TEXT NOT NULL,
            told_at TEXT,
            PRIMARY KEY (area, period)
        ) STRICT, WITHOUT ROWID"""
    )


@people_migrations()
def m011_approved_as_seen(db: Database) -> None:
    """By which tag (``If-Match``) the thing was seen that a waiting call would change; null: by none."""
    db.execute("ALTER TABLE approval ADD COLUMN if_match TEXT")


@people_migrations()
def m012_calls_known_again(db: Database) -> None:
    """By what a body with a secret is known again that came under a key, and where its answer pointed.

    ``mac`` is made under a key that the process named by ``process`` has in its memory and nobody else has.
    """
    for column in ("process TEXT", "mac BLOB", "location TEXT"):
        db.execute(f"ALTER TABLE done_call ADD COLUMN {column}")
