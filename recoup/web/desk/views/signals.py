"""Danger signals at the desk: the debtors by level, and one debtor with signals, accounts and proposals."""

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from recoup.cases.models import Case
from recoup.cases.states import OPEN, Stage
from recoup.files.operations import keep
from recoup.journeys.enter_accounts import enter_many
from recoup.journeys.signals import level_now, observe
from recoup.kernel.ids import new_id
from recoup.kernel.refusal import Refusal
from recoup.parties.models import Debtor
from recoup.watch.accounts import AMOUNTS, Year, position
from recoup.watch.models import Alert, Item, Signal, Watching
from recoup.watch.operations import enter_accounts, stop_watching, watch_debtor, withdraw_signal
from recoup.watch.queries import levels, years_of
from recoup.watch.rules import Standing
from recoup.watch.states import BANDS, Band
from recoup.web.desk import rights
from recoup.web.desk.acting import carried_out, say_first_wrong, tried
from recoup.web.desk.filters import PER_PAGE
from recoup.web.desk.forms import DAY, DeskForm, area
from recoup.web.desk.frame import show
from recoup.web.kit.formats import refusal_text
from recoup.web.kit.middleware import Place, staff_place
from recoup.web.kit.signals import (
    LevelShown,
    kind_choices,
    level_shown,
    newest_first,
    position_rows,
    proposals_shown,
    signal_shown,
)
from recoup.web.kit.words import word

LARGEST = 5_000_000
MEDIA = ("application/pdf", "image/png", "image/jpeg")


