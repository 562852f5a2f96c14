from tests.tidying import tidy


def pytest_unconfigure() -> None:
    tidy()
