"""What the client tells us of its money: paid to it directly, credited, or no longer open in its books."""

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from recoup.cases.models import Case, ClaimLine
from recoup.cases.states import Stage
from recoup.journeys.correct import correct_claim
from recoup.journeys.open_items import Compared, compare, confirm, read_items
from recoup.kernel.days import parse_day
from recoup.kernel.money import parse_amount
from recoup.kernel.refusal import N_, Refusal
from recoup.tenancy.context import scope
from recoup.tenancy.roles import Role
from recoup.web.client.frame import client_of, frame
from recoup.web.client.views.case import case_of, head
from recoup.web.kit.amounts import AmountField
from recoup.web.kit.formats import refusal_text
from recoup.web.kit.middleware import Place, client_place
from recoup.web.kit.plans import Day
from recoup.web.kit.words import word

REPORTERS = (
    Role.CLIENT_SUBMITTER,
    Role.CLIENT_FINANCE,
    Role.CLIENT_APPROVER,
    Role.CLIENT_ADMINISTRATOR,
)
LARGEST = 5_000_000


class MoneyForm(forms.Form):
    """Amounts and days as strictly as everywhere."""

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        kwargs.setdefault("use_required_attribute", False)
        super().__init__(*args, **kwargs)
        self.currency = currency

    def clean_amount(self) -> Decimal:
        try:
            return parse_amount(
                self.cleaned_data["amount"].strip(), self.currency, field=_("Amount")
            )
        except Refusal as refusal:
            raise forms.ValidationError(refusal_text(refusal)) from None

    def clean_on(self) -> date | None:
        text = self.cleaned_data["on"].strip()
        if not text:
            return None
        try:
            return parse_day(text, field=_("Day"))
        except Refusal as refusal:
            raise forms.ValidationError(refusal_text(refusal)) from None

    def refuse(self, refusal: Refusal) -> None:
        wanted = str(refusal.params.get("field", ""))
        self.add_error(wanted if wanted in self.fields else None, refusal_text(refusal))


class PaidForm(MoneyForm):
    amount = AmountField(label=gettext_lazy("Amount that reached you"))
    on = forms.CharField(label=gettext_lazy("Day"), widget=Day(), max_length=10)


class CreditForm(MoneyForm):
    line = forms.ChoiceField(label=gettext_lazy("Invoice"))
    ref = forms.CharField(label=gettext_lazy("Number of the credit note"), max_length=60)
    amount = AmountField(label=gettext_lazy("Amount credited"))
    since = forms.ChoiceField(label=gettext_lazy("It counts"), widget=forms.RadioSelect)
    on = forms.CharField(
        label=gettext_lazy("Day of the credit note"), widget=Day(), required=False, max_length=10
    )
    because = forms.CharField(label=gettext_lazy("Reason"), max_length=300)

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, currency=case.currency, **kwargs)
        self.lines = {
            str(x.id): x
            for x in case.lines.filter(kind=ClaimLine.Kind.INVOICE).order_by("due_on", "ref")
        }
        self.fields["line"].choices = [(id, x.ref) for id, x in self.lines.items()]  # type: ignore[attr-defined]
        self.fields["since"].choices = [  # type: ignore[attr-defined]
            ("start", _("from the beginning: the invoice was wrong, no interest on that part")),
            ("day", _("from the day of the credit note: interest until then stays")),
        ]
        self.fields["since"].initial = "start"

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("since") == "day" and not said.get("on") and "on" not in self.errors:
            self.add_error("on", _("Please give the day."))
        return said