class SignalForm(DeskForm):
    prefix = "signal"
    kind = forms.ChoiceField(label=gettext_lazy("What was seen"))
    on = forms.DateField(label=gettext_lazy("Seen on"), widget=DAY)
    note = forms.CharField(label=gettext_lazy("Evidence: what, where, from whom"), max_length=1000, widget=area(2))  # fmt: skip
    document = forms.FileField(label=gettext_lazy("Document (PDF, PNG, JPEG)"), required=False)
    client = forms.ChoiceField(label=gettext_lazy("Who may see it"), required=False)

    def __init__(self, *args: Any, clients: list[tuple[str, str]], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["kind"].choices = kind_choices()  # type: ignore[attr-defined]
        self.fields["client"].choices = [("", _("only the house")), *clients]  # type: ignore[attr-defined]

    def clean_document(self) -> Any:
        file = self.cleaned_data["document"]
        if file and (file.size > LARGEST or file.content_type not in MEDIA):
            raise forms.ValidationError(_("A PDF, PNG or JPEG of up to 5 MB, please."))
        return file


class AccountsForm(DeskForm):
    prefix = "accounts"
    year_end = forms.DateField(label=gettext_lazy("Year ended on"), widget=DAY)
    currency = forms.RegexField(r"^[A-Z]{3}$", label=gettext_lazy("Currency"))
    turnover = forms.DecimalField(label=gettext_lazy("Turnover"), required=False, decimal_places=2)
    profit = forms.DecimalField(label=gettext_lazy("Profit"), required=False, decimal_places=2)
    assets = forms.DecimalField(label=gettext_lazy("Assets"), required=False, decimal_places=2)
    current_assets = forms.DecimalField(label=gettext_lazy("Current assets"), required=False, decimal_places=2)  # fmt: skip
    equity = forms.DecimalField(label=gettext_lazy("Equity"), required=False, decimal_places=2)
    current_liabilities = forms.DecimalField(label=gettext_lazy("Current liabilities"), required=False, decimal_places=2)  # fmt: skip
    employees = forms.IntegerField(label=gettext_lazy("Employees"), required=False, min_value=0, max_value=9_999_999)  # fmt: skip
    source = forms.CharField(label=gettext_lazy("Source"), max_length=200)

    def year(self) -> Year:
        said = self.cleaned_data
        figures: dict[str, Decimal | None] = {name: said.get(name) for name in AMOUNTS}
        return Year(said["year_end"], said["currency"], employees=said.get("employees"), **figures)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class DebtorRow:
    debtor: Debtor
    level: LevelShown
    cases: int
    watched: bool
    proposals: str


@require_safe
def signals(request: HttpRequest) -> HttpResponse:
    """Every debtor that a signal speaks of today, the highest level first."""
    place = staff_place(request)
    today = place.now.date()
    ids = (
        Signal.objects.filter(agency_id=place.agency.id, withdrawn_at=None, on__lte=today, expires_on__gt=today)
        .values_list("debtor_id", flat=True).distinct()
    )  # fmt: skip
    found = sorted(levels(list(ids), today).items(), key=lambda pair: (-pair[1].score, pair[0]))
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    shown = dict(page.object_list)
    debtors = Debtor.objects.in_bulk(list(shown))
    standing = standings(place, list(shown))
    watched = set(Watching.objects.filter(agency_id=place.agency.id, client_id=None, ended_at=None, debtor_id__in=list(shown)).values_list("debtor_id", flat=True))  # fmt: skip
    rows = [
        DebtorRow(
            debtors[id], level_shown(level), standing[id].cases, id in watched,
            ", ".join(p.label for p in proposals_shown(level, standing[id])),
        )
        for id, level in shown.items()
    ]  # fmt: skip
    alerts = Alert.objects.filter(agency_id=place.agency.id, client_id=None).select_related(
        "debtor"
    )
    bands = Counter(level.band for _id, level in found)
    return show(
        request, place, "desk/signals.html", page=page, rows=rows,
        alerts=[(a, word(a.now)) for a in alerts.order_by("-at", "-id")[:10]],
        bands=[(word(band.value), bands[band], tone) for band, tone in ((Band.ALARM, "danger"), (Band.WARNING, "needs"), (Band.WATCH, ""))],
        not_mine=rights.why_not(place, "signals"), file_key=new_id(),
    )  # fmt: skip


def standings(place: Place, debtors: list[UUID]) -> dict[UUID, Standing]:
    """What there is with each debtor; two queries."""
    cases = dict.fromkeys(debtors, (0, 0))
    rows = Case.objects.filter(
        agency_id=place.agency.id, debtor_id__in=debtors, stage__in=list(OPEN)
    )
    for debtor, open_, law in rows.values("debtor_id").annotate(
        n=Count("id"), law=Count("id", filter=Q(stage=Stage.LEGAL))
    ).values_list("debtor_id", "n", "law"):  # fmt: skip
        cases[debtor] = (open_, law)
    overdue = dict(
        Item.objects.filter(agency_id=place.agency.id, debtor_id__in=debtors, open__gt=0, case=None, due_on__lt=place.now.date())
        .values("debtor_id").annotate(n=Count("id")).values_list("debtor_id", "n")
    )  # fmt: skip
    return {id: Standing(*cases[id], overdue.get(id, 0)) for id in debtors}


@require_safe
def debtor(request: HttpRequest, id: UUID) -> HttpResponse:
    place = staff_place(request)
    return shown_debtor(request, place, debtor_or_404(place, id))


def debtor_or_404(place: Place, id: UUID) -> Debtor:
    return get_object_or_404(Debtor, id=id, agency_id=place.agency.id)


def shown_debtor(request: HttpRequest, place: Place, debtor: Debtor, **bound: Any) -> HttpResponse:
    today = place.now.date()
    level = levels([debtor.id], today)[debtor.id]
    years = years_of([debtor.id], today).get(debtor.id, [])
    rows = Signal.objects.filter(debtor=debtor).select_related("document").order_by("withdrawn_at", "-on", "-id")  # fmt: skip
    cases = list(Case.objects.filter(agency_id=place.agency.id, debtor=debtor).select_related("client").order_by("-submitted_at", "-id")[:50])  # fmt: skip
    clients = {(str(c.client_id), c.client.name) for c in cases}
    watching = Watching.objects.filter(debtor=debtor, client_id=None, ended_at=None).first()
    fresh = {
        "signal_form": SignalForm(clients=sorted(clients, key=lambda c: c[1]), initial={"on": today}),
        "accounts_form": AccountsForm(initial={"currency": place.agency.currency}),
    }  # fmt: skip
    return show(
        request, place, "desk/debtor.html", status=422 if bound else 200, debtor=debtor, level=level_shown(level),
        proposals=proposals_shown(level, standings(place, [debtor.id])[debtor.id]),
        signals=[signal_shown(row, today, row.document) for row in rows[:100]],
        cases=[(c, word(c.stage)) for c in cases], years=newest_first(years), ratios=position_rows(position(years)),
        watching=watching, bands=[(b.value, word(b.value)) for _least, b in BANDS[:-1]],
        not_mine=rights.why_not(place, "signals"), **(fresh | bound),
    )  # fmt: skip


def acting(request: HttpRequest, id: UUID) -> tuple[Place, Debtor]:
    place = staff_place(request)
    if rights.why_not(place, "signals"):
        raise Http404
    return place, debtor_or_404(place, id)


@require_POST
def signal_new(request: HttpRequest, id: UUID) -> HttpResponse:
    """Somebody has seen something."""
    place, found = acting(request, id)
    theirs = Case.objects.filter(agency_id=place.agency.id, debtor=found).values_list("client_id", "client__name")  # fmt: skip
    form = SignalForm(request.POST, request.FILES, clients=sorted({(str(i), n) for i, n in theirs}))

    def act() -> None:
        said = form.cleaned_data
        client = UUID(said["client"]) if said["client"] else None
        file, document = said["document"], None
        if file:
            document = keep(agency=place.agency.id, content=file.read(), name=file.name, media_type=file.content_type,
                            kind="evidence", by=place.actor, at=place.now, client=client,
                            audience="client" if client else "internal")  # fmt: skip
        observe(agency=place.agency, debtor=found, kind=said["kind"], on=said["on"], note=said["note"],
                document=document, client=client, key=said["key"], by=place.actor, at=place.now)  # fmt: skip

    if carried_out(form, act):
        messages.success(request, _("The signal is kept."))
        return redirect("desk:debtor", found.id)
    return shown_debtor(request, place, found, signal_form=form)


@require_POST
def signal_back(request: HttpRequest, id: UUID) -> HttpResponse:
    """A signal was wrong."""
    place = staff_place(request)
    if rights.why_not(place, "signals"):
        raise Http404
    found = get_object_or_404(Signal, id=id, agency_id=place.agency.id)
    tried(
        request, lambda: withdraw_signal(signal=found, because=request.POST.get("because", ""), by=place.actor, at=place.now),
        _("The signal counts no more."),
    )  # fmt: skip
    return redirect("desk:debtor", found.debtor_id)


@require_POST
def watching(request: HttpRequest, id: UUID) -> HttpResponse:
    """The house watches a debtor, or no more."""
    place, found = acting(request, id)

    def act() -> None:
        if "stop" in request.POST:
            for one in Watching.objects.filter(debtor=found, client_id=None, ended_at=None):
                stop_watching(watching=one, by=place.actor, at=place.now)
            return
        now = level_now(found.id, None, place.now.date())
        watch_debtor(debtor=found, client=None, band=request.POST.get("band", ""), now=now, by=place.actor, at=place.now)  # fmt: skip

    tried(request, act, _("Kept."))
    return redirect("desk:debtor", found.id)


@require_POST
def accounts(request: HttpRequest, id: UUID) -> HttpResponse:
    place, found = acting(request, id)
    form = AccountsForm(request.POST)

    def act() -> None:
        enter_accounts(debtor=found, year=form.year(), source=form.cleaned_data["source"], by=place.actor, at=place.now)  # fmt: skip

    if carried_out(form, act):
        messages.success(request, _("The accounts are kept."))
        return redirect("desk:debtor", found.id)
    return shown_debtor(request, place, found, accounts_form=form)


class AccountsFileForm(DeskForm):
    prefix = "file"
    file = forms.FileField(label=gettext_lazy("Accounts of debtors"))


@require_POST
def accounts_file(request: HttpRequest) -> HttpResponse:
    """Accounts of many debtors from a file."""
    place = staff_place(request)
    if rights.why_not(place, "signals"):
        raise Http404
    form = AccountsFileForm(request.POST, request.FILES)
    if not form.is_valid():
        say_first_wrong(request, form)
        return redirect("desk:signals")
    file = form.cleaned_data["file"]
    try:
        answer = enter_many(agency=place.agency, content=file.read(), file=file.name, by=place.actor, at=place.now)  # fmt: skip
    except Refusal as refusal:
        messages.error(request, refusal_text(refusal))
        return redirect("desk:signals")
    messages.success(request, _("%(taken)d of %(rows)d rows taken.") % {"taken": answer.taken, "rows": answer.rows})  # fmt: skip
    for row, wrong in answer.errors[:20]:
        messages.error(request, _("Row %(row)d: %(sentence)s") % {"row": row, "sentence": refusal_text(wrong)})  # fmt: skip
    return redirect("desk:signals")
