import re

import pytest

from accessctl.api.login import FIRST_WAIT, FREE_TRIES, LONGEST_WAIT
from accessctl.operators.rights import NEVER_BY_TOKEN, RIGHTS_OF, Right, Role
from tests.docs.pages import DOCS, text_of

PAGE = text_of(DOCS / "operators.md")
COLUMNS, ROWS = (
    [cell.strip() for cell in PAGE.partition("| right |")[2].splitlines()[0].split("|")][1:-1],
    {
        cells[1].strip(" `"): [cell.strip() for cell in cells[3:-1]]
        for line in PAGE.partition("| right |")[2].partition("\n\n")[0].splitlines()[2:]
        if (cells := line.split("|"))
    },
)


def test_every_right_is_in_the_table_in_order() -> None:
    """Whoever looks for what a right allows finds it."""
    assert list(ROWS) == [right.value for right in Right]
    assert [role.value for role in Role] == COLUMNS


@pytest.mark.parametrize("role", Role)
def test_the_table_says_which_role_has_which_right(role: Role) -> None:
    """What the page says a role may do is what the program lets it do."""
    column = COLUMNS.index(role.value)
    said = {right for right, cells in ROWS.items() if cells[column] == "yes"}
    assert said == {right.value for right in RIGHTS_OF[role]}


def test_what_no_token_may_do_is_said() -> None:
    """The page names each right that is no scope."""
    (sentence,) = re.findall(r"approves: (.+?) are no scopes", PAGE, re.DOTALL)
    assert set(re.findall(r"`([\w.]+)`", sentence)) == {right.value for right in NEVER_BY_TOKEN}


def test_the_lock_out_is_as_it_is_said() -> None:
    """Four free tries, a minute, at most fifteen."""
    assert (FREE_TRIES, FIRST_WAIT.total_seconds(), LONGEST_WAIT.total_seconds()) == (4, 60, 900)
