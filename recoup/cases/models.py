"""Cases: one client's claims against one debtor, with stage, holds, tasks and assignment."""

from datetime import date

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from recoup.cases.states import CloseCode, HoldKind, PromiseState, Stage
from recoup.tenancy.models import TenantModel, TenantPart

STAGES = [(s.value, s.value) for s in Stage]


class Case(TenantPart):
    """`stage` changes only by `UPDATE … WHERE stage = old` plus a Move row. Paid, days overdue,
    letters sent and the next step are derived, never stored.

    `interest` is the contract's clause in the form `recoup owed` takes, empty for statutory;
    `jurisdiction` whose law is applied; `reference` the RF creditor reference (ISO 11649).
    """

    client = models.ForeignKey(
        "parties.Client", models.PROTECT, related_name="cases", db_index=False, db_constraint=False
    )
    debtor = models.ForeignKey(
        "parties.Debtor", models.PROTECT, related_name="cases", db_constraint=False
    )
    division = models.ForeignKey(
        "parties.Division", models.PROTECT, null=True, blank=True, related_name="cases", db_index=False,
        db_constraint=False, help_text="of the client; the composite key holds the reference",
    )  # fmt: skip
    number = models.CharField(max_length=20)
    reference = models.CharField(max_length=25)
    client_reference = models.CharField(max_length=60, blank=True)
    currency = models.CharField(max_length=3)
    jurisdiction = models.CharField(max_length=6)
    interest = models.JSONField(default=dict)
    stage = models.CharField(max_length=12, choices=STAGES, default=Stage.SUBMITTED)
    collector = models.ForeignKey(
        "tenancy.Member",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="cases",
        db_index=False,
    )
    quote = models.ForeignKey(
        "agreements.Quote", models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    agreement = models.ForeignKey(
        "agreements.Agreement", models.PROTECT, related_name="cases", db_index=False,
        db_constraint=False,
    )  # fmt: skip
    submission_key = models.CharField(
        max_length=100, help_text="the same submission twice is one case"
    )
    known_dispute = models.BooleanField(default=False)
    submitted_at = models.DateTimeField()
    reviewed_at = models.DateTimeField(
        null=True, help_text="when the house's rules looked at it last"
    )
    split_from = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="split_into", db_index=False
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agency", "number"], name="case_number_once"),
            models.UniqueConstraint(fields=["agency", "reference"], name="case_reference_once"),
            models.UniqueConstraint(
                fields=["agency", "client", "submission_key"], name="case_submitted_once"
            ),
            models.CheckConstraint(
                name="case_stage_known", condition=Q(stage__in=[s.value for s in Stage])
            ),
        ]
        indexes = [
            models.Index(fields=["agency", "client", "stage"], name="case_by_client"),
            models.Index(
                fields=["agency", "division", "stage"],
                name="case_by_division",
                condition=Q(division__isnull=False),
            ),
            models.Index(
                fields=["agency", "quote"], name="case_by_quote", condition=Q(quote__isnull=False)
            ),
            models.Index(
                fields=["agency", "split_from"],
                name="case_split",
                condition=Q(split_from__isnull=False),
            ),
            models.Index(fields=["agency", "collector", "stage"], name="case_by_collector"),
            models.Index(
                fields=["agency", "submitted_at", "id"],
                name="case_to_review",
                condition=Q(stage=Stage.SUBMITTED),
            ),
        ]

    @property
    def next_action_on(self) -> date | None:
        """The day from which the day run looks at it; None where it does not of itself."""
        look: Look | None = getattr(self, "look", None)
        return look.day if look else None

    @property
    def closure(self) -> "Closure | None":
        """The newest end, whether or not the case was reopened since."""
        return self.closures.order_by("-at", "-id").first()

    def __str__(self) -> str:
        return self.number


class Look(models.Model):
    """When an open case is looked at next: from `day` on; None where the day run does not look of itself. Beside
    the case, because each look at a row of a case would write all of its indexes anew. Each open case has one,
    others have none: the database makes it, takes it away and keeps `collector_id` (migration 0026)."""

    case = models.OneToOneField(
        Case, models.PROTECT, primary_key=True, related_name="look", db_constraint=False
    )
    agency = models.ForeignKey(
        "tenancy.Agency", models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    client_id = models.UUIDField()
    collector_id = models.UUIDField(null=True)
    day = models.DateField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["agency", "day"], name="look_due"),
            models.Index(fields=["agency", "collector_id", "day"], name="look_work"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.day or '–'}"


