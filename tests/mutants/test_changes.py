import ast

import pytest

from tests.mutants.changes import changed, words_of

ENUM = "class Phase(Enum):\n    SHUT = auto()\n    OPEN = auto()\n    HELD = auto()\n"
WORDS = words_of([ENUM])


def faults(text: str) -> list[str]:
    return list(changed(text, WORDS))


def test_the_words_of_an_enum_are_known_in_their_order() -> None:
    """What is assigned in the body of an enum is a word of it; other classes have none."""
    assert words_of([ENUM, "class Door:\n    times = 1\n"]) == {"Phase": ["SHUT", "OPEN", "HELD"]}


@pytest.mark.parametrize(("word", "other"), [("SHUT", "OPEN"), ("OPEN", "HELD"), ("HELD", "SHUT")])
def test_a_word_gives_way_to_the_next(word: str, other: str) -> None:
    """Each word of an enum becomes the one after it, and the last becomes the first."""
    assert faults(f"start = Phase.{word}") == [f"start = Phase.{other}"]


def test_a_word_is_changed_in_functions_too() -> None:
    """Words are left alone by mutmut wherever they stand."""
    assert faults("def f():\n    return Phase.SHUT") == ["def f():\n    return Phase.OPEN"]


def test_a_word_of_no_enum_stays() -> None:
    """An attribute that only looks like a word is none."""
    assert faults("limit = other.SHUT") == []


@pytest.mark.parametrize(
    ("display", "expected"),
    [
        ("{'a': x, 'b': y, **c}", ["{'b': y, **c}", "{'a': x, **c}", "{'a': x, 'b': y}"]),
        ("{'a': x}", ["{}"]),
        ("{**(a), 'b': (y)}", ["{'b': (y)}", "{**(a)}"]),
        ("{x, y}", ["{y}", "{x}"]),
        ("{x}", ["set()"]),
        ("f((x, y, *z))", ["f((y, *z))", "f((x, *z))", "f((x, y))"]),
        ("f((x, y))", ["f((y,))", "f((x,))"]),
        ("f((x,))", ["f(())"]),
        ("f([x, y])", ["f([y])", "f([x])"]),
        ("f([x])", ["f([])"]),
    ],
)
def test_an_entry_is_forgotten(display: str, expected: list[str]) -> None:
    """Of a table, a set, a tuple or a list each entry is left out once, and the kind of display stays."""
    assert faults(f"table = {display}") == [f"table = {other}" for other in expected]


def test_an_entry_of_several_lines_is_forgotten_whole() -> None:
    """What stands around it keeps its place, so that the difference is as small as the fault."""
    assert faults("table = {\n    'a': f(x),\n    'b': f(\n        y,\n    ),\n}") == [
        "table = {\n    'b': f(\n        y,\n    ),\n}",
        "table = {\n    'a': f(x),\n}",
    ]


def test_a_comment_is_no_entry() -> None:
    """A comma in a comment ends nothing."""
    assert faults("table = f([\n    x  # first, of all\n    , y,\n])") == [
        "table = f([\n    y,\n])",
        "table = f([\n    x  # first, of all,\n])",
    ]


@pytest.mark.parametrize("results", ["x, y", "(x), (y)", "[], []", "(), ()"])
def test_results_without_brackets_stay_as_many(results: str) -> None:
    """How many results there are is a type, and mypy counts them."""
    assert faults(f"def f():\n    return {results}") == []


def test_neighbours_of_a_named_sequence_change_places() -> None:
    """The order of a sequence that has a name is its rank."""
    assert "CHECKS = (b, a, c)" in faults("CHECKS = (a, b, c)")
    assert "CHECKS = (a, c, b)" in faults("CHECKS = (a, b, c)")
    assert "f((b, a, c))" not in faults("f((a, b, c))")


@pytest.mark.parametrize(
    ("outside", "expected"),
    [
        ("x = 5", ["x = 4", "x = 6"]),
        ("x = True", ["x = False"]),
        ("x = not a", ["x = a"]),
        ("x = not (a)", ["x = (a)"]),
        ("x = a and b", ["x = a or b"]),
        ("x = a + b", ["x = a - b"]),
        ("x = (a) is (b)", ["x = (a) is not (b)"]),
        ("x = a not in b", ["x = a in b"]),
        ("x = a < b", ["x = a != b", "x = a <= b"]),
        ("x = a <= b", ["x = a == b", "x = a < b"]),
    ],
)
def test_outside_of_functions_operators_and_figures_change(outside: str, expected: list[str]) -> None:
    """Where mutmut does not go, its kinds of faults are planted here."""
    assert faults(outside) == expected
    assert faults(f"@property\ndef f(self):\n    {outside}") == [
        f"@property\ndef f(self):\n    {each}" for each in expected
    ]


@pytest.mark.parametrize("inside", ["return a and b", "return not a", "return a is b", "return True"])
def test_in_functions_mutmuts_faults_are_mutmuts(inside: str) -> None:
    """No fault is planted twice: what mutmut does in a function is left to it."""
    assert faults(f"def f(a, b):\n    {inside}") == []


def test_in_functions_a_comparison_may_lose_its_direction() -> None:
    """That ``<`` could be ``!=`` only a value beyond tells; mutmut asks for the boundary alone."""
    assert faults("def f(a, b):\n    return a < b") == ["def f(a, b):\n    return a != b"]


@pytest.mark.parametrize(
    "text",
    [
        "def f(a: Literal[Phase.SHUT] = a) -> tuple[Literal[1], int]: ...",
        "@dataclass(frozen=True)\nclass A:\n    b: Literal[1]",
        "Check = Callable[[A, B], tuple[C, D]]",
        "x = 'a word for people'",
        "x = f'a {Phase.SHUT} for {people[0]}'",
    ],
)
def test_what_no_rule_reads_stays(text: str) -> None:
    """Annotations, decorators and strings are left alone."""
    assert faults(text) == []


def test_letters_of_several_bytes_are_no_obstacle() -> None:
    """Python counts columns in bytes; a fault behind an en dash hits its place all the same."""
    assert faults("f('–', Phase.SHUT)") == ["f('–', Phase.OPEN)"]


def test_every_fault_is_another_program() -> None:
    """Two faults never come to the same, and none comes to the sound module."""
    text = ENUM + "TABLE = {Phase.SHUT: (Phase.SHUT, Phase.SHUT), Phase.OPEN: ()}\n"
    meanings = [ast.dump(ast.parse(each)) for each in (text, *faults(text))]
    assert len(set(meanings)) == len(meanings)
