"""Who gets the reports by e-mail."""

from django.db import models

from recoup.reports.states import Every
from recoup.tenancy.models import TenantModel


class Subscription(TenantModel):
    """The reports go to this person by e-mail, next on `next_on`; None: stopped. `client_id` of a
    client's person: only that client's figures."""

    member = models.OneToOneField(
        "tenancy.Member", models.PROTECT, related_name="report_subscription"
    )
    client_id = models.UUIDField(null=True)
    every = models.CharField(max_length=5, choices=[(e.value, e.value) for e in Every])
    next_on = models.DateField(null=True)
    last_on = models.DateField(null=True)
    made_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["agency", "next_on"], name="report_subscription_due")]

    def __str__(self) -> str:
        return f"{self.member_id} {self.every}"
