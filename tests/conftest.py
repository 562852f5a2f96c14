import tests.surroundings  # noqa: F401 - before anything that is tested
from tests.tidying import tidy


def pytest_unconfigure() -> None:
    tidy()
