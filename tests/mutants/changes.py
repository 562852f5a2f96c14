"""The faults that mutmut does not plant.

Theory. mutmut changes what stands inside of functions, and there it knows operators, figures and arguments.
The rules are mostly something else: tables, sets and defaults at the level of the module, properties, and
everywhere words of enums. A fault in them is another word, a forgotten entry, two entries in the wrong order.
So these are planted here, in every place, and next to them mutmut's own kinds where mutmut does not go. Of
the comparisons it lacks the one that tells ``<`` from ``!=``.

Left alone: annotations and decorators, which mypy reads and no rule does; and strings, which are for people.
"""

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

Words = Mapping[str, Sequence[str]]
"""The members of each enum, by its name, in their order."""

NOT_CODE: Final = {"annotation", "returns", "decorator_list", "bases", "type_params"}
MUTMUT_KNOWS: Final = {"staticmethod", "classmethod"}
"""Decorators under which mutmut still changes a function."""

BOUNDARY: Final[Mapping[type[ast.cmpop], tuple[str, str]]] = {
    ast.Lt: ("<", "<="),
    ast.LtE: ("<=", "<"),
    ast.Gt: (">", ">="),
    ast.GtE: (">=", ">"),
    ast.Eq: ("==", "!="),
    ast.NotEq: ("!=", "=="),
    ast.Is: ("is", "is not"),
    ast.IsNot: ("is not", "is"),
    ast.In: ("in", "not in"),
    ast.NotIn: ("not in", "in"),  # codespell:ignore notin
}
EQUALITY: Final[Mapping[type[ast.cmpop], tuple[str, str]]] = {
    ast.Lt: ("<", "!="),
    ast.LtE: ("<=", "=="),
    ast.Gt: (">", "!="),
    ast.GtE: (">=", "=="),
}
ARITHMETIC: Final[Mapping[type[ast.operator], tuple[str, str]]] = {
    ast.Add: ("+", "-"),
    ast.Sub: ("-", "+"),
    ast.Mult: ("*", "//"),
    ast.FloorDiv: ("//", "*"),
    ast.Mod: ("%", "//"),
    ast.BitAnd: ("&", "|"),
    ast.BitOr: ("|", "&"),
}


@dataclass(frozen=True, slots=True)
class Edit:
    """This text in place of what stands between two offsets, in bytes."""

    start: int
    end: int
    text: str


class Source:
    """A module's text, and where the nodes of its tree stand in it."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tree = ast.parse(text)
        self._bytes = text.encode()
        self._lines = [0]
        for line in self._bytes.splitlines(keepends=True):
            self._lines.append(self._lines[-1] + len(line))

    def start(self, node: ast.expr) -> int:
        """Where it begins."""
        return self._lines[node.lineno - 1] + node.col_offset

    def end(self, node: ast.expr) -> int:
        """Where it is over."""
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return self._lines[node.end_lineno - 1] + node.end_col_offset

    def between(self, start: int, end: int) -> str:
        """What stands there."""
        return self._bytes[start:end].decode()

    def is_bracketed(self, node: ast.Tuple | ast.List) -> bool:
        """Whether its first and last character are brackets of its own: those of ``(a), (b)`` are not."""
        text = self.between(self.start(node), self.end(node))
        if isinstance(node, ast.List) or text[0] != "(":
            return isinstance(node, ast.List)
        try:
            ast.parse(f"[{text[1:-1]}]")
        except SyntaxError:
            return False
        return True

    def extents(self, node: ast.expr, entries: Sequence[ast.expr]) -> list[tuple[int, int]]:
        """Where each entry of a display begins and ends, with the brackets and stars that are its own.

        Of an entry of two nodes, as in a dictionary, the last is wanted: ``**other`` has no first.
        """
        found = []
        begin, limit = self.start(node) + 1, self.end(node) - 1
        for entry in entries:
            blank = re.compile(rb"\s*").match(self._bytes, begin, limit)
            comma = self._comma(self.end(entry), limit)
            end = begin + len(self._bytes[begin:comma].rstrip())
            found.append((blank.end() if blank else begin, end))
            begin = comma + 1
        return found

    def _comma(self, start: int, limit: int) -> int:
        """Where the comma after an entry is; there is nothing but brackets and comments before it."""
        for found in re.compile(rb"#[^\n]*|,").finditer(self._bytes, start, limit):
            if found[0] == b",":
                return found.start()
        return limit

    def edited(self, edit: Edit) -> str:
        """The whole text with one edit."""
        return (self._bytes[: edit.start] + edit.text.encode() + self._bytes[edit.end :]).decode()


def words_of(texts: Sequence[str]) -> Words:
    """Collect the enums that are defined in these modules."""
    found: dict[str, list[str]] = {}
    for node in (node for text in texts for node in ast.walk(ast.parse(text))):
        if isinstance(node, ast.ClassDef) and any("Enum" in ast.unparse(base) for base in node.bases):
            targets = [each.targets[0] for each in node.body if isinstance(each, ast.Assign)]
            found[node.name] = [target.id for target in targets if isinstance(target, ast.Name)]
    return found


def changed(text: str, words: Words) -> Iterator[str]:
    """Give the text with one fault at a time; each is another program, and each can be parsed."""
    source = Source(text)
    seen = {ast.dump(source.tree)}
    for edit in _edits(source, source.tree, words, mutmuts=False):
        after = source.edited(edit)
        meaning = ast.dump(ast.parse(after))
        if meaning not in seen:
            seen.add(meaning)
            yield after


def _edits(source: Source, node: ast.AST, words: Words, *, mutmuts: bool) -> Iterator[Edit]:
    """Walk the code; ``mutmuts`` says that mutmut has been at what stands here."""
    if isinstance(node, ast.JoinedStr):
        return  # a text for people; and before 3.12 nobody knows where in it a node stands
    if isinstance(node, ast.FunctionDef):
        mutmuts = all(ast.unparse(each) in MUTMUT_KNOWS for each in node.decorator_list)
    yield from _words(source, node, words)
    yield from _entries(source, node)
    yield from _ranks(source, node)
    yield from _figures(source, node, mutmuts=mutmuts)
    yield from _comparisons(source, node, EQUALITY)
    if not mutmuts:
        yield from _comparisons(source, node, BOUNDARY)
        yield from _operators(source, node)
    for field, value in ast.iter_fields(node):
        if field not in NOT_CODE and not (field == "slice" and _is_type(value)):
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.AST):
                    yield from _edits(source, child, words, mutmuts=mutmuts)


def _is_type(index: ast.AST) -> bool:
    """Whether this stands in a type, as ``Callable[[int], str]``: nothing is looked up by a list."""
    return any(isinstance(node, ast.List) for node in ast.walk(index))


def _words(source: Source, node: ast.AST, words: Words) -> Iterator[Edit]:
    """Put the next word of the enum in place of one."""
    match node:
        case ast.Attribute(value=ast.Name(id=enum), attr=word) if word in words.get(enum, ()):
            members = words[enum]
            other = members[(members.index(word) + 1) % len(members)]
            yield Edit(source.end(node) - len(word.encode()), source.end(node), other)
        case _:
            pass


def _entries(source: Source, node: ast.AST) -> Iterator[Edit]:
    """Leave one entry out."""
    match node:
        case ast.Dict(values=entries) | ast.Set(elts=entries):
            yield from _left_out(source, node, source.extents(node, entries))
        case ast.Tuple(elts=entries, ctx=ast.Load()) | ast.List(elts=entries, ctx=ast.Load()):
            # Without brackets it is several results or targets: mypy knows how many there must be.
            if source.is_bracketed(node):
                yield from _left_out(source, node, source.extents(node, entries))
        case _:
            pass


def _left_out(source: Source, node: ast.expr, extents: Sequence[tuple[int, int]]) -> Iterator[Edit]:
    """Take the comma along that stands before the next entry; the last one's is left where it is."""
    for index, (begin, end) in enumerate(extents):
        if len(extents) == 1:
            brackets = source.between(source.start(node), source.start(node) + 1) + source.between(
                source.end(node) - 1, source.end(node)
            )
            empty = "set()" if isinstance(node, ast.Set) else brackets
            yield Edit(source.start(node), source.end(node), empty)
        elif len(extents) == 2 and isinstance(node, ast.Tuple):
            yield Edit(source.start(node), source.end(node), f"({source.between(*extents[1 - index])},)")
        elif index + 1 < len(extents):
            yield Edit(begin, extents[index + 1][0], "")
        else:
            yield Edit(extents[index - 1][1], end, "")


