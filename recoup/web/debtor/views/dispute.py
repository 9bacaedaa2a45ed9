"""Something is wrong: which of four things, a dispute of an invoice, and the page of that dispute."""

from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from recoup.cases.models import ClaimLine
from recoup.disputes.models import Dispute
from recoup.disputes.states import Side, State
from recoup.journeys.dispute import answer_dispute, decide, dispute
from recoup.kernel.money import Money
from recoup.kernel.refusal import Refusal
from recoup.web.debtor.here import Here, debtor_page, for_the_sure, typed_before
from recoup.web.debtor.views.home import frame, owed_today
from recoup.web.debtor.views.say import shown
from recoup.web.kit.disputes import RaiseForm, SayForm, disputes_of, effects, of_dispute
from recoup.web.kit.formats import day_text, money_text, refusal_text

both = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@debtor_page
def wrong(request: HttpRequest, here: Here) -> HttpResponse:
    return render(request, "debtor/wrong.html", frame(here) | {"disputes": disputes_of(here.case)})


@both
@debtor_page
def invoice(request: HttpRequest, here: Here) -> HttpResponse:
    rows = here.case.lines.filter(kind=ClaimLine.Kind.INVOICE).order_by("due_on", "ref")
    lines = {str(line.id): line for line in rows}
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = RaiseForm(*sent, lines=[(id, named(line, here)) for id, line in lines.items()], currency=here.case.currency)  # fmt: skip
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            with transaction.atomic():
                made = dispute(
                    case=here.case, line=lines[told["line"]], reason=told["reason"], amount=told["amount"],
                    text=told["text"], papers=told["papers"], by=here.by, at=here.now,
                )  # fmt: skip
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("Thank you. We look into %(ref)s and do not remind you of it until you have our answer.") % {"ref": made.dispute.line.ref})  # fmt: skip
            return redirect("debtor:home")
    return shown(request, here, "debtor/wrong_invoice.html", form)


def named(line: ClaimLine, here: Here) -> str:
    amount = money_text(Money(line.amount, here.case.currency).rounded())
    return _("%(ref)s, %(amount)s, due on %(day)s") % {
        "ref": line.ref, "amount": amount, "day": day_text(line.due_on),
    }  # fmt: skip


@both
@debtor_page
@for_the_sure
def room(request: HttpRequest, here: Here, id: UUID) -> HttpResponse:
    """The debtor's side of a dispute: read, add to it, take it back."""
    found = get_object_or_404(Dispute.objects.select_related("line", "case"), id=id, case=here.case)
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    withdraws = request.POST.get("act") == "withdraw"
    form = SayForm(
        *(() if withdraws else sent),
        side=Side.DEBTOR,
        initial=typed_before(request, SayForm.prefix),
    )
    if request.method == "POST" and (withdraws or form.is_valid()):
        try:
            with transaction.atomic():
                if withdraws:
                    decide(dispute=found, state=State.WITHDRAWN, side=Side.DEBTOR, because=_("Taken back by the debtor."), by=here.by, at=here.now)  # fmt: skip
                else:
                    told = form.cleaned_data
                    answer_dispute(dispute=found, side=Side.DEBTOR, text=told["text"], papers=told["papers"], key=told["key"], by=here.by, at=here.now)  # fmt: skip
        except Refusal as refusal:
            if withdraws:
                messages.error(request, refusal_text(refusal))
                return redirect("debtor:dispute", id)
            form.refuse(refusal)
        else:
            messages.success(request, _("Thank you. It is with us."))
            return redirect("debtor:dispute", id)
    more = {"shown": of_dispute(found, Side.DEBTOR), "effects": effects(here.case, owed_today(here), Side.DEBTOR)}  # fmt: skip
    return shown(request, here, "debtor/dispute.html", form, **more)
