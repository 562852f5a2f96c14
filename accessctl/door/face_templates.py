"""Opens templates of faces: the only place where they are in clear, and only while they are compared.

Where a face is looked for among everybody's, the middles that were opened are kept for the next look, so
that a thousand seals are not opened each time. They are dropped when the people's store has changed: the
office says so at once, and the door process looks every few seconds.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from typing import Final

from accessctl.door.proving import KeysUnavailable
from accessctl.faces.template import Template, TemplateUnusable, middle_in
from accessctl.faces.thresholds import FEWEST_CENTRED, Measure
from accessctl.faces.vectors import Vector, VectorUnusable, seen_from, sum_of
from accessctl.keys.root import Purpose, RootKey
from accessctl.keys.vault import Label, Vault, VaultDamaged, VaultUnusable
from accessctl.store.biometrics import FACE, BiometricReader, FaceRow
from accessctl.store.errors import PeopleUnavailable

log = logging.getLogger(__name__)

_OUT_OF_REACH: Final = (PeopleUnavailable, KeysUnavailable, VaultUnusable)


class FacesUnavailable(Exception):
    """No template can be opened: store or key are out of reach, or what is stored is damaged."""


@dataclass(frozen=True, slots=True)
class Gallery:
    """Everybody's faces of one model, as seen from their middle where that is wanted."""

    people: Mapping[str, tuple[Vector, ...]] = field(repr=False)
    rows: Mapping[str, tuple[str, ...]]
    """The row of each of them, in the same order."""
    centre: Vector | None = field(repr=False)


class FaceTemplates:
    """Opens what the store has. May be used from any thread."""

    def __init__(
        self, store: BiometricReader, root: Callable[[], RootKey], now: Callable[[], datetime]
    ) -> None:
        """Take the store, what gives the root key (it may raise ``KeysUnavailable``), and the time."""
        self._store, self._root, self._now = store, root, now
        self._lock = Lock()
        self._opened: dict[tuple[str, bytes], Vector] = {}
        self._changes = 0

    def forget(self) -> None:
        """Drop what was opened and kept: the store has changed, and somebody may have been erased."""
        with self._lock:
            self._changes += 1
            self._opened = {}

    def prepare(self) -> None:
        """Load the library that opens seals: as the process starts, not while somebody waits at a door."""
        try:
            import cryptography.hazmat.primitives.ciphers.aead  # noqa: F401
        except ImportError as error:
            log.error("no face can be checked: %s", error)  # noqa: TRY400 - the words say it all

    def rows_of(self, person: str) -> tuple[FaceRow, ...]:
        """Give a person's faces that count now, sealed. Raises ``FacesUnavailable``."""
        try:
            return self._store.faces_of(person, self._now())
        except PeopleUnavailable as error:
            raise FacesUnavailable(str(error)) from error

    def why_none(self, person: str) -> str:
        """Say why no face of a person counts of whom none does. Raises ``FacesUnavailable``."""
        try:
            return self._store.why_none(person, FACE)
        except PeopleUnavailable as error:
            raise FacesUnavailable(str(error)) from error

    def middles_in(self, rows: tuple[FaceRow, ...], model: str) -> dict[str, Vector]:
        """Open those of one model, by row. Raises ``FacesUnavailable``, also where one of them is damaged."""
        try:
            vault = self._vault()
            return {row.id: _middle(vault, row) for row in rows if row.model == model}
        except (*_OUT_OF_REACH, VaultDamaged, TemplateUnusable) as error:
            raise FacesUnavailable(str(error)) from error

    def middles(self, model: str, *, keep: bool = False) -> dict[str, dict[str, Vector]]:
        """Open everybody's of one model, by person and row, and keep them for the next time, if at all.

        One that is damaged is left out: nobody can be taken for that person, and all others go on. Raises
        ``FacesUnavailable``.
        """
        with self._lock:
            changes, known = self._changes, self._opened
        try:
            rows, vault = self._store.faces(self._now()), self._vault()
        except _OUT_OF_REACH as error:
            raise FacesUnavailable(str(error)) from error
        # Opened without the lock, which the loop's thread takes too.
        opened: dict[tuple[str, bytes], Vector | None] = {}
        for row in rows:
            if row.model == model:
                at = row.id, row.sealed
                opened[at] = known[at] if at in known else _open(vault, row)
        with self._lock:
            keep = keep and changes == self._changes  # else the rows may be older than the change
            self._opened = {at: middle for at, middle in opened.items() if middle is not None and keep}
        found: dict[str, dict[str, Vector]] = {}
        for row in rows:
            middle = opened.get((row.id, row.sealed))
            if middle is not None:
                found.setdefault(row.key.person, {})[row.id] = middle
        return found

    def gallery(self, measure: Measure) -> Gallery:
        """Give everybody's faces as they are compared with each other. Raises ``FacesUnavailable``."""
        people = self.middles(measure.model, keep=True)
        centre = centre_of(people) if measure.centred else None
        seen = {
            person: tuple(seen_from(centre, middle) for middle in middles.values())
            for person, middles in people.items()
        }
        return Gallery(seen, {person: tuple(middles) for person, middles in people.items()}, centre)

    def centre(self, measure: Measure) -> Vector | None:
        """Give the middle of all faces, where faces are seen from there. Raises ``FacesUnavailable``."""
        return centre_of(self.middles(measure.model, keep=True)) if measure.centred else None

    def whole(self) -> dict[str, dict[str, Template]]:
        """Open every template whole, to measure: by model and person. Raises ``FacesUnavailable``."""
        try:
            rows, vault = self._store.faces(self._now()), self._vault()
        except _OUT_OF_REACH as error:
            raise FacesUnavailable(str(error)) from error
        found: dict[str, dict[str, Template]] = {}
        for row in rows:
            try:
                template = Template.unpack(_opened(vault, row))
            except (VaultDamaged, TemplateUnusable) as error:
                log.error("the template %s counts for nothing: %s", row.id, error)  # noqa: TRY400
                continue
            found.setdefault(row.model, {})[row.key.person] = template
        return found

    def _vault(self) -> Vault:
        return Vault(self._root().derive(Purpose.PERSON_KEYS))


def _open(vault: Vault, row: FaceRow) -> Vector | None:
    try:
        return _middle(vault, row)
    except (VaultDamaged, TemplateUnusable) as error:
        log.error("the template %s counts for nothing: %s", row.id, error)  # noqa: TRY400
        return None


def centre_of(people: Mapping[str, Mapping[str, Vector]]) -> Vector:
    """Give the middle of faces, each person counted once. Raises ``FacesUnavailable`` for too few."""
    if len(people) < FEWEST_CENTRED:
        raise FacesUnavailable(
            f"faces are compared as seen from their middle, and {len(people)} people are enrolled: "
            f"it takes {FEWEST_CENTRED}"
        )
    try:
        total = sum_of([next(iter(middles.values())) for middles in people.values()])
    except VectorUnusable as error:
        raise FacesUnavailable(str(error)) from error
    return tuple(number / len(people) for number in total)


def _middle(vault: Vault, row: FaceRow) -> Vector:
    model, middle = middle_in(_opened(vault, row))
    if model != row.model:
        raise TemplateUnusable("a template of another engine than its row says")
    return middle


def _opened(vault: Vault, row: FaceRow) -> bytes:
    return vault.open(row.key, Label(row.id, FACE, row.model), row.sealed)
