"""What comes in: drafts of single submissions, placements of many, and how each client's columns are called."""

from django.db import models
from django.db.models import Q

from recoup.intake.states import RowState, State
from recoup.tenancy.models import TenantModel, TenantPart


class Placement(TenantModel):
    """A batch of debts submitted together. `document` are the rows as they came, by the hash of their
    content; `mapping` says how they are read; `preview` what was shown; `summary` what came of it.

    `done` rows of `rows` have their verdict while it runs.
    """

    client = models.ForeignKey("parties.Client", models.PROTECT, related_name="placements")
    number = models.CharField(max_length=20)
    key = models.CharField(max_length=100, help_text="the same submission twice is one placement")
    name = models.CharField(max_length=200)
    source = models.CharField(max_length=8, choices=[("file", "file"), ("api", "api")])
    document = models.ForeignKey("files.Document", models.PROTECT, related_name="+")
    earlier = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="+", help_text="the same bytes before"
    )  # fmt: skip
    state = models.CharField(max_length=10, choices=[(s.value, s.value) for s in State])
    mapping = models.JSONField(default=dict)
    preview = models.JSONField(default=dict)
    refusal = models.JSONField(default=dict)
    summary = models.JSONField(default=dict)
    rows = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    made_at = models.DateTimeField()
    by_kind = models.CharField(max_length=8)
    by_id = models.UUIDField(null=True)
    by_name = models.CharField(max_length=200)
    confirmed_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agency", "number"], name="placement_number_once"),
            models.UniqueConstraint(
                fields=["agency", "client", "key"], name="placement_once_per_key"
            ),
        ]
        indexes = [
            models.Index(fields=["agency", "client", "made_at"], name="placement_by_client"),
            models.Index(
                fields=["agency", "state"], name="placement_to_run",
                condition=Q(state__in=[State.QUEUED.value, State.RUNNING.value]),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.number


class PlacedRow(TenantPart):
    """One row's verdict: the case it became a line of, or why it did not. Written once, with the case."""

    placement = models.ForeignKey(
        Placement, models.PROTECT, related_name="placed", db_index=False, db_constraint=False
    )
    client_id = models.UUIDField()
    row = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=[(s.value, s.value) for s in RowState])
    case = models.ForeignKey(
        "cases.Case", models.PROTECT, null=True, blank=True, related_name="+", db_constraint=False
    )
    problems = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["placement", "row"], name="placed_row_once"),
        ]
        indexes = [
            models.Index(fields=["placement", "state", "row"], name="placed_row_by_state"),
        ]


class KeptMapping(TenantModel):
    """How a client's columns are called: the mapping it confirmed last for the same headings."""

    client = models.ForeignKey("parties.Client", models.PROTECT, related_name="+")
    signature = models.CharField(max_length=64)
    mapping = models.JSONField()
    used_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agency", "client", "signature"], name="mapping_once_per_headings"),
        ]  # fmt: skip


class Draft(TenantModel):
    """A submission as far as it is filled in. `key` becomes the case's submission key; `content` is the
    form as sent; `version` counts savings, so that an older tab does not overwrite a newer one."""

    client = models.ForeignKey("parties.Client", models.PROTECT, related_name="drafts")
    key = models.UUIDField()
    content = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=0)
    made_at = models.DateTimeField()
    saved_at = models.DateTimeField()
    by_name = models.CharField(max_length=200)
    ended_at = models.DateTimeField(null=True, blank=True, help_text="submitted or thrown away")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agency", "client", "key"], name="draft_once_per_key"),
        ]
        indexes = [
            models.Index(
                fields=["agency", "client", "saved_at"], name="draft_open", condition=Q(ended_at__isnull=True)
            ),
        ]  # fmt: skip
