"""`recoup bankfile FILE… [--entries] --json`: what a bank file says. Pure: no Django, no database."""

import json
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from recoup.kernel.money import places
from recoup.kernel.refusal import N_, Refusal
from recoup.payments.bankfiles import BankFile, Entry, PaymentStatus, Statement, read_bankfile

USAGE = "usage: recoup bankfile FILE… [--entries] [--json]"


def run(argv: list[str]) -> int:
    """0: every file was read; 1: at least one was refused; 2: wrong usage."""
    flags, names = options(argv)
    if not names or not flags <= {"--entries", "--json"}:
        print(USAGE, file=sys.stderr)
        return 2
    files = [describe(name, entries="--entries" in flags) for name in names]
    if "--json" in flags:
        json.dump(document(files), sys.stdout, ensure_ascii=False)
        print()
    else:
        for found in files:
            table(found)
    return 1 if any(found["status"] == "refused" for found in files) else 0


def options(argv: list[str]) -> tuple[set[str], list[str]]:
    """Flags and file names; after `--` everything is a file name, `-` is standard input."""
    cut = argv.index("--") if "--" in argv else len(argv)
    flags = {a for a in argv[:cut] if a.startswith("-") and a != "-"}
    return flags, [a for a in argv[:cut] if a not in flags] + argv[cut + 1 :]


def document(files: list[dict[str, Any]]) -> dict[str, Any]:
    """The files; with the error of a refused file on top as well, for who reads only one."""
    refused = [f["error"] for f in files if f["status"] == "refused"]
    return {"files": files, "error": refused[0]} if refused else {"files": files}


def describe(name: str, *, entries: bool) -> dict[str, Any]:
    try:
        found = read_bankfile(content_of(name), file=name)
    except Refusal as refusal:
        return {"file": name, "status": "refused", "format": None, "statements": [], "entries": [],
                "warnings": [], "error": refusal.as_error()}  # fmt: skip
    return ok(found, entries=entries)


def content_of(name: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise Refusal(
            "file_unreadable", N_("%(file)s cannot be read: %(reason)s."), file=name, reason=reason
        ) from None


def ok(found: BankFile, *, entries: bool) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "file": found.file,
        "status": "ok",
        "format": found.format,
        "statements": [statement(s) for s in found.statements],
        "entries": [entry(e) for e in found.entries] if entries else [],
        "warnings": [remark.as_warning() for remark in found.warnings],
    }
    if found.payment_statuses:
        shown["payment_statuses"] = [payment_status(s) for s in found.payment_statuses]
    return shown


def statement(s: Statement) -> dict[str, Any]:
    return {
        "id": s.id, "sequence": s.sequence, "account": s.account, "currency": s.currency, "owner": s.owner,
        "from": day(s.from_on), "to": day(s.to_on), "opening": money(s.opening, s.currency),
        "closing": money(s.closing, s.currency), "entries": s.entries, "transactions": s.transactions,
        "credit_sum": money(s.credit_sum, s.currency), "debit_sum": money(s.debit_sum, s.currency),
        "balanced": s.balanced, "copy": s.copy,
    }  # fmt: skip


def entry(e: Entry) -> dict[str, Any]:
    return {
        "statement": e.statement, "statement_no": e.statement_no, "entry_no": e.entry_no,
        "transaction_no": e.transaction_no, "booked_on": day(e.booked_on), "value_on": day(e.value_on),
        "amount": money(e.amount, e.currency), "currency": e.currency, "status": e.status, "bookable": e.is_bookable,
        "reversal": e.reversal, "counterparty": e.counterparty, "counterparty_account": e.counterparty_account,
        "end_to_end_id": e.end_to_end_id, "reference": e.reference, "remittance": e.remittance,
        "return_reason": e.return_reason, "bank_reference": e.bank_reference, "mandate_id": e.mandate_id,
        "instructed_amount": money(e.instructed_amount, e.instructed_currency or ""),
        "instructed_currency": e.instructed_currency, "transaction_code": e.transaction_code,
        "additional": e.additional, "documents": list(e.documents), "line_key": e.line_key,
    }  # fmt: skip


def payment_status(s: PaymentStatus) -> dict[str, Any]:
    return {
        "level": s.level, "status": s.status, "original_message_id": s.original_message_id,
        "original_batch_id": s.original_batch_id, "end_to_end_id": s.end_to_end_id, "reason": s.reason,
        "explanation": s.explanation,
    }  # fmt: skip


def day(on: date | None) -> str | None:
    return on.isoformat() if on else None


def money(amount: Decimal | None, currency: str) -> str | None:
    """The amount with the currency's own decimals, or with more where the bank gives more."""
    if amount is None:
        return None
    exponent = amount.normalize().as_tuple().exponent if amount else 0
    given = -exponent if isinstance(exponent, int) else 0
    return f"{amount:.{max(given, places(currency))}f}"


def table(found: dict[str, Any]) -> None:
    """The same for people."""
    print(f"{found['file']}: {found['format'] or 'refused'}")
    if found["status"] == "refused":
        print(f"  {found['error']['message']}")
    for s in found["statements"]:
        balanced = {True: "balances", False: "DOES NOT BALANCE", None: "no balances to compare"}[
            s["balanced"]
        ]
        print(f"  {s['account']}  {s['from'] or '–'} to {s['to'] or '–'}  {s['id']}")
        print(f"    opening {s['opening'] or '–'}  in {s['credit_sum']}  out {s['debit_sum']}  "
              f"closing {s['closing'] or '–'} {s['currency']}  {s['entries']} entries, {balanced}")  # fmt: skip
    for e in found["entries"]:
        print(f"    {e['booked_on'] or '–':10}  {e['amount'] or '?':>16} {e['currency']}  {e['status']}  "
              f"{e['counterparty'] or ''}  {e['reference'] or e['remittance'] or ''}".rstrip())  # fmt: skip
    for s in found.get("payment_statuses", ()):
        print(
            f"  {s['level']} {s['end_to_end_id'] or s['original_message_id'] or ''} {s['status']} {s['reason'] or ''}"
        )
    for warning in found["warnings"]:
        print(f"  ! {warning['message']}")
