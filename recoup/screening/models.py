"""Who may be served: lists of sanctioned parties, who resembles one, and what an officer decided."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from recoup.tenancy.models import TenantModel


class SanctionsList(TenantModel):
    """One version of the list, as loaded from a file. `number` counts up; earlier versions stay."""

    number = models.PositiveIntegerField()
    file_name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    rows = models.PositiveIntegerField()
    added = models.PositiveIntegerField()
    gone = models.PositiveIntegerField()
    loaded_at = models.DateTimeField()
    by_name = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agency", "number"], name="sanctions_list_number_once")
        ]

    def __str__(self) -> str:
        return f"{self.file_name} ({self.number})"


class ListedParty(TenantModel):
    """An entry of the list, one row for each of its wordings. It stands in the versions from `since` up
    to but not including `until`; `mark` is the hash of all that decides whether it is somebody."""

    key = models.CharField(max_length=200, help_text="the list's own id")
    mark = models.CharField(max_length=64)
    schema = models.CharField(max_length=40)
    name = models.TextField()
    aliases = ArrayField(models.TextField(), default=list)
    birth_date = models.TextField(blank=True)
    countries = ArrayField(models.TextField(), default=list)
    identifiers = ArrayField(models.TextField(), default=list)
    sanctions = models.TextField(blank=True)
    since = models.PositiveIntegerField()
    until = models.PositiveIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "key"], condition=Q(until=None), name="listed_party_once"
            )
        ]

    def __str__(self) -> str:
        return self.name


class ListedName(TenantModel):
    """A piece by which an entry is found: `block` is a piece of the folded `name`, or a whole number.

    Looked up by equality only: row security forbids indexes on operators that might leak."""

    # No constraint: made only from the entries, by the million; checking each again would cost more.
    party = models.ForeignKey(
        ListedParty, models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    block = models.CharField(max_length=80)
    name = models.TextField()

    class Meta:
        indexes = [models.Index(fields=["agency", "block"], name="listed_name_by_block")]


class Screening(TenantModel):
    """A party was compared with a version of the list; `mark` is the hash of what was compared."""

    party_kind = models.CharField(max_length=10)
    party_id = models.UUIDField()
    mark = models.CharField(max_length=64)
    list = models.ForeignKey(SanctionsList, models.PROTECT, related_name="+")
    hits = models.PositiveIntegerField()
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["agency", "party_kind", "party_id"], name="screening_by_party")
        ]


class Hit(TenantModel):
    """A party resembles an entry. Found once for each wording of the entry and of the party."""

    party_kind = models.CharField(max_length=10)
    party_id = models.UUIDField()
    party_name = models.CharField(max_length=200)
    mark = models.CharField(max_length=64)
    listed = models.ForeignKey(ListedParty, models.PROTECT, related_name="+")
    score = models.PositiveSmallIntegerField()
    because = models.JSONField(default=dict)
    found_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "party_kind", "party_id", "mark", "listed"], name="hit_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.party_name} ~ {self.listed}"


class HitReview(TenantModel):
    """What an officer decided about a hit, with the reason; decided once."""

    hit = models.OneToOneField(Hit, models.PROTECT, related_name="review")
    is_match = models.BooleanField()
    because = models.CharField(max_length=1000)
    by_id = models.UUIDField()
    by_name = models.CharField(max_length=200)
    at = models.DateTimeField()


class ClientDecision(TenantModel):
    """An officer's decision whether a client may be served, with the check-list as it stood. The newest
    counts; earlier ones stay."""

    class Verdict(models.TextChoices):
        CLEARED = "cleared"
        REFUSED = "refused"

    client = models.ForeignKey("parties.Client", models.PROTECT, related_name="decisions")
    verdict = models.CharField(max_length=10, choices=Verdict.choices)
    checklist = models.JSONField()
    because = models.CharField(max_length=1000)
    by_id = models.UUIDField(null=True)
    by_name = models.CharField(max_length=200)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.client}: {self.verdict}"