class ClaimLine(TenantPart):
    """One invoice or credit note of a case. Amounts are positive; `kind` gives the sign."""

    class Kind(models.TextChoices):
        INVOICE = "invoice"
        CREDIT_NOTE = "credit_note"

    case = models.ForeignKey(Case, models.PROTECT, related_name="lines", db_constraint=False)
    client_id = models.UUIDField()
    kind = models.CharField(max_length=12, choices=Kind.choices)
    ref = models.CharField(max_length=60)
    issued_on = models.DateField(null=True, blank=True)
    due_on = models.DateField()
    amount = models.DecimalField(max_digits=19, decimal_places=4)
    document = models.ForeignKey(
        "files.Document", models.PROTECT, null=True, blank=True, related_name="+"
    )
    credits = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="credited_by", db_constraint=False,
        help_text="the invoice a credit note takes from; else the oldest",
    )  # fmt: skip

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "kind", "ref"], name="claim_line_once_per_case"
            ),
            models.CheckConstraint(
                name="claim_line_positive", condition=Q(amount__gt=0, amount__lt=10**13)
            ),
        ]
        indexes = [models.Index(fields=["agency", "client_id", "ref"], name="claim_line_by_ref")]

    def __str__(self) -> str:
        return self.ref


class Charge(TenantPart):
    """A recoverable cost charged to the debtor; `amount` as fixed on the day by the tariff or a bill."""

    class Kind(models.TextChoices):
        REMINDER = "reminder"
        DEMAND = "demand"
        INSTALMENT_PLAN = "instalment_plan"
        COURT_FEE = "court_fee"
        LAWYER = "lawyer"
        OTHER = "other"

    case = models.ForeignKey(
        Case, models.PROTECT, related_name="charges", db_constraint=False, db_index=False
    )
    client_id = models.UUIDField()
    kind = models.CharField(max_length=16, choices=Kind.choices)
    on = models.DateField()
    amount = models.DecimalField(max_digits=19, decimal_places=4)
    key = models.CharField(max_length=120, help_text="the same cause is charged once")
    because = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "key"], name="charge_once_per_cause")
        ]


class ChargeReversal(TenantModel):
    """A charge was taken back: what it was for did not happen. The charge stands as it was made, and
    counts no more."""

    charge = models.OneToOneField(Charge, models.PROTECT, related_name="reversal")
    case = models.ForeignKey(Case, models.PROTECT, related_name="+", db_index=False)
    client_id = models.UUIDField()
    because = models.CharField(max_length=300)
    at = models.DateTimeField()
    by_name = models.CharField(max_length=200)


class Move(TenantModel):
    """A change of stage: was, now, by, at, because."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="moves")
    client_id = models.UUIDField()
    was = models.CharField(max_length=12)
    now = models.CharField(max_length=12)
    by_name = models.CharField(max_length=200)
    at = models.DateTimeField()
    because = models.CharField(max_length=300)


class Hold(TenantModel):
    """Contact rests while such a row has no `lifted_at` and `until` has not passed."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="holds")
    client_id = models.UUIDField()
    kind = models.CharField(max_length=12, choices=[(k.value, k.value) for k in HoldKind])
    since = models.DateTimeField()
    until = models.DateField(null=True, blank=True)
    because = models.CharField(max_length=300)
    by_name = models.CharField(max_length=200)
    lifted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "kind"],
                condition=Q(lifted_at__isnull=True),
                name="hold_once_per_kind",
            )
        ]


