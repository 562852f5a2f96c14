"""Bring the stores up to date: ``python -m accessctl.store.migrate HOME``.

Run as a short-lived process by whoever starts the door process, because sqlite-utils brings more into
memory than a door needs.
"""

import sys
from pathlib import Path

from sqlite_utils import Database, Migrations

from accessctl.backup.swap import finish
from accessctl.home import Home
from accessctl.store.errors import SchemaTooNew
from accessctl.store.people_schema import people_migrations
from accessctl.store.record_schema import record_migrations
from accessctl.store.tree_schema import tree_migrations


def migrate(home: Home) -> None:
    """Create or upgrade the three stores. Each migration happens wholly or not at all."""
    migrate_stores(home.people, home.record, home.tree)


def migrate_stores(people: Path, record: Path, tree: Path | None = None) -> None:
    """Create or upgrade people and record, and a tree where there is one, wherever they are."""
    _upgrade(people, people_migrations)
    _upgrade(record, record_migrations)
    if tree is not None:
        _upgrade(tree, tree_migrations)


def _upgrade(path: Path, migrations: Migrations) -> None:
    if not path.exists():
        path.touch(mode=0o660)
        path.chmod(0o660)  # whatever the umask: the door's and the API's accounts share a group
    db = Database(path)
    try:
        db.enable_wal()
        db.execute("PRAGMA synchronous=FULL")
        known = {migration.name for migration in migrations._migrations}  # noqa: SLF001 - it has no other list
        ahead = {applied.name for applied in migrations.applied(db)} - known
        if ahead:
            raise SchemaTooNew(
                f"{path.name} was written by a later version (it has {', '.join(sorted(ahead))})"
            )
        migrations.apply(db)
    finally:
        db.close()


def main() -> None:
    """Migrate the home given as the only argument; exit status 1 with a line on stderr when it fails."""
    home = Home(Path(sys.argv[1]))
    try:
        finish(home)  # a restore that was cut short: what is brought up to date has to be whole
        migrate(home)
    except Exception as error:  # noqa: BLE001 - whatever it is, the caller needs one line and a status
        sys.exit(f"accessctl: the stores in {home.path} could not be brought up to date: {error}")


if __name__ == "__main__":
    main()
