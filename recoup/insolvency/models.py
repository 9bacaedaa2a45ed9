"""Notices as they were published, whom they resemble, and the estates our debtors' money is in."""

from django.db import models
from django.db.models import Q

from recoup.insolvency.states import ClaimState, MatchState, NoticeKind
from recoup.tenancy.models import TenantModel


class NoticeFile(TenantModel):
    """A file of notices, taken once by its bytes."""

    document = models.ForeignKey("files.Document", models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=64)
    name = models.CharField(max_length=200)
    source = models.CharField(max_length=20)
    notices = models.PositiveIntegerField(default=0)
    fresh = models.PositiveIntegerField(default=0)
    warnings = models.JSONField(default=list)
    at = models.DateTimeField()
    by_name = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agency", "sha256"], name="notice_file_once")
        ]

    def __str__(self) -> str:
        return self.name


class PublishedNotice(TenantModel):
    """One notice of a register, kept once by the register's own key. Append-only."""

    file = models.ForeignKey(NoticeFile, models.PROTECT, related_name="published")
    source = models.CharField(max_length=20)
    key = models.CharField(max_length=120)
    kind = models.CharField(max_length=20, choices=[(k.value, k.value) for k in NoticeKind])
    said = models.CharField(max_length=300, blank=True)
    company = models.CharField(max_length=300, blank=True)
    number = models.CharField(max_length=40, blank=True)
    country = models.CharField(max_length=2, blank=True)
    published_on = models.DateField(null=True)
    event_on = models.DateField(null=True)
    court = models.CharField(max_length=200, blank=True)
    reference = models.CharField(max_length=100, blank=True)
    url = models.CharField(max_length=500, blank=True)
    place = models.CharField(max_length=200, blank=True)
    practitioners = models.JSONField(default=list)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agency", "source", "key"], name="notice_once_per_register")
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.company or self.number} ({self.source})"


class Match(TenantModel):
    """A notice that may concern a debtor. `state` changes only by `UPDATE … WHERE state = 'to_confirm'`;
    one by number is certain from the beginning. `because` holds rule, score and reasons."""

    notice = models.ForeignKey(PublishedNotice, models.PROTECT, related_name="matches")
    debtor = models.ForeignKey("parties.Debtor", models.PROTECT, related_name="+")
    score = models.PositiveSmallIntegerField()
    because = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=[(s.value, s.value) for s in MatchState])
    found_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=200, blank=True)
    decided_because = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["notice", "debtor"], name="match_once"),
            models.CheckConstraint(
                name="match_decided_by_somebody",
                condition=Q(state__in=["to_confirm", "certain"]) | Q(decided_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["agency", "found_at"], name="match_to_confirm", condition=Q(state="to_confirm")
            )
        ]  # fmt: skip


class Estate(TenantModel):
    """The insolvency proceedings of one debtor. `file_by` is the last day to file, as a person has read
    it in the notice or heard from the practitioner: `file_by_source` says where."""

    debtor = models.ForeignKey("parties.Debtor", models.PROTECT, related_name="+")
    notice = models.ForeignKey(PublishedNotice, models.PROTECT, null=True, related_name="+")
    number = models.CharField(max_length=24)
    kind = models.CharField(max_length=20, choices=[(k.value, k.value) for k in NoticeKind])
    country = models.CharField(max_length=2)
    opened_on = models.DateField()
    court = models.CharField(max_length=200, blank=True)
    reference = models.CharField(max_length=100, blank=True)
    practitioner = models.CharField(max_length=200, blank=True)
    practitioner_address = models.CharField(max_length=400, blank=True)
    file_by = models.DateField(null=True)
    file_by_source = models.CharField(max_length=300, blank=True)
    made_at = models.DateTimeField()
    by_name = models.CharField(max_length=200)
    closed_on = models.DateField(null=True)
    outcome = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agency", "number"], name="estate_number_once"),
            models.UniqueConstraint(
                fields=["debtor"], condition=Q(closed_on__isnull=True), name="estate_open_once"
            ),
        ]

    def __str__(self) -> str:
        return self.number


class ProofOfClaim(TenantModel):
    """What a case files in an estate. `figures` are as of the day of opening, as the law worked them out;
    money itself stands in the ledger."""

    estate = models.ForeignKey(Estate, models.PROTECT, related_name="proofs")
    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="proofs")
    client_id = models.UUIDField()
    state = models.CharField(max_length=10, choices=[(s.value, s.value) for s in ClaimState])
    currency = models.CharField(max_length=3)
    claimed = models.DecimalField(max_digits=19, decimal_places=4)
    admitted = models.DecimalField(max_digits=19, decimal_places=4, null=True)
    figures = models.JSONField(default=dict)
    document = models.ForeignKey("files.Document", models.PROTECT, null=True, related_name="+")
    certificate = models.ForeignKey("files.Document", models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()
    by_name = models.CharField(max_length=200)
    filed_on = models.DateField(null=True)
    filed_how = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["estate", "case"], condition=~Q(state="withdrawn"), name="proof_once_per_case"
            ),
            models.CheckConstraint(name="proof_positive", condition=Q(claimed__gt=0, claimed__lt=10**13)),
        ]  # fmt: skip


class Meeting(TenantModel):
    """A meeting of creditors, or a hearing on the claims."""

    estate = models.ForeignKey(Estate, models.PROTECT, related_name="meetings")
    on = models.DateField()
    what = models.CharField(max_length=200)
    place = models.CharField(max_length=200, blank=True)
    outcome = models.CharField(max_length=500, blank=True)
    made_at = models.DateTimeField()
    by_name = models.CharField(max_length=200)


class Dividend(TenantModel):
    """A distribution to a proof of claim. The money is the allocation's, in the ledger; here stand the
    quota and whether it was the last. Append-only."""

    proof = models.ForeignKey(ProofOfClaim, models.PROTECT, related_name="dividends")
    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="+")
    client_id = models.UUIDField()
    allocation_id = models.UUIDField()
    on = models.DateField()
    percent = models.DecimalField(max_digits=9, decimal_places=4, help_text="of the admitted claim")
    last = models.BooleanField(default=False)
    at = models.DateTimeField()
    by_name = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agency", "allocation_id"], name="dividend_once_per_payment"),
            models.CheckConstraint(name="dividend_share", condition=Q(percent__gt=0, percent__lte=100)),
        ]  # fmt: skip
