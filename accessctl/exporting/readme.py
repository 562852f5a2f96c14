"""The page in an export that tells an auditor how to verify it."""

from pathlib import Path
from typing import Final

_PAGE: Final = Path(__file__).with_name("README-verify.md")


def readme(origin: str, size: int, vkey: str) -> str:
    """Give the page for one export."""
    page = _PAGE.read_text(encoding="utf-8")
    for name, value in (("ORIGIN", origin), ("SIZE", f"{size:,}"), ("VKEY", vkey)):
        page = page.replace(f"@{name}@", value)
    return page
