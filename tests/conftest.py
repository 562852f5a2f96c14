from hypothesis import HealthCheck, settings

import tests.surroundings  # noqa: F401 - before anything that is tested
from tests.tidying import tidy

# No test asserts how fast this machine is, nor how fast examples are thought up on it.
settings.register_profile("untimed", settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


def pytest_unconfigure() -> None:
    tidy()
