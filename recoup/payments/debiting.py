"""Models of direct debits: the debtor's word that its account may be debited, and each collection."""

from django.db import models
from django.db.models import Q

from recoup.tenancy.models import TenantModel


class DebitMandate(TenantModel):
    """A debtor's SEPA mandate for one case, signed on its page (`trail`) or on paper and entered. What was signed
    never changes; it ends by being revoked. `notice_days`: how long before its day a collection is announced,
    14 days unless less was agreed (EPC016-06, 4.3.4)."""

    class Scheme(models.TextChoices):
        CORE = "CORE"
        B2B = "B2B"

    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="debit_mandates")
    client_id = models.UUIDField()
    reference = models.CharField(max_length=35)
    account = models.ForeignKey("payments.TrustAccount", models.PROTECT, related_name="mandates")
    creditor_id = models.CharField(max_length=35, help_text="the account's when it was signed")
    scheme = models.CharField(max_length=4, choices=Scheme.choices, default=Scheme.CORE)
    holder = models.CharField(max_length=70)
    iban = models.CharField(max_length=34)
    bic = models.CharField(max_length=11, blank=True)
    email = models.EmailField(help_text="where collections are announced")
    notice_days = models.PositiveSmallIntegerField(default=14)
    signed_on = models.DateField()
    signed_by = models.CharField(max_length=120)
    trail = models.JSONField(
        default=dict, help_text="signed by link: who, when, from where, what was shown"
    )
    paper = models.CharField(
        max_length=200, blank=True, help_text="entered: where the paper is kept"
    )
    at = models.DateTimeField()
    by_name = models.CharField(max_length=200)
    revoked_at = models.DateTimeField(null=True)
    revoked_because = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agency", "reference"], name="mandate_reference_once"),
            models.UniqueConstraint(
                fields=["agency", "case"], condition=Q(revoked_at__isnull=True), name="mandate_standing_once_per_case"
            ),
            models.CheckConstraint(
                name="mandate_notice_days", condition=Q(notice_days__gte=1, notice_days__lte=14)
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.reference


class DirectDebit(TenantModel):
    """One collection: announced (`message`), put into a file of the second person's approval (`payout`), shown by
    the bank as a line with its number. Whether it was collected or came back follows from the case's payments;
    `ended_at`: it never will be."""

    class End(models.TextChoices):
        CANCELLED = "cancelled"
        REFUSED = "refused"

    mandate = models.ForeignKey(DebitMandate, models.PROTECT, related_name="debits")
    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="debits")
    client_id = models.UUIDField()
    number = models.CharField(
        max_length=35, help_text="its end-to-end id; begins with the case's number"
    )
    key = models.CharField(
        max_length=80, help_text="what it is for, once: an instalment, or itself"
    )
    amount = models.DecimalField(max_digits=19, decimal_places=4)
    currency = models.CharField(max_length=3, default="EUR")
    collect_on = models.DateField()
    message = models.ForeignKey("outbox.Message", models.PROTECT, null=True, related_name="debits")
    sequence = models.CharField(
        max_length=4, blank=True, help_text="FRST or RCUR, once it is in a file"
    )
    payout = models.ForeignKey(
        "payments.PayoutFile", models.PROTECT, null=True, related_name="debits"
    )
    at = models.DateTimeField()
    by_name = models.CharField(max_length=200)
    ended_at = models.DateTimeField(null=True)
    end = models.CharField(max_length=10, choices=End.choices, blank=True)
    ended_because = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agency", "number"], name="direct_debit_number_once"),
            models.UniqueConstraint(fields=["agency", "key"], name="direct_debit_key_once"),
            models.CheckConstraint(
                name="direct_debit_amount", condition=Q(amount__gt=0, amount__lt=10**9)
            ),
        ]
        indexes = [models.Index(fields=["agency", "collect_on"], name="direct_debit_by_day")]

    def __str__(self) -> str:
        return self.number
