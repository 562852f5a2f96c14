"""Who × where × when, made of what the API says."""

from typing import Any, cast

from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console, RenderableType

from accessctl.client import Level
from accessctl.tui.rules.book import Book
from accessctl.tui.rules.matrix import Kind, Matrix, marks_of, matrix_of
from accessctl.tui.rules.matrix_layout import lay_out
from accessctl.tui.rules.told import legend, story

SITE = """
[schedules.day]
weekly = [{ days = "mon-fri", from = "08:00", to = "18:00" }]
holidays = { half = [{ from = "08:00", to = "12:00" }] }
[schedules.always]
weekly = [{ days = "every day", from = "00:00", to = "24:00" }]
[schedules.always.holidays]
full = [{ from = "00:00", to = "24:00" }]
half = [{ from = "00:00", to = "24:00" }]
site = [{ from = "00:00", to = "24:00" }]
[areas.yard]
name = "Yard"
[areas.vault]
name = "Vault"
together = { persons = 2 }
requires = ["cold-work"]
[access_points.gate-in]
door = "gate"
to = "yard"
direction = "in"
[access_points.vault-in]
door = "vault"
to = "vault"
direction = "in"
asks = { two_of = ["card", "pin"] }
asks_when = [{ schedule = "day", threat_level = 2, area = "empty", asks = "card_and_pin" }]
[doors.gate]
modes = [{ mode = "unlocked", schedule = "day", first_card = true }]
[roles.guard]
name = "Guard"
needs_escort = true
threat_authority = 2
"""
STATUS: dict[str, Any] = {
    "doors": [{"id": "gate", "name": "Main gate"}, {"id": "vault", "name": "Vault"}],
    "readers": [
        {"access_point": "vault-in", "door": "vault", "name": "Vault, in"},
        {"access_point": "gate-in", "door": "gate", "name": "Gate, in"},
        {"access_point": "gate-out", "door": "gate", "name": "Gate, out"},
        {"access_point": "car-park", "door": None, "name": "Assembly point"},
    ],
}


def level(id_: str, schedule: str, *points: str, **more: object) -> Level:
    """Give a level as the API does."""
    found = {
        "id": id_,
        "policies": [{"schedule": schedule, "access_points": list(points)}],
        "roles": [],
        "groups": [],
        "denied_roles": [],
        "denied_groups": [],
        "people": 3,
        "lent_to": 0,
        **more,
    }
    return cast("Level", found)


LEVELS = [
    level("yard", "day", "gate-in", "gate-out", roles=["guard", "clerk"]),
    level("vault", "always", "vault-in", roles=["guard"], denied_groups=["agency"], lent_to=2),
    level("late", "night", "gate-in", roles=["guard"]),
]
ROLES = [{"id": "guard", "name": "Guard"}, {"id": "clerk", "name": "Clerk"}, {"id": "idle", "name": "Idle"}]
GROUPS = [{"id": "agency", "name": "Agency"}]
BOOK = Book.of(SITE)


def a_matrix(book: Book | None = BOOK) -> Matrix:
    """Give the one of this site."""
    return matrix_of(LEVELS, ROLES, GROUPS, STATUS, book)


def plain(told: RenderableType) -> str:
    """Give what stands on a wide screen."""
    console = Console(width=200)
    with console.capture() as capture:
        console.print(told)
    return capture.get()


def texts(matrix: Matrix) -> list[list[str]]:
    """Give all cells."""
    return [[matrix.text(row, at) for at in range(len(matrix.columns))] for row in range(len(matrix.rows))]


def test_columns_are_the_doors_ways_in_the_doors_order() -> None:
    """The ways through one door stand side by side; a muster point is no door."""
    assert [(column.door, column.short) for column in a_matrix().columns] == [
        ("gate", "in"),
        ("gate", "out"),
        ("vault", "in"),
    ]


def test_rows_are_those_to_whom_a_level_gives_or_denies_something() -> None:
    """A role without any level has no row; what is lent has one of its own."""
    rows = a_matrix().rows
    assert [(row.kind, row.id) for row in rows] == [
        (Kind.ROLE, "guard"),
        (Kind.ROLE, "clerk"),
        (Kind.GROUP, "agency"),
        (Kind.LENT, ""),
    ]


def test_cells_say_when_by_a_letter_and_the_rest_by_marks() -> None:
    """A letter a schedule; none, denied, more than a card and lent each have a mark of their own."""
    assert texts(a_matrix()) == [
        ["DN", "D", "A*"],
        ["D", "D", "·"],
        ["·", "·", "✗"],
        ["·", "·", "A*+"],
    ]


def test_without_the_site_file_the_same_is_shown_but_what_only_it_knows() -> None:
    """Whoever may not read the rules still sees who passes where."""
    assert texts(a_matrix(None))[0] == ["DN", "D", "A"]
    assert "mon-fri" not in plain(story(a_matrix(None), 0, 0, None))


