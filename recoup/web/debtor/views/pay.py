"""How to pay: bank details, reference, and the code that a banking app reads."""

from base64 import b64encode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from recoup.disputes.queries import open_disputes
from recoup.journeys.debits import may_sign
from recoup.journeys.dispute import rest_of
from recoup.journeys.letter import payment_of
from recoup.journeys.plans import course_of
from recoup.kernel.money import Money
from recoup.kernel.refusal import Refusal
from recoup.paper.languages import LANGUAGES
from recoup.paper.payment import Payment, details, epc_code
from recoup.paper.wording import Wording
from recoup.payments import cards
from recoup.payments.models import CardPayment
from recoup.payments.operations.debit import standing_mandate
from recoup.payments.operations.match import COLLECTED
from recoup.payments.queries import to_pay
from recoup.plans.queries import standing_plan
from recoup.plans.rules import Going
from recoup.plans.states import PlanKind, PlanState
from recoup.web.debtor.here import Here, debtor_page
from recoup.web.debtor.views.home import frame, owed_today


@require_safe
@debtor_page
def pay(request: HttpRequest, here: Here) -> HttpResponse:
    answer, payment = owed_today(here), where_to(here)
    disputed = open_disputes([here.case.id])
    total = Money(answer.total, here.case.currency) if answer else None
    rest = rest_of(here.case, here.today) if answer and disputed else None
    due = next_of_plan(here)
    amount = Money(due.left, here.case.currency).rounded() if due else rest or total
    return render(request, "debtor/pay.html", frame(here) | {
        "total": total, "rest": None if due else rest, "due": due, "details": details(payment, spoken()) if payment else [],
        "code": picture(payment, amount) if payment and amount else "", "amount": amount,
        "by_card": to_pay_now(here) if by_card(here, amount) else None, "under_way": under_way(here),
        "by_debit": may_sign(here.case) and here.case.stage in COLLECTED, "mandate": standing_mandate(here.case.id),
        "per_day": Money(answer.per_diem, here.case.currency).rounded() if answer else None,
    })  # fmt: skip


def by_card(here: Here, amount: Money | None) -> bool:
    """Whether the amount can be paid by card here and now."""
    return (
        amount is not None
        and amount.amount > 0
        and cards.provider() is not None
        and here.case.stage in COLLECTED
    )


def under_way(here: Here) -> Money | None:
    """What was paid by card and has not come yet."""
    row = CardPayment.objects.filter(case=here.case, state=CardPayment.State.PENDING).first()
    return Money(row.amount, row.currency).rounded() if row else None


def to_pay_now(here: Here) -> Money | None:
    """The next instalment, what is not in question, or all that a payment of today must be."""
    due = next_of_plan(here)
    if due:
        return Money(due.left, here.case.currency).rounded()
    try:
        answer = to_pay(case=here.case, on=here.today)
    except Refusal:
        return None
    rest = rest_of(here.case, here.today) if open_disputes([here.case.id]) else None
    return rest or Money(answer.total, here.case.currency).rounded()


def next_of_plan(here: Here) -> Going | None:
    """The instalment that comes next by a plan that stands; a settlement on offer is taken by paying it."""
    plan = standing_plan(here.case.id)
    if plan is None or plan.state == PlanState.ASKED:
        return None
    if plan.state == PlanState.OFFERED and (
        plan.kind != PlanKind.SETTLEMENT or plan.until < here.today
    ):
        return None
    return course_of(plan, on=here.today).next


def where_to(here: Here) -> Payment | None:
    """None where no account is held in the currency: the page then asks to write to us."""
    try:
        return payment_of(here.agency, here.case)
    except Refusal:
        return None


def spoken() -> Wording:
    """The letters' own words, in the reader's language."""
    language = (get_language() or "en").lower()
    return Wording(next((code for code in LANGUAGES if code.lower() == language), "en"))


def picture(payment: Payment, amount: Money) -> str:
    """The EPC code as an address of its own, so that no style or script is needed. Empty where the
    scheme has none (other currencies, nothing to pay)."""
    code = epc_code(payment, amount)
    return f"data:image/svg+xml;base64,{b64encode(code.encode()).decode()}" if code else ""
