"""Proceedings of a case, from the letter before action to a title watched for years."""

from django.db import models
from django.db.models import Q

from recoup.legal.states import (
    AdvancedBy,
    MeasureKind,
    MeasureState,
    OutlayKind,
    Route,
    Stage,
)
from recoup.tenancy.models import TenantModel


class Proceeding(TenantModel):
    """`stage` changes only by `UPDATE … WHERE stage = old` plus a Step row. `budget` is what the client has
    approved (None: nothing yet); `title_until` the last day of the title, as a person has found out."""

    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="proceedings")
    client_id = models.UUIDField()
    number = models.CharField(max_length=24)
    jurisdiction = models.CharField(max_length=6)
    route = models.CharField(max_length=16, choices=[(r.value, r.value) for r in Route])
    stage = models.CharField(max_length=20, choices=[(s.value, s.value) for s in Stage])
    court = models.CharField(max_length=200, blank=True)
    court_reference = models.CharField(max_length=100, blank=True)
    lawyer = models.ForeignKey(
        "parties.Partner", models.PROTECT, null=True, blank=True, related_name="proceedings"
    )
    approval = models.ForeignKey("approvals.Approval", models.PROTECT, null=True, related_name="+")
    currency = models.CharField(max_length=3)
    budget = models.DecimalField(max_digits=19, decimal_places=4, null=True)
    title_on = models.DateField(null=True)
    title_until = models.DateField(null=True)
    title_source = models.CharField(max_length=300, blank=True)
    opened_at = models.DateTimeField()
    by_name = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agency", "number"], name="proceeding_number_once"),
            models.UniqueConstraint(
                fields=["case", "route"], condition=~Q(stage="over"), name="proceeding_open_once_per_route"
            ),
            models.CheckConstraint(
                name="proceeding_stage_known", condition=Q(stage__in=[s.value for s in Stage])
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.number


class Step(TenantModel):
    """One move of a proceeding. `on` is the day it happened at court, `at` when we knew. Append-only."""

    proceeding = models.ForeignKey(Proceeding, models.PROTECT, related_name="steps")
    client_id = models.UUIDField()
    was = models.CharField(max_length=20, blank=True)
    now = models.CharField(max_length=20)
    on = models.DateField()
    because = models.CharField(max_length=300, blank=True)
    document = models.ForeignKey("files.Document", models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    by_name = models.CharField(max_length=200)


class Deadline(TenantModel):
    """A day in the court's calendar. `days` None: nobody has established the period; then `on` is only
    when somebody must have found it out. Done or missed, once."""

    proceeding = models.ForeignKey(Proceeding, models.PROTECT, related_name="deadlines")
    client_id = models.UUIDField()
    kind = models.CharField(max_length=24)
    on = models.DateField()
    after = models.DateField(help_text="the day from which it is counted")
    days = models.PositiveSmallIntegerField(null=True)
    source = models.CharField(max_length=300, blank=True)
    verified = models.CharField(max_length=300, blank=True)
    made_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    done_by = models.CharField(max_length=200, blank=True)
    missed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["proceeding", "kind", "after", "on"], name="legal_deadline_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["agency", "on"], name="legal_deadline_open", condition=Q(done_at__isnull=True)
            )
        ]  # fmt: skip


class Outlay(TenantModel):
    """A court fee, a lawyer's bill or a security, and who has advanced it; the money stands in the ledger
    entry. `charge_key` names the charge on the debtor where it is recoverable. Append-only."""

    proceeding = models.ForeignKey(Proceeding, models.PROTECT, related_name="outlays")
    client_id = models.UUIDField()
    kind = models.CharField(max_length=12, choices=[(k.value, k.value) for k in OutlayKind])
    amount = models.DecimalField(max_digits=19, decimal_places=4)
    currency = models.CharField(max_length=3)
    on = models.DateField()
    advanced_by = models.CharField(max_length=8, choices=[(a.value, a.value) for a in AdvancedBy])
    recoverable = models.BooleanField(default=False)
    because = models.CharField(max_length=300, blank=True)
    key = models.CharField(max_length=120)
    entry = models.OneToOneField("ledger.Entry", models.PROTECT, related_name="+")
    gives_back = models.OneToOneField("self", models.PROTECT, null=True, related_name="given_back")
    at = models.DateTimeField()
    by_name = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["proceeding", "key"], name="outlay_once_per_cause"),
            models.CheckConstraint(name="outlay_sane", condition=Q(amount__gt=0, amount__lt=10**13)),
        ]  # fmt: skip


