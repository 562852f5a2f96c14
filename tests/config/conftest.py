import pytest

from accessctl.config import load
from tests.config.sites import GOOD


@pytest.fixture(scope="session", autouse=True)
def library_of_public_holidays() -> None:
    """Import it before any test, since Hypothesis takes the time of each of its examples."""
    load(GOOD)
