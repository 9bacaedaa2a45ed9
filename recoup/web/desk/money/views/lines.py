"""Lines to match: the line on the left, what it may be on the right."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from recoup.cases.models import Case
from recoup.journeys import collect
from recoup.kernel.money import Money, parse_amount
from recoup.kernel.refusal import N_, Refusal
from recoup.payments import operations as payments
from recoup.payments.models import Allocation, BankLine, Suggestion
from recoup.payments.queries import open_lines, owed_many, with_left
from recoup.web.desk.acting import carried_out, say_first_wrong, tried
from recoup.web.desk.money.forms import (
    AllocateForm,
    CountForm,
    OwnForm,
    PaysInvoiceForm,
    RefundForm,
    UndoForm,
)
from recoup.web.desk.money.frame import money_place, show_money
from recoup.web.desk.money.shown import given, line_rows, money, outcome_rows, suggested
from recoup.web.kit.middleware import Place

MOST = 200


@require_safe
def lines(request: HttpRequest) -> HttpResponse:
    """All open lines, the oldest chosen."""
    place = money_place(request)
    first = open_lines(place.agency.id).select_related("account").first()
    return show_lines(request, place, first)


@require_safe
def line(request: HttpRequest, id: UUID) -> HttpResponse:
    """One line, open or explained, beside the open ones."""
    place = money_place(request)
    return show_lines(request, place, line_or_404(place, id))


def line_or_404(place: Place, id: UUID) -> Any:
    rows = with_left(BankLine.objects.filter(agency_id=place.agency.id)).select_related("account")
    return get_object_or_404(rows, id=id)


def show_lines(
    request: HttpRequest, place: Place, chosen: Any | None, *, status: int = 200, give: AllocateForm | None = None,
    count: CountForm | None = None,
) -> HttpResponse:  # fmt: skip
    waiting = open_lines(place.agency.id)[:MOST]
    context: dict[str, Any] = {"rows": line_rows(waiting, chosen), "chosen": chosen}
    if chosen is not None:
        context |= beside(place, chosen, give, count)
    return show_money(request, place, "lines", "lines", status=status, **context)


def beside(
    place: Place, chosen: Any, give: AllocateForm | None, count: CountForm | None = None
) -> dict[str, Any]:
    """What the right side shows of the chosen line; a constant number of queries."""
    left = money(chosen.left, chosen.currency)
    waiting = chosen.suggestions.filter(decided_at__isnull=True).select_related(
        "case__debtor", "case__client"
    )
    suggestions = list(waiting.order_by("-score", "id"))
    refused: dict[UUID, Refusal] = {}
    owing = owed_many(
        place.agency.id,
        [s.case_id for s in suggestions],
        chosen.value_on,
        refused=refused,
        to_pay=True,
    )
    allocations = chosen.allocations.select_related(
        "case__debtor", "reversed_by", "remitted"
    ).order_by("id")
    return {
        "amount": money(chosen.amount, chosen.currency), "left": left,
        "suggestions": suggested(suggestions, owing, left) if left.amount > 0 else [],
        "given": given(allocations), "outcomes": outcome_rows(chosen.outcomes.all(), chosen.currency),
        "give": give or (AllocateForm(line=chosen, left=left) if left.amount > 0 else None),
        "count": count or (CountForm(initial={"amount": str(left.amount)}) if left.amount > 0 else None),
        "pays": PaysInvoiceForm() if left.amount > 0 else None,
        "send_back": RefundForm() if left.amount > 0 else None,
        "own": OwnForm() if left.amount < 0 else None, "opposites": opposites(chosen) if left.amount < 0 else [],
        "undo_form": UndoForm(),
    }  # fmt: skip


def opposites(line: BankLine) -> list[Any]:
    """Receipts that this line may take back: the same amount turned, in the half year before."""
    since = line.booked_on - timedelta(days=183)
    found = BankLine.objects.filter(
        agency_id=line.agency_id, account_id=line.account_id, amount=-line.amount, booked_on__gte=since,
        booked_on__lte=line.booked_on,
    )  # fmt: skip
    return list(found.order_by("-booked_on")[:10])


def move_on(place: Place, line: BankLine) -> HttpResponse:
    """To the same line while something is left of it, else to the next one."""
    left = with_left(BankLine.objects.filter(id=line.id)).values_list("left", flat=True)[0]
    return redirect("desk:money:line", line.id) if left else redirect("desk:money:lines")


@require_POST
def accept(request: HttpRequest, id: UUID) -> HttpResponse:
    """A suggestion is right: the line, as far as it goes, to its case."""
    place = money_place(request)
    row = suggestion_or_404(place, id)
    left = with_left(BankLine.objects.filter(id=row.line_id)).values_list("left", flat=True)[0]
    amount = money(min(row.amount, left), row.line.currency)

    def give() -> None:
        collect.allocate(
            agency=place.agency, line=row.line, case=row.case, amount=amount,
            because={"match": row.because, "said": str(place.actor.name)}, by=place.actor, at=place.now,
        )  # fmt: skip

    done = _("Given to case %(number)s.") % {"number": row.case.number}
    tried(request, give, done)
    return move_on(place, row.line)


@require_POST
def dismiss(request: HttpRequest, id: UUID) -> HttpResponse:
    """A suggestion is wrong; the line stays."""
    place = money_place(request)
    row = suggestion_or_404(place, id)
    tried(
        request, lambda: payments.dismiss_suggestion(suggestion=row, by=place.actor, at=place.now),
        _("Put aside."),
    )  # fmt: skip
    return redirect("desk:money:line", row.line_id)


def suggestion_or_404(place: Place, id: UUID) -> Suggestion:
    rows = Suggestion.objects.filter(agency_id=place.agency.id).select_related(
        "line__statement", "case__client", "case__debtor"
    )
    return get_object_or_404(rows, id=id)


@require_POST
def allocate(request: HttpRequest, id: UUID) -> HttpResponse:
    """A line, or part of it, to a case by its number."""
    place = money_place(request)
    chosen = line_or_404(place, id)
    form = AllocateForm(request.POST, line=chosen, left=money(chosen.left, chosen.currency))

    def give() -> None:
        said = form.cleaned_data
        amount = Money(parse_amount(said["amount"], chosen.currency), chosen.currency)
        collect.allocate(
            agency=place.agency, line=chosen, case=case_called(place, said["case"]), amount=amount,
            because={"said": said["because"]}, by=place.actor, at=place.now,
        )  # fmt: skip

    if carried_out(form, give):
        messages.success(request, _("Given to the case."))
        return move_on(place, chosen)
    return show_lines(request, place, chosen, status=422, give=form)


def case_called(place: Place, number: str) -> Case:
    rows = Case.objects.filter(agency_id=place.agency.id, number__iexact=number.strip())
    case = rows.select_related("client", "debtor").first()
    if case is None:
        raise Refusal("case_unknown", N_("There is no case %(found)s."), field="case", found=number)
    return case


@require_POST
def own(request: HttpRequest, id: UUID) -> HttpResponse:
    """A bank's fee and the like: the agency's share pays it."""
    place = money_place(request)
    chosen = line_or_404(place, id)
    form = OwnForm(request.POST)

    def book() -> None:
        payments.book_own_line(
            line=chosen, because=form.cleaned_data["because"], by=place.actor, at=place.now
        )

    if carried_out(form, book):
        messages.success(request, _("Booked as the agency's own."))
        return move_on(place, chosen)
    say_first_wrong(request, form)
    return redirect("desk:money:line", chosen.id)


@require_POST
def returned(request: HttpRequest, id: UUID) -> HttpResponse:
    """The line takes an earlier receipt back."""
    place = money_place(request)
    chosen = line_or_404(place, id)
    try:
        original = line_or_404(place, UUID(request.POST.get("original", "")))
    except ValueError:
        return redirect("desk:money:line", chosen.id)
    tried(
        request,
        lambda: collect.return_payment(
            agency=place.agency, line=chosen, original=original, by=place.actor, at=place.now
        ),
        _("Taken back."),
    )
    return move_on(place, chosen)


@require_POST
def undo(request: HttpRequest, id: UUID) -> HttpResponse:
    """An allocation was wrong: the money waits again."""
    place = money_place(request)
    rows = Allocation.objects.filter(agency_id=place.agency.id, line__isnull=False)
    row = get_object_or_404(rows.select_related("case__client", "case__debtor", "line"), id=id)
    form = UndoForm(request.POST)

    def take_back() -> None:
        payments.undo_allocation(
            allocation=row, because=form.cleaned_data["because"], by=place.actor, at=place.now
        )

    if carried_out(form, take_back):
        messages.success(request, _("Undone; the line is open again."))
    else:
        say_first_wrong(request, form)
    return redirect("desk:money:line", row.line_id)