def may_report(place: Place) -> Refusal | None:
    if place.role in REPORTERS:
        return None
    return Refusal("reporters_only", N_("You are %(role)s; others of your company can report this."), role=word(place.role))  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, number: str) -> HttpResponse:
    """A direct payment, or a credit note, on one case."""
    place = client_place(request)
    case = case_of(place, number)
    if request.method == "POST" and may_report(place) is not None:
        raise Http404
    act = request.POST.get("act", "") if request.method == "POST" else ""
    paid = PaidForm(request.POST if act == "paid" else None, currency=case.currency)
    credit = CreditForm(request.POST if act == "credit" else None, case=case)
    if act == "paid" and paid.is_valid():
        said = paid.cleaned_data
        if carried_out(paid, lambda: confirm(agency=place.agency, client=client_of(place), number=case.number, amount=str(said["amount"]), on=said["on"].isoformat(), by=place.actor, at=place.now)):  # fmt: skip
            messages.success(request, _("Thank you. Interest on it stops with that day."))
            return redirect("client:case_money", number)
    if act == "credit" and credit.is_valid():
        told = credit.cleaned_data
        if carried_out(credit, lambda: correct_claim(agency=place.agency, case=case, line=credit.lines[told["line"]], ref=told["ref"], amount=told["amount"], on=told["on"] if told["since"] == "day" else None, because=told["because"], by=place.actor, at=place.now)):  # fmt: skip
            messages.success(request, _("Thank you. Everything has been worked out anew; the corrected statement is under Documents."))  # fmt: skip
            return redirect("client:case_money", number)
    wrong = bool(paid.errors or credit.errors)
    return render(request, "client/report.html", head(request, place, case, "money") | {
        "paid": paid, "credit": credit, "why_not": may_report(place),
        "collected_on": case.stage not in (Stage.SUBMITTED, Stage.DECLINED),
    }, status=422 if wrong else 200)  # fmt: skip


def carried_out(form: MoneyForm, act: Any) -> bool:
    try:
        with transaction.atomic():
            act()
    except Refusal as refusal:
        form.refuse(refusal)
        return False
    return True


class ItemsForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("Your list of open items"),
        help_text=gettext_lazy("CSV or XLSX with the invoice number, the amount still open and, if you like, the day it was paid."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("use_required_attribute", False)
        super().__init__(*args, **kwargs)


@require_http_methods(["GET", "HEAD", "POST"])
def open_items(request: HttpRequest) -> HttpResponse:
    """Upload and compare; then confirm what was paid to the client, row by row."""
    place = client_place(request)
    client = client_of(place)
    if request.method == "POST" and may_report(place) is not None:
        raise Http404
    if request.method == "POST" and "item" in request.POST:
        kept = keep_confirmed(request, place)
        messages.success(request, _("%(count)s payments reported.") % {"count": kept})
        return redirect("client:open_items")
    form, found = ItemsForm(request.POST or None, request.FILES or None), None
    if request.method == "POST" and form.is_valid():
        found = compared(form, place)
    return render(request, "client/open_items.html", frame(request, place, client) | {
        "form": form, "found": found, "why_not": may_report(place),
    }, status=422 if form.errors else 200)  # fmt: skip


def compared(form: ItemsForm, place: Place) -> Compared | None:
    file = form.cleaned_data["file"]
    try:
        if file.size > LARGEST:
            raise Refusal(
                "file_too_large", N_("%(file)s is larger than %(most)s MB."), file=file.name, most=5
            )
        items = read_items(file.read(), file=file.name)
        with scope(place.agency.id):
            return compare(client=client_of(place), items=items, on=place.now.date())
    except Refusal as refusal:
        form.add_error("file", refusal_text(refusal))
        return None


def keep_confirmed(request: HttpRequest, place: Place) -> int:
    """Report each ticked row; what is refused is said and the others stand."""
    kept = 0
    for item in request.POST.getlist("item")[:500]:
        number, _sep, amount = item.partition("|")
        try:
            with transaction.atomic():
                confirm(
                    agency=place.agency, client=client_of(place), number=number, amount=amount,
                    on=request.POST.get(f"on-{item}", ""), by=place.actor, at=place.now,
                )  # fmt: skip
            kept += 1
        except Refusal as refusal:
            messages.error(request, f"{number}: {refusal_text(refusal)}")
    return kept
