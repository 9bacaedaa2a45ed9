"""`recoup seed`: the demo agency, once. `recoup up` does it on a fresh database."""

import sys
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from recoup.config.home import folder, home
from recoup.console.demo.people import CLIENTS, PASSWORD, STAFF
from recoup.console.up import HALF_MADE
from recoup.tenancy.models import Agency


def run(argv: list[str]) -> int:
    if argv:
        print("usage: recoup seed", file=sys.stderr)
        return 2
    ensure_demo()
    return 0


def ensure_demo() -> None:
    """Found the demo agency and live its first forty days, unless an agency exists already. Cut short, it
    leaves its mark, and the next `recoup up` makes it anew: nobody was served from it."""
    if Agency.objects.exists():
        return
    half().touch()
    from recoup.console.demo.asking import ask_around
    from recoup.console.demo.found import found
    from recoup.console.demo.life import DAYS, Life
    from recoup.console.mail_catcher import start

    today = timezone.now().date()
    morning = datetime.combine(today - timedelta(days=DAYS), time(8), UTC)
    with transaction.atomic():
        agency = found(morning)
        write_samples()
        write_logins()
    catcher = start(folder("mail"), settings.EMAIL_PORT) if settings.MAIL_CATCHER else None
    try:
        Life(agency, today).live()
        ask_around(agency, today)
    finally:
        if catcher is not None:
            catcher.stop()
    half().unlink()


def half() -> Path:
    return home() / HALF_MADE


def write_logins() -> None:
    """The log-ins of the demo, shown by `recoup up` and nowhere else."""
    shown = ("administrator", "account_manager", "finance_officer", "legal_officer", "collector")
    rows = [(role.replace("_", " "), email) for role, _name, email, *_ in STAFF if role in shown]
    rows += [("client", company.email) for company in CLIENTS]
    text = "\n".join(f"  {role:16} {email}" for role, email in rows)
    (home() / "demo-logins.txt").write_text(f"  Demo log-ins, password “{PASSWORD}”:\n{text}\n")


def write_samples() -> None:
    """An e-invoice to try the submission with, as PDF and as XML."""
    from decimal import Decimal

    from recoup.console.demo.papers import bill_between, invoice_pdf, ubl_invoice
    from recoup.console.demo.people import DEBTORS

    today = timezone.now().date()
    bill = bill_between(
        CLIENTS[0], DEBTORS["ulm"], number="VM-2041", amount=Decimal("7325.40"), currency="EUR",
        due_on=today - timedelta(days=45), what="Davit arm, hot-dip galvanised",
    )  # fmt: skip
    samples = folder("samples", 0o755)
    (samples / "invoice.pdf").write_bytes(invoice_pdf(bill))
    (samples / "invoice.xml").write_bytes(ubl_invoice(bill))
