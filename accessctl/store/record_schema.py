"""The schema of ``record.db``, as named migrations: one transaction each, recorded with the change."""

import secrets
from typing import Final

from sqlite_utils import Database, Migrations

from accessctl.store.alarm_kinds import ALARM, ALARM_END
from accessctl.store.meta import create_meta

record_migrations: Final = Migrations("record")


@record_migrations()
def m001_record(db: Database) -> None:
    """The record, the counters that move with it, and the orders that were carried out.

    A run is one stretch in which controller, machine boot and rules stayed the same; every event
    points to its run. Instants are milliseconds since 1970 in UTC.
    """
    create_meta(db, epoch=secrets.token_hex(8))
    db.execute(
        """CREATE TABLE run (
            id INTEGER PRIMARY KEY,
            controller TEXT NOT NULL,
            boot TEXT NOT NULL,
            rules TEXT NOT NULL,
            version TEXT NOT NULL
        ) STRICT"""
    )
    db.execute(
        """CREATE TABLE event (
            seq INTEGER PRIMARY KEY,
            at_ms INTEGER NOT NULL,
            mono_ns INTEGER NOT NULL,
            clock_synced INTEGER NOT NULL,
            run INTEGER NOT NULL REFERENCES run (id),
            type TEXT NOT NULL,
            door TEXT,
            access_point TEXT,
            person TEXT,
            credential TEXT,
            reason TEXT,
            detail TEXT
        ) STRICT"""
    )
    for table in ("event", "run"):
        for verb in ("update", "delete"):
            db.execute(
                f"CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table} "
                "BEGIN SELECT raise(ABORT, 'the record is append-only'); END"
            )
    db.execute(
        """CREATE TABLE wrong_pin (
            person TEXT PRIMARY KEY,
            count INTEGER NOT NULL,
            until_ms INTEGER
        ) STRICT, WITHOUT ROWID"""
    )
    db.execute(
        """CREATE TABLE done_order (
            id TEXT PRIMARY KEY,
            seq INTEGER NOT NULL REFERENCES event (seq)
        ) STRICT, WITHOUT ROWID"""
    )


@record_migrations()
def m002_memory(db: Database) -> None:
    """What the rules remember over a restart: who is where, lockdowns, counts of uses. One row for each fact.

    ``name`` is the table of ``policies.memory``; ``value`` is JSON.
    """
    db.execute(
        """CREATE TABLE memory (
            name TEXT NOT NULL,
            key TEXT NOT NULL,
            value TEXT NOT NULL,
            PRIMARY KEY (name, key)
        ) STRICT, WITHOUT ROWID"""
    )


@record_migrations()
def m003_alarms(db: Database) -> None:
    """Find alarms and their ends without reading the whole record.

    Both are partial: an entry that is neither, such as a badge, is in neither of them.
    """
    db.execute(f"CREATE INDEX event_alarm ON event (seq) WHERE {ALARM}")
    db.execute(f"CREATE INDEX event_alarm_end ON event (type, door, seq) WHERE {ALARM_END}")


@record_migrations()
def m004_log_alarms(db: Database) -> None:
    """Make both indexes of alarms anew: they know those about the record itself as well."""
    for index in ("event_alarm", "event_alarm_end"):
        db.execute(f"DROP INDEX {index}")
    db.execute(f"CREATE INDEX event_alarm ON event (seq) WHERE {ALARM}")
    db.execute(f"CREATE INDEX event_alarm_end ON event (type, door, seq) WHERE {ALARM_END}")


@record_migrations()
def m005_seals(db: Database) -> None:
    """Let an entry that names a person have a seal of the name (``accessctl.evidence.seal``)."""
    db.execute("ALTER TABLE event ADD COLUMN seal TEXT")


@record_migrations()
def m006_pruned(db: Database) -> None:
    """Let entries go that are accounted for: their leaf stays, with the number of the entry that tells of it.

    Nothing else may be deleted as before. Orders point to entries no more, since those may go.
    """
    db.execute(
        """CREATE TABLE pruned (
            seq INTEGER PRIMARY KEY,
            batch INTEGER NOT NULL CHECK (batch > seq),
            hash BLOB NOT NULL CHECK (length(hash) = 32)
        ) STRICT"""
    )
    for verb in ("update", "delete"):
        db.execute(
            f"CREATE TRIGGER pruned_no_{verb} BEFORE {verb} ON pruned "
            "BEGIN SELECT raise(ABORT, 'the record is append-only'); END"
        )
    db.execute("DROP TRIGGER event_no_delete")
    db.execute(
        "CREATE TRIGGER event_no_delete BEFORE DELETE ON event"
        " WHEN NOT EXISTS (SELECT 1 FROM pruned p WHERE p.seq = OLD.seq)"
        " BEGIN SELECT raise(ABORT, 'the record is append-only'); END"
    )
    db.execute("ALTER TABLE done_order RENAME TO done_order_before")
    db.execute("CREATE TABLE done_order (id TEXT PRIMARY KEY, seq INTEGER NOT NULL) STRICT, WITHOUT ROWID")
    db.execute("INSERT INTO done_order SELECT id, seq FROM done_order_before")
    db.execute("DROP TABLE done_order_before")


@record_migrations()
def m007_marks(db: Database) -> None:
    """Keep beside each entry what shows that the door process wrote it (``accessctl.store.marks``)."""
    db.execute("ALTER TABLE event ADD COLUMN mark BLOB")
