"""Where each case stands, kept for the lists and figures of a client; and who gets the reports by e-mail."""

from django.db import models

from recoup.reports.states import Every
from recoup.tenancy.models import TenantModel


class Standing(models.Model):
    """What a case comes to and where it stands, kept beside it: an overview of a hundred thousand cases is
    one narrow scan. Nobody writes it: the database does, in the transaction of whatever changes (migration
    0004); `recoup prove` compares each with what cases, claims, holds and payments say.

    `place` as the portal's overview puts it; `placed_on` and the days of `in30` and `in90` are the agency's.
    `recovered` is principal that came in, `paid` that and what was given up, `collected` all that came in.
    `found_by` holds what a client finds the case by, a line each, folded.
    """

    case = models.OneToOneField(
        "cases.Case", models.PROTECT, primary_key=True, related_name="standing"
    )
    agency = models.ForeignKey(
        "tenancy.Agency", models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    client_id = models.UUIDField()
    division_id = models.UUIDField(null=True)
    currency = models.CharField(max_length=3)
    place = models.CharField(max_length=12)
    submitted_at = models.DateTimeField()
    placed_on = models.DateField()
    due_on = models.DateField(help_text="of the oldest line")
    claimed = models.DecimalField(max_digits=19, decimal_places=4)
    paid = models.DecimalField(max_digits=19, decimal_places=4)
    recovered = models.DecimalField(max_digits=19, decimal_places=4)
    in30 = models.DecimalField(max_digits=19, decimal_places=4)
    in90 = models.DecimalField(max_digits=19, decimal_places=4)
    collected = models.DecimalField(max_digits=19, decimal_places=4)
    found_by = models.TextField()

    class Meta:
        indexes = [
            # The overview reads these alone.
            models.Index(
                fields=["agency", "client_id"],
                include=[
                    "case", "division_id", "currency", "place", "placed_on", "due_on", "claimed", "paid", "recovered",
                    "in30", "in90", "collected",
                ],
                name="standing_figures",
            ),
            models.Index(
                fields=["agency", "client_id", "submitted_at", "case"], name="standing_newest"
            ),
            models.Index(
                fields=["agency", "client_id", "place", "submitted_at", "case"],
                name="standing_by_place",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.case_id} {self.place}"


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
