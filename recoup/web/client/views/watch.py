"""A client's receivables before they are placed: its list, how well each is kept, what is due today, and
placing them in one click."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
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
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from recoup.contact.models import Denial
from recoup.journeys.reminders import decided, paper_of, words_of_own
from recoup.journeys.watch_items import (
    Loaded,
    Waiting,
    kept_of,
    load_file,
    load_orders,
    place_debtor,
    waiting_costs,
)
from recoup.kernel.days import parse_day
from recoup.kernel.money import Money
from recoup.kernel.refusal import N_, Refusal
from recoup.paper.documents.own_reminder import own_gaps
from recoup.paper.languages import language_of
from recoup.parties.models import Client, Debtor
from recoup.strategy.own import OwnFacts, Sent, reminders_of, step_said
from recoup.strategy.queries import plan_book
from recoup.tenancy.context import scope
from recoup.watch.hygiene import POINTS, Kept, figures, points
from recoup.watch.models import Item
from recoup.watch.operations.items import (
    CHANNELS,
    begin_ladder,
    confirm_item,
    end_ladder,
    rest_item,
    standing_ladder,
    touch_item,
)
from recoup.web.client.frame import client_of, frame, may_submit, may_watch
from recoup.web.client.views.placements import labelled
from recoup.web.kit.derivations import phrase
from recoup.web.kit.formats import day_text, refusal_text
from recoup.web.kit.middleware import Place, client_place
from recoup.web.kit.words import day_of_step, word

LARGEST, SHOWN, SAID = 5_000_000, 500, 10
# What a client calls its own reminders: to itself they are just that.
OWN = {"own_word": N_("friendly word"), "own_reminder": N_("reminder"), "own_last": N_("last reminder")}  # fmt: skip


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


class OrdersForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("Your list of orders"),
        help_text=gettext_lazy("CSV or XLSX: company, country, order number, order date, amount, currency. An order far above what is usual is a danger signal."),
    )  # fmt: skip
    prefix = "orders"

    def __init__(self, *args: Any, **more: Any) -> None:
        more.setdefault("use_required_attribute", False)
        super().__init__(*args, **more)


@dataclass(frozen=True, slots=True)
class ItemRow:
    """`step`: what is due today, `later`: why not yet, or what stands against it; `sent`: what we wrote for it."""

    item: Item
    late: int
    missing: str
    step: str
    later: str
    mail: str
    ripe: bool
    sent: list[str]


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
    if (no := not_of_all(request, place)) is not None:
        return no
    form = ListForm(request.POST, request.FILES)
    loaded = taken(form, place) if form.is_valid() else None
    if loaded is None:
        return shown(request, place, form, status=422)
    said = {"rows": loaded.rows, "new": loaded.new, "changed": loaded.changed, "gone": loaded.gone}
    messages.success(request, _("%(rows)d rows read: %(new)d new, %(changed)d changed, %(gone)d paid.") % said)  # fmt: skip
    say_problems(request, loaded)
    if loaded.problems and form.cleaned_data["whole"]:
        messages.warning(
            request, _("Because of what could not be read, nothing was counted as paid.")
        )
    return redirect("client:watch")


def not_of_all(request: HttpRequest, place: Place) -> HttpResponse | None:
    """Back to the page with the reason, for somebody limited to divisions; 404 for who submits nothing."""
    if may_submit(place) is not None:
        raise Http404
    if (refusal := may_watch(place)) is None:
        return None
    messages.error(request, refusal_text(refusal))
    return redirect("client:watch")


def say_problems(request: HttpRequest, loaded: Loaded) -> None:
    """Each row that was not taken, by its number and why; of many the first."""
    for problem in loaded.problems[:SAID]:
        why = Refusal(problem.code, problem.text, **labelled(problem.params))
        said = refusal_text(why)
        if "%(row)" not in problem.text:
            said = _("Row %(row)d: %(sentence)s") % {"row": problem.row, "sentence": said}
        messages.error(request, said)
    if (more := len(loaded.problems) - SAID) > 0:
        rest = ngettext("%(n)d more row was not taken.", "%(n)d more rows were not taken.", more)
        messages.error(request, rest % {"n": more})


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


def shown(
    request: HttpRequest,
    place: Place,
    form: ListForm,
    status: int = 200,
    orders: OrdersForm | None = None,
) -> HttpResponse:
    client, today = client_of(place), place.now.date()
    items = list(
        Item.objects.filter(client=client, case=None).filter(Q(open__gt=0) | Q(paid_on__isnull=False))
        .select_related("debtor").prefetch_related("touches").order_by("due_on", "ref")[:5000]
    )  # fmt: skip
    kept = kept_of(client, items)
    open_ = [i for i in items if i.open > 0]
    oldest = max((max(0, (today - i.due_on).days) for i in open_), default=0)
    return render(request, "client/watch.html", frame(request, place, client) | {
        "form": form, "groups": grouped(open_, kept, place, client), "why_not": may_watch(place),
        "figures": figure_rows(kept.values(), place), "any": bool(items), "channels": [(c, word(c)) for c in CHANNELS],
        "waiting": waiting(place, client, oldest) if open_ else [], "oldest": oldest, "left": max(0, len(open_) - SHOWN),
        "ladder": standing_ladder(client.id), "ladder_steps": steps_shown(place, client), "orders": orders or OrdersForm(),
    }, status=status)  # fmt: skip


def own_name(kind: str | None) -> str:
    """What the client calls one of its own reminders; nothing where a step writes none."""
    known = OWN.get(kind or "")
    return capfirst(_(known)) if known else ""


def steps_shown(place: Place, client: Client) -> list[tuple[str, str, str]]:
    """(what, when, by which ways) of the ladder in force."""
    return [(own_name(s.letter), day_of_step(s.after or 0), ", ".join(word(c) for c in s.channels))
            for s in plan_book(place.agency.id, place.now.date()).ladder(client.id).steps]  # fmt: skip


def waiting(place: Place, client: Client, oldest: int) -> list[Waiting]:
    try:
        with scope(place.agency.id):
            return waiting_costs(
                agency=place.agency, client=client, age_days=oldest, on=place.now.date()
            )
    except Refusal:
        return []


def grouped(items: list[Item], kept: dict[UUID, Kept], place: Place, client: Client) -> list[DebtorRows]:  # fmt: skip
    today, items = place.now.date(), items[:SHOWN]
    with scope(
        place.agency.id
    ):  # addresses and house rules are the agency's; what is read is the client's own
        rows = {row.item.id: row for row in item_rows(items, kept, place, client)}
    by: dict[tuple[UUID, str], list[Item]] = defaultdict(list)
    for item in items:
        by[item.debtor_id, item.currency].append(item)
    found = []
    for (_debtor, currency), mine in by.items():
        late = sum((i.open for i in mine if i.due_on < today), Decimal(0))
        total = sum((i.open for i in mine), Decimal(0))
        found.append(DebtorRows(mine[0].debtor, currency, Money(total, currency), Money(late, currency), [rows[i.id] for i in mine]))  # fmt: skip
    return sorted(found, key=lambda g: (-g.overdue.amount, g.debtor.name))


def item_rows(
    items: list[Item], kept: dict[UUID, Kept], place: Place, client: Client
) -> list[ItemRow]:
    """Each item with what its ladder says today: the same decision that sends, or would send, its reminders."""
    today = place.now.date()
    plan = plan_book(place.agency.id, today).ladder(client.id)
    sent = reminders_of(client, {i.debtor_id: i.debtor for i in items})
    denied = no_said(client, place.now)
    by_hand = standing_ladder(client.id) is None
    found = []
    for known, decision in decided(client, items, plan, today):
        item, step = known.item, decision.plan_step
        missing = ", ".join(
            _(POINTS[p]) for p, is_so in points(kept[item.id], today).items() if is_so is False
        )
        later = (
            capfirst(phrase(decision.because, decision.params))
            if step is None and decision.step == "wait"
            else ""
        )
        if step is not None and not by_hand and (no := denied.get((item.debtor_id, step.name))):
            later = no
        found.append(ItemRow(
            item, max(0, (today - item.due_on).days), missing, own_name(step.letter) if step else "", later,
            mail_of(known, step.letter or "", client, today) if step and by_hand and known.email_to else "",
            decision.step == "evaluate", [said_of(s) for s in sent.get(item.debtor_id, ()) if step_said(s.row, item)],
        ))  # fmt: skip
    return found


def no_said(client: Client, now: datetime) -> dict[tuple[UUID | None, str], str]:
    """Why a reminder was not sent, by debtor and step, of the last week."""
    rows = Denial.objects.filter(
        client_id=client.id, debtor__isnull=False, at__gte=now - timedelta(days=7)
    )
    return {(d.debtor_id, d.step): phrase(d.because, d.params) for d in rows.order_by("at")}


def said_of(sent: Sent) -> str:
    state = word("delivered" if sent.state == "sent" else sent.state)
    return f"{own_name(sent.row.kind)}, {word(sent.row.channel)}: {state} {day_text(sent.on)}"


def mail_of(known: OwnFacts, kind: str, client: Client, on: date) -> str:
    """A link for the client's own mail program: the words of its ladder, its name, the debtor's language."""
    item, debtor = known.item, known.debtor
    words = words_of_own(client, debtor, kind, ("email",), on)
    paper = paper_of(
        client, debtor, kind, [item], max(item.due_on, on + timedelta(days=7)), words["letter"], on
    )
    title = words["letter"].say(f"own.{kind}.title", debtor.language, {})
    gaps = own_gaps(paper, language_of(debtor.language)) | {"title": title}
    subject, text = (
        words["email"].say(f"own.mail.{part}", debtor.language, gaps)
        for part in ("subject", "text")
    )
    assert known.email_to is not None
    return f"mailto:{quote(known.email_to.email)}?subject={quote(subject)}&body={quote(text)}"


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
    if may_watch(place) is not None:
        raise Http404
    found = get_object_or_404(Item, id=id, client_id=place.client_id)
    said = request.POST
    try:
        with transaction.atomic():
            on = parse_day(said.get("on", "") or place.now.date().isoformat(), field=_("Day"))
            if said.get("act") == "rest":
                rest_item(item=found, until=parse_day(said["on"], field=_("Day")) if said.get("on") else None, by=place.actor, at=place.now)  # fmt: skip
            elif said.get("act") in ("sent", "confirmed"):
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
    if (no := not_of_all(request, place)) is not None:
        return no
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


@require_POST
def ladder(request: HttpRequest) -> HttpResponse:
    """We send the client's reminders from now on, or no longer."""
    place = client_place(request)
    if (no := not_of_all(request, place)) is not None:
        return no
    client = client_of(place)
    try:
        with transaction.atomic():
            if request.POST.get("act") == "end":
                end_ladder(client=client, by=place.actor, at=place.now)
                said = _("We send nothing more in your name.")
            else:
                begin_ladder(client=client, by=place.actor, at=place.now)
                said = _("We send your reminders from the next morning on.")
        messages.success(request, said)
    except Refusal as refusal:
        messages.error(request, refusal_text(refusal))
    return redirect("client:watch")


@require_POST
def orders(request: HttpRequest) -> HttpResponse:
    """A list of orders, for the danger signals that need them."""
    place = client_place(request)
    if (no := not_of_all(request, place)) is not None:
        return no
    form = OrdersForm(request.POST, request.FILES)
    loaded = orders_taken(form, place) if form.is_valid() else None
    if loaded is None:
        return shown(request, place, ListForm(), status=422, orders=form)
    messages.success(
        request,
        _("%(rows)d rows read: %(new)d new orders.") % {"rows": loaded.rows, "new": loaded.new},
    )
    say_problems(request, loaded)
    return redirect("client:watch")


def orders_taken(form: OrdersForm, place: Place) -> Loaded | None:
    file = form.cleaned_data["file"]
    try:
        if file.size > LARGEST:
            raise Refusal("file_too_large", N_("%(file)s is larger than %(most)s MB."), file=file.name, most=5)  # fmt: skip
        return load_orders(agency=place.agency, client=client_of(place), content=file.read(), file=file.name, by=place.actor, at=place.now)  # fmt: skip
    except Refusal as refusal:
        form.add_error("file", refusal_text(refusal))
        return None
