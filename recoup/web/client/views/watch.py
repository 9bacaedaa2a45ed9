"""A client's receivables before they are placed: its list, how well each is kept, what is due today, and
placing them in one click."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import quote
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db import transaction
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override
from django.views.decorators.http import require_http_methods, require_POST

from recoup.journeys.watch_items import (
    Loaded,
    Waiting,
    kept_of,
    load_file,
    place_debtor,
    waiting_costs,
)
from recoup.kernel.days import parse_day
from recoup.kernel.money import Money
from recoup.kernel.refusal import N_, Refusal
from recoup.parties.models import Client, Debtor
from recoup.tenancy.context import scope
from recoup.watch.hygiene import POINTS, Kept, figures, place_now, points, rung_due
from recoup.watch.models import Item
from recoup.watch.operations.items import CHANNELS, confirm_item, touch_item
from recoup.web.client.frame import client_of, frame, may_submit
from recoup.web.kit.formats import day_text, html_lang, money_text, refusal_text
from recoup.web.kit.middleware import Place, client_place
from recoup.web.kit.words import word

LARGEST, SHOWN = 5_000_000, 500
SUBJECTS = {
    "friendly": N_("Invoice %(ref)s will be due on %(due)s"), "due_day": N_("Invoice %(ref)s is due today"),
    "first_day": N_("Invoice %(ref)s was due on %(due)s"), "reminder": N_("Reminder: invoice %(ref)s was due on %(due)s"),
    "warning": N_("Last reminder: invoice %(ref)s was due on %(due)s"),
}  # fmt: skip
BODIES = {
    "friendly": N_("Just a friendly word: invoice %(ref)s of %(amount)s will be due on %(due)s. Did it reach you, and is everything in order?"),
    "due_day": N_("Invoice %(ref)s of %(amount)s is due today. Has the payment been ordered?"),
    "first_day": N_("Invoice %(ref)s of %(amount)s was due on %(due)s and has not reached us. Is there a reason? Please tell us when you will pay."),
    "reminder": N_("Invoice %(ref)s of %(amount)s, due on %(due)s, is still open. Please pay now, or tell us what stands against it."),
    "warning": N_("Invoice %(ref)s of %(amount)s, due on %(due)s, is still open. If it is not paid within a week we shall have it collected."),
}  # fmt: skip


class ListForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("Your list of open items"),
        help_text=gettext_lazy("CSV or XLSX from your bookkeeping: company, country, invoice, due date, open amount, currency."),
    )  # fmt: skip
    whole = forms.BooleanField(
        label=gettext_lazy("The list has every open item: what it lacks was paid"), required=False, initial=True
    )  # fmt: skip

    def __init__(self, *args: Any, **more: Any) -> None:
        more.setdefault("use_required_attribute", False)
        super().__init__(*args, **more)


@dataclass(frozen=True, slots=True)
class ItemRow:
    item: Item
    late: int
    missing: str
    step: str
    mail: str
    ripe: bool


@dataclass(frozen=True, slots=True)
class DebtorRows:
    debtor: Debtor
    currency: str
    open: Money
    overdue: Money
    rows: list[ItemRow]


@require_http_methods(["GET", "HEAD", "POST"])
def watch(request: HttpRequest) -> HttpResponse:
    place = client_place(request)
    if request.method != "POST":
        return shown(request, place, ListForm())
    if may_submit(place) is not None:
        raise Http404
    form = ListForm(request.POST, request.FILES)
    loaded = taken(form, place) if form.is_valid() else None
    if loaded is None:
        return shown(request, place, form, status=422)
    said = {"rows": loaded.rows, "new": loaded.new, "changed": loaded.changed, "gone": loaded.gone}
    messages.success(request, _("%(rows)d rows read: %(new)d new, %(changed)d changed, %(gone)d paid.") % said)  # fmt: skip
    for problem in loaded.problems[:20]:
        messages.error(request, refusal_text(Refusal(problem.code, problem.text, **problem.params)))
    return redirect("client:watch")


def taken(form: ListForm, place: Place) -> Loaded | None:
    file = form.cleaned_data["file"]
    try:
        if file.size > LARGEST:
            raise Refusal("file_too_large", N_("%(file)s is larger than %(most)s MB."), file=file.name, most=5)  # fmt: skip
        return load_file(
            agency=place.agency, client=client_of(place), content=file.read(), file=file.name,
            whole=form.cleaned_data["whole"], by=place.actor, at=place.now,
        )  # fmt: skip
    except Refusal as refusal:
        form.add_error("file", refusal_text(refusal))
        return None


def shown(request: HttpRequest, place: Place, form: ListForm, status: int = 200) -> HttpResponse:
    client, today = client_of(place), place.now.date()
    items = list(
        Item.objects.filter(client=client, case=None).filter(Q(open__gt=0) | Q(paid_on__isnull=False))
        .select_related("debtor").prefetch_related("touches").order_by("due_on", "ref")[:5000]
    )  # fmt: skip
    kept = kept_of(items)
    open_ = [i for i in items if i.open > 0]
    oldest = max((max(0, (today - i.due_on).days) for i in open_), default=0)
    return render(request, "client/watch.html", frame(request, place, client) | {
        "form": form, "groups": grouped(open_, kept, place, client), "why_not": may_submit(place),
        "figures": figure_rows(kept.values(), place), "any": bool(items), "channels": [(c, word(c)) for c in CHANNELS],
        "waiting": waiting(place, client, oldest) if open_ else [], "oldest": oldest, "left": max(0, len(open_) - SHOWN),
    }, status=status)  # fmt: skip


def waiting(place: Place, client: Client, oldest: int) -> list[Waiting]:
    try:
        with scope(place.agency.id):
            return waiting_costs(
                agency=place.agency, client=client, age_days=oldest, on=place.now.date()
            )
    except Refusal:
        return []


def grouped(items: list[Item], kept: dict[UUID, Kept], place: Place, client: Client) -> list[DebtorRows]:  # fmt: skip
    today = place.now.date()
    by: dict[tuple[UUID, str], list[Item]] = defaultdict(list)
    for item in items[:SHOWN]:
        by[item.debtor_id, item.currency].append(item)
    found = []
    for (_debtor, currency), mine in by.items():
        late = sum((i.open for i in mine if i.due_on < today), Decimal(0))
        total = sum((i.open for i in mine), Decimal(0))
        rows = [row_of(i, kept[i.id], place, client) for i in mine]
        found.append(DebtorRows(mine[0].debtor, currency, Money(total, currency), Money(late, currency), rows))  # fmt: skip
    return sorted(found, key=lambda g: (-g.overdue.amount, g.debtor.name))


def row_of(item: Item, kept: Kept, place: Place, client: Client) -> ItemRow:
    today = place.now.date()
    missing = ", ".join(_(POINTS[p]) for p, is_so in points(kept, today).items() if is_so is False)
    rung = rung_due(kept, today)
    return ItemRow(
        item, max(0, (today - item.due_on).days), missing, _(rung.label) if rung else "",
        mail_of(item, rung.code, client) if rung and item.debtor.email else "", place_now(kept, today),
    )  # fmt: skip


def mail_of(item: Item, code: str, client: Client) -> str:
    """A link for the client's own mail program: its name, its address, the debtor's language."""
    with override(html_lang(item.debtor.language).lower()):
        said = {"ref": item.ref, "due": day_text(item.due_on), "amount": money_text(Money(item.open, item.currency))}  # fmt: skip
        subject, body = _(SUBJECTS[code]) % said, _(BODIES[code]) % said
    text = f"{body}\n\n{client.name}"
    return f"mailto:{quote(item.debtor.email)}?subject={quote(subject)}&body={quote(text)}"


def figure_rows(kept: Iterable[Kept], place: Place) -> list[tuple[str, int, int]]:
    """(what, how many are so, of how many): each point, then contact rate beside recovery rate."""
    found = figures(list(kept), place.now.date())
    rows = [(capfirst(_(POINTS[point])), *found.kept[point]) for point in POINTS]
    return [
        *rows, (_("Contacts that reached the right person"), found.reached, found.touches),
        (_("Paid, of what has fallen due"), found.paid, found.past_due),
    ]  # fmt: skip


@require_POST
def item(request: HttpRequest, id: UUID) -> HttpResponse:
    """The client contacted its debtor, sent the invoice, or had its receipt confirmed."""
    place = client_place(request)
    if may_submit(place) is not None:
        raise Http404
    found = get_object_or_404(Item, id=id, client_id=place.client_id)
    said = request.POST
    try:
        with transaction.atomic():
            on = parse_day(said.get("on", "") or place.now.date().isoformat(), field=_("Day"))
            if said.get("act") in ("sent", "confirmed"):
                days = {"sent_on": on if said["act"] == "sent" else None, "confirmed_on": on if said["act"] == "confirmed" else None}  # fmt: skip
                confirm_item(item=found, by=place.actor, at=place.now, **days)
            else:
                channel = said.get("channel", "")
                touch_item(item=found, on=on, channel=channel, reached="reached" in said, note=said.get("note", ""),
                           key=f"{on.isoformat()}:{channel}", by=place.actor, at=place.now)  # fmt: skip
        messages.success(request, _("Kept."))
    except Refusal as refusal:
        messages.error(request, refusal_text(refusal))
    return redirect("client:watch")


@require_POST
def place_with_us(request: HttpRequest, id: UUID) -> HttpResponse:
    """Everything overdue of a debtor becomes a case."""
    place = client_place(request)
    if may_submit(place) is not None:
        raise Http404
    found = get_object_or_404(Debtor, id=id, agency=place.agency)
    currency = request.POST.get("currency", "")[:3]
    try:
        with transaction.atomic():
            made = place_debtor(agency=place.agency, client=client_of(place), debtor=found, currency=currency, by=place.actor, at=place.now)  # fmt: skip
    except Refusal as refusal:
        messages.error(request, refusal_text(refusal))
        return redirect("client:watch")
    messages.success(request, _("Placed. We have everything you had: invoices, days, contacts."))
    return redirect("client:case", made.case.number)
