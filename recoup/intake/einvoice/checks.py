"""What has to be looked at in a reading: missing facts, totals that do not add up, accounts, due day."""

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from recoup.intake.einvoice.due_text import due_days_in
from recoup.intake.einvoice.reading import Notice, Reading, notice
from recoup.kernel.money import round_half_up
from recoup.kernel.refusal import N_, Refusal

WANTED = {
    "number": N_("The invoice has no number."),
    "issue_date": N_("The invoice has no issue date."),
    "currency": N_("The invoice names no currency."),
    "grand_total": N_("The invoice gives no total with VAT."),
    "due_payable": N_("The invoice does not say how much is to be paid."),
}
SIDES = {
    "seller": N_("The invoice does not name the seller."),
    "buyer": N_("The invoice does not name the buyer."),
}
IBAN_LIKE = re.compile(r"[A-Za-z]{2}[0-9]{2}[A-Za-z0-9 ]{4}", re.ASCII)
TEXT = "free text, to be confirmed"


def checked(reading: Reading) -> Reading:
    """`reading` with its due day chosen and every doubt as a warning.

    Raises `Refusal` `einvoice_empty` where there is neither a number nor an amount.
    """
    if not reading.number and reading.grand_total is None and reading.due_payable is None:
        raise Refusal("einvoice_empty", N_("%(file)s has neither an invoice number nor an amount."),
                      file=reading.file)  # fmt: skip
    reading = with_accounts(with_due_day(reading))
    doubts = (*missing(reading), *sums(reading), *oddities(reading))
    further = tuple(checked(one) for one in reading.further)
    if further:
        doubts += (notice("several_invoices", N_("The file holds %(count)s invoices; this is the first."),
                          count=1 + len(further)),)  # fmt: skip
    return replace(reading, warnings=(*reading.warnings, *doubts), further=further)


def with_due_day(reading: Reading) -> Reading:
    """The first day that is no discount day; else a day from the payment terms or notes."""
    full = [due.on for due in reading.due_dates if not due.discount] or [
        due.on for due in reading.due_dates
    ]
    if full:
        several = len({(due.on, due.discount) for due in reading.due_dates}) > 1
        listed = ", ".join(
            f"{d.on} (discount)" if d.discount else str(d.on) for d in reading.due_dates
        )
        doubt = notice("several_due_dates", N_("The invoice names several due dates: %(days)s; %(chosen)s is taken."),
                       days=listed, chosen=full[0])  # fmt: skip
        return replace(
            reading, due_date=full[0], warnings=(*reading.warnings, *([doubt] if several else []))
        )
    for text in (reading.payment_terms, *reading.notes):
        found = [
            f
            for f in due_days_in(text or "")
            if not reading.issue_date or f.on >= reading.issue_date
        ]
        if found:
            days = ", ".join(str(d) for d in dict.fromkeys(f.on for f in found))
            doubt = notice(
                "due_date_from_text",
                N_("The due date %(days)s stands only in the words “%(phrase)s”; please confirm it."),
                days=days, phrase=found[0].phrase,
            )  # fmt: skip
            return replace(reading, due_date=found[0].on, due_date_source=TEXT,
                           warnings=(*reading.warnings, doubt))  # fmt: skip
    if reading.is_credit:
        return reading
    said = (reading.payment_terms or "").strip()[:120]
    text = (
        N_("The invoice names no due date; its terms say: “%(terms)s”.")
        if said
        else N_("The invoice names no due date.")
    )
    return replace(
        reading, warnings=(*reading.warnings, notice("due_date_missing", text, terms=said))
    )


def missing(reading: Reading) -> Iterator[Notice]:
    for field, sentence in WANTED.items():
        if getattr(reading, field) is None:
            yield notice(f"{field}_missing", sentence)
    for side, sentence in SIDES.items():
        if not getattr(reading, side).name:
            yield notice(f"{side}_missing", sentence)


def sums(reading: Reading) -> Iterator[Notice]:
    """EN 16931 BR-CO-10, -13, -15, -16: every total beside what its parts give."""
    r, zero = reading, Decimal(0)
    italian = r.syntax == "FatturaPA"
    if r.line_total is not None and r.lines and all(line.net is not None for line in r.lines):
        nets = sum((line.net or zero for line in r.lines if line.counts), zero)
        yield from differs(r, "line_total", r.line_total, nets)
    if r.tax_basis_total is not None and r.line_total is not None and not italian:
        expected = r.line_total - (r.allowance_total or zero) + (r.charge_total or zero)
        yield from differs(r, "tax_basis_total", r.tax_basis_total, expected)
    if r.grand_total is not None and r.tax_basis_total is not None:
        expected = (
            r.tax_basis_total + (r.tax_total or zero) + (r.rounding or zero if italian else zero)
        )
        yield from differs(r, "grand_total", r.grand_total, expected)
    if r.due_payable is not None and r.grand_total is not None:
        expected = r.grand_total - (r.prepaid or zero) + (zero if italian else r.rounding or zero)
        yield from differs(r, "due_payable", r.due_payable, expected)


def differs(reading: Reading, field: str, stated: Decimal, computed: Decimal) -> Iterator[Notice]:
    computed = round_half_up(computed, reading.currency or "EUR")
    if stated != computed:
        yield notice("totals_differ", N_("The total “%(field)s” is stated as %(stated)s, but its parts add up to %(computed)s."),
                     field=field, stated=stated, computed=computed)  # fmt: skip


def with_accounts(reading: Reading) -> Reading:
    """Valid IBANs (ISO 13616) without spaces, other accounts as written; a warning for every account
    that has the shape of an IBAN but is none."""
    from recoup.parties.numbers import check_number

    accounts, doubts = [], []
    for account in reading.accounts:
        check = check_number("iban", account)
        accounts.append(check.normalised or account)
        if not check.valid and IBAN_LIKE.match(account):
            doubts.append(notice("iban_invalid", N_("The account “%(found)s” is not a valid IBAN: %(why)s"),
                                 found=account, why=check.why))  # fmt: skip
    return replace(reading, accounts=tuple(accounts), warnings=(*reading.warnings, *doubts))


def oddities(reading: Reading) -> Iterator[Notice]:
    r = reading
    if r.due_date and r.issue_date and r.due_date < r.issue_date:
        yield notice("due_before_issue", N_("The due date %(due)s lies before the issue date %(issued)s."),
                     due=r.due_date, issued=r.issue_date)  # fmt: skip
    if r.due_payable is not None and r.due_payable < 0:
        yield notice("amount_negative", N_("The amount due is negative (%(amount)s): the document is a credit."),
                     amount=r.due_payable)  # fmt: skip
    if r.type_code in ("325", "751"):
        yield notice("no_claim", N_("Type %(type)s (pro forma, or for information) asks for no payment."),
                     type=r.type_code)  # fmt: skip
    if r.prepaid is not None and r.prepaid > 0:
        yield notice(
            "prepaid", N_("%(amount)s was paid before the invoice was issued."), amount=r.prepaid
        )
