"""Many people at once: import, how far its cards are, export."""

from collections.abc import Iterator
from typing import Any, Final

from accessctl.answers import Import, Imported
from accessctl.client.asking import PAGE, SILENCE_S, Asking, part
from accessctl.client.errors import raise_for

IMPORT_S: Final = 600.0
"""A hundred thousand people take a quarter of a minute on a desktop; a small Pi is some ten times as slow."""
TYPES: Final = {"csv": "text/csv", "json": "application/json", "ndjson": "application/x-ndjson"}


class BulkCalls(Asking):
    """Calls about many people at once."""

    def import_people(self, body: Iterator[bytes], kind: str, *, dry_run: bool = False) -> Imported:
        """Import people from a body of this kind (csv, json, ndjson), or tell what that would do."""
        headers, query = {"Content-Type": TYPES[kind]}, {"dry_run": str(dry_run).lower()}
        with self._in_words():
            response = self._http.post(
                "/people/import", content=body, headers=headers, params=query, timeout=IMPORT_S
            )
        raise_for(response)
        imported: Imported = response.json()
        return imported

    def imports(self) -> Iterator[Import]:
        """Give all imports, page by page."""
        yield from self._pages("imports", "/people/imports", {})

    def import_(self, import_: str) -> Import:
        """Tell how far an import's cards are."""
        found: Import = self._ask("GET", f"/people/imports/{part(import_)}", query={"limit": 1})
        return found

    def import_failures(self, import_: str) -> Iterator[dict[str, Any]]:
        """Give the cards of an import that could not be enrolled, page by page."""
        after: int | None = 0
        while after is not None:
            query = {"after": after, "limit": PAGE}
            page = self._ask("GET", f"/people/imports/{part(import_)}", query=query)
            yield from page["failures"]
            after = page["next"]

    def export_people(self, kind: str) -> Iterator[bytes]:
        """Give everybody as an import takes them, a piece at a time."""
        query = {"format": kind}
        with (
            self._in_words(),
            self._http.stream("GET", "/people/export", params=query, timeout=SILENCE_S) as response,
        ):
            if response.is_error:
                response.read()
            raise_for(response)
            yield from response.iter_bytes()
