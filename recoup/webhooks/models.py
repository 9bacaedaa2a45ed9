"""Where a client wants events sent, with which secrets, and what came of it."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from recoup.tenancy.models import TenantModel
from recoup.webhooks.states import OPEN, EndpointState, State


class Endpoint(TenantModel):
    """An address of a client that is told of its events: of all kinds, or of those in `kinds`.

    `failing_since` and `rest_until` keep a dead address from being asked without end.
    """

    client_id = models.UUIDField()
    url = models.CharField(max_length=500)
    description = models.CharField(max_length=120, blank=True)
    kinds = ArrayField(models.CharField(max_length=48), default=list)
    state = models.CharField(max_length=4, choices=[(s.value, s.value) for s in EndpointState],
                             default=EndpointState.ON)  # fmt: skip
    off_because = models.CharField(max_length=300, blank=True)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=200)
    failing_since = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)
    rest_until = models.DateTimeField(null=True)
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["agency", "client_id"], name="endpoint_by_client")]

    def __str__(self) -> str:
        return self.url


class Secret(TenantModel):
    """A signing secret, encrypted. After a rotation the former one signs too, until `expires_at`."""

    endpoint = models.ForeignKey(Endpoint, models.PROTECT, related_name="secrets")
    client_id = models.UUIDField()
    sealed = models.CharField(max_length=300)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["endpoint"], condition=Q(expires_at__isnull=True), name="secret_one_current"
            )
        ]


class Delivery(TenantModel):
    """One event for one endpoint, written by a trigger in the event's own transaction.

    `seq` is its place among those of the same endpoint and subject, given in the order in which the
    events became visible; `alone`: a test or a replay, which waits for nobody and holds nobody up.
    """

    endpoint = models.ForeignKey(Endpoint, models.PROTECT, related_name="deliveries")
    client_id = models.UUIDField()
    event = models.ForeignKey("eventlog.Event", models.PROTECT, null=True, related_name="+")
    subject = models.UUIDField(
        help_text="the event's case, else the endpoint: what is kept in order"
    )
    kind = models.CharField(max_length=48)
    seq = models.PositiveIntegerField(null=True)
    alone = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=[(s.value, s.value) for s in State],
                             default=State.WAITING)  # fmt: skip
    made_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    first_tried_at = models.DateTimeField(null=True)
    tries = models.PositiveIntegerField(default=0)
    fence = models.PositiveIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["endpoint", "event"], name="delivery_once"),
            models.UniqueConstraint(
                fields=["endpoint", "subject", "seq"], name="delivery_place_once"
            ),
        ]
        indexes = [
            models.Index(fields=["agency", "endpoint", "due_at"], name="delivery_open",
                         condition=Q(state__in=[s.value for s in OPEN])),
            models.Index(fields=["endpoint", "subject", "seq"], name="delivery_in_line",
                         condition=Q(state__in=[s.value for s in OPEN])),
            models.Index(fields=["agency"], name="delivery_unplaced", condition=Q(seq__isnull=True)),
            models.Index(fields=["endpoint", "-id"], name="delivery_latest"),
        ]  # fmt: skip


class Attempt(TenantModel):
    """One try: the status answered (None without an answer), how long it took, what was said."""

    delivery = models.ForeignKey(Delivery, models.PROTECT, related_name="attempts")
    client_id = models.UUIDField()
    at = models.DateTimeField()
    status = models.PositiveSmallIntegerField(null=True)
    took_ms = models.PositiveIntegerField()
    said = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = [models.Index(fields=["delivery", "at"], name="attempt_of_delivery")]
