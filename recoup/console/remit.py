"""`recoup remit [--on DAY] [--out FILE] [--agency SLUG] [--json]`: pay the clients."""

import argparse
import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from django.utils import timezone

from recoup.console.import_bank import agency_of
from recoup.files.operations import content_of
from recoup.journeys.remit import remit
from recoup.kernel.actor import SYSTEM
from recoup.kernel.days import parse_day
from recoup.kernel.refusal import N_, Refusal
from recoup.payments.models import PayoutFile
from recoup.payments.operations import RemitResult
from recoup.tenancy.context import scope


def run(argv: list[str]) -> int:
    """0: done, also when there was nothing new; 1: refused; 2: wrong usage."""
    parser = argparse.ArgumentParser(prog="recoup remit")
    for option in ("--on", "--out", "--agency"):
        parser.add_argument(option, default="")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(argv)
    now = timezone.now()
    try:
        on = parse_day(given.on, field="--on") if given.on else now.date()
        agency = agency_of(given.agency)
        # Committed, with the identifiers, before any file is written.
        result = remit(agency=agency, on=on, by=SYSTEM, at=now)
        with scope(agency.id):
            files = written(agency.id, on, given.out)
    except Refusal as refusal:
        error = refusal.as_error()
        print(json.dumps({"error": error}, ensure_ascii=False) if given.json else error["message"])
        return 1
    found = document(result, files)
    print(json.dumps(found, ensure_ascii=False) if given.json else text(found))
    return 0


def written(agency: Any, on: date, out: str) -> list[dict[str, str]]:
    """The day's payment files, the newest first; written to `out`, further ones beside it."""
    payouts = PayoutFile.objects.filter(agency_id=agency, on=on, document__isnull=False)
    found = []
    for number, payout in enumerate(payouts.select_related("document", "account").order_by("id")):
        assert payout.document is not None
        path = target(out, number) if out else None
        if path is not None:
            write(path, content_of(payout.document))
        name = str(path) if path is not None else payout.document.name
        found.append(
            {"file": name, "message_id": payout.message_id, "currency": payout.account.currency}
        )
    return found


def target(out: str, number: int) -> Path:
    path = Path(out)
    return path if not number else path.with_name(f"{path.stem}-{number + 1}{path.suffix}")


def write(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        raise Refusal(
            "file_unwritable", N_("%(file)s cannot be written: %(reason)s."), file=str(path),
            reason=error.strerror or "unknown",
        ) from None  # fmt: skip


def document(result: RemitResult, files: Sequence[dict[str, str]]) -> dict[str, Any]:
    """CONTRACT's document; sums are text in one currency, an object by currency in several. `file` is
    the day's payment file, also when it was made by an earlier run."""
    totals = result.totals()
    first = files[0] if files else {"file": None, "message_id": None}
    sums = {
        name: {currency: str(amounts[name].amount) for currency, amounts in totals.items()}
        for name in ("gross", "commission", "vat", "net")
    }
    one = {
        name: next(iter(of.values()), "0.00") if len(of) < 2 else of for name, of in sums.items()
    }
    return {
        "on": result.on.isoformat(), "remittances": len(result.remittances),
        "clients": len({row.client_id for row in result.remittances}), **one,
        "file": first["file"], "message_id": first["message_id"], "files": list(files), "by_currency": sums,
        "held": [
            {"client": held.client.name, "currency": held.currency, "code": held.because.code,
             "message": held.because.sentence()}
            for held in result.held
        ],
    }  # fmt: skip


def text(found: dict[str, Any]) -> str:
    rows = [f"{found['remittances']} remittances to {found['clients']} clients on {found['on']}"]
    for name in ("gross", "commission", "vat", "net"):
        rows += [
            f"  {name:12}{amount:>14} {currency}"
            for currency, amount in found["by_currency"][name].items()
        ]
    rows += [f"  {file['file']} ({file['message_id']})" for file in found["files"]]
    rows += [f"  held: {held['message']}" for held in found["held"]]
    return "\n".join(rows)