def test_what_is_left_out_without_the_site_file_is_said() -> None:
    """A cell without the mark for more than a card would else say that a card is enough."""
    assert "your roles do not show you the site file" in plain(story(a_matrix(None), 0, 2, None))
    assert "is not marked" in plain(legend(a_matrix(None), None, width=60, hours=False))
    assert "site file" not in plain(story(a_matrix(), 0, 2, BOOK))
    assert "site file" not in plain(legend(a_matrix(), BOOK, width=60, hours=False))


def test_schedules_never_share_a_letter() -> None:
    """Each has one of its own name while there are any, and always the same ones."""
    marks = marks_of(["early", "evening", "every-hour", "e", "night"])
    assert len(set(marks.values())) == len(marks)
    assert marks["e"] == "E"
    assert marks == marks_of(["night", "e", "every-hour", "evening", "early"])


def test_the_story_of_a_cell_says_all_of_it() -> None:
    """Levels, schedules with their hours, what is asked for, how many people, what the door does."""
    told = plain(story(a_matrix(), 0, 0, BOOK))
    for words in (
        "Guard  at  Gate, in",
        "D day: mon-fri 08:00-18:00; half holidays: 08:00-12:00; never on full holidays, the site's own days",
        "level yard: 3 people have it",
        "unlocked while day, once somebody came in",
        "only right behind an escort",
    ):
        assert words in told
    told = plain(story(a_matrix(), 0, 2, BOOK))
    for words in (
        "A always: at every hour of every day",
        "any two of card, pin",
        "while day, from threat level 2 on, while nobody is inside: card and PIN",
        "2 have to badge together",
        "asks for: cold-work",
        "lent to 2 people",
    ):
        assert words in told


def test_the_story_of_nothing_and_of_a_denial() -> None:
    """Both are said in words."""
    assert "none of their access levels leads here" in plain(story(a_matrix(), 1, 2, BOOK))
    assert "denied it" in plain(story(a_matrix(), 2, 2, BOOK))


def test_the_legend_explains_every_mark_that_is_used() -> None:
    """With hours where there is room."""
    assert "D day" in plain(legend(a_matrix(), BOOK, width=60, hours=False))
    assert "mon-fri 08:00-18:00" in plain(legend(a_matrix(), BOOK, width=60, hours=True))
    told = legend(a_matrix(), BOOK, width=20, hours=False)
    assert all(len(line) <= 24 for line in plain(told).splitlines())


@given(st.integers(1, 300))
def test_every_room_has_a_layout_with_all_columns_in_order(room: int) -> None:
    """What does not fit is scrolled to; nothing overlaps."""
    matrix = a_matrix()
    found = lay_out(matrix, room)
    ends = [start + width for start, width in zip(found.starts, found.widths, strict=True)]
    assert len(found.starts) == len(matrix.columns)
    assert all(end <= start for end, start in zip(ends, found.starts[1:], strict=False))
    assert ends[-1] <= found.width
    assert [found.column_at(start) for start in found.starts] == [0, 1, 2]
    for at, width in enumerate(found.widths):
        assert width > max(len(matrix.text(row, at)) for row in range(len(matrix.rows)))


def test_an_empty_rule_book_is_said() -> None:
    """Nothing is drawn, and it is said why."""
    empty = matrix_of([], [], [], {"doors": [], "readers": []}, None)
    assert "leads anywhere" in plain(story(empty, 0, 0, None))
    assert lay_out(empty, 80).starts == ()


_KEYS = (
    *("asks", "asks_when", "weekly", "holidays", "half", "full", "to", "direction", "together", "of"),
    *("limits", "at_most", "modes", "mode", "schedule", "requires", "two_of", "name", "passback"),
)
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(0, 9) | st.sampled_from(["day", "card", "in", "vault"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(_KEYS),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(_VALUES, _VALUES, _VALUES, _VALUES)
def test_a_file_of_any_shape_is_told_as_far_as_it_goes(
    point: object, area: object, schedule: object, role: object
) -> None:
    """A controller of another version may know other keys: the matrix is shown all the same."""
    book = Book(
        {
            "access_points": {"vault-in": point, "gate-in": {"to": "vault"}},
            "areas": {"vault": area},
            "schedules": {"day": schedule, "always": schedule},
            "roles": {"guard": role},
            "doors": {"vault": point, "gate": role},
        }
    )
    matrix = matrix_of(LEVELS, ROLES, GROUPS, STATUS, book)
    assert "Guard" in plain(story(matrix, 0, 0, book))
    assert "Guard" in plain(story(matrix, 0, 2, book))
    plain(legend(matrix, book, width=80, hours=True))


def test_a_text_that_is_no_toml_is_no_book() -> None:
    """It is as if it could not be read."""
    assert Book.of("[x") is None
    assert Book.of(None) is None
