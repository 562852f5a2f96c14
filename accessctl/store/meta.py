"""The table in which a store says what it is, by itself."""

from sqlite_utils import Database


def create_meta(db: Database, **values: str) -> None:
    """Make it, with these values in it."""
    db.execute("CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID")
    for key, value in values.items():
        db.execute("INSERT INTO meta (key, value) VALUES (?, ?)", (key, value))
