"""A SEPA direct debit mandate, signed and revoked on the debtor's page. Without a script."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from recoup.journeys.debits import mandate_text, may_sign, paper_of, revoke_mandate, sign_mandate
from recoup.kernel.money import Money
from recoup.kernel.refusal import N_, Refusal
from recoup.payments.models import DebitMandate
from recoup.payments.operations.debit import (
    collecting_account,
    masked,
    standing_mandate,
    under_way,
)
from recoup.payments.operations.match import COLLECTED
from recoup.web.debtor.here import Here, debtor_page, for_the_sure, typed_before
from recoup.web.debtor.views.home import frame
from recoup.web.kit.address import address_of
from recoup.web.kit.formats import refusal_text


class MandateForm(forms.Form):
    holder = forms.CharField(label=gettext_lazy("Holder of the account"), max_length=70)
    iban = forms.CharField(
        label="IBAN", max_length=42, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    bic = forms.CharField(
        label=gettext_lazy("BIC (where the IBAN alone does not find the bank)"), max_length=11, required=False
    )  # fmt: skip
    email = forms.EmailField(
        label=gettext_lazy("E-mail address for the announcements"), widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )  # fmt: skip
    signatory = forms.CharField(
        label=gettext_lazy("Your full name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )  # fmt: skip
    agreed = forms.BooleanField(
        label=gettext_lazy("I may dispose of this account, and authorise it as written above."), required=False
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("use_required_attribute", False)
        super().__init__(*args, **kwargs)


@require_http_methods(["GET", "HEAD", "POST"])
@debtor_page
@for_the_sure
def debit(request: HttpRequest, here: Here) -> HttpResponse:
    """The mandate that stands, else the form; signing the same twice is once."""
    found = standing_mandate(here.case.id)
    if found is not None:
        if request.method == "POST":
            return redirect("debtor:debit")
        return standing(request, here, found)
    if not may_sign(here.case) or here.case.stage not in COLLECTED:
        raise Http404
    form = MandateForm(
        request.POST or None, initial={"holder": here.case.debtor.name} | typed_before(request)
    )
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                sign_mandate(
                    agency=here.agency, case=here.case, ip=address_of(request), by=here.by, at=here.now,
                    browser=request.headers.get("User-Agent", ""), language=get_language() or "en", **form.cleaned_data,
                )  # fmt: skip
        except Refusal as refusal:
            wanted = str(refusal.params.get("field", ""))
            form.add_error(wanted if wanted in form.fields else None, refusal_text(refusal))
        else:
            messages.success(request, _("Thank you. The mandate is signed; we tell you before we collect."))  # fmt: skip
            return redirect("debtor:debit")
    account = collecting_account(here.agency.id)
    slots = frame(here) | {
        "form": form, "house": here.agency.name, "text": mandate_text(here.agency.name),
        "creditor_id": account.creditor_id if account else "",
    }  # fmt: skip
    return render(request, "debtor/debit.html", slots, status=422 if form.errors else 200)


def standing(request: HttpRequest, here: Here, found: DebitMandate) -> HttpResponse:
    coming = under_way(found.debits.all()).order_by("collect_on")
    slots = frame(here) | {
        "mandate": found, "account": masked(found.iban), "paper": paper_of(found),
        "coming": [(d, Money(d.amount, d.currency).rounded()) for d in coming],
    }  # fmt: skip
    return render(request, "debtor/debit.html", slots)


@require_POST
@debtor_page
@for_the_sure
def end(request: HttpRequest, here: Here) -> HttpResponse:
    """The debtor takes its word back; pressing again changes nothing."""
    found = standing_mandate(here.case.id)
    if found is not None:
        revoke_mandate(
            agency=here.agency, mandate=found, because=N_("the debtor revoked it"), by=here.by, at=here.now
        )  # fmt: skip
        messages.success(request, _("Revoked: nothing more is collected by it."))
    return redirect("debtor:pay")
