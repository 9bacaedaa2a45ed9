"""What a client and the house say to one another about a case."""

from django.db import models
from django.db.models import Q

from recoup.talks.rules import Side
from recoup.tenancy.models import TenantModel


class Said(TenantModel):
    """One message. Append-only."""

    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="talk")
    client_id = models.UUIDField()
    side = models.CharField(max_length=6, choices=[(s.value, s.value) for s in Side])
    text = models.TextField(blank=True)
    key = models.UUIDField(help_text="the form's own: the same one again is the same message")
    at = models.DateTimeField()
    by_id = models.UUIDField(null=True)
    by_name = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "key"], name="said_once"),
            models.CheckConstraint(name="said_side_known", condition=Q(side__in=[s.value for s in Side])),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["agency", "client_id", "side", "-at"], name="said_by_client"),
            models.Index(fields=["agency", "case", "at"], name="said_by_case"),
        ]

    def __str__(self) -> str:
        return f"{self.by_name}: {self.text[:60]}"


class Enclosed(TenantModel):
    """A document that came with a message. Append-only."""

    said = models.ForeignKey(Said, models.PROTECT, related_name="enclosed")
    client_id = models.UUIDField()
    document = models.ForeignKey("files.Document", models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["said", "document"], name="enclosed_once"),
        ]


class Seen(TenantModel):
    """Up to when somebody has read a case's messages."""

    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="+")
    client_id = models.UUIDField()
    member = models.ForeignKey("tenancy.Member", models.PROTECT, related_name="+")
    side = models.CharField(max_length=6, choices=[(s.value, s.value) for s in Side])
    upto = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "member"], name="seen_once_per_person"),
        ]
