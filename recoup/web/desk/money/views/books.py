"""The books: does the trust bank hold what is owed, and the trial balance."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from recoup.kernel.money import Money
from recoup.kernel.refusal import N_
from recoup.ledger.accounts import TRUST_LIABILITIES
from recoup.payments.queries import trial_balance, trust_check
from recoup.web.desk.money.frame import money_place, show_money

BOOKS = {"house": N_("House"), "client": N_("Clients"), "case": N_("Cases")}
ACCOUNTS = {
    "trust_bank": N_("Trust bank"), "unallocated": N_("Not allocated yet"), "overpaid": N_("Overpaid, debtors'"),
    "in_transit": N_("Payouts on their way"), "agency_share": N_("Our commission, still there"),
    "trust": N_("Clients' money"), "receivable": N_("Owed by clients"), "revenue": N_("Commission"),
    "vat_out": N_("Tax on commission"), "settled_fees": N_("Commission taken"), "advanced": N_("Borne for clients"),
    "opening": N_("Brought forward"), "principal": N_("Principal"), "interest": N_("Interest"),
    "compensation": N_("Compensation"), "costs": N_("Costs"), "claimed": N_("Claimed"), "paid": N_("Paid"),
    "waived": N_("Waived"),
}  # fmt: skip


@require_safe
def books(request: HttpRequest) -> HttpResponse:
    """One query for the check, one for the balance."""
    place = money_place(request)
    checks = [
        {
            "currency": check.currency, "bank": check.bank, "difference": check.difference,
            "holds": not check.difference,
            "rows": [(_(ACCOUNTS[a]), check.owed[a]) for a in map(str, TRUST_LIABILITIES)],
        }
        for check in trust_check(place.agency.id)
    ]  # fmt: skip
    return show_money(
        request,
        place,
        "books",
        "books",
        checks=checks,
        currencies=by_currency(trial_balance(place.agency.id)),
    )


def by_currency(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A trial balance for each currency, with its two sums."""
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        zero = Money.zero(row["currency"])
        one = found.setdefault(
            row["currency"],
            {"currency": row["currency"], "rows": [], "debit": zero, "credit": zero},
        )
        account = ACCOUNTS.get(row["account"], row["account"])
        one["rows"].append(row | {"book": _(BOOKS[row["book"]]), "account": _(account)})
        one["debit"] += row["debit"]
        one["credit"] += row["credit"]
    return list(found.values())
