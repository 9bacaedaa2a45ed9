"""The page of event kinds, written from the code: `python -m recoup.web.api.kinds [--check]`.

A kind stands in the timeline's table with its sentence; what it carries, and for whom it is, is read from the
calls that record it. What is for the house alone is told neither by the API nor by webhooks, and left out.
"""

import ast
import os
import re
import sys
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT.parent / "docs" / "reference" / "events.md"
# Of every event, or the house's own handles (web/kit/events.py leaves them out).
COMMON = frozenset(("agency", "kind", "by", "at", "case", "client", "audience", "data", "key", "link", "token", "browser", "ip", "trail"))  # fmt: skip
HEAD = """# Events

What happened, as `events`, a case's `timeline` and webhooks tell it: `id`, `kind`, `at`, `by`, `case`, `sentence` and `body` in
your language, and `data` with what the kind carries (amounts as text beside `currency`, days ISO, documents by id). Kinds may be
added, and a kind may come to carry more: pass over what you do not know. This page is written from the code by
`python -m recoup.web.api.kinds`, and a test says when it is behind.

| kind | as the timeline says it | carries |
| --- | --- | --- |
"""


def calls() -> dict[str, list[ast.Call]]:
    """The calls that name a kind, by kind."""
    found: dict[str, list[ast.Call]] = defaultdict(list)
    for path in sorted(ROOT.rglob("*.py")):
        if {"tests", "migrations"} & set(path.parts):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                for kind in kinds_in(node):
                    found[kind].append(node)
    return found


def kinds_in(call: ast.Call) -> set[str]:
    """`kind=…`, or the first arguments, where they are texts in the past tense of the log."""
    named = [k.value for k in call.keywords if k.arg == "kind"]
    texts = [*named, *call.args[:4]]
    within = [n.value for one in texts for n in ast.walk(one) if isinstance(n, ast.Constant)]
    return {v for v in within if isinstance(v, str) and re.fullmatch(r"(?:[A-Z][a-z]+){2,}|Remitted", v)}  # fmt: skip


def carried(found: list[ast.Call]) -> set[str]:
    names = {k.arg for call in found for k in call.keywords if k.arg}
    for call in found:
        for one in call.args:
            if isinstance(one, ast.Dict):
                names |= {k.value for k in one.keys if isinstance(k, ast.Constant) and isinstance(k.value, str)}  # fmt: skip
    return names - COMMON


def is_internal(found: list[ast.Call]) -> bool:
    said = [audience(call) for call in found]
    return bool(said) and all(one == "internal" for one in said)


def audience(call: ast.Call) -> str:
    for k in call.keywords:
        if k.arg == "audience" and isinstance(k.value, ast.Constant):
            return str(k.value.value)
    return "internal" if any(isinstance(a, ast.Constant) and a.value == "internal" for a in call.args) else ""  # fmt: skip


def told() -> dict[str, list[ast.Call]]:
    """The kinds that somebody outside the house is told of, with the calls that record them."""
    from recoup.web.kit.timeline import LINES

    found = calls()
    return {kind: found[kind] for kind in sorted(LINES) if not is_internal(found[kind])}


def written() -> str:
    from recoup.web.kit.timeline import LINES

    rows = []
    for kind, found in told().items():
        line = LINES[kind]
        gaps = set(re.findall(r"%\((\w+)\)", line.what + line.body))
        said = re.sub(r"%\((\w+)\)s", r"*\1*", line.what).replace("|", "\\|")
        names = ", ".join(f"`{n}`" for n in sorted(carried(found) | gaps))
        rows.append(f"| `{kind}` | {said} | {names} |")
    return HEAD + "\n".join(rows) + "\n"


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "recoup.config.settings")
    import django

    django.setup()
    text = written()
    if "--check" in sys.argv:
        return int(text != PAGE.read_text(encoding="utf-8"))
    PAGE.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
