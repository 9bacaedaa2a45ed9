"""Models of payments by card: what was asked for and what the provider said of it."""

from django.db import models
from django.db.models import Q

from recoup.tenancy.models import TenantModel


class CardPayment(TenantModel):
    """One payment by card that a debtor began. The amount is fixed until `until`, whatever becomes owed
    meanwhile. Money only follows the provider's own word. `settled_at`: its payout has come to the bank."""

    class State(models.TextChoices):
        OPEN = "open"
        PENDING = "pending"
        PAID = "paid"
        FAILED = "failed"
        EXPIRED = "expired"
        CHARGED_BACK = "charged_back"

    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="card_payments")
    client_id = models.UUIDField()
    provider = models.CharField(max_length=20)
    state = models.CharField(max_length=12, choices=State.choices, default=State.OPEN)
    amount = models.DecimalField(max_digits=19, decimal_places=4)
    currency = models.CharField(max_length=3)
    on = models.DateField(help_text="the day the amount was owed on")
    until = models.DateTimeField()
    session = models.CharField(max_length=200, blank=True)
    url = models.CharField(max_length=2000, blank=True)
    charge = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()
    changed_at = models.DateTimeField()
    allocation = models.OneToOneField(
        "payments.Allocation", models.PROTECT, null=True, related_name="card_payment"
    )
    payout = models.ForeignKey(
        "payments.BankLine", models.PROTECT, null=True, related_name="card_payments"
    )
    settled_at = models.DateTimeField(null=True)
    recouped_at = models.DateTimeField(null=True, help_text="charged back, and kept from a payout")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "case"], condition=Q(state__in=["open", "pending"]), name="card_payment_one_under_way"
            ),
            models.UniqueConstraint(
                fields=["agency", "provider", "session"], condition=~Q(session=""), name="card_session_once"
            ),
            models.CheckConstraint(name="card_amount_positive", condition=Q(amount__gt=0, amount__lt=10**13)),
        ]  # fmt: skip


class ProviderEvent(TenantModel):
    """An event of a card provider, taken once. Append-only."""

    provider = models.CharField(max_length=20)
    event = models.CharField(max_length=200)
    kind = models.CharField(max_length=60)
    payment = models.ForeignKey(CardPayment, models.PROTECT, null=True, related_name="events")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "provider", "event"], name="provider_event_once"
            )
        ]
