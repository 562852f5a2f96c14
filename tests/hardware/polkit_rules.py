"""Runs a rules file of polkit in Duktape, the interpreter that polkit itself runs it in."""

import ctypes
import ctypes.util
import json
from collections.abc import Iterable
from pathlib import Path

import pytest

_EVAL_SAFELY = 1 << 3 | 1 << 7 | 1 << 9 | 1 << 10 | 1 << 11
"""What ``duk_peval_string`` stands for in duktape.h: evaluate, and give an error as a result."""
_HARNESS = """
var rules = [];
var polkit = { Result: { YES: "yes" }, addRule: function (rule) { rules.push(rule); } };
(function () { %s })();
JSON.stringify(%s.map(function (asked) {
    var answer = rules[0]({ id: asked[0] }, { user: asked[1] });
    return answer === undefined ? null : answer;
}));
"""


def answers(rules: Path, asked: Iterable[tuple[str, str]]) -> list[str | None]:
    """Ask the one rule of a file about actions and users. ``None``: it says nothing of them."""
    name = ctypes.util.find_library("duktape")
    if name is None:
        pytest.skip("apt install polkitd: it brings libduktape")
    duktape = ctypes.CDLL(name)
    duktape.duk_create_heap.restype = ctypes.c_void_p
    duktape.duk_safe_to_lstring.restype = ctypes.c_char_p
    heap = ctypes.c_void_p(duktape.duk_create_heap(None, None, None, None, None))
    try:
        script = _HARNESS % (rules.read_text(), json.dumps(list(asked)))
        failed = duktape.duk_eval_raw(heap, script.encode(), ctypes.c_size_t(0), ctypes.c_uint(_EVAL_SAFELY))
        said = duktape.duk_safe_to_lstring(heap, -1, None).decode()
    finally:
        duktape.duk_destroy_heap(heap)
    assert not failed, said
    found: list[str | None] = json.loads(said)
    return found
