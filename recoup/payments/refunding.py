"""Models of money that goes back to who paid too much, or what was not for anybody here."""

from django.db import models
from django.db.models import Q

from recoup.tenancy.models import TenantModel


class Refund(TenantModel):
    """Money on its way back: what a case was overpaid by (`allocation`), or what is left of a line that
    pays nobody. It is held while the account is not the debtor's own (`held_for`), until another person
    says how that was cleared. Once ended it did not arrive, or the payment itself was taken back.
    """

    class End(models.TextChoices):
        CANCELLED = "cancelled"
        REFUSED = "refused"
        RETURNED = "returned"
        BORNE = "borne"  # the bank took the payment back too: the agency's share bears the refund
        MADE_GOOD = (
            "made_good"  # borne, and then it did not arrive: the agency's share has it again
        )

    number = models.CharField(max_length=20, help_text="its end-to-end id as well")
    line = models.ForeignKey("payments.BankLine", models.PROTECT, related_name="refunds")
    allocation = models.ForeignKey(
        "payments.Allocation", models.PROTECT, null=True, related_name="refunds"
    )
    case = models.ForeignKey("cases.Case", models.PROTECT, null=True, related_name="refunds")
    amount = models.DecimalField(max_digits=19, decimal_places=4)
    currency = models.CharField(max_length=3)
    holder = models.CharField(max_length=200)
    iban = models.CharField(max_length=34)
    bic = models.CharField(max_length=11, blank=True)
    because = models.CharField(max_length=300)
    held_for = models.CharField(max_length=16, blank=True, help_text="third_party, other_account")
    released_at = models.DateTimeField(null=True)
    released_by_name = models.CharField(max_length=200, blank=True)
    how = models.CharField(max_length=300, blank=True, help_text="how it was cleared")
    payout = models.ForeignKey(
        "payments.PayoutFile", models.PROTECT, null=True, related_name="refunds"
    )
    entry = models.OneToOneField("ledger.Entry", models.PROTECT, related_name="refund")
    at = models.DateTimeField()
    by_id = models.UUIDField(null=True)
    by_name = models.CharField(max_length=200)
    ended_at = models.DateTimeField(null=True)
    end = models.CharField(max_length=10, choices=End.choices, blank=True)
    ended_because = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agency", "number"], name="refund_number_once"),
            models.CheckConstraint(
                name="refund_more_than_nothing", condition=Q(amount__gt=0, amount__lt=10**13)
            ),
            models.CheckConstraint(
                name="refund_held_goes_nowhere",
                condition=Q(held_for="") | Q(released_at__isnull=False) | Q(payout__isnull=True),
            ),
        ]
        indexes = [models.Index(fields=["agency", "allocation"], name="refund_by_allocation")]
