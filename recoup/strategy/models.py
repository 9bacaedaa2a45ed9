"""Decisions as taken: the facts of the day, the rule and its version, the reasons."""

from django.db import models

from recoup.strategy.plans import PlanKind
from recoup.tenancy.models import TenantModel, TenantPart


class Decision(TenantPart):
    """What the day run decided for a case on a day. One per case, day and step."""

    case = models.ForeignKey(
        "cases.Case", models.PROTECT, related_name="decisions", db_constraint=False, db_index=False
    )
    client_id = models.UUIDField()
    on = models.DateField()
    step = models.CharField(max_length=40)
    rule = models.CharField(max_length=60)
    plan = models.CharField(max_length=60)
    because = models.CharField(max_length=300)
    params = models.JSONField(default=dict)
    facts = models.JSONField(default=dict)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "on", "step"], name="decision_once_a_day")
        ]
        indexes = [models.Index(fields=["agency", "case", "made_at"], name="decision_by_case")]


class TreatmentPlan(TenantModel):
    """A version of a treatment plan, of one client or (without) the agency's own, for cases or (`kind` own)
    for receivables before they are placed.

    draft → released. A released one never changes: a correction is a new version. The newest released
    version whose day has come is in force; `steps` as `strategy.reading` reads them.
    """

    class State(models.TextChoices):
        DRAFT = "draft"
        RELEASED = "released"
        DROPPED = "dropped"

    client = models.ForeignKey(
        "parties.Client", models.PROTECT, null=True, blank=True, related_name="+"
    )
    kind = models.CharField(
        max_length=10, choices=[(k.value, k.value) for k in PlanKind], default=PlanKind.COLLECTION
    )
    name = models.CharField(max_length=40)
    version = models.PositiveIntegerField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.DRAFT)
    steps = models.JSONField(default=list)
    note = models.CharField(max_length=300, blank=True)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=200)
    valid_from = models.DateField(null=True, blank=True)
    released_at = models.DateTimeField(null=True, blank=True)
    released_by = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "client", "kind", "version"], name="plan_version_once", nulls_distinct=False
            ),
            models.UniqueConstraint(
                fields=["agency", "client", "kind"], condition=models.Q(state="draft"),
                name="plan_one_draft", nulls_distinct=False,
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.name} {self.version}"


class Trial(TenantModel):
    """A challenger plan beside the one in force, for `share` percent of the cases that come into contact
    from `since` on. Which case has which follows from its id alone."""

    client = models.ForeignKey(
        "parties.Client", models.PROTECT, null=True, blank=True, related_name="+"
    )
    challenger = models.ForeignKey(TreatmentPlan, models.PROTECT, related_name="+")
    share = models.PositiveIntegerField()
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    within_days = models.PositiveIntegerField(default=30)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="trial_share", condition=models.Q(share__gte=1, share__lte=99)
            ),
            models.UniqueConstraint(
                fields=["agency", "client"], condition=models.Q(until__isnull=True),
                name="trial_one_at_a_time", nulls_distinct=False,
            ),
        ]  # fmt: skip


class DayRun(TenantModel):
    """How far an agency's day is lived: what the desk shows while it runs, and afterwards. A second run of
    the same day adds what it still found (nothing, when the first was through)."""

    on = models.DateField()
    due = models.PositiveIntegerField(default=0, help_text="cases due when it began")
    looked_at = models.PositiveIntegerField(default=0)
    counts = models.JSONField(default=dict)
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agency", "on"], name="day_run_once")]


class Evaluation(TenantModel):
    """A case as it was weighed on a day: facts, answer and version frozen; what was decided, once. For staff:
    it may rest on other clients' data. open → asked (the client's word is awaited) or decided; superseded by
    a newer one or by the case's end."""

    class State(models.TextChoices):
        OPEN = "open"
        ASKED = "asked"
        DECIDED = "decided"
        SUPERSEDED = "superseded"

    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="evaluations")
    client_id = models.UUIDField()
    on = models.DateField()
    because = models.CharField(max_length=300, help_text="why it was weighed; English with gaps")
    params = models.JSONField(default=dict)
    facts = models.JSONField()
    answer = models.JSONField()
    version = models.CharField(max_length=24)
    recommended = models.CharField(max_length=10)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    due_on = models.DateField(help_text="the day by which a person decides")
    made_at = models.DateTimeField()
    by_name = models.CharField(max_length=200)
    decided = models.CharField(max_length=10, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.CharField(max_length=200, blank=True)
    decided_because = models.CharField(max_length=300, blank=True)
    approval = models.ForeignKey(
        "approvals.Approval", models.PROTECT, null=True, blank=True, related_name="evaluations"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=models.Q(state="open"), name="evaluation_one_open"
            ),
        ]
        indexes = [
            models.Index(
                fields=["agency", "state", "due_on"], name="evaluation_open",
                condition=models.Q(state="open"),
            ),
            models.Index(fields=["agency", "case", "made_at"], name="evaluation_by_case"),
        ]  # fmt: skip


class Counsel(TenantModel):
    """What a client is told of an evaluation: worked out by the same rules from what is the client's own
    (no other client's cases, only signals it may see). Append-only."""

    evaluation = models.OneToOneField(Evaluation, models.PROTECT, related_name="counsel")
    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="counsels")
    client_id = models.UUIDField()
    on = models.DateField()
    facts = models.JSONField()
    answer = models.JSONField()
    version = models.CharField(max_length=24)
    recommended = models.CharField(max_length=10)
    made_at = models.DateTimeField()


class LearnedModel(TenantModel):
    """A statistical model with its card: data hash, rows, features, days, its figures beside the score card's,
    and whether it may advise. Append-only: the newest counts."""

    card = models.JSONField()
    advises = models.BooleanField()
    at = models.DateTimeField()
    by_name = models.CharField(max_length=200)

    class Meta:
        indexes = [models.Index(fields=["agency", "-at"], name="learned_newest")]
