"""What the machine lacks for passes, besides what their readers need."""

from collections.abc import Callable, Iterator
from importlib.util import find_spec
from typing import Final

from accessctl.config import Site
from accessctl.doctor.finding import Finding, Weight

_REMEDY: Final = "pip install 'accessctl[passes]'"


def passes(site: Site, is_there: Callable[[str], bool] | None = None) -> Iterator[Finding]:
    """Find the libraries that are not installed where passes count."""
    found = is_there or _is_installed
    if site.passes is None:
        return
    if not found("cryptography"):
        yield Finding("passes", "the Python library cryptography is not installed: none counts", _REMEDY)
    if not found("segno"):
        what = "the Python library segno is not installed: passes are made as text alone"
        yield Finding("passes", what, _REMEDY, Weight.NOTE)


def _is_installed(library: str) -> bool:
    return find_spec(library) is not None
