"""The first operator of an installation: made by whoever makes the installation, who has its files anyway.

Nobody has a password that was not chosen for them: without one the first operator is known by being the local
user that the site file names, and by nothing else.
"""

import os
import re
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from accessctl.home import Home
from accessctl.keys.code_generator import Generator, GeneratorSealer
from accessctl.keys.root import Purpose, RootKey
from accessctl.operators.owners import owner_of
from accessctl.operators.passwords import hash_of
from accessctl.operators.rights import Role
from accessctl.peers import name_of
from accessctl.store.operator_writer import NewSecret, OperatorWriter
from accessctl.store.operators import OperatorQueries
from accessctl.store.people_change import new_id

_NOT_IN_IDS: Final = re.compile(r"[^a-z0-9]+")
_LONGEST_ID: Final = 32
_ISSUER: Final = "accessctl"


@dataclass(frozen=True, slots=True)
class First:
    """Who is to be the first operator."""

    id: str
    local: str
    """The local user who is this operator on the Unix socket."""
    password: str | None = field(default=None, repr=False)

    @classmethod
    def here(
        cls, operator: str | None = None, local: str | None = None, password: str | None = None
    ) -> "First":
        """Give who that is unless somebody says otherwise: the local user, under the user's own name."""
        user = local or local_user()
        return cls(operator or operator_id_of(user), user, password)


@dataclass(frozen=True, slots=True)
class Generated:
    """A code generator that was made; shown this once."""

    secret: str = field(repr=False)
    uri: str = field(repr=False)


def local_user() -> str:
    """Give the name of the user who runs this."""
    return name_of(os.geteuid()) or str(os.geteuid())


def operator_id_of(user: str) -> str:
    """Give an operator's id for a local user's name, which may hold what no id has."""
    return _NOT_IN_IDS.sub("-", user.lower()).strip("-")[:_LONGEST_ID] or "admin"


def make_first(
    home: Home, first: First, now: Callable[[], datetime] = lambda: datetime.now(UTC)
) -> Generated | None:
    """Add the first operator, an admin; gives the code generator that goes with a password.

    ``now`` gives the instant at which that is. The stores are there. Raises ``StoreError``,
    ``RootKeyUnusable``, and ``CodesNotInstalled``.
    """
    by = f"local:{local_user()}"
    with closing(OperatorWriter(home.people, now)) as writer:
        writer.add_operator(first.id, first.local, (Role.ADMIN,), by)
        if first.password is None:
            return None
        generator, id_ = Generator.new(), new_id("g")
        key = RootKey.load(home.root_key).derive(Purpose.CODE_GENERATORS)
        sealed = GeneratorSealer(key).seal(owner_of(first.id), id_, generator.secret)
        writer.set_secret(first.id, NewSecret(hash_of(first.password), id_, sealed), by)
        return Generated(generator.base32, generator.uri(first.id, _ISSUER))


def has_operators(home: Home) -> bool:
    """Whether there is an operator already. Raises ``StoreError``."""
    return bool(OperatorQueries(home.people).operators(limit=1))
