"""What stands in the subject of an e-mail is read by whoever passes the screen: never a sum, never a debtor's name."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

GAP = re.compile(r"%\((\w+)\)[sd]")
ROOT = Path(__file__).resolve().parents[2]
SAID = {
    "number",
    "due",
    "on",
    "day",
    "house",
    "seq",
    "cases",
    "score",
    "creditor",
    "name",
    "agency",
    "client",
}


def subjects() -> Iterator[tuple[str, str]]:
    """(place, sentence) of each subject that is written out where an e-mail is made."""
    for path in sorted([*ROOT.glob("journeys/**/*.py"), *ROOT.glob("jobs/*.py")]):
        if "tests" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            named = isinstance(node, ast.keyword) and node.arg == "subject"
            assigned = (
                isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "subject"
            )
            if named or assigned:
                for text in ast.walk(node.value):  # type: ignore[attr-defined]
                    if (
                        isinstance(text, ast.Constant)
                        and isinstance(text.value, str)
                        and " " in text.value
                    ):
                        yield f"{path.relative_to(ROOT)}:{text.lineno}", text.value


@pytest.mark.parametrize(("place", "sentence"), list(subjects()))
def test_a_subject_names_no_sum_and_no_debtor(place: str, sentence: str) -> None:
    assert set(GAP.findall(sentence)) <= SAID, place


def test_the_subjects_are_found() -> None:
    assert len(list(subjects())) > 15
