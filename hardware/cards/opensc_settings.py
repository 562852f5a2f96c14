"""Where OpenSC is, and what it is told: which readers are not its business, and which driver it may use."""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

_SETTINGS: Final = """\
app default {{
    ignored_readers = {ignored};
    enable_default_driver = false;
    card_drivers = PIV-II;
    reader_driver pcsc {{
        connect_exclusive = false;
        disconnect_action = leave;
        transaction_end_action = leave;
        enable_pinpad = false;
        enable_escape = false;
    }}
    framework pkcs15 {{
        use_file_caching = no;
    }}
}}
"""
NOBODY: Final = "no reader has this name"
DEBIAN: Final = "usr/lib/*-linux-gnu/opensc-pkcs11.so"


def opensc_library(configured: str | None = None, root: Path = Path("/")) -> str | None:
    """Give the path of OpenSC's PKCS#11 library; ``None`` where there is none."""
    if configured is not None:
        return configured if (root / configured.lstrip("/")).is_file() else None
    return next((str(path) for path in sorted(root.glob(DEBIAN))), None)


@contextmanager
def opensc_settings(ignored: Iterable[str]) -> Iterator[str]:
    """Give the path of a file of settings that is there meanwhile, and never on disk."""
    descriptor = os.memfd_create("opensc.conf")
    try:
        os.write(descriptor, settings_text(ignored).encode())
        yield f"/proc/self/fd/{descriptor}"
    finally:
        os.close(descriptor)


def settings_text(ignored: Iterable[str]) -> str:
    """Write the settings. A reader is ignored when its name holds one of these."""
    names = [name for name in ignored if name.isprintable() and '"' not in name]
    return _SETTINGS.format(ignored=", ".join(f'"{name}"' for name in names or [NOBODY]))
