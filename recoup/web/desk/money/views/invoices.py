"""The agency's own invoices to its clients: what is open, paid, credited; what was laid out."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from recoup.cases.models import Case
from recoup.journeys.bill import send_invoices
from recoup.journeys.own_invoices import collect_own, own_invoice_credited, own_invoice_paid
from recoup.kernel.money import Money, parse_amount
from recoup.kernel.refusal import N_, Refusal
from recoup.payments import operations as payments
from recoup.payments.models import BankLine, Invoice, OwnAccount
from recoup.payments.queries import collected_in, open_of
from recoup.web.desk.acting import carried_out, say_first_wrong
from recoup.web.desk.money.forms import (
    CreditForm,
    InvoicePaidForm,
    LayOutForm,
    OwnAccountForm,
    PaysInvoiceForm,
)
from recoup.web.desk.money.frame import money_place, show_money
from recoup.web.desk.money.shown import money
from recoup.web.desk.money.views.lines import case_called
from recoup.web.kit.formats import refusal_text
from recoup.web.kit.invoices import is_late, state_of
from recoup.web.kit.middleware import Place

KINDS = {
    "commission": N_("Commission"), "set_up": N_("Set-up fee"), "withdrawal": N_("Withdrawal fee"),
    "disbursement": N_("Disbursement"), "credit_note": N_("Credit note"),
}  # fmt: skip


@dataclass(frozen=True)
class Row:
    invoice: Invoice
    what: str
    total: Money
    left: Money
    state: str
    tone: str
    late: bool
    paid: InvoicePaidForm | None
    credit: CreditForm | None
    case: Case | None
    may_collect: bool


@require_safe
def invoices(request: HttpRequest) -> HttpResponse:
    """All of them, the newest first; `?open=1` only what is owed."""
    return show_invoices(request, money_place(request))


def show_invoices(
    request: HttpRequest, place: Place, status: int = 200, **forms: Any
) -> HttpResponse:
    rows = Invoice.objects.filter(agency_id=place.agency.id).select_related(
        "client", "case", "remittance", "credits"
    )
    page = Paginator(rows.order_by("-on", "-number"), 50).get_page(request.GET.get("page"))
    left, collected = open_of(page), collected_in(page)
    given = forms.get("given") or (None, None)
    return show_money(
        request, place, "invoices", "invoices", status=status, page=page,
        rows=[row(each, money(left[each.id], each.currency), collected.get(each.number), place.now.date(), given) for each in page],
        accounts=list(OwnAccount.objects.filter(agency_id=place.agency.id).order_by("currency")),
        laid_form=forms.get("laid") or LayOutForm(), account_form=forms.get("account") or OwnAccountForm(),
    )  # fmt: skip


def row(
    invoice: Invoice, left: Money, case: Case | None, today: date, given: tuple[Any, Any]
) -> Row:
    """`given`: an invoice's id and the form that was not carried out for it, shown again as it was typed."""
    wrong = given[1] if given[0] == invoice.id else None
    late = is_late(invoice, left, today)
    state, tone = state_of(invoice, left, late)
    initial = {"amount": str(left.amount), "on": today}
    total = money(invoice.total, invoice.currency)
    return Row(
        invoice, _(KINDS[invoice.kind]), total, left, state, tone, late,
        (wrong if isinstance(wrong, InvoicePaidForm) else InvoicePaidForm(initial=initial)) if left.amount > 0 else None,
        (wrong if isinstance(wrong, CreditForm) else CreditForm()) if total.amount > 0 else None, case, late and case is None,
    )  # fmt: skip


@require_POST
def paid(request: HttpRequest, id: UUID) -> HttpResponse:
    """Somebody has seen the money on the agency's own account."""
    place = money_place(request)
    invoice = invoice_or_404(place, id)
    form = InvoicePaidForm(request.POST)

    def act() -> None:
        given = form.cleaned_data
        amount = Money(parse_amount(given["amount"], invoice.currency), invoice.currency)
        own_invoice_paid(
            agency=place.agency, invoice=invoice, amount=amount, on=given["on"], because=given["because"],
            by=place.actor, at=place.now,
        )  # fmt: skip

    return done(request, place, invoice, form, act, _("Noted as paid."))


