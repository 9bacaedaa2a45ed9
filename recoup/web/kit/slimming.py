"""`python -m recoup.web.kit.slimming [--check]`: what the debtor's pages need of Tabler, so that they stay
small on a telephone. Only rules whose classes stand in the templates of those pages, and of the variables
only those that are used."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

WEB = Path(__file__).resolve().parents[1]
WHOLE = WEB / "kit/static/vendor/tabler/tabler.min.css"
SMALL = WEB / "kit/static/vendor/tabler/tabler-small.css"
TEMPLATES = (WEB / "kit/templates/kit/parts", WEB / "debtor/templates")
ALONE = (WEB / "kit/templates/kit/base.html", WEB / "kit/templates/kit/debtor.html")
# Written by code, not by templates.
WRITTEN = {"form-control", "form-select", "form-check-input", "visually-hidden"}
ELEMENTS = frozenset(
    ["html", "body", "h1", "h2", "h3", "h4", "p", "a", "strong", "small", "ul", "ol", "li", "dl", "dt", "dd", "blockquote", "table", "thead", "tbody", "tr", "th", "td", "img", "svg", "input", "textarea", "select", "option", "button", "label", "legend", "fieldset", "form", "hr", "details", "summary", "main", "header", "footer", "nav", "section", "address", "progress", "code", "abbr", "template", "hidden"]
)  # fmt: skip


def classes() -> set[str]:
    files = [*ALONE, *(p for folder in TEMPLATES for p in sorted(folder.rglob("*.html")))]
    found = set(WRITTEN)
    for path in files:
        for said in re.findall(r'class="([^"]*)"', path.read_text(encoding="utf-8")):
            found |= set(re.sub(r"{[%{].*?[%}]}", " ", said).split())
    return found


def blocks(css: str) -> Iterator[tuple[str, str]]:
    """(selector or at-rule, what stands in its braces)."""
    at = 0
    while (opens := css.find("{", at)) >= 0:
        depth, end = 1, opens + 1
        while depth:
            depth += {"{": 1, "}": -1}.get(css[end], 0)
            end += 1
        yield css[at:opens].rpartition(";")[2].strip(), css[opens + 1 : end - 1]
        at = end


def selectors(text: str) -> list[str]:
    """Split at the commas outside brackets."""
    depth, found = 0, [""]
    for sign in text:
        depth += {"(": 1, "[": 1, ")": -1, "]": -1}.get(sign, 0)
        if sign == "," and not depth:
            found.append("")
        else:
            found[-1] += sign
    return found


def needed(one: str, known: set[str]) -> bool:
    named = set(re.findall(r"\.(-?[A-Za-z_][\w-]*(?:\\.[\w-]*)*)", one))
    if named:
        return named <= known
    return set(re.findall(r"(?:^|[\s>+~(,])([a-z][a-z0-9]*)", one)) <= ELEMENTS


def kept(css: str, known: set[str]) -> str:
    out = []
    for selector, body in blocks(css):
        if selector.startswith(("@media", "@supports")):
            inner = kept(body, known) if "print" not in selector else ""
            out += [f"{selector}{{{inner}}}"] if inner else []
        elif not selector.startswith("@"):
            mine = [one for one in selectors(selector) if needed(one, known)]
            out += [f"{','.join(mine)}{{{body}}}"] if mine else []
    return "".join(out)


def without_idle_variables(css: str) -> str:
    ours = "".join(
        p.read_text() for p in sorted(WEB.rglob("static/**/*.css")) if "vendor" not in p.parts
    )
    before = ""
    while before != css:
        before = css
        used = set(re.findall(r"var\((--[\w-]+)", css + ours))
        said = set(re.findall(r"(--[\w-]+):", css))
        for name in sorted(said - used):
            css = re.sub(rf"(?<![\w-]){name}:[^;{{}}]*(?:;|(?=}}))", "", css)
        css = re.sub(r"[^{};]+\{\}", "", css)
    return css


def small() -> str:
    plain = re.sub(r"/\*.*?\*/", "", WHOLE.read_text(encoding="utf-8"), flags=re.S)
    head = "/* Of Tabler, what the debtor's pages use: made by recoup.web.kit.slimming. */\n"
    return f"{head}@layer tabler{{{without_idle_variables(kept(plain, classes()))}}}\n"


def main(arguments: list[str]) -> int:
    made = small()
    if "--check" in arguments:
        return 0 if SMALL.read_text(encoding="utf-8") == made else 1
    SMALL.write_text(made, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
