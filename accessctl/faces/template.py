"""A person's face as it is stored: the vectors of a few varied pictures, and the direction in their middle.

The middle alone decides at a door. The single vectors are kept beside it because a site cannot measure
without them how far its own people are from their own templates. All of it is sealed together under the
person's own key, and ends with that key. No picture is part of it.

Layout: version (1 byte), length of the model's name (2), the name, numbers in a vector (2), number of single
vectors (1), the middle, the single vectors; all integers big-endian, all numbers little-endian float32.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Self

from accessctl.faces.vectors import (
    NUMBER_BYTES,
    Vector,
    VectorUnusable,
    bytes_of,
    distance,
    mean,
    vector_in,
)

VERSION: Final = 1
PICTURES: Final = 5
"""So many varied pictures make a template."""
MOST_PICTURES: Final = 32
LONGEST_MODEL: Final = 512


class TemplateUnusable(ValueError):
    """These bytes are no template of this version. The words never quote them."""


@dataclass(frozen=True, slots=True)
class Template:
    """A face, as one engine sees it."""

    model: str
    """Which engine made it. Never compared with another's."""
    middle: Vector = field(repr=False)
    singles: tuple[Vector, ...] = field(repr=False)

    @classmethod
    def of(cls, model: str, vectors: Sequence[Vector]) -> Self:
        """Make one of the vectors of varied pictures. Raises ``VectorUnusable`` or ``TemplateUnusable``."""
        if not 0 < len(vectors) <= MOST_PICTURES:
            raise TemplateUnusable(f"a template of {len(vectors)} pictures")
        if not 0 < len(model.encode()) <= LONGEST_MODEL:
            raise TemplateUnusable("an engine without a name, or with a name that is too long")
        return cls(model, mean(vectors), tuple(vectors))

    @property
    def spread(self) -> float:
        """How far the farthest of its pictures is from the middle of the others, 0 where it is alone."""
        if len(self.singles) == 1:
            return 0.0
        return max(
            distance(single, mean(self.singles[:index] + self.singles[index + 1 :]))
            for index, single in enumerate(self.singles)
        )

    def pack(self) -> bytes:
        """Write it down, to be sealed."""
        model = self.model.encode()
        head = bytes([VERSION]) + len(model).to_bytes(2, "big") + model
        shape = len(self.middle).to_bytes(2, "big") + bytes([len(self.singles)])
        return b"".join((head, shape, bytes_of(self.middle), *map(bytes_of, self.singles)))

    @classmethod
    def unpack(cls, data: bytes) -> Self:
        """Read what was packed, and nothing else. Raises ``TemplateUnusable``."""
        model, vectors = _parts(data)
        if len(vectors) < 2:  # noqa: PLR2004 - the middle, and one picture at least
            raise TemplateUnusable("a template without a picture")
        try:
            middle, *singles = map(vector_in, vectors)
        except VectorUnusable as error:
            raise TemplateUnusable(str(error)) from error
        return cls(model, middle, tuple(singles))


def middle_in(data: bytes) -> tuple[str, Vector]:
    """Read only the model and the middle: what is needed to compare, in a quarter of the time.

    Raises ``TemplateUnusable``.
    """
    model, vectors = _parts(data)
    try:
        return model, vector_in(vectors[0])
    except VectorUnusable as error:
        raise TemplateUnusable(str(error)) from error


def _parts(data: bytes) -> tuple[str, list[bytes]]:
    if len(data) < 3 or data[0] != VERSION:  # noqa: PLR2004 - version and length
        raise TemplateUnusable("no template of this version")
    named = 3 + int.from_bytes(data[1:3], "big")
    shape = data[named : named + 3]
    vectors = data[named + 3 :]
    size = int.from_bytes(shape[:2], "big") * NUMBER_BYTES
    if len(shape) != 3 or size == 0 or len(vectors) != size * (shape[2] + 1):  # noqa: PLR2004 - see the layout
        raise TemplateUnusable("a template that is cut off, or too long")
    try:
        model = data[3:named].decode()
    except UnicodeDecodeError:
        raise TemplateUnusable("the name of the engine is no text") from None
    if not 0 < named - 3 <= LONGEST_MODEL:
        raise TemplateUnusable("an engine without a name, or with a name that is too long")
    return model, [vectors[at : at + size] for at in range(0, len(vectors), size)]