def _ranks(source: Source, node: ast.AST) -> Iterator[Edit]:
    """Let two neighbours change places in a sequence that has a name.

    In one without a name, as the acts of a transition, the order is mostly of no consequence.
    """
    match node:
        case (
            ast.Assign(value=ast.Tuple(elts=entries) | ast.List(elts=entries) as sequence)
            | ast.AnnAssign(value=ast.Tuple(elts=entries) | ast.List(elts=entries) as sequence)
        ) if source.is_bracketed(sequence):
            for one, other in pairwise(source.extents(sequence, entries)):
                gap = source.between(one[1], other[0])
                yield Edit(one[0], other[1], source.between(*other) + gap + source.between(*one))
        case _:
            pass


def _figures(source: Source, node: ast.AST, *, mutmuts: bool) -> Iterator[Edit]:
    """Count one less; and one more, which in functions mutmut does."""
    if isinstance(node, ast.Constant) and type(node.value) is int:
        for other in (node.value - 1,) if mutmuts else (node.value - 1, node.value + 1):
            yield Edit(source.start(node), source.end(node), str(other))


def _comparisons(
    source: Source, node: ast.AST, others: Mapping[type[ast.cmpop], tuple[str, str]]
) -> Iterator[Edit]:
    if isinstance(node, ast.Compare):
        for (left, right), operator in zip(pairwise([node.left, *node.comparators]), node.ops, strict=True):
            if type(operator) in others:
                yield _between(source, left, right, *others[type(operator)])


def _operators(source: Source, node: ast.AST) -> Iterator[Edit]:
    match node:
        case ast.Constant(value=bool(value)):
            yield Edit(source.start(node), source.end(node), str(not value))
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            gap = source.between(source.start(node), source.start(operand))
            yield Edit(source.start(node), source.start(operand), gap.removeprefix("not").lstrip())
        case ast.BoolOp(op=operator, values=values):
            words = ("and", "or") if isinstance(operator, ast.And) else ("or", "and")
            for left, right in pairwise(values):
                yield _between(source, left, right, *words)
        case ast.BinOp(left=left, op=operator, right=right) if type(operator) in ARITHMETIC:
            yield _between(source, left, right, *ARITHMETIC[type(operator)])
        case _:
            pass


def _between(source: Source, left: ast.expr, right: ast.expr, operator: str, other: str) -> Edit:
    """Put another operator between two operands, and leave the blanks and brackets around it."""
    start, end = source.end(left), source.start(right)
    pattern = r"\b" + operator.replace(" ", r"\s+") + r"\b" if operator.isalpha() else re.escape(operator)
    return Edit(start, end, re.sub(pattern, other, source.between(start, end), count=1))
