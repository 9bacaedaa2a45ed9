"""Codes have words: what a page shows for one is never the code itself."""

import ast
import inspect
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils.translation import gettext, override

from recoup.contact import rules
from recoup.jurisdictions.rules import HOUSE_PRACTICE, USUAL
from recoup.web.kit.words import WORDS

PRODUCT = Path(__file__).resolve().parents[3]


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


def modules() -> Iterator[ast.Module]:
    for path in PRODUCT.rglob("*.py"):
        if not {"tests", "migrations"} & set(path.parts):
            yield ast.parse(path.read_text())


def constants(module: ast.Module) -> dict[str, str]:
    return {
        line.targets[0].id: line.value.value
        for line in module.body
        if isinstance(line, ast.Assign) and isinstance(line.targets[0], ast.Name)
        and isinstance(line.value, ast.Constant) and isinstance(line.value.value, str)
    }  # fmt: skip


def kinds_of_tasks() -> set[str]:
    """What `add_task` is called with anywhere, by its text or by the module's own name for it."""
    found = set()
    for module in modules():
        named = constants(module)
        for call in (n for n in ast.walk(module) if isinstance(n, ast.Call)):
            if getattr(call.func, "id", getattr(call.func, "attr", "")) not in ("add_task", "NewTask"):  # fmt: skip
                continue
            for given in (k.value for k in call.keywords if k.arg == "kind"):
                if isinstance(given, ast.Constant):
                    found.add(given.value)
                elif isinstance(given, ast.Name) and given.id in named:
                    found.add(named[given.id])
    return found


def test_every_kind_of_task_has_a_word():
    kinds = kinds_of_tasks()
    assert {"information", "restored", "call"} <= kinds
    assert kinds - set(WORDS) == set()


@pytest.mark.parametrize("language", ["sv", "de", "zh-hant", "zh-hans"])
def test_what_is_usual_is_told_in_the_readers_language(language: str):
    """A source that is no statute's name is a sentence of ours, shown beside a deadline or a rule."""
    with override(language):
        assert [said for said in (*HOUSE_PRACTICE, *USUAL) if gettext(said) == said] == []
