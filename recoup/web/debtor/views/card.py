"""Pay by card or wallet on the provider's own page. Coming back proves nothing: only the provider's word does."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from recoup.journeys.card import ask_provider, order_of
from recoup.kernel.money import Money
from recoup.kernel.refusal import Refusal
from recoup.payments import cards
from recoup.payments import operations as payments
from recoup.payments.models import CardPayment
from recoup.tenancy.context import scope
from recoup.web.debtor.here import Here, debtor_page
from recoup.web.debtor.views.home import frame
from recoup.web.debtor.views.pay import by_card, to_pay_now
from recoup.web.kit.formats import refusal_text


@require_http_methods(["POST"])
def begin(request: HttpRequest) -> HttpResponse:
    """One payment is begun and committed; then the provider is asked, outside any transaction; then its page
    is offered as a link. Pressed twice, or in two tabs, it is the same payment and the same page."""
    found: dict[str, object] = {}
    answer = debtor_page(lambda request, here: begun(request, here, found))(request)
    if not found:
        return answer
    here, payment, provider = found["here"], found["payment"], cards.provider()
    assert isinstance(here, Here) and isinstance(payment, CardPayment) and provider is not None
    order = order_of(
        payment, here.case, language=(get_language() or "en").lower(),
        done_url=settings.ORIGIN + reverse("debtor:card_back"), back_url=settings.ORIGIN + reverse("debtor:pay"),
    )  # fmt: skip
    try:
        session = provider.open(order)
    except Refusal as refusal:
        said = refusal_text(refusal)
        return debtor_page(lambda request, here: told(request, here, said))(request)
    with scope(here.agency.id, case=str(here.case.id)):
        payments.keep_session(payment=payment, session=session)
    return debtor_page(lambda request, here: offered(request, here, payment))(request)


def begun(request: HttpRequest, here: Here, found: dict[str, object]) -> HttpResponse:
    amount = to_pay_now(here)
    if not by_card(here, amount):
        raise Http404
    assert amount is not None
    provider = cards.provider()
    assert provider is not None
    try:
        payment = payments.begin_card_payment(
            case=here.case,
            amount=amount,
            provider=provider.name,
            on=here.today,
            by=here.by,
            at=here.now,
        )
    except Refusal as refusal:
        return told(request, here, refusal_text(refusal))
    found |= {"here": here, "payment": payment}
    return HttpResponse()


def told(request: HttpRequest, here: Here, said: str) -> HttpResponse:
    return render(request, "debtor/card.html", frame(here) | {"said": said}, status=422)


def offered(request: HttpRequest, here: Here, payment: CardPayment) -> HttpResponse:
    """The way to the provider's page is a link: nothing of ours posts to another house."""
    amount = Money(payment.amount, payment.currency).rounded()
    return render(request, "debtor/card.html", frame(here) | {"payment": payment, "amount": amount})


@require_safe
def back(request: HttpRequest) -> HttpResponse:
    """Back from the provider: it is asked, and the page says what it said."""
    found: dict[str, object] = {}
    answer = debtor_page(lambda request, here: newest(request, here, found))(request)
    payment, provider = found.get("payment"), cards.provider()
    if (
        provider is not None
        and isinstance(payment, CardPayment)
        and payment.state in ("open", "pending")
    ):
        here = found["here"]
        assert isinstance(here, Here)
        ask_provider(agency=here.agency, provider=provider, payment=payment, at=here.now)
        return debtor_page(lambda request, here: newest(request, here, {}))(request)
    return answer


def newest(request: HttpRequest, here: Here, found: dict[str, object]) -> HttpResponse:
    payment = CardPayment.objects.filter(case=here.case).order_by("-at", "-id").first()
    if payment is None:
        return redirect("debtor:pay")
    found |= {"payment": payment, "here": here}
    state = {
        "paid": _("Thank you: the payment has been made."),
        "pending": _(
            "Thank you: your payment is under way. You will not be reminded of it meanwhile."
        ),
        "open": _("The payment has not been made yet. You can try again or pay by bank transfer."),
    }.get(payment.state, _("The payment was not made. You can try again or pay by bank transfer."))
    return render(
        request,
        "debtor/card.html",
        frame(here) | {"said": state, "done": payment.state in ("paid", "pending")},
    )
