"""How long personal data is kept and on what ground, what is preserved, and what was erased."""

from django.db import models
from django.db.models import Q

from recoup.retention.states import RecordClass
from recoup.tenancy.models import TenantModel


class Term(TenantModel):
    """The newest of a class counts; without one nothing of it is erased. `ground`: the law or the reason
    the agency relies on, in its own words."""

    record_class = models.CharField(
        max_length=16, choices=[(c.value, c.value) for c in RecordClass]
    )
    months = models.PositiveSmallIntegerField()
    ground = models.CharField(max_length=300)
    made_at = models.DateTimeField()
    by_name = models.CharField(max_length=200)


class Preservation(TenantModel):
    """Nothing of a case is erased while such a row has no `lifted_at`."""

    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="preservations")
    client_id = models.UUIDField()
    because = models.CharField(max_length=300)
    since = models.DateTimeField()
    by_name = models.CharField(max_length=200)
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(lifted_at__isnull=True), name="preserved_once"
            )
        ]


class Erasure(TenantModel):
    """One row was emptied, or one file removed (`sha256`). Append-only. `proof`: a keyed hash of what it
    held, so that the house can show later that a copy is, or is not, what it erased."""

    record_class = models.CharField(max_length=16)
    row_id = models.UUIDField()
    sha256 = models.CharField(max_length=64, blank=True)
    proof = models.CharField(max_length=64)
    ground = models.CharField(max_length=300)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "record_class", "row_id", "sha256"], name="erased_once"
            )
        ]
        indexes = [models.Index(fields=["agency", "sha256"], name="erasure_by_file")]
