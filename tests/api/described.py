"""The calls of the API, as its own description has them."""

import functools
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from accessctl.api.app import create_app
from accessctl.api.needed import OPEN, RIGHT
from accessctl.api.parts import Parts
from accessctl.home import Home
from accessctl.operators.rights import Right

STREAM = "GET /v1/events/stream"
"""What never ends by itself."""
METHODS = frozenset({"get", "put", "post", "delete", "patch", "head", "options"})


@dataclass(frozen=True)
class Operation:
    """One call."""

    method: str
    path: str
    said: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    def __hash__(self) -> int:
        return hash(str(self))

    @property
    def right(self) -> Right | None:
        """Which right it needs; ``None`` for what is open to all. Raises ``KeyError`` where none is named."""
        said = self.said[RIGHT]
        return None if said == OPEN else Right(said)

    @property
    def example(self) -> Any:  # noqa: ANN401 - whatever the description shows
        """Give the first example of a body in JSON; ``None`` where there is none."""
        content = self.said.get("requestBody", {}).get("content", {})
        schema = content.get("application/json", {}).get("schema", {})
        for each in (schema, *schema.get("anyOf", ())):
            found = resolved(each).get("examples")
            if found:
                return found[0]
        return None


@functools.cache
def description() -> dict[str, Any]:
    """Give the whole description, made without a server."""
    app = create_app(Parts.of(Home(Path("/nowhere"))))
    said: dict[str, Any] = app.openapi()
    return said


def operations() -> list[Operation]:
    """Give every call."""
    return operations_of(description())


def operations_of(said: dict[str, Any]) -> list[Operation]:
    """Give every call of a description."""
    return [
        Operation(method.upper(), path, each)
        for path, item in said["paths"].items()
        for method, each in item.items()
        if method in METHODS
    ]


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    """Give what a reference stands for."""
    name = schema.get("$ref")
    found: dict[str, Any] = (
        schema if name is None else description()["components"]["schemas"][name.rpartition("/")[2]]
    )
    return found