class Party(TenantModel):
    """Who takes part beside creditor and debtor: court, bailiff, the other side's lawyer, a witness."""

    proceeding = models.ForeignKey(Proceeding, models.PROTECT, related_name="parties")
    client_id = models.UUIDField()
    role = models.CharField(max_length=24)
    name = models.CharField(max_length=200)
    address = models.CharField(max_length=400, blank=True)
    reference = models.CharField(max_length=100, blank=True)
    email = models.CharField(max_length=200, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    made_at = models.DateTimeField()
    by_name = models.CharField(max_length=200)


class Measure(TenantModel):
    """A search for assets, or an order that preserves them, before or during suit."""

    proceeding = models.ForeignKey(Proceeding, models.PROTECT, related_name="measures")
    client_id = models.UUIDField()
    kind = models.CharField(max_length=16, choices=[(k.value, k.value) for k in MeasureKind])
    state = models.CharField(max_length=16, choices=[(s.value, s.value) for s in MeasureState])
    on = models.DateField()
    found = models.CharField(max_length=2000, blank=True)
    security = models.DecimalField(max_digits=19, decimal_places=4, null=True)
    made_at = models.DateTimeField()
    by_name = models.CharField(max_length=200)


class Award(TenantModel):
    """What a judgment, an order or a court settlement grants. `after` is the interest that runs on it, in
    the form `recoup owed` takes (None: as on the claim); `source` says from what. Append-only."""

    proceeding = models.ForeignKey(Proceeding, models.PROTECT, related_name="awards")
    client_id = models.UUIDField()
    kind = models.CharField(max_length=16)
    on = models.DateField()
    principal = models.DecimalField(max_digits=19, decimal_places=4)
    interest = models.DecimalField(max_digits=19, decimal_places=4, default=0)
    costs = models.DecimalField(max_digits=19, decimal_places=4, default=0)
    currency = models.CharField(max_length=3)
    after = models.JSONField(null=True)
    source = models.CharField(max_length=300, blank=True)
    document = models.ForeignKey("files.Document", models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    by_name = models.CharField(max_length=200)


class Review(TenantModel):
    """An evidence review: each paper with whether it is there, who said what is enough. Append-only."""

    proceeding = models.ForeignKey(Proceeding, models.PROTECT, related_name="reviews")
    client_id = models.UUIDField()
    lines = models.JSONField()
    gaps = models.PositiveSmallIntegerField()
    at = models.DateTimeField()
    by_name = models.CharField(max_length=200)


class LawyerFile(TenantModel):
    """A file that a law firm sent, taken once by its bytes."""

    partner = models.ForeignKey("parties.Partner", models.PROTECT, null=True, related_name="+")
    sha256 = models.CharField(max_length=64)
    name = models.CharField(max_length=200)
    taken = models.PositiveIntegerField(default=0)
    known = models.PositiveIntegerField(default=0)
    wrong = models.JSONField(default=list)
    at = models.DateTimeField()
    by_name = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agency", "sha256"], name="lawyer_file_once")
        ]


class LawyerRecord(TenantModel):
    """One record of a law firm about a proceeding, taken once whatever file it stands in. Append-only."""

    file = models.ForeignKey(LawyerFile, models.PROTECT, related_name="records")
    proceeding = models.ForeignKey(Proceeding, models.PROTECT, related_name="records")
    client_id = models.UUIDField()
    mark = models.CharField(max_length=64)
    code = models.CharField(max_length=24)
    on = models.DateField()
    text = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agency", "mark"], name="lawyer_record_once")
        ]


class LimitationLook(TenantModel):
    """When the end of limitation of a case is looked at next, so that a day costs only what is due. What
    ends when is worked out anew at each look, never trusted from here."""

    case = models.OneToOneField("cases.Case", models.PROTECT, related_name="limitation_look")
    client_id = models.UUIDField()
    lines = models.PositiveIntegerField(help_text="claim lines it was worked out from")
    ends_on = models.DateField(null=True, help_text="None: not known; a lawyer is asked")
    look_on = models.DateField(null=True)
    looked_at = models.DateTimeField()
    stopped_because = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = [models.Index(fields=["agency", "look_on"], name="limitation_due")]
