"""The schema of ``tree.db``, as named migrations: one transaction each, recorded with the change."""

from typing import Final

from sqlite_utils import Database, Migrations

from accessctl.store.meta import create_meta

tree_migrations: Final = Migrations("tree")


@tree_migrations()
def m001_tree(db: Database) -> None:
    """The tree over the record: its tiles, and every head of it that was signed.

    A tile of hashes is whole (256 of them) or at the right edge. Of the lowest level there are whole ones
    alone: what is at the edge there are the record's own newest rows. As level -1 stand the leaves that were
    beyond the last whole tile when the newest head was signed, so that one that is changed can be named.
    Heads are kept for good.
    """
    create_meta(db)
    db.execute(
        """CREATE TABLE tile (
            level INTEGER NOT NULL,
            number INTEGER NOT NULL,
            hashes BLOB NOT NULL,
            PRIMARY KEY (level, number)
        ) STRICT, WITHOUT ROWID"""
    )
    db.execute(
        """CREATE TABLE head (
            origin TEXT NOT NULL,
            size INTEGER NOT NULL,
            at_ms INTEGER NOT NULL,
            root BLOB NOT NULL,
            note TEXT NOT NULL,
            PRIMARY KEY (origin, size)
        ) STRICT, WITHOUT ROWID"""
    )
    for verb in ("update", "delete"):
        db.execute(
            f"CREATE TRIGGER head_no_{verb} BEFORE {verb} ON head "
            "BEGIN SELECT raise(ABORT, 'signed heads are kept for good'); END"
        )


@tree_migrations()
def m002_cosignatures(db: Database) -> None:
    """What others have said of signed heads: witnesses by cosignatures, time stampers by their replies.

    ``line`` is the cosignature as it stands in a note, ``vkey`` whose it is; ``reply`` is the whole answer of
    a time stamper (RFC 3161) over the SHA-256 of the head's note. Both are kept for good, as heads are.
    """
    db.execute(
        """CREATE TABLE cosignature (
            origin TEXT NOT NULL,
            size INTEGER NOT NULL,
            vkey TEXT NOT NULL,
            at_s INTEGER NOT NULL,
            line TEXT NOT NULL,
            PRIMARY KEY (origin, size, vkey),
            FOREIGN KEY (origin, size) REFERENCES head (origin, size)
        ) STRICT, WITHOUT ROWID"""
    )
    db.execute("CREATE INDEX cosignature_of ON cosignature (vkey, origin, size)")
    db.execute(
        """CREATE TABLE stamp (
            origin TEXT NOT NULL,
            size INTEGER NOT NULL,
            stamper TEXT NOT NULL,
            at_s INTEGER NOT NULL,
            reply BLOB NOT NULL,
            PRIMARY KEY (origin, size, stamper),
            FOREIGN KEY (origin, size) REFERENCES head (origin, size)
        ) STRICT, WITHOUT ROWID"""
    )
    db.execute("CREATE INDEX stamp_of ON stamp (stamper, origin, at_s)")
