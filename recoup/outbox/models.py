"""What is to leave the house: one row per effect, written with the change that wants it."""

from django.db import models

from recoup.tenancy.models import TenantPart


class Message(TenantPart):
    """An effect to bring about once: an e-mail, a letter, a payment file.

    `key` is the idempotency key (unique per agency) and travels to the provider. `fence` counts
    claims: only the holder of the newest may record an outcome. `doubt`: an earlier attempt may have
    reached the provider (its worker died, or the line broke at the wrong moment), so ask before the next.
    """

    class State(models.TextChoices):
        READY = "ready"
        ATTEMPTING = "attempting"
        SENT = "sent"
        DENIED = "denied"
        FAILED = "failed"
        UNCLEAR = "unclear"
        CANCELLED = "cancelled"

    channel = models.CharField(max_length=16)
    key = models.CharField(max_length=200)
    state = models.CharField(max_length=12, choices=State.choices, default=State.READY)
    client_id = models.UUIDField(null=True)
    case_id = models.UUIDField(null=True)
    gated = models.BooleanField(help_text="to a debtor: the contact gate decides at dispatch")
    recipient = models.CharField(max_length=320)
    payload = models.JSONField(default=dict)
    content_hash = models.CharField(max_length=64)
    due_at = models.DateTimeField()
    made_at = models.DateTimeField()
    fence = models.PositiveIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    doubt = models.BooleanField(default=False)
    provider_ref = models.CharField(max_length=200, blank=True)
    outcome = models.JSONField(default=dict)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agency", "key"], name="outbox_key_once"),
        ]
        indexes = [
            models.Index(
                fields=["agency", "due_at"],
                name="outbox_open",
                condition=models.Q(state__in=["ready", "attempting"]),
            ),
            models.Index(fields=["agency", "case_id"], name="outbox_by_case"),
        ]

    def __str__(self) -> str:
        return f"{self.channel} to {self.recipient} ({self.state})"
