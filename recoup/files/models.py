"""Documents by the hash of their content."""

from django.db import models

from recoup.tenancy.models import TenantModel


class Document(TenantModel):
    """A file as it was given or made. The bytes lie in the store under `sha256`; this row says whose
    they are. `audience` as in the event log."""

    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    media_type = models.CharField(max_length=100)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=32)
    title = models.CharField(max_length=200, blank=True)
    language = models.CharField(max_length=7, blank=True)
    client_id = models.UUIDField(null=True)
    case_id = models.UUIDField(null=True)
    audience = models.CharField(max_length=8, default="client")
    made_at = models.DateTimeField()
    by_kind = models.CharField(max_length=8)
    by_id = models.UUIDField(null=True)
    by_name = models.CharField(max_length=200)

    class Meta:
        indexes = [
            models.Index(fields=["agency", "case_id"], name="document_by_case"),
            models.Index(fields=["agency", "client_id"], name="document_by_client"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "case_id", "kind", "sha256"],
                condition=models.Q(case_id__isnull=False),
                name="document_once_per_case",
            )
        ]

    def __str__(self) -> str:
        return self.title or self.name


class Quarantine(TenantModel):
    """Bytes that nobody opens for now, by their hash: `infected`, or not scanned yet. Released by a later scan
    or by a person, with the reason; the row stays."""

    sha256 = models.CharField(max_length=64)
    name = models.CharField(max_length=200)
    infected = models.BooleanField()
    found = models.CharField(max_length=120, blank=True)
    at = models.DateTimeField()
    by_name = models.CharField(max_length=200)
    released_at = models.DateTimeField(null=True)
    released_by = models.CharField(max_length=200, blank=True)
    because = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agency", "sha256"], name="quarantine_once_per_content")
        ]
