"""What happened, append-only; and the chain that proves nothing was changed."""

from django.contrib.postgres.indexes import BrinIndex
from django.db import models

from recoup.tenancy.models import TenantModel, TenantPart


class Event(TenantPart):
    """One thing that happened, in the past tense (`CaseAccepted`); history for people and proof.

    Append-only, but that a value that has a salt may give way to its commitment, once and with its salt:
    the chain is of the commitments. No rule reads it. `audience` says who may see it: internal (staff), client, debtor.
    """

    class Audience(models.TextChoices):
        INTERNAL = "internal"
        CLIENT = "client"
        DEBTOR = "debtor"

    kind = models.CharField(max_length=48)
    at = models.DateTimeField()
    by_kind = models.CharField(max_length=8)
    by_id = models.UUIDField(null=True)
    by_name = models.CharField(max_length=200)
    client_id = models.UUIDField(null=True)
    case_id = models.UUIDField(null=True)
    audience = models.CharField(max_length=8, choices=Audience.choices, default=Audience.CLIENT)
    data = models.JSONField(default=dict)
    salts = models.JSONField(
        null=True, help_text="of what may name a person, by key; none: sealed by the first version"
    )

    class Meta:
        indexes = [
            models.Index(fields=["agency", "case_id", "id"], name="event_by_case"),
            models.Index(fields=["agency", "client_id", "id"], name="event_by_client"),
            BrinIndex(fields=["at"], name="event_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d %H:%M}"


class Unsealed(TenantPart):
    """An event that waits for its place in the chain; filled by a trigger, emptied by the sealer."""

    event_id = models.UUIDField()


class Seal(TenantModel):
    """An event's place in its agency's hash chain: sha256(previous hash + canonical event)."""

    seq = models.BigIntegerField()
    event = models.OneToOneField(Event, models.PROTECT, related_name="seal")
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agency", "seq"], name="seal_seq_once")]
