"""Lists are given in pages: so many from one id on, and the id to go on from."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Protocol, TypeVar

from fastapi import Depends, Query

from accessctl.api.models import ID_PATTERN

Whose = Annotated[str | None, Query(pattern=ID_PATTERN, description="Only those of this person.")]


class _Listed(Protocol):
    id: str


Row = TypeVar("Row")
Model = TypeVar("Model", bound=_Listed)


@dataclass(frozen=True, slots=True)
class Page:
    """Which part of a list is wanted."""

    after: str
    limit: int

    async def of(
        self, read: Callable[..., Sequence[Row]], model: Callable[[Row], Model], **more: object
    ) -> tuple[list[Model], str | None]:
        """Read this page off the loop; gives what is on it, and the id after which the next one begins."""
        rows = await asyncio.to_thread(read, after=self.after, limit=self.limit, **more)
        found = [model(row) for row in rows]
        return found, found[-1].id if len(found) == self.limit else None


def _page(
    after: Annotated[str, Query(max_length=32, description="Begin after this id.")] = "",
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> Page:
    return Page(after, limit)


ThePage = Annotated[Page, Depends(_page)]