class Promise(TenantModel):
    """A debtor named a day on which it will pay: `amount` (None: everything).

    open → kept, part_kept, broken (when its day has passed), over (replaced by a later one, or the case
    ended before). `paid` is what came in from its making to its settling.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="promises")
    client_id = models.UUIDField()
    on = models.DateField()
    amount = models.DecimalField(max_digits=19, decimal_places=4, null=True, blank=True)
    owed = models.DecimalField(max_digits=19, decimal_places=4, help_text="what was owed then")
    made_at = models.DateTimeField()
    by_name = models.CharField(max_length=200)
    state = models.CharField(
        max_length=10, choices=[(s.value, s.value) for s in PromiseState], default=PromiseState.OPEN
    )
    settled_at = models.DateTimeField(null=True, blank=True)
    paid = models.DecimalField(max_digits=19, decimal_places=4, null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(state="open"), name="promise_one_open"
            ),
        ]
        indexes = [
            models.Index(fields=["agency", "state", "on"], name="promise_by_day"),
        ]


class Task(TenantModel):
    """Something a person must do by a day: a call, a review, a line to allocate. `default` says what
    happens when nobody does it."""

    case = models.ForeignKey(Case, models.PROTECT, null=True, blank=True, related_name="tasks")
    client_id = models.UUIDField(null=True)
    kind = models.CharField(max_length=24)
    key = models.CharField(max_length=120, help_text="the same cause makes one task")
    sentence = models.CharField(max_length=300, help_text="English with gaps; see `params`")
    params = models.JSONField(default=dict)
    default = models.CharField(max_length=200, blank=True)
    owner = models.ForeignKey(
        "tenancy.Member", models.PROTECT, null=True, blank=True, related_name="tasks"
    )
    role = models.CharField(max_length=24, help_text="whose task it is when it has no owner")
    due_on = models.DateField()
    due_at = models.DateTimeField(
        null=True, blank=True, help_text="an appointment's instant; `due_on` is its day there"
    )
    made_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.CharField(max_length=200, blank=True)
    outcome = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agency", "key"], name="task_once_per_cause")
        ]
        indexes = [
            models.Index(
                fields=["agency", "owner", "due_on"],
                name="task_open",
                condition=Q(done_at__isnull=True),
            ),
            models.Index(
                fields=["agency", "client_id", "due_on"],
                name="task_open_of_client",
                condition=Q(done_at__isnull=True, client_id__isnull=False),
            ),
        ]


class CollectorProfile(TenantModel):
    """What a collector can take: countries, languages, whose law they know, for how long they have done
    this, what they may do, how many open cases. `phone` is rung first when a call is placed for them."""

    member = models.OneToOneField("tenancy.Member", models.PROTECT, related_name="profile")
    countries = ArrayField(models.CharField(max_length=2), default=list)
    languages = ArrayField(models.CharField(max_length=7), default=list)
    laws = ArrayField(models.CharField(max_length=6), default=list)
    experience_years = models.PositiveSmallIntegerField(default=0)
    permissions = ArrayField(models.CharField(max_length=16), default=list)
    capacity = models.PositiveIntegerField(default=200)
    absent_until = models.DateField(null=True, blank=True)
    phone = models.CharField(max_length=40, blank=True)


class Absence(TenantModel):
    """A collector is away from `first_on` through `last_on`; the cases go to the stand-in, or to the best
    fits, and come back afterwards. `handed_at` and `returned_at` say that this was done, once."""

    member = models.ForeignKey("tenancy.Member", models.PROTECT, related_name="absences")
    stand_in = models.ForeignKey(
        "tenancy.Member", models.PROTECT, null=True, blank=True, related_name="+"
    )
    first_on = models.DateField()
    last_on = models.DateField()
    because = models.CharField(max_length=300, blank=True)
    made_at = models.DateTimeField()
    by_name = models.CharField(max_length=200)
    handed_at = models.DateTimeField(null=True, blank=True)
    returned_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="absence_ends_after_it_begins", condition=Q(last_on__gte=models.F("first_on"))
            )
        ]
        indexes = [models.Index(fields=["agency", "member", "last_on"], name="absence_by_member")]


class SavedView(TenantModel):
    """A filter of the desk or the portal that a person has kept under a name; `query` is the address's own. What it
    shows is asked anew each time, with the rights of that moment."""

    member = models.ForeignKey("tenancy.Member", models.PROTECT, related_name="views")
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=500)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["member", "name"], name="saved_view_once_per_name")
        ]


class Referral(TenantModel):
    """A partner agency works the case while such a row has no `ended_at`; the client goes on talking to
    its account manager."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="referrals")
    client_id = models.UUIDField()
    partner = models.ForeignKey("parties.Partner", models.PROTECT, related_name="referrals")
    since = models.DateTimeField()
    by_name = models.CharField(max_length=200)
    because = models.CharField(max_length=300)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_because = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(ended_at__isnull=True), name="referral_one_at_a_time"
            )
        ]


class Assignment(TenantModel):
    """Who had the case since when, and why this person: the score's parts as shown by *Why?*"""

    case = models.ForeignKey(Case, models.PROTECT, related_name="assignments")
    client_id = models.UUIDField()
    collector = models.ForeignKey("tenancy.Member", models.PROTECT, related_name="+")
    at = models.DateTimeField()
    by_name = models.CharField(max_length=200)
    because = models.JSONField(default=dict)


class Closure(TenantModel):
    """An end of a case, with its code and the closing report; one that was reopened may end again."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="closures")
    client_id = models.UUIDField()
    code = models.CharField(max_length=24, choices=[(c.value, c.value) for c in CloseCode])
    at = models.DateTimeField()
    by_name = models.CharField(max_length=200)
    because = models.CharField(max_length=300)
    report = models.ForeignKey(
        "files.Document", models.PROTECT, null=True, blank=True, related_name="+"
    )


class DebtorLink(TenantModel):
    """A debtor's way in, without an account: only the hash of the token is kept."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="links")
    client_id = models.UUIDField()
    token_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)


class ReviewRules(TenantModel):
    """A version of the agency's rules for the feasibility review; the newest counts, earlier ones stay."""

    version = models.PositiveIntegerField()
    terms = models.JSONField()
    because = models.CharField(max_length=300)
    made_at = models.DateTimeField()
    by_name = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agency", "version"], name="review_rules_version_once")
        ]


class Review(TenantModel):
    """A decision of the feasibility review as it was taken: what was found, under which rules, by whom."""

    class Verdict(models.TextChoices):
        ACCEPTED = "accepted"
        DECLINED = "declined"
        ASKED = "asked"

    case = models.ForeignKey(Case, models.PROTECT, related_name="reviews")
    verdict = models.CharField(max_length=10, choices=Verdict.choices)
    findings = models.JSONField()
    rules = models.PositiveIntegerField(help_text="version of the agency's rules, 0 for none")
    automatic = models.BooleanField(default=False)
    because = models.CharField(max_length=600, blank=True)
    change = models.CharField(max_length=600, blank=True, help_text="what would change a no")
    by_name = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["agency", "case"], name="review_by_case")]
