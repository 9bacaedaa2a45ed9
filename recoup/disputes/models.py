"""Disputes on claim lines: what is disputed, what each side says, what it was asked to show."""

from django.db import models
from django.db.models import Q

from recoup.disputes.states import Reason, Side, State
from recoup.tenancy.models import TenantModel

SIDES = [(s.value, s.value) for s in Side]
AUDIENCES = [(a, a) for a in ("internal", "client", "debtor")]


class Dispute(TenantModel):
    """One invoice, or a part of it, is disputed. `amount` of what was invoiced; `state` changes once, by
    `UPDATE … WHERE state = 'open'`. What an outcome took off stands in the credit note `note`."""

    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="disputes")
    client_id = models.UUIDField()
    line = models.ForeignKey("cases.ClaimLine", models.PROTECT, related_name="disputes")
    number = models.CharField(max_length=30)
    reason = models.CharField(max_length=16, choices=[(r.value, r.value) for r in Reason])
    amount = models.DecimalField(max_digits=19, decimal_places=4)
    text = models.CharField(max_length=2000)
    state = models.CharField(
        max_length=10, choices=[(s.value, s.value) for s in State], default=State.OPEN
    )
    side = models.CharField(max_length=6, choices=SIDES, help_text="who raised it")
    raised_at = models.DateTimeField()
    by_name = models.CharField(max_length=200)
    answer_by = models.DateField(help_text="the creditor says something until then")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=200, blank=True)
    because = models.CharField(max_length=1000, blank=True, help_text="of the outcome, for all")
    taken_off = models.DecimalField(max_digits=19, decimal_places=4, null=True)
    note = models.ForeignKey("cases.ClaimLine", models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agency", "number"], name="dispute_number_once"),
            models.UniqueConstraint(
                fields=["line"], condition=Q(state="open"), name="dispute_open_once_per_line"
            ),
            models.CheckConstraint(name="dispute_amount_positive", condition=Q(amount__gt=0)),
            models.CheckConstraint(
                name="dispute_ended_with_its_outcome",
                condition=Q(state="open", ended_at__isnull=True)
                | (~Q(state="open") & Q(ended_at__isnull=False)),
            ),
        ]
        indexes = [
            models.Index(
                fields=["agency", "case"], name="dispute_open_by_case", condition=Q(state="open")
            )
        ]

    def __str__(self) -> str:
        return self.number


class Statement(TenantModel):
    """What one side says, perhaps with a paper. Append-only. `audience` as in the event log."""

    dispute = models.ForeignKey(Dispute, models.PROTECT, related_name="statements")
    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="+")
    client_id = models.UUIDField()
    side = models.CharField(max_length=6, choices=SIDES)
    audience = models.CharField(max_length=8, choices=AUDIENCES)
    text = models.CharField(max_length=4000, blank=True)
    document = models.ForeignKey("files.Document", models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    by_name = models.CharField(max_length=200)
    key = models.UUIDField(help_text="the form's own: sent twice is said once")

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["dispute", "key"], name="statement_once_per_key")
        ]


class Request(TenantModel):
    """One side is asked to show something by a day; nothing shown means that it is decided without."""

    dispute = models.ForeignKey(Dispute, models.PROTECT, related_name="requests")
    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="+")
    client_id = models.UUIDField()
    side = models.CharField(max_length=6, choices=SIDES, help_text="who is asked")
    what = models.CharField(max_length=500)
    due_on = models.DateField()
    at = models.DateTimeField()
    by_name = models.CharField(max_length=200)
    answered_at = models.DateTimeField(null=True)
    lapsed_at = models.DateTimeField(null=True, help_text="its day passed and nothing had come")

    class Meta:
        ordering = ["due_on", "id"]
        indexes = [
            models.Index(
                fields=["agency", "due_on"], name="request_waiting",
                condition=Q(answered_at__isnull=True, lapsed_at__isnull=True),
            )
        ]  # fmt: skip
