"""The keys in the last line, where there is little room."""

from accessctl.tui.key_line import Offered, fitting

RELEASE = Offered("r", "r", "Release", "", "release")
LOCK = Offered("l", "l", "Lock", "", "lock")
HELP = Offered("f1", "F1", "Help", "", "help")
PALETTE = Offered("ctrl+p", "^p", "Commands", "", "command_palette")
ALL = (RELEASE, LOCK, HELP, PALETTE)


def test_all_are_offered_in_their_order_where_there_is_room() -> None:
    """Nothing is moved."""
    assert fitting(ALL, 80) == ALL


def test_help_stays_whatever_has_to_go() -> None:
    """It tells of those that are not shown; and none is shown in half."""
    assert fitting(ALL, 25) == (RELEASE, LOCK, HELP)
    assert fitting(ALL, 18) == (RELEASE, HELP)
    assert fitting(ALL, 7) == (HELP,)
