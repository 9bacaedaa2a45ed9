"""The house's own invoices in the portal: what is owed of each, until when, and what has settled it."""

import re
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.test import Client
from django.urls import reverse

from recoup.cases.tests.cast import at_work, sign_up
from recoup.journeys.bill import bill_fee
from recoup.kernel.actor import SYSTEM
from recoup.kernel.money import Money
from recoup.payments.operations import note_invoice_paid, set_own_account
from recoup.tenancy.context import scope
from tests.cast import NOW


def row_of(browser: Client, number: str) -> str:
    page = browser.get(reverse("client:money"), headers={"accept-language": "en"}).content.decode()
    [row] = [r for r in page.split("<tr>") if number in r]
    return " ".join(re.sub(r"<[^>]+>", " ", row).split())


def test_an_invoice_is_open_then_partly_paid_then_settled(house: Any) -> None:
    standing = sign_up(house)
    case = at_work(standing)
    set_own_account(agency=house.id, currency="EUR", bank="Ownbank", iban="DE02100500000054540402", by=SYSTEM, at=NOW)  # fmt: skip
    invoice = bill_fee(case=case, kind="set_up", by=SYSTEM, at=NOW)
    assert invoice is not None and invoice.due_on is not None
    browser = Client()
    browser.force_login(standing.member.user)
    shown = row_of(browser, invoice.number)
    assert "Open due" in shown or "Overdue due" in shown

    def paid(amount: Decimal, at: datetime) -> None:
        with scope(house.id):
            note_invoice_paid(invoice=invoice, amount=Money(amount, "EUR"), on=NOW.date(), because="seen", by=SYSTEM, at=at)  # fmt: skip

    paid(Decimal("1.25"), NOW)
    assert f"{invoice.total - Decimal('1.25'):.2f} EUR · due" in row_of(browser, invoice.number)
    paid(invoice.total - Decimal("1.25"), NOW + timedelta(hours=1))
    assert "Settled" in row_of(browser, invoice.number)
    assert "due" not in row_of(browser, invoice.number)