@require_POST
def credit(request: HttpRequest, id: UUID) -> HttpResponse:
    """A credit note on an invoice."""
    place = money_place(request)
    invoice = invoice_or_404(place, id)
    form = CreditForm(request.POST)

    def act() -> None:
        net = form.cleaned_data["net"]
        amount = Money(parse_amount(net, invoice.currency), invoice.currency) if net else None
        own_invoice_credited(
            agency=place.agency, invoice=invoice, net=amount, because=form.cleaned_data["because"],
            by=place.actor, at=place.now,
        )  # fmt: skip
        send_invoices(agency=place.agency, at=place.now)

    return done(request, place, invoice, form, act, _("Credited; the client gets the credit note."))


@require_POST
def collect(request: HttpRequest, id: UUID) -> HttpResponse:
    """An overdue invoice becomes a case of our own, with what else its client owes us overdue."""
    place = money_place(request)
    invoice = invoice_or_404(place, id)
    try:
        cases = collect_own(
            agency=place.agency, invoices=overdue_of(invoice, place.now.date()), by=place.actor, at=place.now
        )  # fmt: skip
    except Refusal as refusal:
        messages.error(request, refusal_text(refusal))
        return redirect("desk:money:invoices")
    messages.success(request, _("Collected as case %(number)s.") % {"number": ", ".join(c.number for c in cases)})  # fmt: skip
    return redirect("desk:money:invoices")


def overdue_of(invoice: Invoice, today: date) -> list[Invoice]:
    """The invoice, and what else its client owes overdue in its currency."""
    rows = list(
        Invoice.objects.filter(client=invoice.client, currency=invoice.currency, due_on__lt=today)
        .select_related("client", "document")
        .order_by("due_on", "number")
    )
    left, collected = open_of(rows), collected_in(rows)
    also = [r for r in rows if r.id != invoice.id and left[r.id] > 0 and r.number not in collected]
    return [invoice, *also]


def done(
    request: HttpRequest, place: Place, invoice: Invoice, form: Any, act: Any, said: str
) -> HttpResponse:
    if not carried_out(form, act):
        return show_invoices(request, place, 422, given=(invoice.id, form))
    messages.success(request, said)
    return redirect("desk:money:invoices")


@require_POST
def lay_out(request: HttpRequest) -> HttpResponse:
    """Bill what was laid out for a case."""
    place = money_place(request)
    form = LayOutForm(request.POST)

    def act() -> None:
        given = form.cleaned_data
        case = case_called(place, given["case"])
        net = Money(parse_amount(given["amount"], case.currency), case.currency)
        payments.bill_disbursement(
            case=case,
            net=net,
            what=given["what"],
            key=str(given["key"]),
            by=place.actor,
            at=place.now,
        )
        send_invoices(agency=place.agency, at=place.now)

    if not carried_out(form, act):
        return show_invoices(request, place, 422, laid=form)
    messages.success(request, _("Billed; the client gets the invoice."))
    return redirect("desk:money:invoices")


@require_POST
def own_account(request: HttpRequest) -> HttpResponse:
    """Where our invoices in a currency are paid to."""
    place = money_place(request)
    form = OwnAccountForm(request.POST)

    def act() -> None:
        given = form.cleaned_data
        payments.set_own_account(
            agency=place.agency.id, currency=given["currency"], bank=given["bank"], iban=given["iban"],
            by=place.actor, at=place.now,
        )  # fmt: skip

    if not carried_out(form, act):
        return show_invoices(request, place, 422, account=form)
    messages.success(request, _("Kept: invoices from now on name it."))
    return redirect("desk:money:invoices")


@require_POST
def pays(request: HttpRequest, id: UUID) -> HttpResponse:
    """A line on the trust account pays our own invoice."""
    place = money_place(request)
    line = get_object_or_404(BankLine, id=id, agency_id=place.agency.id)
    form = PaysInvoiceForm(request.POST)

    def act() -> None:
        number = form.cleaned_data["number"].strip()
        found = (
            Invoice.objects.filter(agency_id=place.agency.id, number__iexact=number)
            .select_related("client")
            .first()
        )
        if found is None:
            raise Refusal(
                "invoice_unknown",
                N_("There is no invoice %(found)s."),
                field="number",
                found=number,
            )
        payments.settle_invoice(invoice=found, line=line, by=place.actor, at=place.now)

    if carried_out(form, act):
        messages.success(request, _("Settled; the money is our share now."))
    else:
        say_first_wrong(request, form)
    return redirect("desk:money:line", line.id)


def invoice_or_404(place: Place, id: UUID) -> Invoice:
    rows = Invoice.objects.filter(agency_id=place.agency.id)
    return get_object_or_404(rows.select_related("client", "case", "document"), id=id)
