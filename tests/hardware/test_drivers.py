"""One table says what drives each device and what that needs, and it agrees with what can be installed."""

import re
import tomllib
from pathlib import Path
from typing import get_args

import pytest

from hardware.drivers import CRYPTOGRAPHY, DRIVER_OF, GPIOD, LIBRARIES_OF, Library, library_of
from hardware.specs import AnnunciatorSpec, ContactSpec, ReaderSpec, StrikeSpec, SupervisedContactSpec

EXTRAS = tomllib.loads(Path("pyproject.toml").read_text())["project"]["optional-dependencies"]
OF_READERS = {library for libraries in LIBRARIES_OF.values() for library in libraries}


def test_every_device_has_a_driver() -> None:
    """Whatever a site file may name, the list of devices and the doctor have a word for it."""
    lines = {StrikeSpec, ContactSpec, SupervisedContactSpec}
    assert set(DRIVER_OF) == {*get_args(ReaderSpec), *get_args(AnnunciatorSpec), *lines}


@pytest.mark.parametrize("library", [*OF_READERS, GPIOD, CRYPTOGRAPHY], ids=lambda library: library.module)
def test_a_remedy_brings_the_library(library: Library) -> None:
    """The extra that it names is one of ours, and holds that library."""
    found = re.match(r"pip install 'accessctl\[(\w+)\]'", library.remedy)
    assert found
    assert library.name in {re.split(r"[^\w-]", wanted)[0] for wanted in EXTRAS[found[1]]}


def test_a_library_is_found_by_what_could_not_be_imported() -> None:
    """A reader that lacks one is told of by its remedy; anything else is a fault of ours."""
    found = library_of("smartcard")
    assert found is not None
    assert found.name == "pyscard"
    assert library_of("asyncio") is None
