"""`recoup owed [FILE|-] [--json]`: what a debtor owes under a jurisdiction on a day. Pure, no Django."""

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from recoup.jurisdictions.overlay import NONE, parse_overlay, using
from recoup.jurisdictions.owed import Owed, as_document, owed, parse_request
from recoup.kernel.refusal import N_, Refusal

USAGE = "usage: recoup owed [FILE|-] [--json] [--overlay FILE]"
LIMIT = 16 * 1024 * 1024
DEPTH = 32


def run(argv: list[str]) -> int:
    """Answer one request; 0 done, 1 refused (the error document on standard output), 2 wrong usage."""
    as_json = "--json" in argv
    argv, beside = list(argv), None
    if "--overlay" in argv:
        place = argv.index("--overlay")
        if place + 1 >= len(argv):
            print(USAGE, file=sys.stderr)
            return 2
        beside = argv[place + 1]
        argv[place : place + 2] = []
    names = [arg for arg in argv if arg not in ("--json", "--")]
    if len(names) > 1 or any(name.startswith("-") and name != "-" for name in names):
        print(USAGE, file=sys.stderr)
        return 2
    file = names[0] if names else "-"
    try:
        overlay = NONE if beside is None else parse_overlay(read(beside))
        with using(overlay):
            request = parse_request(read(file))
        answer = owed(replace(request, overlay=overlay))
    except Refusal as refusal:
        error = refusal.as_error() | ({} if file == "-" else {"file": file})
        text = json.dumps({"error": error}, ensure_ascii=False, default=str)
        print(text if as_json else error["message"])
        return 1
    document = as_document(answer)
    print(
        json.dumps(document, ensure_ascii=False, indent=1) if as_json else table(answer, document)
    )
    return 0


def read(file: str) -> Any:
    """The JSON in a file or on standard input. Raises `Refusal`: unreadable, too large, doubled keys."""
    try:
        raw = sys.stdin.buffer.read(LIMIT + 1) if file == "-" else Path(file).read_bytes()
    except OSError as error:
        raise Refusal(
            "file_unreadable", N_("%(file)s cannot be read: %(reason)s."),
            file=file, reason=error.strerror or "unknown",
        ) from None  # fmt: skip
    if len(raw) > LIMIT:
        raise Refusal("file_too_large", N_("%(file)s is larger than 16 MB."), file=file)
    return parse_json(raw, file=file)


def parse_json(raw: bytes, *, file: str) -> Any:
    """Strict JSON: UTF-8, no NaN, no key twice, at most 32 levels deep, figures as text."""
    try:
        text = raw.decode("utf-8-sig")
        if _depth(text) > DEPTH:
            raise ValueError("nested too deeply")
        return json.loads(
            text, object_pairs_hook=_once, parse_constant=_no_constant,
            parse_float=_Figure, parse_int=_Figure,
        )  # fmt: skip
    except (ValueError, RecursionError) as error:
        raise Refusal(
            "json_broken", N_("%(file)s is not a JSON document: %(reason)s."),
            file="standard input" if file == "-" else file, reason=str(error),
        ) from None  # fmt: skip


class _Figure:
    """A bare JSON number, which no field accepts: amounts are text."""

    def __init__(self, text: str) -> None:
        self.text = text[:40]

    def __repr__(self) -> str:
        return self.text


def _depth(text: str) -> int:
    depth = most = 0
    in_text = escaped = False
    for character in text:
        if in_text:
            if escaped:
                escaped = False
            elif character == "\\":
                escaped = True
            elif character == '"':
                in_text = False
        elif character == '"':
            in_text = True
        elif character in "[{":
            depth += 1
            most = max(most, depth)
        elif character in "]}":
            depth -= 1
    return most


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        keys = [key for key, _ in pairs]
        raise ValueError(f"the key {next(k for k in keys if keys.count(k) > 1)!r} stands twice")
    return found


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a figure")


def table(answer: Owed, document: dict[str, Any]) -> str:
    """The answer for people: the sums, the segments, the payments and the reasons."""
    currency, compensation = answer.currency, document["compensation"]
    sums = [
        ("principal", document["principal"], currency),
        ("interest", document["interest"], currency),
        ("compensation", compensation["open"], compensation["currency"]),
        ("costs", document["costs"], currency),
        ("total", document["total"], currency),
    ]
    lines = [f"Owed under the law of {answer.jurisdiction} on {answer.as_of}", ""]
    lines += [f"  {name:<14}{amount:>16} {unit}" for name, amount, unit in sums]
    if answer.per_diem:
        lines.append(f"  {'each day more':<14}{document['per_diem']:>16} {currency}")
    lines += _part("Interest", [
        f"  {s['claim']:<12} {s['from']} – {s['to']} {s['days']:>5} d"
        f" {s['principal']:>16} × {s['rate']:>7} % = {s['interest']:>12}"
        for s in document["segments"]
    ])  # fmt: skip
    lines += _part("Payments", [
        f"  {a['on']} {a['amount']:>14}: costs {a['costs']}, compensation {a['compensation']},"
        f" interest {a['interest']}, principal {a['principal']}, left {a['unallocated']}"
        for a in document["allocations"]
    ])  # fmt: skip
    if document["limitation"]:
        ends = document["limitation"]
        lines += _part("Limitation", [f"  {ends['ends_on']}: {ends['rule']} ({ends['source']})"])
    lines += _part("Why", [f"  {sentence}" for sentence in document["why"]])
    lines += _part("Not answered", [f"  {question}" for question in document["not_answered"]])
    return "\n".join(lines)


def _part(title: str, rows: list[str]) -> list[str]:
    return ["", title, *rows] if rows else []
