"""What the client is asked: one list of all that needs it, the questions themselves, its mandate in advance."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from recoup.approvals.models import Approval, Authority
from recoup.approvals.operations import set_authority, withdraw_authority
from recoup.approvals.queries import authorities_of, spent_under
from recoup.approvals.rules import Bounds
from recoup.approvals.states import ApprovalKind, ApprovalState, BudgetPer
from recoup.cases.models import Task
from recoup.journeys.approve import answer
from recoup.journeys.client_acts import do_task
from recoup.kernel.money import Money, parse_amount
from recoup.kernel.refusal import Refusal
from recoup.parties.models import Client
from recoup.web.client.frame import client_of, frame, may_decide, may_rule, settings_tabs
from recoup.web.client.needs import asked_of_place, needs_of, questions
from recoup.web.kit.formats import refusal_text
from recoup.web.kit.middleware import Place, client_place
from recoup.web.kit.plans import Day
from recoup.web.kit.words import word

SHOWN = 50


@require_safe
def needs(request: HttpRequest) -> HttpResponse:
    """Everything that waits for the client, the most urgent first."""
    place = client_place(request)
    return render(request, "client/needs.html", frame(request, place, client_of(place)) | {
        "needs": needs_of(place), "why_not": may_decide(place),
    })  # fmt: skip


@require_safe
def needs_list(request: HttpRequest) -> HttpResponse:
    """The list alone, fetched again when something happens."""
    place = client_place(request)
    return render(request, "client/needs_list.html", {
        "needs": needs_of(place), "why_not": may_decide(place), "today": place.now.date(),
    })  # fmt: skip


@require_safe
def approvals(request: HttpRequest) -> HttpResponse:
    place = client_place(request)
    client = client_of(place)
    decided = Approval.objects.filter(client_id=client.id).exclude(state=ApprovalState.ASKED)
    decided = decided.select_related("case__debtor").order_by("-decided_at", "-id")[:SHOWN]
    plans = Task.objects.filter(
        agency=place.agency, client_id=client.id, kind="approve_plan", done_at__isnull=True
    )
    return render(request, "client/approvals.html", frame(request, place, client) | {
        "asked": questions(asked_of_place(place)), "decided": questions(list(decided)),
        "plans": plans.count(), "why_not": may_decide(place),
    })  # fmt: skip


@require_POST
def decide(request: HttpRequest, id: UUID) -> HttpResponse:
    place = client_place(request)
    found = get_object_or_404(Approval, id=id, agency=place.agency, client_id=place.client_id)
    if may_decide(place) is not None:
        raise Http404
    yes = request.POST.get("answer") == "yes"
    said = _("Approved: we go ahead.") if yes else _("Declined: we go on without it.")
    tried(request, lambda: answer(
        agency=place.agency, approval=found, yes=yes, because=request.POST.get("because", "")[:300],
        by=place.actor, at=place.now,
    ), said)  # fmt: skip
    return redirect(back(request, "client:approvals"))


@require_POST
def task_done(request: HttpRequest, id: UUID) -> HttpResponse:
    place = client_place(request)
    known = Task.objects.select_related("case__client", "case__collector__user")
    task = get_object_or_404(known, id=id, agency=place.agency, client_id=place.client_id)
    if task.kind == "approve_plan":
        raise Http404
    tried(request, lambda: do_task(task=task, by=place.actor, at=place.now), _("Thank you: your collector looks at it."))  # fmt: skip
    return redirect(back(request, "client:needs"))


def back(request: HttpRequest, name: str) -> str:
    asked = request.POST.get("next", "")
    own = url_has_allowed_host_and_scheme(asked, allowed_hosts=None) and asked.startswith(
        "/client/"
    )
    return asked if own else reverse(name)


def tried(request: HttpRequest, act: Callable[[], object], said: str) -> bool:
    try:
        with transaction.atomic():
            act()
    except Refusal as refusal:
        messages.error(request, refusal_text(refusal))
        return False
    messages.success(request, said)
    return True


# The mandate in advance ----------------------------------------------------------------------------------

ABOUT = {
    ApprovalKind.LEGAL_STEP: gettext_lazy("Court fees and costs of a legal step that we advance for you."),
    ApprovalKind.SETTLEMENT: gettext_lazy("What is given up so that the rest is paid at once."),
    ApprovalKind.PLAN: gettext_lazy("What a plan costs you beyond the limits for plans."),
    ApprovalKind.WRITE_OFF: gettext_lazy("A small rest that is not worth collecting."),
    ApprovalKind.SUPPLY_STOP: gettext_lazy("We may tell the debtor that you deliver no more until it has paid."),
}  # fmt: skip


class AuthorityForm(forms.Form):
    limit = forms.CharField(
        label=gettext_lazy("Up to, a case"), max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )  # fmt: skip
    currency = forms.ChoiceField(label=gettext_lazy("Currency"))
    budget = forms.CharField(
        label=gettext_lazy("Up to, together"), required=False, max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        help_text=gettext_lazy("Empty: no budget, each case by itself."),
    )  # fmt: skip
    per = forms.ChoiceField(label=gettext_lazy("Budget for"))
    least_odds = forms.IntegerField(
        label=gettext_lazy("Only with odds of at least, percent"), required=False, min_value=0, max_value=100,
    )  # fmt: skip
    until = forms.DateField(label=gettext_lazy("Until"), required=False, widget=Day())

    def __init__(self, *args: Any, currencies: tuple[str, ...], kind: str, **kwargs: Any) -> None:
        kwargs.setdefault("use_required_attribute", False)
        kwargs["auto_id"] = f"{kind}_%s"
        super().__init__(*args, **kwargs)
        self.fields["currency"].choices = [(c, c) for c in currencies]  # type: ignore[attr-defined]
        self.fields["per"].choices = [  # type: ignore[attr-defined]
            (BudgetPer.MONTH, _("each month")), (BudgetPer.TOTAL, _("in total, from today")),
        ]  # fmt: skip

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        for name in ("limit", "budget"):
            text = str(said.get(name) or "").strip()
            if not text:
                said[name] = None
                continue
            try:
                said[name] = parse_amount(text, said.get("currency") or "EUR", field=name)
            except Refusal as refusal:
                self.add_error(name, refusal_text(refusal))
        return said

    def bounds(self) -> Bounds:
        said = self.cleaned_data
        return Bounds(
            limit=Money(said["limit"], said["currency"]), budget=said["budget"], per=said["per"],
            least_odds=said["least_odds"], until=said["until"],
        )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def authorities(request: HttpRequest) -> HttpResponse:
    """What is decided in advance, kind by kind; read by all, set by those who decide."""
    place = client_place(request)
    client = client_of(place)
    kind = request.POST.get("kind", "") if request.method == "POST" else ""
    bound = None
    if request.method == "POST":
        if may_rule(place) is not None or kind not in set(ApprovalKind):
            raise Http404
        if request.POST.get("act") == "withdraw":
            withdraw_authority(client=client, kind=kind, by=place.actor, at=place.now)
            messages.success(request, _("Taken back: from now on we ask you again."))
            return redirect("client:authorities")
        bound = AuthorityForm(request.POST, currencies=currencies(client, place), kind=kind)
        if bound.is_valid() and put_in_force(bound, client, kind, place):
            messages.success(request, _("In force from now on."))
            return redirect("client:authorities")
    standing = authorities_of(client.id)
    history = Authority.objects.filter(client=client).order_by("-at", "-id")[:SHOWN]
    return render(request, "client/authorities.html", frame(request, place, client) | {
        "rows": [row(k, standing.get(k), client, place, bound if k == kind else None) for k in ABOUT],
        "history": [(one, word(one.kind), Money(one.limit, one.currency)) for one in history],
        "why_not": may_rule(place), "tabs": settings_tabs(place, "authorities"),
    }, status=422 if bound else 200)  # fmt: skip


def put_in_force(form: AuthorityForm, client: Client, kind: str, place: Place) -> bool:
    try:
        set_authority(client=client, kind=kind, bounds=form.bounds(), by=place.actor, at=place.now)
    except Refusal as refusal:
        field = refusal.params.get("field")
        form.add_error(field if field in form.fields else None, refusal_text(refusal))
        return False
    return True


def currencies(client: Client, place: Place) -> tuple[str, ...]:
    return tuple(dict.fromkeys([place.agency.currency, "EUR", "SEK", "GBP", "USD", "HKD", "CNY", "CHF"]))  # fmt: skip


def row(
    kind: str, standing: Authority | None, client: Client, place: Place, bound: AuthorityForm | None
) -> dict[str, Any]:
    live = standing if standing is not None and not standing.withdrawn else None
    initial: dict[str, Any] = {"currency": place.agency.currency, "per": BudgetPer.MONTH}
    if live is not None:
        known = live.bounds
        initial |= {
            "limit": f"{known.limit.rounded().amount:f}", "currency": live.currency, "per": live.per,
            "budget": "" if known.budget is None else f"{Money(known.budget, live.currency).rounded().amount:f}",
            "least_odds": live.least_odds, "until": live.until,
        }  # fmt: skip
    spent = (
        spent_under(live, place.now.date())
        if live is not None and live.budget is not None
        else None
    )
    return {
        "kind": kind, "word": word(kind), "about": ABOUT[ApprovalKind(kind)], "standing": live,
        "limit": Money(live.limit, live.currency) if live else None,
        "budget": Money(live.budget, live.currency) if live and live.budget is not None else None,
        "spent": Money(spent, live.currency) if live and spent is not None else None,
        "least": Decimal(live.least_odds) if live and live.least_odds is not None else None,
        "over": live is not None and live.until is not None and live.until < place.now.date(),
        "form": bound or AuthorityForm(initial=initial, currencies=currencies(client, place), kind=kind),
        "open": bound is not None,
    }  # fmt: skip
