"""`recoup verify FILE [--trust CA.crt] [--heads FILE] [--json]`: whether a dossier is exactly what was
sealed. Pure: needs neither database nor Django."""

import argparse
import json
import os
from pathlib import Path

from recoup.config.home import PROJECT
from recoup.dossier.verify import Report, verify
from recoup.kernel.refusal import N_, Refusal


def run(argv: list[str]) -> int:
    """0: it holds; 1: it does not, or is no dossier; 2: wrong usage."""
    parser = argparse.ArgumentParser(prog="recoup verify")
    parser.add_argument("file")
    parser.add_argument("--trust", help="the certificate of the agency's authority (PEM)")
    parser.add_argument("--heads", help="the heads of the chain as published outside")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(argv)
    try:
        report = verify(
            Path(given.file), trust=trusted(given.trust),
            heads=content(given.heads) if given.heads else None,
        )  # fmt: skip
    except Refusal as refusal:
        error = refusal.as_error()
        print(json.dumps({"error": error}, ensure_ascii=False) if given.json else error["message"])
        return 1
    print(json.dumps(report.as_document(), ensure_ascii=False) if given.json else table(report))
    return 0 if report.holds else 1


def trusted(file: str | None) -> bytes | None:
    """The authority given, else this installation's own where there is one; nothing is made here."""
    if file:
        return content(file)
    own = Path(os.environ.get("RECOUP_HOME", PROJECT / ".recoup")) / "secrets" / "seal" / "ca.crt"
    return own.read_bytes() if own.is_file() else None


def content(file: str) -> bytes:
    try:
        return Path(file).read_bytes()
    except OSError as error:
        raise Refusal(
            "file_unreadable", N_("%(file)s cannot be read: %(reason)s."),
            file=file, reason=error.strerror or "unknown",
        ) from None  # fmt: skip


def table(report: Report) -> str:
    lines = [
        f"Case {report.case}, made {report.made_at}, signed by {report.signed_by}",
        f"Authority {report.fingerprint} ({report.trust})", "",
    ]  # fmt: skip
    for check in report.checks:
        lines.append(f"{'holds' if check.holds else 'BROKEN':7} {check.name}")
        lines += [f"        {sentence}" for sentence in check.found]
    return "\n".join(lines)
