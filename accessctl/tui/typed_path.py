"""A path as somebody types it into a field, and what may be there already."""

from pathlib import Path


def typed_path(typed: str) -> Path:
    """Give the path that is meant: ``~`` is one's own home folder, and ``~name`` that of somebody else.

    Of a name that nobody has it makes an ordinary path, so that whoever asked says that it is not there.
    """
    path = Path(typed.strip())
    try:
        return path.expanduser()
    except RuntimeError:  # there is no such home
        return path


def is_no_file(path: Path) -> bool:
    """Tell whether something is there that holds no data of its own: a device, a pipe, a folder."""
    return path.exists() and not path.is_file()
