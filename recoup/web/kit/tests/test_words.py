"""Codes have words: what a page shows for one is never the code itself."""

import ast
import inspect

from recoup.contact import rules
from recoup.web.kit.words import WORDS


def codes_of_the_gate() -> set[str]:
    """Every code with which the gate says no."""
    calls = (n for n in ast.walk(ast.parse(inspect.getsource(rules))) if isinstance(n, ast.Call))
    found = {
        call.args[0].value
        for call in calls
        if getattr(call.func, "id", "") == "denied" and isinstance(call.args[0], ast.Constant)
    }
    return found | set(rules.HOLDS.values()) | {"on_hold"}


def test_every_reason_of_the_gate_has_a_word():
    codes = codes_of_the_gate()
    assert len(codes) > 20
    assert codes - set(WORDS) == set()
