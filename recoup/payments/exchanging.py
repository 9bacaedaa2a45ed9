"""A payment in another currency than its case's: at which rate it counts, and what the bank gave for it."""

from django.db import models
from django.db.models import Q

from recoup.tenancy.models import TenantModel


class Exchange(TenantModel):
    """A line's money in one currency that a case took in its own, at a rate a person stated with its day and
    source. `bought` is what the bank gave for it; until then its money is not paid on. Whatever the bank's
    rate made of it, the client and the debtor keep `to_amount`; the `difference` is the agency's."""

    line = models.ForeignKey("payments.BankLine", models.PROTECT, related_name="exchanges")
    allocation = models.OneToOneField(
        "payments.Allocation", models.PROTECT, related_name="exchange"
    )
    from_amount = models.DecimalField(max_digits=19, decimal_places=4)
    from_currency = models.CharField(max_length=3)
    to_amount = models.DecimalField(max_digits=19, decimal_places=4)
    to_currency = models.CharField(max_length=3)
    rate = models.DecimalField(
        max_digits=20, decimal_places=10, help_text="of the case's currency for one of the line's"
    )
    rate_on = models.DateField()
    source = models.CharField(max_length=200)
    at = models.DateTimeField()
    by_name = models.CharField(max_length=200)
    sold = models.ForeignKey("payments.BankLine", models.PROTECT, null=True, related_name="+")
    bought = models.ForeignKey("payments.BankLine", models.PROTECT, null=True, related_name="+")
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="exchange_of_two_currencies",
                condition=Q(rate__gt=0, from_amount__gt=0, to_amount__gt=0)
                & ~Q(from_currency=models.F("to_currency")),
            ),
        ]
