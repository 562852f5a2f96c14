"""The schema that the door process expects is the one that the migrations make."""

import pytest
from sqlite_utils import Migrations

from accessctl.store.people_schema import people_migrations
from accessctl.store.record_schema import record_migrations
from accessctl.store.schemes import PEOPLE_SCHEMA, RECORD_SCHEMA


@pytest.mark.parametrize(
    ("known", "migrations"), [(RECORD_SCHEMA, record_migrations), (PEOPLE_SCHEMA, people_migrations)]
)
def test_every_migration_is_known_to_those_who_only_read(
    known: tuple[str, ...], migrations: Migrations
) -> None:
    """A migration that is added and not named here would keep every door from reading its own stores."""
    assert known == tuple(migration.name for migration in migrations._migrations)
