"""API keys, how often they are used, and the answers kept for requests that may be repeated."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from recoup.tenancy.models import TenantModel


class ApiKey(TenantModel):
    """A key of a client (`client_id`), perhaps of some of its `divisions` only, or of the agency itself. Only
    the hash of its token is kept; `shown` is the part by which people know it."""

    client_id = models.UUIDField(null=True)
    divisions = ArrayField(models.UUIDField(), default=list, blank=True)
    name = models.CharField(max_length=80)
    shown = models.CharField(max_length=24)
    secret_hash = models.CharField(max_length=64, unique=True)
    scopes = ArrayField(models.CharField(max_length=24))
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=200)
    expires_on = models.DateField(null=True)
    last_used_at = models.DateTimeField(null=True)
    leaked_at = models.DateTimeField(null=True, help_text="was sent in an address")
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [models.Index(fields=["agency", "client_id", "id"], name="key_by_owner")]
        constraints = [
            models.CheckConstraint(name="key_may_something", condition=~Q(scopes=[])),
            models.CheckConstraint(
                name="key_limited_of_client", condition=Q(divisions=[]) | Q(client_id__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.shown})"


class Use(TenantModel):
    """How many requests a key has made in one minute."""

    key = models.ForeignKey(ApiKey, models.PROTECT, related_name="uses")
    client_id = models.UUIDField(null=True)
    minute = models.DateTimeField()
    requests = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "minute"], name="use_once_a_minute")]


class Answer(TenantModel):
    """The answer to a request with an Idempotency-Key, in the transaction of its effects. The unique
    constraint is the guard: of two at once the second waits for the first and reads its answer.

    `owner` is the client, else the agency: a key renewed between two tries changes nothing.
    """

    owner = models.UUIDField()
    client_id = models.UUIDField(null=True)
    name = models.CharField(max_length=255)
    route = models.CharField(max_length=300)
    body_hash = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    status = models.PositiveSmallIntegerField(default=0)
    media_type = models.CharField(max_length=100, blank=True)
    headers = models.JSONField(default=dict)
    body = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agency", "owner", "name"], name="answer_once")
        ]
        indexes = [models.Index(fields=["agency", "made_at"], name="answer_by_age")]
