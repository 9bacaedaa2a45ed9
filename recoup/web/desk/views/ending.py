"""Giving up what is left, and closing a case that is not paid."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from recoup.cases.models import Case
from recoup.journeys import collect
from recoup.journeys.close import close_with_report
from recoup.journeys.reopen import reopen
from recoup.kernel.money import Money, parse_amount
from recoup.payments.queries import owed
from recoup.web.desk.acting import carried_out
from recoup.web.desk.forms import CloseForm, ReopenForm, WaiveForm
from recoup.web.desk.views.acts import acting_on
from recoup.web.desk.views.case import show_case
from recoup.web.kit.middleware import Place


@require_POST
def waive(request: HttpRequest, number: str) -> HttpResponse:
    """Give up an amount, or all that is left; with nothing left the case closes."""
    place, case = acting_on(request, number, "close")
    form = WaiveForm(request.POST)

    def give_up() -> None:
        said = form.cleaned_data
        collect.waive(
            agency=place.agency, case=case, amount=asked(case, said["amount"], place),
            because=said["because"], by=place.actor, at=place.now,
        )  # fmt: skip

    if carried_out(form, give_up):
        messages.success(request, _("Given up."))
        return redirect("desk:case", number)
    return show_case(request, place, case, waive_form=form)


def asked(case: Case, amount: str, place: Place) -> Money:
    if amount:
        return Money(parse_amount(amount, case.currency), case.currency)
    return Money(owed(case=case, on=place.now.date()).total, case.currency).rounded()


@require_POST
def close(request: HttpRequest, number: str) -> HttpResponse:
    """End a case that is not paid, with its report to the client."""
    place, case = acting_on(request, number, "close")
    form = CloseForm(request.POST)

    def end() -> None:
        said = form.cleaned_data
        close_with_report(
            agency=place.agency, case=case, code=said["code"], because=said["because"],
            by=place.actor, at=place.now,
        )  # fmt: skip

    if carried_out(form, end):
        messages.success(request, _("Closed, and the client has the report."))
        return redirect("desk:case", number)
    return show_case(request, place, case, close_form=form)


@require_POST
def reopen_it(request: HttpRequest, number: str) -> HttpResponse:
    """A closed case is open again, for a reason."""
    place, case = acting_on(request, number, "close")
    form = ReopenForm(request.POST)
    if carried_out(
        form,
        lambda: reopen(
            agency=place.agency,
            case=case,
            because=form.cleaned_data["because"],
            by=place.actor,
            at=place.now,
        ),
    ):
        messages.success(request, _("Open again; it is weighed anew."))
        return redirect("desk:case", number)
    return show_case(request, place, case, reopen_form=form)
