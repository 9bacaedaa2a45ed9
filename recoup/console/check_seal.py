"""`recoup check-seal FILE… [--trust CA.crt]`: whether PDFs are what was sealed here. Needs no database."""

import argparse
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from recoup.config.home import home
from recoup.paper.seal import verify_seal


def run(argv: list[str]) -> int:
    """0: every file is unchanged since it was sealed; 1: one is not; 2: wrong usage."""
    parser = argparse.ArgumentParser(prog="recoup check-seal")
    parser.add_argument("files", nargs="+")
    parser.add_argument("--trust", default=str(home() / "secrets" / "seal" / "ca.crt"))
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(argv)
    found = [judged(Path(name), Path(given.trust)) for name in given.files]
    if given.json:
        print(json.dumps({"files": found}, ensure_ascii=False))
    else:
        print(
            "\n".join(
                f"{'ok ' if one['ok'] else 'NO '} {one['file']}: {one['because']}" for one in found
            )
        )
    return 0 if all(one["ok"] for one in found) else 1


def judged(file: Path, trust: Path) -> dict[str, Any]:
    try:
        verdict = verify_seal(file.read_bytes(), trust=trust.read_bytes())
    except OSError as error:
        return {"file": str(file), "ok": False, "because": f"{error.filename}: {error.strerror}"}
    told = asdict(verdict)
    if verdict.signed_at is not None:
        told["signed_at"] = verdict.signed_at.isoformat()
    return {"file": str(file)} | told
